"""Moving and cancelling what is planned: one visit, or this one and the following of its series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.policy.arrangements import keeps_to_terms
from portage.policy.dates import in_words
from portage.support.models import Episode
from portage.support.operations import open_episode_here
from portage.support.pattern import support_of
from portage.visits.misses import rule_of
from portage.visits.models import Visit, VisitSeries
from portage.visits.operations.another_day import answered, on_a_day_that_suits
from portage.visits.operations.dates import Dates, calendar_for, dates_of, limit_for
from portage.visits.operations.limits import take_out
from portage.visits.operations.planning import visit_here
from portage.visits.operations.recording import prompt_after_misses
from portage.visits.refusals import AlreadyBegun, AlreadyRecorded, NothingToPlan, NotThatDay
from portage.visits.series import Calendar, Series
from portage.visits.words import CANCELLED_BY

ONE, FOLLOWING = "one", "following"


@dataclass(frozen=True, slots=True)
class MoveVisit:
    """Another day and time for a visit that is planned, or for it and the following of its series."""

    planned_on: date
    planned_at: time
    version: int
    scope: str = ONE
    in_school_holidays: bool = False


@dataclass(frozen=True, slots=True)
class CancelVisits:
    """Who cancels a visit that is planned, or it and the following of its series, and why."""

    cancelled_by: str
    reason: str
    version: int
    scope: str = ONE


@dataclass(frozen=True, slots=True)
class Moved:
    """The visits that have another day now, and those of the series for which no day was left."""

    visits: tuple[Visit, ...]
    taken_out: tuple[Visit, ...] = ()


def following(visit: Visit) -> list[Visit]:
    """This visit and the planned ones of its series after it, in order; a visit by itself has none after it.

    One that somebody has begun stays as it is.
    """
    if visit.series_id is None:
        return [visit]
    wanted = scoped(Visit).where(
        Visit.series_id == visit.series_id,
        Visit.status == "planned",
        Visit.planned_on >= visit.planned_on,
        Visit.arrived_at.is_(None),
    )
    return list(db.session.scalars(wanted.order_by(Visit.planned_on, Visit.planned_at, Visit.id)))


def move_visit(visit_id: UUID, command: MoveVisit, *, by: Actor, on: date) -> Moved:
    """Move a planned visit, or it and the following of its series; what was before stays as it is."""
    visit = visit_here(visit_id)
    episode = open_episode_here(visit.episode_id)
    if by.person_id is None:
        raise NotAllowed
    yours = [("Day", in_words(command.planned_on)), ("Time", f"{command.planned_at:%H:%M}")]
    _unless_changed(visit, command.version, yours)
    if command.planned_on < episode.opened_on:
        raise NotThatDay("The visit is on or after the day on which the support was opened.")
    if command.scope == FOLLOWING and visit.series_id is not None:
        return _move_following(episode, visit, command, by.person_id, on)
    support = support_of(episode, on=on)
    free = command.in_school_holidays or not keeps_to_terms(support.policy, support.terms)
    calendar = calendar_for(support, several=False, in_school_holidays=free)
    found = _laid_out(episode, visit, Series(command.planned_on, 1, visits=1), command.planned_at, calendar)
    if not found.planned or found.planned[0] != command.planned_on:
        raise NotThatDay(_why_not(found, command.planned_on))
    visit.planned_on, visit.planned_at = command.planned_on, command.planned_at
    on_a_day_that_suits(visit)
    db.session.flush()
    return Moved((visit,))


def _unless_changed(visit: Visit, version: int, yours: list[tuple[str, str]]) -> None:
    if visit.status != "planned":
        raise AlreadyRecorded
    if visit.arrived_at is not None or visit.left_at is not None:
        raise AlreadyBegun
    if visit.version != version:
        raise ChangedMeanwhile(
            theirs=[("Day", in_words(visit.planned_on)), ("Time", f"{visit.planned_at:%H:%M}")],
            yours=yours,
            back=f"/visits/{visit.id}",
        )


def _laid_out(episode: Episode, visit: Visit, wanted: Series, at: time, calendar: Calendar) -> Dates:
    """The dates of a series, cut at the limit of the support."""
    return dates_of(replace(wanted, before=limit_for(episode, wanted.starts_on, visit.mode)), calendar, at)


def _why_not(found: Dates, day: date) -> str:
    if found.ended_by_limit:
        limit = in_words(found.ended_by_limit)
        return f"The support reaches its limit on {limit}. A manager can extend it; choose a day before."
    why = dict(found.skipped).get(day, "it lies after the school terms that are known")
    return f"No visit can be on {in_words(day)}: {why}. Choose another day."


def _move_following(episode: Episode, visit: Visit, command: MoveVisit, person_id: UUID, on: date) -> Moved:
    """Lay the rest of a series out anew from the new day; weeks whose visit was cancelled or made stay free."""
    moving = following(visit)
    series = db.session.scalars(scoped(VisitSeries).where(VisitSeries.id == visit.series_id)).one()
    taken = _weeks_taken(visit, moving)
    ends_on = series.ends_on if series.ends_on and series.ends_on >= command.planned_on else None
    wanted = Series(command.planned_on, series.every_weeks, series.cadence, len(moving) + len(taken), ends_on)
    free = series.in_school_holidays
    calendar = calendar_for(support_of(episode, on=on), several=True, in_school_holidays=free)
    found = _laid_out(episode, visit, wanted, command.planned_at, calendar)
    days = [day for day in found.planned if day.isocalendar()[:2] not in taken][: len(moving)]
    if not days:
        raise NothingToPlan
    new = VisitSeries(
        episode_id=episode.id,
        starts_on=command.planned_on,
        at=command.planned_at,
        minutes=visit.minutes,
        every_weeks=series.every_weeks,
        visits=len(days),
        planned_by=person_id,
        cadence=series.cadence,
        in_school_holidays=series.in_school_holidays,
        ends_on=ends_on,
        follows_id=series.id,
    )
    db.session.add(new)
    db.session.flush()
    for each, day in zip(moving, days, strict=False):
        each.series_id, each.planned_on, each.planned_at = new.id, day, command.planned_at
        on_a_day_that_suits(each)
    rest = moving[len(days) :]
    take_out(rest, found.ended_by_limit)
    db.session.flush()
    return Moved(tuple(moving[: len(days)]), tuple(rest))


def _weeks_taken(visit: Visit, moving: Sequence[Visit]) -> set[tuple[int, int]]:
    """The weeks after a visit in which its series has one that was recorded or cancelled."""
    rows = db.session.execute(
        select(Visit.planned_on).where(
            Visit.tenant_id == current_tenant_id(),
            Visit.series_id == visit.series_id,
            Visit.planned_on >= visit.planned_on,
            Visit.id.not_in([each.id for each in moving]),
        )
    )
    return {row.planned_on.isocalendar()[:2] for row in rows}


def cancel_visits(visit_id: UUID, command: CancelVisits, *, by: Actor, at: datetime, on: date) -> list[Visit]:
    """Cancel a planned visit, or it and the following of its series, with who and why; the rest stays."""
    visit = visit_here(visit_id)
    episode = open_episode_here(visit.episode_id)
    if by.person_id is None:
        raise NotAllowed
    yours = [("Cancelled by", CANCELLED_BY[command.cancelled_by]), ("Why", command.reason)]
    _unless_changed(visit, command.version, yours)
    gone = following(visit) if command.scope == FOLLOWING else [visit]
    for each in gone:
        each.status, each.cancelled_by, each.reason = "cancelled", command.cancelled_by, command.reason
        each.recorded_by, each.recorded_at = by.person_id, at
        answered(each)
    db.session.flush()
    prompt_after_misses(gone[-1], rule_of(support_of(episode, on=on)))
    return gone
