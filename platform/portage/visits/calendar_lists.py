"""Visits of a week or a month as the calendar page reads them: one person's, or counted for a team; few queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, Select, Uuid, and_, bindparam, func, or_, select

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.families.models import Caseload, Child
from portage.support.models import VisitorAbsence
from portage.tenants.bank_holidays import bank_holidays
from portage.visits.models import Visit
from portage.visits.series import Calendar

Rows = Sequence[Row[*tuple[Any, ...]]]
MOST = 300  # visits that one page shows
_FIRST, _LAST = bindparam("first", type_=Date()), bindparam("last", type_=Date())
_PERSON = bindparam("person", type_=Uuid())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days, and whose visits: one person's with those they cover, or everybody's in some areas (none: all)."""

    first: date
    last: date
    person_id: UUID | None
    areas: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class Day:
    """One day of the calendar: what is special about it, who is away, and its visits, or how many there are."""

    on: date
    notes: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    count: int = 0
    cancelled: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing stands on this day."""
        return not (self.notes or self.away or self.rows or self.count or self.cancelled)


def visits_between(wanted: Wanted) -> Rows:
    """The visits of these days in order, at most `MOST` and one more."""
    query = _between(of_one=wanted.person_id is not None, in_areas=bool(wanted.areas))
    return db.session.execute(query, _values(wanted)).all()


def counted_between(wanted: Wanted) -> Rows:
    """How many visits each day has, and how many of them were cancelled."""
    query = _counted(of_one=wanted.person_id is not None, in_areas=bool(wanted.areas))
    return db.session.execute(query, _values(wanted)).all()


def away_between(wanted: Wanted) -> Rows:
    """Who is away on which of these days: the one person, or everybody."""
    return db.session.execute(_away(of_one=wanted.person_id is not None), _values(wanted)).all()


def _values(wanted: Wanted) -> dict[str, Any]:
    whose = {"person": wanted.person_id} if wanted.person_id else {"areas": list(wanted.areas)}
    return {"first": wanted.first, "last": wanted.last, **whose}


@cache
def _between(*, of_one: bool, in_areas: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Visit.id,
            Visit.visitor_id,
            Visit.planned_on,
            Visit.planned_at,
            Visit.minutes,
            Visit.mode,
            Visit.status,
            Visit.cancelled_by,
            Visit.reason,
            Child.given_name,
            Child.family_name,
            Child.area_id,
            Person.name.label("visitor"),
        )
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .join(Person, and_(Person.tenant_id == Visit.tenant_id, Person.id == Visit.visitor_id))
        .where(*_which(of_one=of_one, in_areas=in_areas))
        .order_by(Visit.planned_on, Visit.planned_at, Person.name, Visit.id)
        .limit(MOST + 1)
    )


@cache
def _counted(*, of_one: bool, in_areas: bool) -> Select[*tuple[Any, ...]]:
    gone = func.count().filter(Visit.status == "cancelled")
    return (
        select(Visit.planned_on, (func.count() - gone).label("standing"), gone.label("cancelled"))
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .where(*_which(of_one=of_one, in_areas=in_areas))
        .group_by(Visit.planned_on)
    )


def _which(*, of_one: bool, in_areas: bool) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = [Visit.tenant_id == TENANT, Visit.planned_on.between(_FIRST, _LAST)]
    if of_one:
        covers = (
            select(Caseload.id)
            .where(
                Caseload.tenant_id == TENANT,
                Caseload.person_id == _PERSON,
                Caseload.child_id == Visit.child_id,
                Caseload.kind == "cover",
                Caseload.from_on <= Visit.planned_on,
                Caseload.until_on >= Visit.planned_on,
            )
            .exists()
        )
        which.append(or_(Visit.visitor_id == _PERSON, covers))
    elif in_areas:
        which.append(or_(Child.area_id.is_(None), Child.area_id.in_(bindparam("areas", expanding=True))))
    return which


@cache
def _away(*, of_one: bool) -> Select[*tuple[Any, ...]]:
    query = (
        select(VisitorAbsence.person_id, VisitorAbsence.from_on, VisitorAbsence.until_on, Person.name)
        .join(Person, and_(Person.tenant_id == VisitorAbsence.tenant_id, Person.id == VisitorAbsence.person_id))
        .where(
            VisitorAbsence.tenant_id == TENANT,
            VisitorAbsence.ended_at.is_(None),
            VisitorAbsence.from_on <= _LAST,
            VisitorAbsence.until_on >= _FIRST,
        )
        .order_by(Person.name, VisitorAbsence.from_on)
    )
    return query.where(VisitorAbsence.person_id == _PERSON) if of_one else query


def days_of_page(wanted: Wanted, calendar: Calendar, rows: Rows, counts: Rows, away: Rows) -> list[Day]:
    """The days from the first to the last, each with what belongs to it."""
    length = (wanted.last - wanted.first).days + 1
    days = {day: Day(day, notes_of(day, calendar)) for day in (wanted.first + timedelta(n) for n in range(length))}
    for row in rows[:MOST]:
        days[row.planned_on].rows.append(row)
    for row in counts:
        days[row.planned_on].count, days[row.planned_on].cancelled = row.standing, row.cancelled
    for each in away:
        for day in days.values():
            if each.from_on <= day.on <= each.until_on and each.name not in day.away:
                day.away.append(each.name)
    return list(days.values())


def notes_of(day: date, calendar: Calendar) -> list[str]:
    """What is special about a day: a bank holiday, a closure, the school holidays."""
    notes = [name] if (name := bank_holidays(day.year).get(day)) else []
    if day in calendar.closures:
        notes.append("The service is closed")
    known = calendar.terms and calendar.terms[0].first_day <= day <= calendar.terms[-1].last_day
    if known and calendar.term_of(day) is None and day.weekday() < 5:
        notes.append("School holidays")
    return notes
