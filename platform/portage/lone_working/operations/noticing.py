"""Which visits should be over and nobody has heard of them. No word from a visitor counts as not out."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select

from portage.accounts.models import Person, RoleGrant
from portage.core import clock
from portage.core.access import Role, visits_as_volunteer
from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.families.models import Child
from portage.lone_working.models import OverdueVisit, OverdueWatch
from portage.lone_working.operations.watch import GRACE, REMIND
from portage.visits.models import Visit
from portage.visits.operations.presence import ends_at

IN_PERSON = ("home", "setting", "family-hub", "group")
ASKED_FOR = timedelta(hours=12)  # how long after its end a visit can become overdue; then it is only without a record
STAYING = timedelta(minutes=30)  # for how long more somebody who stays on is not waited for


def grace_of(watch: OverdueWatch | None) -> timedelta:
    """How long after the end of a visit others are told."""
    return timedelta(minutes=watch.grace_minutes if watch else GRACE)


def reminder_of(watch: OverdueWatch | None) -> timedelta:
    """How long before the others the visitor is asked; never before the visit's planned end."""
    return min(timedelta(minutes=watch.remind_minutes if watch else REMIND), grace_of(watch))


def unheard_of(at: datetime, watch: OverdueWatch | None) -> list[tuple[Row[*tuple[Any, ...]], datetime]]:
    """The visits in person whose visitor should soon be missed or is, each with when it should have been over.

    Everybody is waited for, whether or not they said that they arrived; where the council chose so, members of staff
    only once they did, and volunteers in any case.
    """
    rows = _unfinished(at)
    answered = _answered({row.id for row in rows})
    early = grace_of(watch) - reminder_of(watch)
    found = []
    for row in rows:
        ended = _ended(row, answered.get(row.id))
        if ended is not None and ended + early <= at < ended + ASKED_FOR:
            found.append((row, ended))
    if watch is None or not watch.staff_after_arrival:
        return found
    volunteers = _volunteers({row.visitor_id for row, _ in found})
    return [each for each in found if each[0].arrived_at is not None or each[0].visitor_id in volunteers]


def _ended(row: Row[*tuple[Any, ...]], answer: Row[*tuple[Any, ...]] | None) -> datetime | None:
    """When a visit should be over; None when somebody rang and heard that the visitor is out."""
    ended = ends_at(row)
    if answer is None or answer.planned_for != planned_for(row):
        return ended
    return max(ended, answer.settled_at + STAYING) if answer.settled_how == "staying" else None


def planned_for(row: Row[*tuple[Any, ...]] | Visit) -> datetime:
    """The instant at which a visit was to begin."""
    return datetime.combine(row.planned_on, row.planned_at, clock.LONDON)


def _answered(visits: Collection[UUID]) -> dict[UUID, Row[*tuple[Any, ...]]]:
    """What somebody heard on the telephone about these visits, the latest of each."""
    rows = db.session.execute(
        select(OverdueVisit.visit_id, OverdueVisit.planned_for, OverdueVisit.settled_at, OverdueVisit.settled_how)
        .where(
            OverdueVisit.tenant_id == current_tenant_id(),
            OverdueVisit.visit_id.in_(visits),
            OverdueVisit.settled_how.in_(("answered-safe", "staying")),
        )
        .order_by(OverdueVisit.settled_at)
    )
    return {row.visit_id: row for row in rows}


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
            Person.name.label("visitor"),
            Child.area_id,
        )
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .join(Person, and_(Person.tenant_id == Visit.tenant_id, Person.id == Visit.visitor_id))
        .where(
            Visit.tenant_id == current_tenant_id(),
            Visit.planned_on.between(today - timedelta(days=1), today),
            Visit.status == "planned",
            Visit.mode.in_(IN_PERSON),
            Visit.left_at.is_(None),
        )
        .order_by(Visit.planned_on, Visit.planned_at, Visit.id)
    ).all()


def _volunteers(people: Collection[UUID]) -> set[UUID]:
    rows = db.session.execute(
        select(RoleGrant.person_id, func.array_agg(RoleGrant.role).label("roles"))
        .where(RoleGrant.tenant_id == current_tenant_id(), RoleGrant.person_id.in_(people))
        .group_by(RoleGrant.person_id)
    )
    return {row.person_id for row in rows if visits_as_volunteer(frozenset(map(Role, row.roles)))}
