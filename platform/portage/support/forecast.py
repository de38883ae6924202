"""When a place is likely to come free for each child who waits: plain counting, from what is on record.

Nobody knows who will move or end support early, so the forecast counts the ends that are known and says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Load:
    """What a visitor has now: children, how many they can have (None: nobody wrote it down), and the known ends."""

    person_id: UUID
    area_ids: frozenset[UUID]  # none: the whole council
    children: int
    capacity: int | None
    ends_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Free:
    """A place with a visitor that is free, or comes free, on a day."""

    on: date
    area_ids: frozenset[UUID]

    def serves(self, area_id: UUID | None) -> bool:
        """Whether the visitor behind it works where the child lives."""
        return area_id is None or not self.area_ids or area_id in self.area_ids


def places(loads: Iterable[Load], *, on: date) -> list[Free]:
    """Every place that is free or comes free, the earliest first.

    A visitor with more children than their capacity gives no place until as many supports have ended. Where nobody
    wrote a capacity down, no place is free now, and each known end gives one.
    """
    found: list[Free] = []
    for load in loads:
        capacity = load.children if load.capacity is None else load.capacity
        found += [Free(on, load.area_ids)] * max(0, capacity - load.children)
        ends = sorted(max(day, on) for day in load.ends_on)[max(0, load.children - capacity) :]
        found += [Free(day, load.area_ids) for day in ends]
    return sorted(found, key=lambda each: (each.on, len(each.area_ids) == 0))


def likely_starts(line: Sequence[tuple[UUID, UUID | None]], free: Iterable[Free]) -> dict[UUID, date | None]:
    """The day on which each child's turn comes, in the order of the line; None where no known end reaches so far.

    `line` holds the place on the list and the area of each child.
    """
    left, found = list(free), dict[UUID, date | None]()
    for entry_id, area_id in line:
        at = next((number for number, each in enumerate(left) if each.serves(area_id)), None)
        found[entry_id] = left.pop(at).on if at is not None else None
    return found
