"""Who could cover while a visitor is away: a proposal child by child in words; a manager accepts each line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, and_, bindparam, func, select

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.families.models import Caseload, Child
from portage.support.half_days import half_day_of
from portage.support.models import VisitorAbsence
from portage.support.operations import absences_of, why_not
from portage.support.pattern import support_by
from portage.support.priority import counted
from portage.support.visitors import Candidate, candidates
from portage.visits.load import of
from portage.visits.models import Visit


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit that falls into the absence."""

    on: date
    at: time
    minutes: int

    @property
    def hours(self) -> tuple[int, int]:
        """When it begins and ends, in minutes of the day."""
        start = self.at.hour * 60 + self.at.minute
        return start, start + self.minutes

    def clashes(self, other: "Planned") -> bool:
        """Whether both are at the same time."""
        one, two = self.hours, other.hours
        return self.on == other.on and one[0] < two[1] and two[0] < one[1]


@dataclass(frozen=True, slots=True)
class Left:
    """A child whose visits fall into the absence, and who covers already."""

    episode_id: UUID
    child_id: UUID
    name: str
    area_id: UUID | None
    visits: tuple[Planned, ...]
    known_to: frozenset[UUID]
    covered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """Somebody who could stand in for one child: what speaks against them, in the order in which it weighs."""

    who: Candidate
    against: tuple[int, ...]
    why: tuple[str, ...]


@dataclass(slots=True)
class Line:
    """One line of the proposal: the child, and who could cover, the best first."""

    left: Left
    stands: list[Stand] = field(default_factory=list)


def proposal(absence: VisitorAbsence, *, on: date) -> list[Line]:
    """Who could cover for each child, in the order of the first visit; whoever is proposed is busier for the next."""
    support = support_by(None, on=on)
    people = [
        each for each in candidates(None, on=on) if each.id != absence.person_id and why_not(each, support) is None
    ]
    away = absences_of([each.id for each in people], on=absence.from_on)
    there = [each for each in people if not _away(of(away, each.id), absence)]
    busy = _busy(absence, [each.id for each in there])
    lines = []
    for left in left_alone(absence):
        line = Line(left, stands_for(left, there, busy) if left.covered_by is None else [])
        if line.stands:
            busy.setdefault(line.stands[0].who.id, []).extend(left.visits)
        lines.append(line)
    return lines


def _away(absences: Sequence[VisitorAbsence], during: VisitorAbsence) -> bool:
    return any(each.from_on <= during.until_on and during.from_on <= each.until_on for each in absences)


def stands_for(left: Left, people: Sequence[Candidate], busy: dict[UUID, list[Planned]]) -> list[Stand]:
    """Everybody who could cover for one child, the best first."""
    found = [_stand(left, each, busy.get(each.id, [])) for each in people]
    return sorted(found, key=lambda each: (each.against, each.who.name, each.who.id))


def _stand(left: Left, who: Candidate, busy: Sequence[Planned]) -> Stand:
    clashes = sum(any(visit.clashes(other) for other in busy) for visit in left.visits)
    halves = [half_day_of(visit.on, visit.at) for visit in left.visits]
    off = sum(half not in who.half_days for half in halves) if who.half_days else 0
    over = _over(who, left.visits, busy)
    far, unknown = not who.near(left.area_id), who.id not in left.known_to
    why = (
        f"has another visit at the time of {counted(clashes)}" if clashes else "is free at these times",
        f"does not work at the time of {counted(off)}" if off else "works at these times" if who.half_days else "",
        f"would have more visits than they can make in {over} {'week' if over == 1 else 'weeks'}" if over else "",
        "does not work in the child’s area" if far else f"works for {who.areas}",
        "does not know the child" if unknown else "knows the child",
    )
    return Stand(who, (clashes, off, over, far, unknown, len(busy)), tuple(each for each in why if each))


