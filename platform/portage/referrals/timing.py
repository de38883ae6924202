"""Clocks in words: how long there is until a day, or how long ago it was."""

from datetime import date


def in_words(due: date, today: date) -> str:
    """Say how a due day stands to today, so that nobody has to read a colour."""
    days = (due - today).days
    if days < 0:
        return f"overdue by {_days(-days)}"
    if days == 0:
        return "due today"
    return "due tomorrow" if days == 1 else f"due in {_days(days)}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
