"""Halves of the working days: when somebody works, and when a visit suits a family."""

from collections.abc import Collection, Iterable
from datetime import date, time
from typing import Final

NOON: Final = time(12, 30)
DAYS: Final = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday"}
HALF_DAYS: Final = {
    f"{day}-{half}": f"{name} {word}"
    for day, name in DAYS.items()
    for half, word in (("am", "morning"), ("pm", "afternoon"))
}


def half_day_of(day: date, at: time) -> str | None:
    """The key of the half day that a visit lies in; None at a weekend."""
    keys = [*DAYS]
    return f"{keys[day.weekday()]}-{'am' if at < NOON else 'pm'}" if day.weekday() < len(keys) else None


def known(half_days: Iterable[str]) -> list[str]:
    """The keys that there are, each once, in the order of the week."""
    given = set(half_days)
    return [key for key in HALF_DAYS if key in given]


def in_words(half_days: Collection[str]) -> str:
    """Half days as a person says them: a whole day where both halves are among them."""
    said = []
    for day, name in DAYS.items():
        halves = [half for half in ("am", "pm") if f"{day}-{half}" in half_days]
        if len(halves) == 2:
            said.append(name)
        elif halves:
            said.append(HALF_DAYS[f"{day}-{halves[0]}"])
    return ", ".join(said)


def shared(some: Collection[str], others: Collection[str]) -> int:
    """How many half days both have, as `in_both` counts them."""
    if not some or not others:
        return len(some or others)
    return sum(key in others for key in some)


def in_both(some: Collection[str], others: Collection[str]) -> list[str]:
    """The half days that both have; nobody said anything about a side that is empty, so all of the other's."""
    if not some or not others:
        return known(some or others)
    return [key for key in known(some) if key in others]
