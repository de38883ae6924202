"""Families on their way to support, and leaving it, for the tests of this folder."""

from collections.abc import Callable
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from portage.core import clock
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.models import Carer, SharingPermission
from portage.plans.operations import NewGoal, NewTarget, Plan, add_goal, add_target, agree_plan
from portage.reviews.models import Review
from portage.reviews.operations.packs import sharing_on_leaving
from portage.reviews.operations.writing import Agreement, WriteReview, record_agreement, write_review
from portage.visits.models import Visit
from portage.visits.operations import PlanVisits, Record, plan_visits, record_visit
from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.episodes import Council, Supported, SupportedOf, accepted_of, actor, episode, supported_of

__all__ = ["accepted_of", "mail_server", "supported_of", "work_off", "worker_app", "worker_app_of_process"]
CAN_DO, SPOON, CUP, MORE = "Points at the cat", "picks up a spoon", "drinks from a cup", "asks for more"
CELEBRATE, PARENT = "Kit brings the spoon to the mouth.", "We laugh at breakfast now."
MAILBOX = "family@post.example"
WEEK = timedelta(weeks=1)
Visited = Callable[..., Supported]


@pytest.fixture
def visited(supported_of: SupportedOf, council: Council) -> Visited:
    """`visited("leeds", done=3, planned=0)`: a play plan, and fortnightly visits, the last of them today.

    In the last visit a spoon is picked up, a cup goes with help, and asking for more not yet; more may be planned.
    """

    def run(slug: str = "lancashire", *, done: int = 3, planned: int = 0) -> Supported:
        case = supported_of(slug)
        by, today = actor(case.visitor), clock.today()
        first = today - 2 * WEEK * (done - 1)
        with council(slug):
            episode(case.episode_id).opened_on = first - WEEK
            targets = _plan(case, first)
            for number in range(1, done + planned + 1):
                on = first + 2 * WEEK * (number - 1)
                command = PlanVisits(on, time(10), 60, "home", in_school_holidays=True)
                (visit,) = plan_visits(case.episode_id, command, by=by, on=today)
                if number <= done:
                    _record(case, visit, dict(zip(targets, RESULTS, strict=True)) if number == done else {})
            db.session.commit()
        return case

    return run


RESULTS = ("achieved", "with-help", "not-yet")


def _plan(case: Supported, on: date) -> list[UUID]:
    by = actor(case.visitor)
    plan = agree_plan(case.episode_id, Plan(on, "Sam Canarychild", CAN_DO), by=by)
    goal = add_goal(plan.id, NewGoal("Eats at the table"))
    return [add_target(goal.id, NewTarget(what, "at breakfast", "three times")).id for what in (SPOON, CUP, MORE)]


def _record(case: Supported, visit: Visit, targets: dict[UUID, str]) -> None:
    parts = ("play-alongside",) if case.slug == "lancashire" else ()
    command = Record(
        "done", visit.version, done_on=visit.planned_on, mode="home", elements=parts, how_it_went="We played.",
        targets=targets,
    )  # fmt: skip
    record_visit(visit.id, command, by=actor(case.visitor), at=clock.now())


def reviewed(case: Supported, *, kind: str = "leaving") -> UUID:
    """A review of today that both agreed to; the council is in scope, the caller commits."""
    by, today = actor(case.visitor), clock.today()
    command = WriteReview(kind, today, "Sam", CELEBRATE, next_focus="The cup", parents_view=PARENT)
    review = write_review(case.episode_id, command, by=by, on=today)
    agreed = Agreement("Sam Canarychild", today, "in-person", review.version)
    return record_agreement(review.id, agreed, by=by, on=today).id


def allow(case: Supported, *, purpose: str = "leaving", answer: str = "yes") -> str:
    """The family's answer about the first party of a purpose; answers the question's key."""
    asked = next(
        each for each in sharing_on_leaving(episode(case.episode_id), on=clock.today()) if each.purpose == purpose
    )
    db.session.add(
        SharingPermission(
            child_id=case.child_id, party=asked.party, purpose=purpose, answer=answer, answered_by="Sam Canarychild",
            answered_on=clock.today(), how="In person", recorded_by=case.visitor.id,
        )
    )  # fmt: skip
    db.session.flush()
    return asked.key


def reachable(case: Supported) -> UUID:
    """The parent has a mailbox that is safe; answers the parent's id."""
    carer = db.session.scalars(scoped(Carer).where(Carer.child_id == case.child_id)).one()
    carer.email, carer.email_is_safe = MAILBOX, True
    db.session.flush()
    return carer.id


def review_of(case: Supported) -> Review:
    """The one review of a child; the council is in scope."""
    return db.session.scalars(scoped(Review).where(Review.episode_id == case.episode_id)).one()


def version_of(review_id: UUID) -> int:
    """The version of a review as it stands."""
    return db.session.execute(select(Review.version).where(Review.id == review_id)).scalar_one()
