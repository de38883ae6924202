"""Arriving and leaving: a visitor says so on the spot, and people are told when nobody hears from them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select, update

from portage.accounts.models import Person, RoleGrant, VolunteerClearance
from portage.core import clock
from portage.core.access import ROLE_CAN, Can, Role, visits_as_volunteer
from portage.core.db import db
from portage.core.errors import NotHere, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Child
from portage.messages.operations import alert, tell
from portage.visits.models import OverdueWatch, Visit

GRACE = 30  # minutes after the planned end, until a council says otherwise
ASKED_FOR = timedelta(hours=12)  # how long after its end a visit can be overdue; then it is only without a record


class NotNow(PortageError):
    """Arriving and leaving are said on the day of the visit."""

    code = "not-now"
    message = "You can say that you arrive or leave on the day of the visit, while it is not recorded yet."


class NotTwoPeople(PortageError):
    """The two who are told must be two, and work here."""

    code = "not-two-people"
    message = "Choose two different people who work here."


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told of an overdue visit, and how many minutes after its planned end."""

    first_id: UUID
    second_id: UUID
    grace_minutes: int


def arrive(visit: Visit, *, at: datetime) -> None:
    """Note that the visitor is there; said twice, the first time stands."""
    _today(visit, at)
    _note(visit, arrived_at=visit.arrived_at or at)


def leave(visit: Visit, *, at: datetime) -> None:
    """Note that the visitor has left and is safe."""
    _today(visit, at)
    _note(visit, arrived_at=visit.arrived_at or at, left_at=visit.left_at or at)


def _today(visit: Visit, at: datetime) -> None:
    if visit.planned_on != at.astimezone(clock.LONDON).date() or visit.status not in ("planned", "done"):
        raise NotNow


def _note(visit: Visit, **values: datetime) -> None:
    """Without a new version: a record that somebody has open meanwhile still fits."""
    mine = (Visit.tenant_id == current_tenant_id(), Visit.id == visit.id)
    db.session.execute(update(Visit).where(*mine).values(**values).execution_options(synchronize_session=False))
    db.session.refresh(visit)


def ends_at(visit: Row[*tuple[Any, ...]] | Visit) -> datetime:
    """The instant at which a visit should be over: as planned, or later where the visitor arrived late."""
    planned = datetime.combine(visit.planned_on, visit.planned_at, clock.LONDON)
    began = max(planned, visit.arrived_at) if visit.arrived_at else planned
    return began + timedelta(minutes=visit.minutes)


def watch_here() -> OverdueWatch | None:
    """Who is told in this council; None where nobody was named."""
    return db.session.scalars(scoped(OverdueWatch)).one_or_none()


def watchers() -> list[tuple[UUID, str]]:
    """Who can be told: people who handle worries or visit, by name."""
    roles = [str(role) for role, can in ROLE_CAN.items() if can & {Can.HANDLE_CONCERN, Can.RECORD_VISIT}]
    holds = select(RoleGrant.person_id).where(RoleGrant.tenant_id == current_tenant_id(), RoleGrant.role.in_(roles))
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.tenant_id == current_tenant_id(), Person.disabled_at.is_(None), Person.id.in_(holds))
        .order_by(Person.name, Person.id)
    )
    return [(row.id, row.name) for row in rows]


def name_watch(command: Watch, *, by: Actor) -> OverdueWatch:
    """Name the two who are told; raises `NotTwoPeople` and, for somebody of another council, `NotHere`."""
    known = {key for key, _ in watchers()}
    if not {command.first_id, command.second_id} <= known:
        raise NotHere
    if command.first_id == command.second_id:
        raise NotTwoPeople
    watch = db.session.scalars(scoped(OverdueWatch).with_for_update()).one_or_none() or OverdueWatch()
    watch.first_id, watch.second_id = command.first_id, command.second_id
    watch.grace_minutes, watch.set_by = command.grace_minutes, by.person_id
    db.session.add(watch)
    db.session.flush()
    return watch


