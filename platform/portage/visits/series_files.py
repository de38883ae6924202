"""Series of visits as a file holds them, read strictly: every wrong field of every line is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Final, NamedTuple

from portage.core.json_lines import LineProblem, objects
from portage.policy.dates import add_months, in_words
from portage.visits.series import CADENCES, Days, Series
from portage.visits.wall_clock import starts_at

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_FIELDS: Final = (
    "starts_on", "time", "minutes", "every_weeks", "cadence", "visits", "ends_on", "longest_months",
)  # fmt: skip


class Asked(NamedTuple):
    """One series that was asked for, with its time on the wall clock and the length of each visit."""

    series: Series
    at: time
    minutes: int


def read_series(days: Days, content: bytes) -> tuple[list[Asked], list[LineProblem]]:
    """Read every series of a file, and everything that is wrong with them, by the calendar that they are asked of."""
    asked: list[Asked] = []
    problems: list[LineProblem] = []
    for number, obj, wrong in objects(content):
        reader = _Reader(has_terms=bool(days.calendar.terms))
        found = None if wrong else reader.read(obj)
        if found is not None and (jumped := _jumped_over(days, found)):
            sentence = f"does not exist on {in_words(jumped)}: the clock goes forward then"
            reader.wrong("time", sentence)
        if wrong:
            problems.append(LineProblem(number, "series", wrong))
        elif found is not None and not reader.problems:
            asked.append(found)
        problems += [LineProblem(number, path, sentence) for path, sentence in reader.problems]
    return asked, problems


def _jumped_over(days: Days, asked: Asked) -> date | None:
    """The first date of a series on which the clock jumps over its time."""
    return next((day for day in days.dates(asked.series) if starts_at(day, asked.at) is None), None)


@dataclass
class _Reader:
    """Reads one object, gathering what is wrong as it goes."""

    has_terms: bool
    problems: list[tuple[str, str]] = field(default_factory=list)

    def wrong(self, path: str, sentence: str) -> None:
        self.problems.append((path, sentence))

    def read(self, obj: object) -> Asked | None:
        """The series, or None where something is wrong."""
        if not isinstance(obj, Mapping):
            self.wrong("series", "must be one object with fields")
            return None
        for key in obj:
            if key not in _FIELDS:
                self.wrong(key, "is not a field of a series")
        starts_on = self.day(obj, "starts_on", required=True)
        at = self.time_of_day(obj)
        minutes = self.whole(obj, "minutes", 480, required=True)
        every_weeks = self.whole(obj, "every_weeks", 52, required=True)
        cadence = self.cadence(obj)
        visits, longest = self.whole(obj, "visits"), self.whole(obj, "longest_months")
        ends_on = self.day(obj, "ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.wrong("ends_on", "must not be before starts_on")
        self.without_terms(obj, cadence)
        if self.problems or starts_on is None or at is None or minutes is None or every_weeks is None:
            return None
        before = add_months(starts_on, longest) if longest else None
        return Asked(Series(starts_on, every_weeks, cadence, visits, ends_on, before), at, minutes)

    def without_terms(self, obj: Mapping[str, Any], cadence: str) -> None:
        if self.has_terms:
            return
        if cadence == "term":
            self.wrong("cadence", "must be calendar where no terms are known")
        if all(obj.get(name) is None for name in ("visits", "ends_on", "longest_months")):
            self.wrong("visits", "is required where no terms are known, unless ends_on or longest_months is given")

    def day(self, obj: Mapping[str, Any], name: str, *, required: bool = False) -> date | None:
        value = obj.get(name)
        if value is None:
            self.missing(name, required=required)
            return None
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.wrong(name, "must be a date written as YYYY-MM-DD")
        return None

    def time_of_day(self, obj: Mapping[str, Any]) -> time | None:
        value = obj.get("time")
        if isinstance(value, str) and _TIME.fullmatch(value):
            return time.fromisoformat(value)
        if value is None:
            self.missing("time", required=True)
        else:
            self.wrong("time", "must be a time of day written as HH:MM")
        return None

    def whole(
        self, obj: Mapping[str, Any], name: str, most: int | None = None, *, required: bool = False
    ) -> int | None:
        value = obj.get(name)
        if value is None:
            self.missing(name, required=required)
        elif isinstance(value, bool) or not isinstance(value, int) or value < 1 or (most is not None and value > most):
            self.wrong(name, f"must be a whole number from 1 to {most}" if most else "must be a whole number from 1")
        else:
            return value
        return None

    def cadence(self, obj: Mapping[str, Any]) -> str:
        value = obj.get("cadence", "calendar")
        if isinstance(value, str) and value in CADENCES:
            return value
        self.wrong("cadence", f"must be one of: {', '.join(CADENCES)}")
        return "calendar"

    def missing(self, name: str, *, required: bool) -> None:
        if required:
            self.wrong(name, "is required")
