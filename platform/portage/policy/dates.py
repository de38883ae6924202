"""Dates that rules are measured by: months, school years and the start of funded places."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import lru_cache

_REMEMBERED = 8192  # dates of birth of the children under five of a very large council fit in this


@lru_cache(maxsize=_REMEMBERED)
def add_months(day: date, months: int) -> date:
    """Return the day that many months later; a day that the month lacks becomes its last day."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years > date.max.year:
        return date.max
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def day_after(day: date) -> date:
    """Return the next day; the last day that the calendar can hold stays as it is."""
    return day if day == date.max else day + timedelta(days=1)


def completed_months(born: date, on: date) -> int:
    """Return the age in completed calendar months, 0 before the first month is complete."""
    months = (on.year - born.year) * 12 + on.month - born.month
    while months > 0 and add_months(born, months) > on:
        months -= 1
    return max(months, 0)


@lru_cache(maxsize=_REMEMBERED)
def funded_place_start(born: date) -> date:
    """Return the first day of the funded place for three-year-olds (England, statutory)."""
    third_year = born.year + 3
    if third_year >= date.max.year:
        return date.max
    if born.month <= 3:
        return date(third_year, 4, 1)
    if born.month <= 8:
        return date(third_year, 9, 1)
    return date(third_year + 1, 1, 1)


@lru_cache(maxsize=_REMEMBERED)
def end_of_reception(born: date) -> date:
    """Return 31 August of the school year (1 September to 31 August) in which the child turns five."""
    year = born.year + (5 if born.month <= 8 else 6)
    return date.max if year > date.max.year else date(year, 8, 31)


def in_words(day: date) -> str:
    """Write a date as people say it: 1 September 2025."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def age_in_words(months: int) -> str:
    """Write an age in months as people say it: 2 years and 1 month."""
    years, rest = divmod(months, 12)
    parts = [f"{years} year{'' if years == 1 else 's'}"] if years else []
    if rest or not years:
        parts.append(f"{rest} month{'' if rest == 1 else 's'}")
    return " and ".join(parts)