def overdue(at: datetime) -> list[Row[*tuple[Any, ...]]]:
    """The visits of which nobody has heard that they ended, though planned end and grace are over.

    A member of staff is waited for once they said that they arrived. A volunteer is waited for in any case.
    """
    watch = watch_here()
    grace = timedelta(minutes=watch.grace_minutes if watch else GRACE)
    rows = [row for row in _unfinished(at) if ends_at(row) + grace <= at < ends_at(row) + ASKED_FOR]
    volunteers = _volunteers({row.visitor_id for row in rows})
    return [row for row in rows if row.arrived_at is not None or row.visitor_id in volunteers]


def _unfinished(at: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    today = at.astimezone(clock.LONDON).date()
    return db.session.execute(
        select(
            Visit.id,
            Visit.child_id,
            Visit.visitor_id,
            Visit.planned_on,
            Visit.planned_at,
            Visit.minutes,
            Visit.arrived_at,
            Visit.overdue_told_at,
            Person.name.label("visitor"),
            Child.area_id,
        )
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .join(Person, and_(Person.tenant_id == Visit.tenant_id, Person.id == Visit.visitor_id))
        .where(
            Visit.tenant_id == current_tenant_id(),
            Visit.planned_on.between(today - timedelta(days=1), today),
            Visit.status == "planned",
            Visit.mode.in_(("home", "setting", "family-hub", "group")),
            Visit.left_at.is_(None),
        )
        .order_by(Visit.planned_on, Visit.planned_at, Visit.id)
        .limit(500)
    ).all()


def _volunteers(people: Collection[UUID]) -> set[UUID]:
    rows = db.session.execute(
        select(RoleGrant.person_id, func.array_agg(RoleGrant.role).label("roles"))
        .where(RoleGrant.tenant_id == current_tenant_id(), RoleGrant.person_id.in_(people))
        .group_by(RoleGrant.person_id)
    )
    return {row.person_id for row in rows if visits_as_volunteer(frozenset(map(Role, row.roles)))}


def tell_of_overdue(at: datetime) -> int:
    """Tell the two named people, and a volunteer's supervisor, of each overdue visit once; answers how many visits."""
    watch, told = watch_here(), 0
    for row in overdue(at):
        if row.overdue_told_at is not None:
            continue
        people = [*([watch.first_id, watch.second_id] if watch else []), *_supervisors(row.visitor_id)]
        _tell(row, dict.fromkeys(people))
        mine = (Visit.tenant_id == current_tenant_id(), Visit.id == row.id)
        db.session.execute(update(Visit).where(*mine).values(overdue_told_at=at))
        told += 1
    return told


def _tell(row: Row[*tuple[Any, ...]], people: Collection[UUID]) -> None:
    sentence = f"Nobody has heard from {row.visitor} since a visit that was to end. Please call now."
    if not people:
        _alert(row, sentence, role=Role.SERVICE_MANAGER)
    for person_id in people:
        _alert(row, sentence, person_id=person_id)
        tell(kind="alert", recipient_kind="person", recipient_id=person_id, subject_id=row.id, again="overdue")


def _alert(
    row: Row[*tuple[Any, ...]], sentence: str, *, role: Role | None = None, person_id: UUID | None = None
) -> None:
    alert(
        kind="visit-overdue",
        path="/overdue-visits",
        sentence=sentence,
        role=role,
        person_id=person_id,
        area_id=row.area_id if role else None,
        child_id=row.child_id,
        dedupe=f"visit-overdue:{row.id}:{person_id or role}",
    )


def _supervisors(visitor_id: UUID) -> list[UUID]:
    wanted = select(VolunteerClearance.supervisor_id).where(
        VolunteerClearance.tenant_id == current_tenant_id(), VolunteerClearance.person_id == visitor_id
    )
    return list(db.session.scalars(wanted))


def minutes_spent(row: Visit | Row[*tuple[Any, ...]]) -> int:
    """How long a visit took: from arriving to leaving where both were said, else as planned."""
    if row.arrived_at and row.left_at:
        return max(1, round((row.left_at - row.arrived_at).total_seconds() / 60))
    return row.minutes
