"""Families on their way to support, background work, mail and texts, and a Monday morning with a visit at ten."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

import pytest

from portage.accounts.models import Person
from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.core.tenancy import scoped
from portage.lone_working.operations.watch import Watch, name_watch
from portage.visits.models import Visit
from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.episodes import Council, SignIn, Supported, SupportedOf, accepted_of, supported_of
from support.people import Hired
from support.texts import notify, texts

__all__ = [
    "accepted_of",
    "mail_server",
    "notify",
    "supported_of",
    "texts",
    "work_off",
    "worker_app",
    "worker_app_of_process",
]
TODAY = date(2026, 3, 2)  # a Monday
NUMBERS = {"first": "07700 900101", "second": "07700 900102", "visitor": "07700 900103", "manager": "07700 900104"}


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    """A time of day in England."""
    return datetime.combine(day, time(hour, minute), service_clock.LONDON)


@pytest.fixture
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """A test begins at half past nine on 2 March 2026; where background work runs, the clock must run too."""
    clock(at(9, 30))


@pytest.fixture
def case(supported_of: SupportedOf) -> Supported:
    """A child of a home visitor."""
    return supported_of("leeds")


@pytest.fixture
def visit_id(case: Supported, council: Council) -> UUID:
    """A visit from ten to eleven on that Monday, whatever day it is."""
    with council("leeds"):
        planned = Visit(
            episode_id=case.episode_id, child_id=case.child_id, visitor_id=case.visitor.id, planned_on=TODAY,
            planned_at=time(10), minutes=60, mode="home", elements=[],
        )  # fmt: skip
        db.session.add(planned)
        db.session.commit()
        return planned.id


@dataclass(frozen=True, slots=True)
class Lookouts:
    """The two who are told."""

    first: Hired
    second: Hired


@pytest.fixture
def lookouts(case: Supported, council: Council, sign_in: SignIn) -> Lookouts:
    """Two named people with numbers, as are the visitor's and the manager's; the same two at all hours."""
    first = sign_in("leeds", "home-visitor", name="Fay First")
    second = sign_in("leeds", "team-administrator", name="Sol Second")
    with council("leeds"):
        people = {"first": first, "second": second, "visitor": case.visitor, "manager": case.manager}
        for key, person in people.items():
            row = db.session.scalars(scoped(Person).where(Person.id == person.id)).one()
            row.telephone = NUMBERS[key]
        name_watch(Watch(first.id, second.id, 30), by=SYSTEM)
        db.session.commit()
    return Lookouts(first, second)
