"""How full everybody who visits is: children, and visits week by week, beside what they can take on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Integer, Select, and_, bindparam, cast, func, select

from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.families.models import Caseload
from portage.support.models import VisitorAbsence
from portage.support.operations import absences_of, why_not
from portage.support.pattern import support_by
from portage.support.visitors import Candidate, candidates, unmarked
from portage.visits.models import Visit

WEEKS = 6
PAGE = 50


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a visitor: its Monday, the visits in it, and on how many working days they are away."""

    monday: date
    visits: int
    away: int


@dataclass(frozen=True, slots=True)
class Load:
    """One visitor with what keeps them from being given a child, and the coming weeks."""

    who: Candidate
    problem: str | None
    weeks: list[Week] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loads:
    """A page of visitors, how many there are, and how many places are free with all of them."""

    rows: list[Load]
    total: int
    free: int
    unsaid: int  # visitors for whom nobody wrote a capacity down
    unmarked: int  # visitors with children whose HR check is not marked as current


def loads(areas: frozenset[UUID], page: int, *, on: date, without_check: bool = False) -> Loads:
    """A page of those who visit in some areas (none: the whole council), by name; or of those who lack HR's check."""
    support = support_by(None, on=on)
    people = [each for each in candidates(None, on=on) if not areas or not each.area_ids or each.area_ids & areas]
    people.sort(key=lambda each: (each.name, each.id))
    problems = {each.id: why_not(each, support) for each in people}
    able = [each for each in people if problems[each.id] is None]
    lacking = [each for each in people if unmarked(each)]
    listed = lacking if without_check else people
    shown = listed[PAGE * (page - 1) : PAGE * page]
    ids, monday = [each.id for each in shown], on - timedelta(days=on.weekday())
    planned, away = planned_visits(ids, monday), absences_of(ids, on=on)
    return Loads(
        [Load(each, problems[each.id], _weeks(monday, planned.get(each.id, {}), of(away, each.id))) for each in shown],
        len(listed),
        sum(each.free or 0 for each in able),
        sum(each.most_children is None for each in able),
        len(lacking),
    )


def of(absences: Sequence[VisitorAbsence], person_id: UUID) -> list[VisitorAbsence]:
    """The absences of one person."""
    return [each for each in absences if each.person_id == person_id]


def _weeks(monday: date, planned: dict[int, int], away: Sequence[VisitorAbsence]) -> list[Week]:
    found = []
    for number in range(WEEKS):
        first = monday + timedelta(weeks=number)
        days = [first + timedelta(days=each) for each in range(5)]
        gone = sum(any(each.from_on <= day <= each.until_on for each in away) for day in days)
        found.append(Week(first, planned.get(number, 0), gone))
    return found


def planned_visits(person_ids: Sequence[UUID], monday: date) -> dict[UUID, dict[int, int]]:
    """How many visits some people have made or have before them in each week; what somebody covers counts for them."""
    if not person_ids:
        return {}
    until = monday + timedelta(weeks=WEEKS, days=-1)
    rows = db.session.execute(_planned(), {"monday": monday, "until": until, "people": list(person_ids)})
    found: dict[UUID, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row.person_id, {})[row.week] = row.visits
    return found


@cache
def _planned() -> Select[*tuple[Any, ...]]:
    monday = bindparam("monday", type_=Date())
    person = func.coalesce(Caseload.person_id, Visit.visitor_id)
    week = cast(Visit.planned_on - monday, Integer) // 7
    return (
        select(person.label("person_id"), week.label("week"), func.count().label("visits"))
        .outerjoin(
            Caseload,
            and_(
                Caseload.tenant_id == Visit.tenant_id,
                Caseload.child_id == Visit.child_id,
                Caseload.kind == "cover",
                Caseload.from_on <= Visit.planned_on,
                Caseload.until_on >= Visit.planned_on,
            ),
        )
        .where(
            Visit.tenant_id == TENANT,
            Visit.status.in_(("planned", "done")),
            Visit.planned_on.between(monday, bindparam("until", type_=Date())),
            person.in_(bindparam("people", expanding=True)),
        )
        .group_by(person, week)
    )
