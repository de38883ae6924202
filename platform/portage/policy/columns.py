"""Many requests at once: a column for each fact, and what rules answer for all of them together.

A column keeps each value once, and for each request the place of its value, so that a rule looks at a value once
however many requests share it. What a rule answers is kept as one whole number with a byte for each request. The
codes are chosen so that three-valued logic is arithmetic on bits: 0 is not met, 1 is not known, 3 is met, so that "and"
is `&` and "or" is `|` for every request in one step. All of it is plain Python: a service that judges in columns needs
no numeric library.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from portage.policy.facts import Facts, Measured

NOT_MET, NOT_KNOWN, MET = 0, 1, 3
CODES: Final[dict[bool | None, int]] = {False: NOT_MET, None: NOT_KNOWN, True: MET}
_BYTE: Final = 256  # values that a byte can tell apart
_OF_FLAGS: Final = bytes([NOT_MET, MET]).ljust(_BYTE, b"\0")
_WHERE_NOT_MET: Final = bytes([MET]).ljust(_BYTE, b"\0")
# In a column of delays: percent up to the greatest that is told apart, more than any policy asks for; then these.
_MOST_PERCENT, _UNMEASURED, _NO_CONCERN = 250, 254, 255
_COULD: Final = 16


@dataclass(frozen=True, slots=True)
class Answers:
    """What one rule answers for many requests: met, not met or not known for each."""

    bits: int
    number: int

    @classmethod
    def coded(cls, codes: bytes) -> Answers:
        """Take the codes as they are, one byte for each request."""
        return cls(int.from_bytes(codes, "little"), len(codes))

    @classmethod
    def plain(cls, values: Iterable[bool]) -> Answers:
        """Read comparisons, which are true or false."""
        return cls.coded(bytes(values).translate(_OF_FLAGS))

    @property
    def codes(self) -> bytes:
        """Return one byte for each request."""
        return self.bits.to_bytes(self.number, "little")

    def __and__(self, other: Answers) -> Answers:
        """Met where both are; not met where one is not."""
        return Answers(self.bits & other.bits, self.number)

    def __or__(self, other: Answers) -> Answers:
        """Met where one is; not met where both are not."""
        return Answers(self.bits | other.bits, self.number)

    def unless_met(self, other: Answers) -> Answers:
        """Return these answers, and the other's where these are not met."""
        return self | (Answers.coded(self.codes.translate(_WHERE_NOT_MET)) & other)


@dataclass(frozen=True, slots=True)
class Column:
    """One fact of many requests: each value once, and for each request the place of its value."""

    values: Sequence[Any]
    places: bytes | Sequence[int]  # bytes where there are few enough values

    @classmethod
    def of(cls, facts: Iterable[Any]) -> Column:
        """Draw a column."""
        known: dict[Any, int] = {}
        places = [known.setdefault(fact, len(known)) for fact in facts]
        return cls([*known], bytes(places) if len(known) <= _BYTE else places)

    @classmethod
    def in_order(cls, facts: Sequence[Any]) -> Column:
        """Draw a column in which the places are in the order of the values."""
        values = sorted({*facts})
        known = {value: place for place, value in enumerate(values)}
        return cls(values, [known[fact] for fact in facts])

    def answers(self, read: Callable[[Any], bool | None]) -> Answers:
        """Return what a reading of the value answers for each request."""
        by_place = bytes(CODES[read(value)] for value in self.values)
        if isinstance(self.places, bytes):
            return Answers.coded(self.places.translate(by_place.ljust(_BYTE, b"\0")))
        return Answers.coded(bytes(map(by_place.__getitem__, self.places)))

    def each(self, read: Callable[[Any], Any]) -> Iterable[Any]:
        """Return what a reading of the value gives for each request."""
        return map([*map(read, self.values)].__getitem__, self.places)


class Columns:
    """The facts of many requests, a column for each fact; a column is drawn when it is first asked for."""

    def __init__(self, rows: Sequence[Facts]) -> None:
        self.rows = rows
        self._drawn: dict[str, Column] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, field: str) -> Column:
        """Return the column of a field of the facts."""
        if (column := self._drawn.get(field)) is None:
            column = self._drawn[field] = Column.of(map(attrgetter(field), self.rows))
        return column

    def beside(self, path: str) -> Column:
        """Return the column of a fact that only this policy asks for."""
        if (column := self._drawn.get(path)) is None:
            column = self._drawn[path] = Column.of(facts.extra.get(path) for facts in self.rows)
        return column

    @cached_property
    def received(self) -> Column:
        """Return the days on which the requests came, in their order, so that a day is compared by its place."""
        return Column.in_order([facts.received_on for facts in self.rows])

    def place_of(self, day: date) -> int:
        """Return how many of the days on which requests came lie before a day."""
        return bisect_left(self.received.values, day)

    @cached_property
    def no_delay_told(self) -> Answers:
        """Return not known for the requests of which nothing is known about delay, not met for all others."""
        return Answers.coded(bytes(NOT_KNOWN if facts.delay is None else NOT_MET for facts in self.rows))

    @cached_property
    def delays(self) -> Mapping[str, bytes]:
        """Return for each area of concern the delays in whole percent of age, cut off."""
        areas: dict[str, bytearray] = {}
        for row, facts in enumerate(self.rows):
            for area, measured in (facts.delay or {}).items():
                if area not in areas:
                    areas[area] = bytearray([_NO_CONCERN]) * len(self)
                areas[area][row] = _whole_percent(measured)
        return {area: bytes(column) for area, column in areas.items()}

    def delayed_in(self, areas: Iterable[str], percent: int, at_least: int) -> Answers | None:
        """Count the areas that reach a whole percentage of age, and those not measured that still could.

        A delay reaches it exactly where the delay in whole percent, cut off, does. None where the percentage is
        greater than the column tells apart.
        """
        if percent > _MOST_PERCENT:
            return None
        weighs = bytes(_weight(each, percent) for each in range(_BYTE))
        counts = 0
        for column in filter(None, map(self.delays.get, areas)):
            counts += int.from_bytes(column.translate(weighs), "little")
        found = bytes(_counted(each, at_least) for each in range(_BYTE))
        return Answers.coded(counts.to_bytes(len(self), "little").translate(found)) | self.no_delay_told


def _weight(percent: int, wanted: int) -> int:
    """Count an area that reaches the percentage as 1, one that still could as 16: there are nine areas."""
    return _COULD if percent == _UNMEASURED else wanted <= percent <= _MOST_PERCENT


def _counted(count: int, at_least: int) -> int:
    could, reached = divmod(count, _COULD)
    return MET if reached >= at_least else NOT_KNOWN if reached + could >= at_least else NOT_MET


def _whole_percent(measured: Measured | None) -> int:
    return _UNMEASURED if measured is None else min(measured.share * 100 // measured.age, _MOST_PERCENT)
