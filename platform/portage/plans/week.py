"""The activity chart of a week: which days it has, and how large its words can be so that it stays one A4 page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

DAYS = 7
# How many characters of all activities together still fit on one page, by the size of the type; see the tests.
ROOMY, FULL = 420, 900


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days, Monday first, and the activities that the family does on them."""

    monday: date
    activities: tuple[Row[*tuple[Any, ...]], ...]

    @property
    def days(self) -> tuple[date, ...]:
        """The days of the week."""
        return tuple(self.monday + timedelta(days=number) for number in range(DAYS))

    @property
    def before(self) -> date:
        """The Monday before."""
        return self.monday - timedelta(days=DAYS)

    @property
    def after(self) -> date:
        """The next Monday."""
        return self.monday + timedelta(days=DAYS)

    @property
    def size(self) -> str:
        """The size of the type: as large as the words allow."""
        length = sum(
            len(each.wording) + len(each.how_often) + len(each.materials or "") + 40 for each in self.activities
        )
        return "large" if length <= ROOMY else "medium" if length <= FULL else "small"


def week_of(activities: Sequence[Row[*tuple[Any, ...]]], day: date) -> Week:
    """The week that a day is in."""
    return Week(day - timedelta(days=day.weekday()), tuple(activities))


def coming_week(today: date) -> date:
    """The Monday of this week; from Friday on that of the next, for which a chart is printed by then."""
    monday = today - timedelta(days=today.weekday())
    return monday + timedelta(days=DAYS) if today.weekday() >= 4 else monday


def day_in(typed: str, otherwise: date) -> date:
    """The day that an address names, else another; years far away are none."""
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return otherwise
    return found if 2000 <= found.year <= 2100 else otherwise
