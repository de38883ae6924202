"""Children on their way from an acceptance to support, brought there by the service's own operations."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portage.core import audit, clock
from portage.core.db import db
from portage.core.identity import NOBODY, Actor
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.families.operations import NewCarer, NewChild
from portage.policy import SIGNPOSTING
from portage.referrals.models import Assessment, Decision, Determination, Referral
from portage.referrals.operations import ReceiveReferral, Referrer, receive
from portage.referrals.operations.stages import move
from portage.support.models import Episode
from portage.support.operations import (
    Allocate,
    Answer,
    NewOffer,
    allocate,
    make_offer,
    offerable,
    record_answer,
    waiting_entry_of,
)
from portage.visits.models import Visit
from portage.visits.operations import PlanVisits, Record, plan_visits, record_visit
from support.cases import POSTCODES, ROUTES
from support.forms import forms_on
from support.people import Hired

Council = Callable[..., AbstractContextManager[UUID]]
SignIn = Callable[..., Hired]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request that a named person accepted."""

    slug: str
    referral_id: UUID
    child_id: UUID
    manager: Hired


@dataclass(frozen=True, slots=True)
class Supported:
    """A child with an open episode, a visitor and a manager."""

    slug: str
    episode_id: UUID
    referral_id: UUID
    child_id: UUID
    visitor: Hired
    manager: Hired


AcceptedOf = Callable[..., Accepted]
SupportedOf = Callable[..., Supported]


def actor(person: Hired) -> Actor:
    """The person as operations record them."""
    return Actor(person.id, f"person:{person.id}")


def post_to(client: FlaskClient, path: str, **values: str | list[str]) -> TestResponse:
    """Send a form that no page offered, as a person with a text editor could: token and key are in order."""
    page = next(page for page in (client.get(at) for at in ("/concerns", "/policy", "/")) if page.status_code == 200)
    token = next(form.typed("_csrf")[0] for form in forms_on(page) if form.typed("_csrf"))
    return client.post(path, data={"_csrf": token, "_key": str(new_id()), **values})


@pytest.fixture
def accepted_of(council: Council, sign_in: SignIn) -> AcceptedOf:
    """`accepted_of("leeds", received_on=..., assessed=True)`: an invented family's request, accepted today."""

    def accept(
        slug: str = "leeds",
        *,
        received_on: date | None = None,
        assessed: bool = True,
        given_name: str = "Kit",
        postcode: str | None = None,
        born: date | None = None,
        manager: Hired | None = None,
        route: str | None = None,
        referrer: str = "parent",
    ) -> Accepted:
        manager = manager or sign_in(slug, "service-manager", name="Ines Manager")
        received = received_on or clock.today()
        with council(slug):
            referral = receive(
                _request(slug, received, given_name, postcode, born, route, referrer),
                by=Actor.of(NOBODY),
                at=clock.now(),
            )
            if assessed:
                _assess(referral.id, manager)
            _decide(referral, manager)
            db.session.commit()
            return Accepted(slug, referral.id, referral.child_id, manager)

    return accept


def _request(
    slug: str,
    received: date,
    given_name: str,
    postcode: str | None,
    born: date | None,
    route: str | None,
    referrer: str,
) -> ReceiveReferral:
    return ReceiveReferral(
        route=route or ROUTES[slug],
        received_on=received,
        referrer=Referrer(kind=referrer, name="Sam Canarychild"),
        child=NewChild(
            given_name,
            "Canarychild",
            born or date(received.year - 2, received.month, 1),
            "1 Sample Street",
            postcode or POSTCODES[slug],
        ),
        carers=(NewCarer("Sam Canarychild", "mother", telephone="01632 960 111", main_contact=True),),
    )


def _assess(referral_id: UUID, by: Hired) -> None:
    db.session.add(
        Assessment(
            referral_id=referral_id,
            assessor_id=by.id,
            booked_for=clock.today(),
            booked_time=time(10),
            place="At home",
            booked_by=by.id,
            status="recorded",
            done_on=clock.today(),
            what_the_child_can_do="Points at things.",
            summary="Would like home visits.",
            visits_would_help=True,
            recorded_by=by.id,
        )
    )
    db.session.flush()


def _decide(referral: Referral, by: Hired) -> None:
    """Leave what `decide` leaves; deciding has tests of its own, with its letter and its clocks."""
    judged = db.session.scalars(scoped(Determination).where(Determination.referral_id == referral.id)).one()
    db.session.add(
        Decision(
            referral_id=referral.id,
            determination_id=judged.id,
            outcome="accepted",
            reason="Home visits will help this family now.",
            agrees=judged.outcome == "eligible",
            decided_by=by.id,
            decided_at=clock.now(),
        )
    )
    audit.record("referral.decided", actor=f"person:{by.id}", subject=("referral", referral.id))
    move(referral, "to-offer", by=actor(by), at=clock.now())


def put_on_list(case: Accepted) -> UUID:
    """Offer what the policy offers first, and let the family say yes; the council is in scope, the caller commits."""
    referral = db.session.scalars(scoped(Referral).where(Referral.id == case.referral_id)).one()
    # A request of which little is known may be accepted against the recommendation; its route's offers are then open.
    kind = next(each.key for each in offerable(referral) if each.key != SIGNPOSTING.key)
    offer = make_offer(case.referral_id, NewOffer((kind,)), by=actor(case.manager), at=clock.now())
    yes = Answer("accepted", clock.today(), offer.version)
    record_answer(offer.id, yes, by=actor(case.manager), at=clock.now())
    entry = waiting_entry_of(case.referral_id)
    assert entry is not None
    return entry.id


@pytest.fixture
def supported_of(council: Council, sign_in: SignIn, accepted_of: AcceptedOf) -> SupportedOf:
    """`supported_of("leeds", received_on=...)`: a child given to a trained visitor today."""

    def support(slug: str = "leeds", *, visitor: Hired | None = None, **request: Any) -> Supported:
        case = accepted_of(slug, **request)
        visitor = visitor or sign_in(slug, "home-visitor", name="Vera Visitor")
        with council(slug):
            entry_id = put_on_list(case)
            episode = allocate(entry_id, Allocate(visitor.id, clock.today()), by=actor(case.manager), at=clock.now())
            db.session.commit()
            return Supported(slug, episode.id, case.referral_id, case.child_id, visitor, case.manager)

    return support


def visit_on(case: Supported, day: date, *, at: time = time(10), mode: str = "home") -> UUID:
    """Plan one visit; the council is in scope, the caller commits."""
    command = PlanVisits(day, at, 60, mode, in_school_holidays=True)
    return plan_visits(case.episode_id, command, by=actor(case.visitor), on=day)[0].id


def done(case: Supported, visit_id: UUID, on: date, *, mode: str = "home") -> Visit:
    """Record a visit as done; the council is in scope, the caller commits."""
    version = db.session.execute(select(Visit.version).where(Visit.id == visit_id)).scalar_one()
    record = Record("done", version, done_on=on, mode=mode, how_it_went="We played.")
    return record_visit(visit_id, record, by=actor(case.visitor), at=clock.now())


def episode(episode_id: UUID) -> Episode:
    """The episode as it stands; the council is in scope."""
    return db.session.scalars(scoped(Episode).where(Episode.id == episode_id)).one()


__all__ = [
    "Accepted",
    "AcceptedOf",
    "Supported",
    "SupportedOf",
    "accepted_of",
    "actor",
    "done",
    "episode",
    "post_to",
    "put_on_list",
    "supported_of",
    "visit_on",
]
