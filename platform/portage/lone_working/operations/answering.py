"""What people do about an overdue visit: take it on, ring, say that they are out and safe."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from portage.accounts.models import Person
from portage.core import audit, clock
from portage.core.db import db
from portage.core.errors import FieldRefused, NotHere
from portage.core.identity import Actor, Viewer
from portage.core.telephones import NotANumber, read_mobile, read_number
from portage.core.tenancy import current_tenant_id, scoped
from portage.lone_working.models import OverdueVisit
from portage.lone_working.operations.noticing import IN_PERSON
from portage.lone_working.operations.telling import close, note
from portage.visits.models import Visit
from portage.visits.operations.presence import leave

SETTLES = ("answered-safe", "staying")
NUMBERS_OF_LEAVERS = timedelta(days=7)  # hidden at once; for a week a place that was closed by mistake opens as it was


@dataclass(frozen=True, slots=True)
class Call:
    """A call that somebody made: whom they rang, and what came of it."""

    whom: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """Somebody's own numbers: one for texts and calls, another for calls."""

    telephone: str | None
    other_telephone: str | None


def overdue_here(overdue_id: UUID, *, lock: bool = False) -> OverdueVisit:
    """One overdue visit of this council, also a settled one; raises `NotHere`."""
    wanted = scoped(OverdueVisit).where(OverdueVisit.id == overdue_id)
    found = db.session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise NotHere
    return found


def take_on(overdue_id: UUID, *, by: Actor, at: datetime) -> UUID | None:
    """Take an overdue visit on; answers who has it, which is whoever came first."""
    overdue = overdue_here(overdue_id, lock=True)
    if overdue.taken_by is None and overdue.settled_at is None:
        overdue.taken_by, overdue.taken_at = by.person_id, at
        note(overdue.id, "taken", at, by_id=by.person_id)
    db.session.flush()
    return overdue.taken_by


def ring(overdue_id: UUID, command: Call, *, by: Actor, at: datetime) -> OverdueVisit:
    """Keep what came of a call. Who rings has taken it on; an answer that they are safe settles it."""
    take_on(overdue_id, by=by, at=at)
    overdue = overdue_here(overdue_id, lock=True)
    note(overdue.id, "called", at, by_id=by.person_id, whom=command.whom, outcome=command.outcome)
    if command.outcome in SETTLES and overdue.settled_at is None:
        close(overdue, command.outcome, at=at, by_id=by.person_id)
    db.session.flush()
    return overdue


def own_visits(viewer: Viewer, at: datetime) -> list[Visit]:
    """The viewer's own visits in person of today and yesterday of which nobody has heard that they ended."""
    today = at.astimezone(clock.LONDON).date()
    return list(
        db.session.scalars(
            scoped(Visit)
            .where(
                Visit.visitor_id == viewer.person_id,
                Visit.planned_on.between(today - timedelta(days=1), today),
                Visit.status == "planned",
                Visit.mode.in_(IN_PERSON),
                Visit.left_at.is_(None),
            )
            .order_by(Visit.planned_on, Visit.planned_at)
        )
    )


def say_safe(visit_id: UUID, viewer: Viewer, at: datetime) -> None:
    """The visitor says that they are out and safe; raises `NotHere` for anybody else's visit."""
    visit = db.session.scalars(
        scoped(Visit).where(Visit.id == visit_id, Visit.visitor_id == viewer.person_id, Visit.mode.in_(IN_PERSON))
    ).one_or_none()
    if visit is None:
        raise NotHere
    if visit.left_at is None:
        leave(visit, at=at)
    waiting = scoped(OverdueVisit).where(OverdueVisit.visit_id == visit_id, OverdueVisit.settled_at.is_(None))
    for overdue in db.session.scalars(waiting.with_for_update()):
        close(overdue, "left", at=at, heard_at=visit.left_at, by_id=viewer.person_id)


def person_here(person_id: UUID) -> Person:
    """Somebody who works here now; raises `NotHere`."""
    wanted = select(Person).where(
        Person.tenant_id == current_tenant_id(), Person.id == person_id, Person.disabled_at.is_(None)
    )
    person = db.session.scalars(wanted).one_or_none()
    if person is None:
        raise NotHere
    return person


def keep_numbers(person_id: UUID, command: Numbers) -> Person:
    """Keep somebody's numbers; raises `FieldRefused` for one that cannot be dialled or, the first, takes no texts."""
    person = person_here(person_id)
    try:
        person.telephone = read_mobile(command.telephone) if command.telephone else None
    except NotANumber:
        raise FieldRefused("telephone", "Enter a UK mobile number, such as 07700 900 982.") from None
    try:
        person.other_telephone = read_number(command.other_telephone) if command.other_telephone else None
    except NotANumber:
        raise FieldRefused("other_telephone", "Enter a UK telephone number, such as 01632 960 001.") from None
    db.session.flush()
    return person


def forget_numbers(at: datetime) -> int:
    """Erase the numbers of people who left a week ago or earlier; answers of how many.

    Somebody from whom nobody has heard since a visit keeps them until that is settled: they are there to be rung.
    """
    missed = select(OverdueVisit.id).where(
        OverdueVisit.tenant_id == current_tenant_id(),
        OverdueVisit.visitor_id == Person.id,
        OverdueVisit.settled_at.is_(None),
    )
    wanted = scoped(Person).where(
        Person.disabled_at <= at - NUMBERS_OF_LEAVERS,
        or_(Person.telephone.is_not(None), Person.other_telephone.is_not(None)),
        ~missed.exists(),
    )
    gone = db.session.scalars(wanted.with_for_update()).all()
    for person in gone:
        person.telephone = person.other_telephone = None
        audit.record("telephone-numbers.erased", actor="system", subject=("person", person.id))
    db.session.flush()
    return len(gone)
