"""Planning visits: one, or a series on the same weekday at the same time by the clock on the wall."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select, true, update

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed, NotHere
from portage.core.identity import Actor, Viewer
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.access import in_own_area, on_caseload
from portage.families.models import Child
from portage.messages.operations import settle
from portage.policy.dates import in_words
from portage.support.changes import when_closed, when_visitor_changed
from portage.support.models import Allocation, Episode
from portage.support.operations import goes_on_until, limit_after, open_episode_here, visitor_of
from portage.support.pattern import support_of
from portage.support.visitors import page_for
from portage.visits.council_calendar import council_calendar
from portage.visits.models import Visit, VisitSeries
from portage.visits.refusals import AlreadyRecorded, NothingToPlan, NotInThePolicy, NotThatDay, NoVisitor
from portage.visits.series import Dates, dates_of


@dataclass(frozen=True, slots=True)
class PlanVisits:
    """Visits to plan: from a day, at a time on the wall clock in England, and how often."""

    starts_on: date
    at: time
    minutes: int
    mode: str
    every_weeks: int = 1
    visits: int = 1
    in_school_holidays: bool = False


@dataclass(frozen=True, slots=True)
class MoveVisit:
    """Another day and time for a visit that is planned."""

    planned_on: date
    planned_at: time
    version: int


@dataclass(frozen=True, slots=True)
class Busy:
    """Another visit of the visitor at the same time; whose it is only for those who may open that child's record."""

    on: date
    at: time
    name: str | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """What planning would come to: the dates, those left out, and what else the visitor has then."""

    dates: Dates
    busy: tuple[Busy, ...]


def prospect(episode: Episode, command: PlanVisits, *, viewer: Viewer, on: date) -> Prospect:
    """The dates of these visits, those left out with the reason, and double bookings; raises what planning would."""
    dates = _dates(episode, command, on)
    return Prospect(dates, _double_bookings(_visitor(episode), dates.planned, command.at, command.minutes, viewer, on))


def _dates(episode: Episode, command: PlanVisits, on: date) -> Dates:
    if command.mode not in support_of(episode, on=on).pattern.modes:
        raise NotInThePolicy
    if command.starts_on < episode.opened_on:
        raise NotThatDay("The first visit is on or after the day on which the support was opened.")
    calendar = council_calendar()
    return dates_of(
        command.starts_on,
        visits=command.visits,
        every_weeks=command.every_weeks,
        why_not=lambda day: calendar.why_not(day, in_school_holidays=command.in_school_holidays),
        before=_limit(episode, command),
    )


def _limit(episode: Episode, command: PlanVisits) -> date | None:
    """The day on which the support reaches its limit; before the first home visit, as these visits would count it."""
    return goes_on_until(episode) or limit_after(command.starts_on, episode.longest_months)


def _visitor(episode: Episode) -> UUID:
    allocation = visitor_of(episode.id)
    if allocation is None:
        raise NoVisitor
    return allocation.person_id


def _double_bookings(
    visitor_id: UUID, days: list[date], at: time, minutes: int, viewer: Viewer, on: date, besides: UUID | None = None
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
            Visit.id != besides if besides else true(),
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


def plan_visits(episode_id: UUID, command: PlanVisits, *, by: Actor, on: date) -> list[Visit]:
    """Plan one visit or a series; dates that cannot be are left out, as `prospect` said."""
    episode = open_episode_here(episode_id)
    if by.person_id is None:
        raise NotAllowed
    days = _dates(episode, command, on).planned
    if not days:
        raise NothingToPlan
    series = _series(episode, command, by.person_id) if command.visits > 1 else None
    owners = _owners(episode.id)
    visits = [
        Visit(
            episode_id=episode.id,
            child_id=episode.child_id,
            visitor_id=next((who for since, who in owners if since <= day), _visitor(episode)),
            series_id=series.id if series else None,
            planned_on=day,
            planned_at=command.at,
            minutes=command.minutes,
            mode=command.mode,
            elements=[],
        )
        for day in days
    ]
    db.session.add_all(visits)
    db.session.flush()
    settle("allocated", page_for(_visitor(episode), episode_id=episode.id, child_id=episode.child_id))
    return visits


def _owners(episode_id: UUID) -> list[tuple[date, UUID]]:
    """Whose the child is from which day, the latest first."""
    rows = db.session.execute(
        select(Allocation.from_on, Allocation.person_id)
        .where(Allocation.tenant_id == current_tenant_id(), Allocation.episode_id == episode_id)
        .order_by(Allocation.from_on.desc(), Allocation.id.desc())
    )
    return [(row.from_on, row.person_id) for row in rows]


def _series(episode: Episode, command: PlanVisits, person_id: UUID) -> VisitSeries:
    series = VisitSeries(
        episode_id=episode.id,
        starts_on=command.starts_on,
        at=command.at,
        minutes=command.minutes,
        every_weeks=command.every_weeks,
        visits=command.visits,
        planned_by=person_id,
    )
    db.session.add(series)
    db.session.flush()
    return series


def visit_here(visit_id: UUID) -> Visit:
    """One visit of this council; raises NotHere."""
    found = db.session.scalars(scoped(Visit).where(Visit.id == visit_id)).one_or_none()
    if found is None:
        raise NotHere
    return found


def move_visit(visit_id: UUID, command: MoveVisit) -> Visit:
    """Move a planned visit to another day or time."""
    visit = visit_here(visit_id)
    open_episode_here(visit.episode_id)
    if visit.status != "planned":
        raise AlreadyRecorded
    if visit.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("Day", in_words(visit.planned_on)), ("Time", f"{visit.planned_at:%H:%M}")],
            yours=[("Day", in_words(command.planned_on)), ("Time", f"{command.planned_at:%H:%M}")],
            back=f"/visits/{visit.id}",
        )
    visit.planned_on, visit.planned_at = command.planned_on, command.planned_at
    db.session.flush()
    return visit


def clashes(visit: Visit, viewer: Viewer, on: date) -> tuple[Busy, ...]:
    """The visitor's other planned visits that overlap with this one."""
    days = [visit.planned_on]
    return _double_bookings(visit.visitor_id, days, visit.planned_at, visit.minutes, viewer, on, visit.id)


@when_closed
def cancel_planned(episode_id: UUID, last_day: date, by: Actor, at: datetime) -> None:
    """Support has ended: visits that are planned after its last day are cancelled by the service."""
    for visit in db.session.scalars(
        scoped(Visit).where(Visit.episode_id == episode_id, Visit.status == "planned", Visit.planned_on > last_day)
    ):
        visit.status, visit.cancelled_by, visit.reason = "cancelled", "service", "The support has ended."
        visit.recorded_by, visit.recorded_at = by.person_id, at
    db.session.flush()


@when_visitor_changed
def hand_over(episode_id: UUID, visitor_id: UUID, from_on: date) -> None:
    """Another person visits from a day on: the visits planned from then are theirs."""
    db.session.execute(
        update(Visit)
        .where(
            Visit.tenant_id == current_tenant_id(),
            Visit.episode_id == episode_id,
            Visit.status == "planned",
            Visit.planned_on >= from_on,
        )
        .values(visitor_id=visitor_id, version=Visit.version + 1)
    )
