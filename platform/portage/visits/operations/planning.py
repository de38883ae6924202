"""Planning visits: one, or a series on the same weekday at the same time by the clock on the wall."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from portage.core.db import db
from portage.core.errors import NotAllowed
from portage.core.identity import Actor, Viewer
from portage.core.tenancy import here
from portage.messages.operations import settle
from portage.support.models import Episode
from portage.support.operations import open_episode_here, visitor_of
from portage.support.pattern import Support, support_of
from portage.support.visitors import page_for
from portage.visits.models import Visit, VisitSeries
from portage.visits.operations.clashing import Busy, away_on, double_bookings
from portage.visits.operations.dates import Block, Dates, block_from, block_terms, calendar_for, dates_of, limit_for
from portage.visits.operations.following import owners_of
from portage.visits.refusals import EndsBeforeItBegins, NothingToPlan, NotInThePolicy, NotThatDay, NoVisitor
from portage.visits.series import Calendar, Series

MOST_VISITS = 26
MOST_IN_A_BLOCK = 60


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
    cadence: str = "calendar"
    ends_on: date | None = None  # the last day that a visit can have
    whole_block: bool = False  # up to the end of the policy's block, whatever number of visits is typed

    @property
    def several(self) -> bool:
        """Whether this is a series, which keeps to the school terms where the policy says so."""
        return self.whole_block or self.visits > 1


@dataclass(frozen=True, slots=True)
class Prospect:
    """What planning would come to: the dates, those left out, the visitor’s other visits, and when they are away."""

    dates: Dates
    busy: tuple[Busy, ...]
    away: tuple[date, ...] = ()


def prospect(episode: Episode, command: PlanVisits, *, viewer: Viewer, on: date) -> Prospect:
    """The dates of these visits, those left out with the reason, and double bookings; raises what planning would."""
    dates = _dates(episode, command, on)
    visitor = _visitor(episode)
    busy = double_bookings(visitor, dates.planned, command.at, command.minutes, viewer, on)
    return Prospect(dates, busy, away_on(visitor, dates.planned))


def _dates(episode: Episode, command: PlanVisits, on: date) -> Dates:
    series, calendar = _series_of(episode, command, on)
    return dates_of(series, calendar, command.at)


def _series_of(episode: Episode, command: PlanVisits, on: date) -> tuple[Series, Calendar]:
    """The series that is planned, with the days on which this child can be visited; raises what planning would."""
    support = support_of(episode, on=on)
    if command.mode not in support.pattern.modes:
        raise NotInThePolicy
    if command.starts_on < episode.opened_on:
        raise NotThatDay("The first visit is on or after the day on which the support was opened.")
    if command.ends_on is not None and command.ends_on < command.starts_on:
        raise EndsBeforeItBegins
    calendar = calendar_for(support, several=command.several, in_school_holidays=command.in_school_holidays)
    block = _block(support, command, calendar)
    series = Series(
        command.starts_on,
        command.every_weeks,
        command.cadence,
        visits=block.visits or (MOST_IN_A_BLOCK if command.whole_block else command.visits),
        ends_on=min((day for day in (block.ends_on, command.ends_on) if day is not None), default=None),
        before=limit_for(episode, command.starts_on, command.mode),
    )
    return series, calendar


def _block(support: Support, command: PlanVisits, calendar: Calendar) -> Block:
    """The block that is planned; without one the number of visits ends the series."""
    terms = block_terms(support) if command.whole_block else None
    if command.whole_block and terms is None:
        raise NotInThePolicy
    return block_from(terms, command.starts_on, calendar) if terms else Block(None, None)


def _visitor(episode: Episode) -> UUID:
    allocation = visitor_of(episode.id)
    if allocation is None:
        raise NoVisitor
    return allocation.person_id


def plan_visits(episode_id: UUID, command: PlanVisits, *, by: Actor, on: date) -> list[Visit]:
    """Plan one visit or a series; dates that cannot be are left out, as `prospect` said."""
    episode = open_episode_here(episode_id, lock=True)  # else visits could be planned while the support ends
    if by.person_id is None:
        raise NotAllowed
    wanted, calendar = _series_of(episode, command, on)
    days = dates_of(wanted, calendar, command.at).planned
    if not days:
        raise NothingToPlan
    series = _series(episode, command, by.person_id, wanted) if command.several else None
    owners = owners_of(episode.id)
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


def _series(episode: Episode, command: PlanVisits, person_id: UUID, wanted: Series) -> VisitSeries:
    series = VisitSeries(
        episode_id=episode.id,
        starts_on=command.starts_on,
        at=command.at,
        minutes=command.minutes,
        every_weeks=command.every_weeks,
        visits=wanted.visits or command.visits,
        planned_by=person_id,
        cadence=command.cadence,
        in_school_holidays=command.in_school_holidays,
        ends_on=wanted.ends_on,
    )
    db.session.add(series)
    db.session.flush()
    return series


def visit_here(visit_id: UUID) -> Visit:
    """One visit of this council; raises NotHere."""
    return here(Visit, visit_id)
