"""What a series comes to for one child: its dates, those left out and why, and what ended it before it was complete."""

from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import func, select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.policy.arrangements import BlockTerms, keeps_to_terms
from portage.policy.dates import add_months, in_words
from portage.support.models import Episode
from portage.support.operations import goes_on_until, limit_after
from portage.support.pattern import Support
from portage.visits.council_calendar import council_calendar
from portage.visits.models import Visit
from portage.visits.refusals import NotThatDay
from portage.visits.series import Calendar, Series, days_of
from portage.visits.wall_clock import starts_at


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a series, the ones left out and why, and the day that ended it before it was complete.

    `ended_by_limit` is the day on which the support reaches its limit, `ended_by_terms` the last day of the last
    school term that is known.
    """

    planned: list[date]
    skipped: list[tuple[date, str]]
    ended_by_limit: date | None = None
    ended_by_terms: date | None = None


def dates_of(series: Series, calendar: Calendar, at: time) -> Dates:
    """Lay a series out on a calendar; raises NotThatDay where the clock jumps over its time on one of its days."""
    days = days_of(calendar)
    planned = days.dates(series)
    for day in planned:
        if starts_at(day, at) is None:
            raise NotThatDay(f"There is no {at:%H:%M} on {in_words(day)}: the clocks go forward then.")
    if series.visits is not None and len(planned) == series.visits:
        return Dates(planned, days.left_out(series, planned[-1]))
    last, known = series.last_day, calendar.known_until
    by_terms = known if known is not None and known < last else None
    by_limit = series.before if by_terms is None and series.before is not None and _next(last, series.before) else None
    return Dates(planned, days.left_out(series, min(by_terms or last, last)), by_limit, by_terms)


def _next(last: date, before: date) -> bool:
    return (before - last).days == 1


def calendar_for(support: Support, *, several: bool, in_school_holidays: bool) -> Calendar:
    """The days on which a child can be visited: in term time only where the policy says so, but for a single visit."""
    kept = several and keeps_to_terms(support.policy, support.terms)
    return council_calendar().all_year() if in_school_holidays and not kept else council_calendar()


def limit_for(episode: Episode, starts_on: date, mode: str) -> date | None:
    """The day on which the support reaches its limit.

    Before the first home visit it is counted from the first one that is planned, these visits included, so that a
    series that begins later ends on the same day.
    """
    known = goes_on_until(episode)
    if known is not None or episode.longest_months is None:
        return known
    first = db.session.execute(
        select(func.min(Visit.planned_on)).where(
            Visit.tenant_id == current_tenant_id(),
            Visit.episode_id == episode.id,
            Visit.status == "planned",
            Visit.mode == "home",
        )
    ).scalar_one()
    starts = [each for each in (first, starts_on if mode == "home" else None) if each is not None]
    return limit_after(min(starts, default=None), episode.longest_months)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of visits: the last day that it can have, or how many visits it holds."""

    ends_on: date | None
    visits: int | None


def block_terms(support: Support) -> BlockTerms | None:
    """The length of a block of visits as the policy states it; None where it has no blocks."""
    stated = support.policy.arrangements(support.terms).visits
    if stated is not None and stated.block is not None:
        return stated.block
    by_term = support.pattern.block == "school-term"
    return BlockTerms(length=1, unit="school-terms", repeats="by-agreement") if by_term else None


def block_from(terms: BlockTerms, starts_on: date, calendar: Calendar) -> Block:
    """The block that begins on a day; a block of school terms that are not known yet ends with the last one known."""
    if terms.unit == "visits":
        return Block(None, terms.length)
    if terms.unit == "weeks":
        return Block(date.fromordinal(starts_on.toordinal() + 7 * terms.length - 1), None)
    if terms.unit == "months":
        return Block(date.fromordinal(add_months(starts_on, terms.length).toordinal() - 1), None)
    later = [term.last_day for term in calendar.terms if term.last_day >= starts_on]
    return Block(later[min(terms.length, len(later)) - 1] if later else None, None)
