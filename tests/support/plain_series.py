"""The contract of a series of visits walked day by day, to hold the engine against; it shares nothing with it."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

import holidays

from portage.visits.series import Calendar, Series

ENGLAND = holidays.country_holidays("GB", subdiv="ENG", years=range(2019, 2101), language="en_GB")


def months_later(day: date, months: int) -> date:
    """That many months later; a day that the month lacks is its last."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def walked(series: Series, known: Calendar) -> list[date]:
    """The dates of a series, one day after the other."""
    found: list[date] = []
    for day in _in_step(series, known):
        if series.visits is not None and len(found) == series.visits:
            break
        within = not known.terms or any(term.first_day <= day <= term.last_day for term in known.terms)
        if within and day not in ENGLAND and day not in known.closures:
            found.append(day)
    return found


def _in_step(series: Series, known: Calendar) -> Iterator[date]:
    """Every date that the series comes by, until one of its ends."""
    begins = series.starts_on
    day = series.starts_on
    last = max((term.last_day for term in known.terms), default=date(2100, 12, 31))  # sixty visits, one a year
    while day <= last:
        if series.ends_on is not None and day > series.ends_on:
            return
        if series.before is not None and day >= series.before:
            return
        if series.cadence == "term":
            first = next((term.first_day for term in known.terms if term.first_day <= day <= term.last_day), None)
            if first is not None and first > series.starts_on:
                begins = first
                while begins.weekday() != series.starts_on.weekday():
                    begins += timedelta(days=1)
            in_step = first is not None and day >= begins and (day - begins).days % (7 * series.every_weeks) == 0
        else:
            in_step = (day - series.starts_on).days % (7 * series.every_weeks) == 0
        if in_step:
            yield day
        day += timedelta(days=1)
