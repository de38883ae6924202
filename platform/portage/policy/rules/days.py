"""Days that follow from a date of birth, remembered so that a day is worked out once for each date of birth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import TYPE_CHECKING, Final

from portage.policy import dates

if TYPE_CHECKING:
    from portage.policy.columns import Columns
    from portage.policy.facts import Facts

DayOf = Callable[["Facts"], date]
_REMEMBERED: Final = 8192  # dates of birth; as many as portage.policy.dates remembers


@dataclass(frozen=True, slots=True)
class FromBirth:
    """A day that a date of birth and a figure fix; a day stated for the child's reception year may stand in for it."""

    day: Callable[[date, int], date]
    figure: int
    or_reception: bool = False

    def __call__(self, facts: Facts) -> date:
        """Return the day for one child."""
        if self.or_reception and facts.reception_ends_on:
            return dates.day_after(facts.reception_ends_on)
        return self.day(facts.date_of_birth, self.figure)


@dataclass(frozen=True, slots=True)
class Earliest:
    """The earliest of several days."""

    days: tuple[DayOf, ...]

    def __call__(self, facts: Facts) -> date:
        """Return the day for one child."""
        return min(day(facts) for day in self.days)


class Remembered(dict[date, date]):
    """Days by date of birth, each worked out when it is first asked for."""

    def __init__(self, work_out: Callable[[date], date]) -> None:
        self.work_out = work_out

    def __missing__(self, born: date) -> date:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[born] = day = self.work_out(born)
        return day


def days_of(day: DayOf) -> Remembered | None:
    """Return the days by date of birth; None where a day hangs on more than that."""
    work_out = _by_birth(day)
    return None if work_out is None else Remembered(work_out)


def _by_birth(day: DayOf) -> Callable[[date], date] | None:
    if isinstance(day, FromBirth) and not day.or_reception:
        of, figure = day.day, day.figure
        return lambda born: of(born, figure)
    if isinstance(day, Earliest):
        parts = [part for part in map(_by_birth, day.days) if part is not None]
        if parts and len(parts) == len(day.days):
            return lambda born: min(part(born) for part in parts)
    return None


def composed_day(day: DayOf) -> DayOf:
    """Return the quickest way to the same day."""
    days = days_of(day)
    if days is not None:
        return lambda facts: days[facts.date_of_birth]
    if not isinstance(day, FromBirth):
        return day
    plain = Remembered(lambda born: day.day(born, day.figure))

    def of(facts: Facts) -> date:
        stated = facts.reception_ends_on
        return plain[facts.date_of_birth] if stated is None else dates.day_after(stated)

    return of


def day_column(day: DayOf, columns: Columns) -> Iterable[int] | None:
    """Return the day for each request, by its place among the days of requests; None where each has to be asked."""
    if (work_out := _by_birth(day)) is not None:
        return columns["date_of_birth"].each(lambda born: columns.place_of(work_out(born)))
    if isinstance(day, FromBirth):
        return _or_reception(day, columns)
    if isinstance(day, Earliest):
        parts = [part for part in (day_column(each, columns) for each in day.days) if part is not None]
        return map(min, *parts) if parts and len(parts) == len(day.days) else None
    return None


def _or_reception(day: FromBirth, columns: Columns) -> list[int]:
    """Return the day that follows from birth, and for the few children with a day stated for them, that day."""
    found = [*columns["date_of_birth"].each(lambda born: columns.place_of(day.day(born, day.figure)))]
    ends = columns["reception_ends_on"]
    if any(ends.values):
        instead = [end and columns.place_of(dates.day_after(end)) for end in ends.values]
        stated = ends.answers(lambda end: end is not None).codes
        for row in compress(range(len(stated)), stated):
            found[row] = instead[ends.places[row]]
    return found
