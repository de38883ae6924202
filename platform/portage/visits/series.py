"""The dates of visits planned together: arithmetic on the days of a council, for the command line and the pages alike.

A date that cannot be is left out, never moved. The days of a calendar are laid out once, a byte for each, so that the
dates of a series are a slice of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, compress

from portage.tenants.bank_holidays import bank_holidays

CADENCES = ("calendar", "term")
# A visit on the very last day that a calendar can hold could not end after midnight, so none is planned then.
_ONE_DAY = timedelta(days=1)
_LAST_DAY = date.max - _ONE_DAY
_AT_ONCE = 64  # how many weeks of a series are looked at together where only a number of visits ends it
_YEARS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Term:
    """A school term or half of one, from its first to its last day."""

    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """A council's closures, and its school terms in order, beside the bank holidays of England. No terms: all year."""

    closures: frozenset[date] = frozenset()
    terms: tuple[Term, ...] = ()

    @property
    def known_until(self) -> date | None:
        """The last day of the last term that is known; None without terms."""
        return self.terms[-1].last_day if self.terms else None

    def all_year(self) -> Calendar:
        """The same closures without terms, for whoever visits in school holidays as well."""
        return Calendar(self.closures)

    def term_of(self, day: date) -> Term | None:
        """The term that holds a day."""
        place = bisect_right(self.terms, day, key=lambda term: term.first_day) - 1
        return self.terms[place] if place >= 0 and day <= self.terms[place].last_day else None

    def why_not(self, day: date) -> str | None:
        """Why no visit is planned on a day; None when one can be."""
        if name := bank_holidays(day.year).get(day):
            return name
        if day in self.closures:
            return "the service is closed"
        return None if not self.terms or self.term_of(day) else "school holidays"


@dataclass(frozen=True, slots=True)
class Series:
    """What a series asks for: the weekday of its first day, every so many weeks, until the first of its ends.

    `cadence` `calendar` counts the weeks from the first day right through the holidays; `term` counts them anew from
    the first such weekday of each later term. `ends_on` is the last day that can be, `before` the first that cannot.
    """

    starts_on: date
    every_weeks: int
    cadence: str = "calendar"
    visits: int | None = None
    ends_on: date | None = None
    before: date | None = None

    @property
    def last_day(self) -> date:
        """The last day on which a visit can be, as far as the series itself says."""
        last = _LAST_DAY if self.ends_on is None or self.ends_on > _LAST_DAY else self.ends_on
        return last if self.before is None or self.before > last else self.before - _ONE_DAY


class Days:
    """The days of a calendar laid out; `days_of` keeps one for each calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._terms = [(term.first_day.toordinal(), term.last_day.toordinal()) for term in calendar.terms]
        # The ordinal of the first day laid out, and for each day from there 1 where a visit can be. They change
        # together, so that a thread never reads one without the other.
        self._laid: tuple[int, bytes] = (0, b"")
        # The days themselves, made once: terms have a first and a last, and every series of a council picks from them.
        self._known: list[date] = []
        if self._terms:
            first, last = self._terms[0][0], self._terms[-1][1]
            self._laid = (first, self._lay(first, last))
            self._known = list(map(date.fromordinal, range(first, last + 1)))

    def dates(self, series: Series) -> list[date]:
        """The dates of a series, in order."""
        most = series.visits
        found: list[date] = []
        for walk in self._walks(series):
            if self._terms:
                found += self._in_terms(walk)
            else:
                found += map(date.fromordinal, compress(walk, self._open(walk)))
            if most is not None and len(found) >= most:
                del found[most:]
                break
        return found

    def _in_terms(self, walk: range) -> Iterator[date]:
        """The open days of a walk that ends within the terms, wherever it begins."""
        first, laid = self._laid
        start, step = walk.start - first, walk.step
        if start < 0:
            start %= step  # the first date of the walk that the terms could hold
        picked = slice(start, max(start, walk.stop - first), step)
        return compress(self._known[picked], laid[picked])

    def left_out(self, series: Series, until: date) -> list[tuple[date, str]]:
        """The dates of a series up to a day that cannot be, each with the reason."""
        left: list[tuple[date, str]] = []
        for walk in self._walks(series):
            if walk and walk[0] > until.toordinal():
                break
            days = [date.fromordinal(day) for day in walk if day <= until.toordinal()]
            left += [(day, reason) for day in days if (reason := self.calendar.why_not(day))]
        return left

    def _walks(self, series: Series) -> Iterator[range]:
        """The dates that a series comes by, open or not, in runs that are in step."""
        start, last, step = series.starts_on.toordinal(), series.last_day.toordinal(), 7 * series.every_weeks
        if not self._terms:
            for first in range(start, last + 1, _AT_ONCE * step):
                yield range(first, min(last + 1, first + _AT_ONCE * step), step)
        elif series.cadence == "calendar":
            yield range(start, min(last, self._terms[-1][1]) + 1, step)
        else:
            for first_day, last_day in self._terms:
                # The remainder is the days from a term's first to the first such weekday; the first term is the
                # one that holds the start.
                first = start if first_day <= start else first_day + (start - first_day) % 7
                if first > last:
                    break
                if last_day >= start:
                    yield range(first, min(last, last_day) + 1, step)

    def _open(self, walk: range) -> bytes:
        """For each day of a walk through a calendar without terms, 1 where a visit can be."""
        if not walk:
            return b""
        before, laid = self._laid
        if not laid or walk[0] < before or walk[-1] >= before + len(laid):
            before, laid = self._laid = self._wider(walk, before, laid)
        return laid[walk[0] - before : walk[-1] - before + 1 : walk.step]

    def _wider(self, walk: range, before: int, laid: bytes) -> tuple[int, bytes]:
        """The days laid out as far as a walk needs them, in whole years."""
        first_year = date.fromordinal(walk[0]).year
        last_year = min(date.fromordinal(walk[-1]).year + _YEARS_AT_ONCE, date.max.year)
        first, last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
        if not laid:
            return first, self._lay(first, last)
        end = before + len(laid)
        earlier = self._lay(first, before - 1) if first < before else b""
        later = self._lay(end, last) if last >= end else b""
        return min(first, before), earlier + laid + later

    def _lay(self, first: int, last: int) -> bytes:
        """Lay out the days from one ordinal to another, both included."""
        days = bytearray(b"\x00" if self._terms else b"\x01") * (last - first + 1)
        for begins, ends in self._terms:
            days[begins - first : ends - first + 1] = b"\x01" * (ends - begins + 1)
        years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
        closed = chain(self.calendar.closures, *map(bank_holidays, years))
        for day in map(date.toordinal, closed):
            if first <= day <= last:
                days[day - first] = 0
        return bytes(days)


@lru_cache(maxsize=512)
def days_of(calendar: Calendar) -> Days:
    """The days of a calendar, laid out once."""
    return Days(calendar)
