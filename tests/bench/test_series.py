"""The dates of a year for 5,000 series, against `dateutil.rrule` followed by the same exclusions, in one run."""

import gc
import random
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from statistics import median
from time import perf_counter
from typing import NamedTuple

import pytest
from dateutil.rrule import WEEKLY, rrule

from portage.tenants.bank_holidays import bank_holidays
from portage.visits.series import Calendar, Days, Series, Term

TIMES = 25.0  # what `make bench` demands
ANYWHERE = 15.0  # beside other tests: that nothing went badly wrong
YEAR = (date(2026, 9, 1), date(2027, 8, 31))
TERMS = (
    Term("Autumn, first half", date(2026, 9, 2), date(2026, 10, 23)),
    Term("Autumn, second half", date(2026, 11, 2), date(2026, 12, 18)),
    Term("Spring, first half", date(2027, 1, 4), date(2027, 2, 12)),
    Term("Spring, second half", date(2027, 2, 22), date(2027, 3, 25)),
    Term("Summer, first half", date(2027, 4, 12), date(2027, 5, 28)),
    Term("Summer, second half", date(2027, 6, 7), date(2027, 7, 22)),
)
CALENDAR = Calendar(frozenset({date(2026, 9, 2), date(2027, 6, 7)}), TERMS)


class Measured(NamedTuple):
    """Seconds for every series, by the engine and by dateutil, and how many dates they came to."""

    series: int
    dates: int
    engine: float
    dateutil: float

    @property
    def times(self) -> float:
        return self.dateutil / self.engine

    def __str__(self) -> str:
        return (
            f"The dates of a year for {self.series} series ({self.dates} dates): {self.engine * 1e3:.1f} ms; "
            f"dateutil.rrule with the same exclusions {self.dateutil * 1e3:.0f} ms, {self.times:.0f} times as long."
        )


def drawn(count: int) -> list[Series]:
    """Series of a council: weekly to every four weeks, beginning on any weekday of the autumn, by the calendar."""
    chance = random.Random(20260901)
    days = [YEAR[0] + timedelta(days=n) for n in range(90)]
    weekdays = [day for day in days if day.weekday() < 5]
    return [Series(chance.choice(weekdays), chance.choice((1, 1, 2, 2, 2, 4)), ends_on=YEAR[1]) for _ in range(count)]


def by_engine(asked: list[Series]) -> list[list[date]]:
    """The dates as the service plans them, the calendar laid out within the time that is measured."""
    days = Days(CALENDAR)
    return [days.dates(series) for series in asked]


def by_dateutil(asked: list[Series]) -> list[list[date]]:
    """The same dates by a recurrence rule, with the days off and the school holidays taken out of each."""
    off = {day for year in (2026, 2027) for day in bank_holidays(year)} | CALENDAR.closures
    spans = [(term.first_day, term.last_day) for term in TERMS]
    last = datetime.combine(YEAR[1], time())
    found = []
    for series in asked:
        start = datetime.combine(series.starts_on, time())
        days = (each.date() for each in rrule(WEEKLY, dtstart=start, interval=series.every_weeks, until=last))
        found.append([day for day in days if day not in off and any(a <= day <= b for a, b in spans)])
    return found


def timed(work: Callable[[list[Series]], list[list[date]]], asked: list[Series]) -> float:
    begun = perf_counter()
    work(asked)
    return perf_counter() - begun


def measure(count: int = 5000, rounds: int = 7) -> Measured:
    """Measure both in turns, so that whatever else the machine does falls on both; the medians are compared."""
    asked = drawn(count)
    engine, dateutil = by_engine(asked), by_dateutil(asked)  # a first time, so that bank holidays are known to both
    assert engine == dateutil
    gc.disable()
    try:
        pairs = [(timed(by_engine, asked), timed(by_dateutil, asked)) for _ in range(rounds)]
    finally:
        gc.enable()
    return Measured(count, sum(map(len, engine)), median(a for a, _ in pairs), median(b for _, b in pairs))


def test_the_dates_of_a_year_are_at_least_25_times_as_fast_as_dateutil_and_the_same(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    at_length = bool(request.config.getoption("--bench", default=False))
    found = measure() if at_length else measure(500, rounds=5)
    with capsys.disabled():
        sys.stderr.write(f"\n{found}\n" if at_length else "")
    assert found.times >= (TIMES if at_length else ANYWHERE), found
