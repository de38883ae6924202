"""Dates that rules are measured by: months, school years and the start of funded places."""

from __future__ import annotations

import calendar
from datetime import date, time, timedelta
from functools import lru_cache

_REMEMBERED = 8192  # dates of birth of the children under five of a very large council fit in this


def add_months(day: date, months: int) -> date:
    """Return the day that many months later; a day that the month lacks becomes its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def day_after(day: date) -> date:
    """Return the next day; the last day that the calendar can hold stays as it is."""
    return day if day == date.max else day + timedelta(days=1)


@lru_cache(maxsize=_REMEMBERED)
def day_after_age(born: date, months: int) -> date:
    """Return the day after the one on which a child reaches an age in months."""
    return day_after(add_months(born, months))


def completed_months(born: date, on: date) -> int:
    """Return the age in completed calendar months, 0 before the first month is complete."""
    months = (on.year - born.year) * 12 + on.month - born.month
    # The day of the month that completes a month is the birthday's, or the last where the month has no such day.
    if months > 0 and born.day > on.day and calendar.monthrange(on.year, on.month)[1] > on.day:
        months -= 1
    return max(months, 0)


@lru_cache(maxsize=_REMEMBERED)
def funded_place_start(born: date, years: int = 3) -> date:
    """Return the first day of the funded place that follows a birthday, the third by statute in England."""
    year = born.year + years
    if year >= date.max.year:
        return date.max
    if born.month <= 3:
        return date(year, 4, 1)
    if born.month <= 8:
        return date(year, 9, 1)
    return date(year + 1, 1, 1)


@lru_cache(maxsize=_REMEMBERED)
def after_reception(born: date, turns: int = 5) -> date:
    """Return the day after 31 August of the school year (1 September to 31 August) in which the child turns five."""
    year = born.year + turns + (0 if born.month <= 8 else 1)
    return date.max if year > date.max.year else date(year, 9, 1)


@lru_cache(maxsize=_REMEMBERED)
def compulsory_school_age(born: date, years: int = 5) -> date:
    """Return the day on which a child is of compulsory school age in England: 31 March, 31 August or 31 December."""
    birthday = add_months(born, 12 * years)
    if birthday == date.max:
        return date.max
    month, day = next(end for end in ((3, 31), (8, 31), (12, 31)) if (birthday.month, birthday.day) <= end)
    return date(birthday.year, month, day)


@lru_cache(maxsize=_REMEMBERED)
def terms_before(day: date, number: int) -> date:
    """Return the first day of the school term that many terms before 1 September; terms begin with funded places."""
    years, place = divmod(number, 3)
    month = (9, 4, 1)[place]
    return date(max(day.year - years, date.min.year), month, 1)


def in_words(day: date) -> str:
    """Write a date as people say it: 1 September 2025."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def clock_in_words(at: time) -> str:
    """Write a time as people say it: 9:30am; midday and midnight by name."""
    if at.minute == 0 and at.hour in (0, 12):
        return "midday" if at.hour else "midnight"
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def when_in_words(day: date, at: time) -> str:
    """Write a day and a time as people say them: 1 September 2025 at 9:30am."""
    return f"{in_words(day)} at {clock_in_words(at)}"


def age_in_words(months: int) -> str:
    """Write an age in months as people say it: 2 years and 1 month."""
    years, rest = divmod(months, 12)
    parts = [f"{years} year{'' if years == 1 else 's'}"] if years else []
    if rest or not years:
        parts.append(f"{rest} month{'' if rest == 1 else 's'}")
    return " and ".join(parts)
