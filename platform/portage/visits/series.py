"""The dates of visits planned together: a plain walk from week to week, saying of each date why it was left out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from portage.tenants.working_days import bank_holidays

FARTHEST = timedelta(days=3 * 366)  # nobody plans further ahead than this


@dataclass(frozen=True, slots=True)
class Term:
    """A school term, from its first to its last day."""

    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """A council's closures and school terms, beside the bank holidays of England."""

    closures: frozenset[date] = frozenset()
    terms: tuple[Term, ...] = ()

    def why_not(self, day: date, *, in_school_holidays: bool) -> str | None:
        """Why no visit is planned on a day; None when one can be.

        Terms are obeyed as far as they are known: a day after the last of them counts as a day like any other.
        """
        if name := bank_holidays(day.year).get(day):
            return name
        if day in self.closures:
            return "the service is closed"
        if in_school_holidays or not self.terms or not self.terms[0].first_day <= day <= self.terms[-1].last_day:
            return None
        within = any(term.first_day <= day <= term.last_day for term in self.terms)
        return None if within else "school holidays"


@dataclass(slots=True)
class Dates:
    """What a series comes to: its dates, the ones left out and why, and whether it ended before it was complete."""

    planned: list[date] = field(default_factory=list)
    skipped: list[tuple[date, str]] = field(default_factory=list)
    ended_by_limit: date | None = None


def dates_of(
    starts_on: date,
    *,
    visits: int,
    every_weeks: int,
    why_not: Callable[[date], str | None],
    before: date | None = None,
) -> Dates:
    """Walk from `starts_on`, the same weekday every so many weeks, until so many dates are found.

    A date that cannot be is left out, never moved, and does not count. The walk ends before the day `before`.
    """
    found = Dates()
    day = starts_on
    while len(found.planned) < visits and day - starts_on < FARTHEST:
        if before is not None and day >= before:
            found.ended_by_limit = before
            break
        if reason := why_not(day):
            found.skipped.append((day, reason))
        else:
            found.planned.append(day)
        day += timedelta(weeks=every_weeks)
    return found