def _over(who: Candidate, more: Sequence[Planned], busy: Sequence[Planned]) -> int:
    """In how many weeks somebody would have more visits than they can make."""
    if who.most_visits is None:
        return 0
    weeks = {visit.on - timedelta(days=visit.on.weekday()) for visit in more}
    both = [visit.on - timedelta(days=visit.on.weekday()) for visit in (*more, *busy)]
    return sum(both.count(week) > who.most_visits for week in weeks)


def left_alone(absence: VisitorAbsence) -> list[Left]:
    """The children whose planned visits fall into an absence, the earliest visit first."""
    rows = db.session.execute(
        _left(), {"person": absence.person_id, "first": absence.from_on, "last": absence.until_on}
    )
    return [
        Left(
            row.episode_id,
            row.child_id,
            f"{row.given_name} {row.family_name}",
            row.area_id,
            tuple(
                Planned(date.fromisoformat(on), time.fromisoformat(at), minutes)
                for on, at, minutes in sorted(row.visits)
            ),
            frozenset(row.known_to or ()),
            row.covered_by,
        )
        for row in rows
    ]


@cache
def _left() -> Select[*tuple[Any, ...]]:
    first, last = bindparam("first", type_=Date()), bindparam("last", type_=Date())
    known = (
        select(func.array_agg(func.distinct(Caseload.person_id)))
        .where(
            Caseload.tenant_id == TENANT,
            Caseload.child_id == Visit.child_id,
            Caseload.kind.in_(("allocated", "cover")),
        )
        .correlate(Visit)
        .scalar_subquery()
    )
    return (
        select(
            Visit.episode_id,
            Visit.child_id,
            Child.given_name,
            Child.family_name,
            Child.area_id,
            func.json_agg(func.json_build_array(Visit.planned_on, Visit.planned_at, Visit.minutes)).label("visits"),
            known.label("known_to"),
            _covered(first, last).label("covered_by"),
        )
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .where(
            Visit.tenant_id == TENANT,
            Visit.visitor_id == bindparam("person", type_=Uuid()),
            Visit.status == "planned",
            Visit.planned_on.between(first, last),
        )
        .group_by(Visit.episode_id, Visit.child_id, Child.given_name, Child.family_name, Child.area_id)
        .order_by(func.min(Visit.planned_on), Visit.episode_id)
    )


def _covered(first: Any, last: Any) -> Any:
    """Who covers on any of these days."""
    return (
        select(func.min(Person.name))
        .join(Caseload, and_(Caseload.tenant_id == Person.tenant_id, Caseload.person_id == Person.id))
        .where(
            Person.tenant_id == TENANT,
            Caseload.child_id == Visit.child_id,
            Caseload.kind == "cover",
            Caseload.from_on <= last,
            Caseload.until_on >= first,
        )
        .correlate(Visit)
        .scalar_subquery()
    )


def _busy(absence: VisitorAbsence, person_ids: Sequence[UUID]) -> dict[UUID, list[Planned]]:
    """What some people have planned themselves, in the weeks of an absence."""
    found: dict[UUID, list[Planned]] = {}
    monday = absence.from_on - timedelta(days=absence.from_on.weekday())
    sunday = absence.until_on + timedelta(days=6 - absence.until_on.weekday())
    if person_ids:
        values = {"people": list(person_ids), "first": monday, "last": sunday}
        for row in db.session.execute(_planned(), values):
            found.setdefault(row.visitor_id, []).append(Planned(row.planned_on, row.planned_at, row.minutes))
    return found


@cache
def _planned() -> Select[*tuple[Any, ...]]:
    return select(Visit.visitor_id, Visit.planned_on, Visit.planned_at, Visit.minutes).where(
        Visit.tenant_id == TENANT,
        Visit.visitor_id.in_(bindparam("people", expanding=True)),
        Visit.status == "planned",
        Visit.planned_on.between(bindparam("first", type_=Date()), bindparam("last", type_=Date())),
    )
