"""Writes invented visits of today for the home visitor of a running service, as JSON on its standard output."""

import json
import sys
from datetime import date, time, timedelta
from uuid import UUID

from sqlalchemy import select, update

from portage.app import create_app
from portage.core import clock
from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped, tenant_scope
from portage.demo.seed.staff import hire_personas
from portage.editions.models import PolicyEdition
from portage.editions.operations import edition_on
from portage.families.models import Carer, Caseload, Child
from portage.plans.models import Activity, Goal, PlayPlan, Target
from portage.support.models import Episode
from portage.tenants.models import Tenant
from portage.visits.models import SafetyNote, Visit

SURNAME = "Sealedname"  # in no other place of the service, so that it can be searched for


def main(slug: str, first: int, count: int) -> list[dict[str, str]]:
    """Plan `count` visits for today, an hour or so apart; earlier ones of today are taken for yesterday's."""
    with create_app().app_context():
        tenant_id = db.session.execute(select(Tenant.id).where(Tenant.slug == slug)).scalar_one()
        db.session.rollback()
        with tenant_scope(tenant_id, "system:test"):
            visitor = hire_personas(slug).one("home-visitor").person_id
            assert visitor is not None
            _past(visitor)
            made = [_visit(visitor, number) for number in range(first, first + count)]
            db.session.commit()
    return made


def _past(visitor: UUID) -> None:
    yesterday = clock.today() - timedelta(days=1)
    mine = (Visit.tenant_id == current_tenant_id(), Visit.visitor_id == visitor)
    db.session.execute(update(Visit).where(*mine, Visit.planned_on >= yesterday).values(planned_on=yesterday))


def _visit(visitor: UUID, number: int) -> dict[str, str]:
    today = clock.today()
    child = Child(
        given_name=f"Wren{number}", family_name=SURNAME, search_name=f"wren{number} {SURNAME.lower()}",
        date_of_birth=today - timedelta(days=700), address=f"{number} Hidden Lane", postcode="ZZ1 1ZZ",
    )  # fmt: skip
    db.session.add(child)
    db.session.flush()
    db.session.add_all(
        [
            Carer(
                child_id=child.id, name=f"Robin {SURNAME}", relationship_to_child="Mother", telephone="01632 960 001",
                main_contact=True,
            ),
            Caseload(child_id=child.id, person_id=visitor, kind="allocated", from_on=today),
            SafetyNote(child_id=child.id, kind="home-risk", note="A large dog.", written_by=visitor),
        ]
    )  # fmt: skip
    episode = Episode(child_id=child.id, edition_id=_edition(today), opened_on=today, longest_months=6)
    db.session.add(episode)
    db.session.flush()
    _plan(episode.id, visitor, today)
    _before(episode.id, child.id, visitor, today)
    visit = Visit(
        episode_id=episode.id, child_id=child.id, visitor_id=visitor, planned_on=today,
        planned_at=time(8 + number % 10, number % 60), minutes=60, mode="home", elements=[],
    )  # fmt: skip
    db.session.add(visit)
    db.session.flush()
    return {"id": str(visit.id), "child": child.given_name}


def _edition(today: date) -> UUID:
    _, edition = edition_on(today)
    wanted = scoped(PolicyEdition).where(PolicyEdition.effective_from == edition.effective_from)
    return db.session.scalars(wanted).first().id  # type: ignore[union-attr]  # the edition in force is stored


def _plan(episode_id: UUID, visitor: UUID, today: date) -> None:
    plan = PlayPlan(
        episode_id=episode_id, agreed_on=today, agreed_with="Robin", can_do="Points at things.", written_by=visitor
    )
    db.session.add(plan)
    db.session.flush()
    goal = Goal(plan_id=plan.id, position=1, wording="Talks with us")
    db.session.add(goal)
    db.session.flush()
    target = Target(goal_id=goal.id, position=1, does_what="Asks for more", conditions="at the table")
    db.session.add(target)
    db.session.flush()
    db.session.add(Activity(target_id=target.id, position=1, wording="Wait with the spoon", how_often="At each meal"))


def _before(episode_id: UUID, child_id: UUID, visitor: UUID, today: date) -> None:
    """A visit two weeks ago, from which the next record can take over who was there and what was agreed."""
    last = today - timedelta(days=14)
    visit = Visit(
        episode_id=episode_id, child_id=child_id, visitor_id=visitor, planned_on=last, planned_at=time(9), minutes=60,
        mode="home", elements=[], status="done", done_on=last, how_it_went="We met.", next_activity="Blow bubbles.",
        who_was_there="Robin and the baby",
    )  # fmt: skip
    db.session.add(visit)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201  the answer to the test
