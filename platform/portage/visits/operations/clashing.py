"""Two visits of one visitor at the same time, or one while they are away: said to whoever plans, never forbidden."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.identity import Viewer
from portage.core.tenancy import current_tenant_id
from portage.families.access import in_own_area, on_caseload
from portage.families.models import Child
from portage.support.operations import absences_of
from portage.visits.models import Visit


@dataclass(frozen=True, slots=True)
class Busy:
    """Another visit of the visitor at the same time; whose it is only for those who may open that child's record."""

    on: date
    at: time
    name: str | None


def double_bookings(
    visitor_id: UUID,
    days: list[date],
    at: time,
    minutes: int,
    viewer: Viewer,
    on: date,
    besides: Sequence[UUID] = (),
) -> tuple[Busy, ...]:
    """The visitor's other planned visits that overlap; a first name only of children on the viewer's own cases."""
    if not days or viewer.person_id is None:
        return ()
    rows = db.session.execute(
        select(Visit.planned_on, Visit.planned_at, Visit.minutes, Child.given_name, Child.area_id)
        .add_columns(Child.id.in_(on_caseload(viewer.person_id, on)).label("own"))
        .join(Child, (Child.tenant_id == Visit.tenant_id) & (Child.id == Visit.child_id))
        .where(
            Visit.tenant_id == current_tenant_id(),
            Visit.visitor_id == visitor_id,
            Visit.planned_on.in_(days),
            Visit.status == "planned",
            Visit.id.not_in(besides),
        )
        .order_by(Visit.planned_on, Visit.planned_at)
    )
    start, end = _span(at, minutes)
    return tuple(
        Busy(
            row.planned_on,
            row.planned_at,
            row.given_name if row.own or in_own_area(viewer, row.area_id) else None,
        )
        for row in rows
        if _span(row.planned_at, row.minutes)[0] < end and start < _span(row.planned_at, row.minutes)[1]
    )


def _span(at: time, minutes: int) -> tuple[int, int]:
    start = at.hour * 60 + at.minute
    return start, start + minutes


def away_on(visitor_id: UUID, days: Sequence[date]) -> tuple[date, ...]:
    """Those of the days on which the visitor is away; why is nobody's business here."""
    if not days:
        return ()
    away = absences_of([visitor_id], on=min(days))
    return tuple(day for day in days if any(each.from_on <= day <= each.until_on for each in away))


def away_for(visits: Sequence[Visit]) -> list[date]:
    """The days of these visits on which their visitor is away, in order."""
    found: set[date] = set()
    for visitor_id in {visit.visitor_id for visit in visits}:
        found.update(away_on(visitor_id, [visit.planned_on for visit in visits if visit.visitor_id == visitor_id]))
    return sorted(found)


def clashes(visits: Sequence[Visit], viewer: Viewer, on: date) -> list[Busy]:
    """The other planned visits that overlap with these, which are at one time and of one length."""
    ids = [visit.id for visit in visits]
    found: list[Busy] = []
    for visitor_id in dict.fromkeys(visit.visitor_id for visit in visits):
        days = [visit.planned_on for visit in visits if visit.visitor_id == visitor_id]
        found += double_bookings(visitor_id, days, visits[0].planned_at, visits[0].minutes, viewer, on, ids)
    return found
