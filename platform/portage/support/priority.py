"""The order of the waiting list: who comes before whom, and why, in words. It reads no database and no clock.

Nothing that is restricted counts here: marks such as a child protection plan neither order the list nor stand in a
reason. A person who knows of one moves the child, and says as much of why as may stand on the list.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from portage.policy.dates import in_words

Key = tuple[object, ...]
OWN_PLACE = Decimal(0)
ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")
SETTING_WORDS: dict[bool | None, str] = {
    True: "in a setting",
    False: "not in a setting",
    None: "not known whether in a setting, which counts as not in one",
}
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Figures:
    """What the order may count of a child; `in_setting` is None while nobody has recorded it."""

    asked_on: date
    since: date
    entry_id: UUID
    areas: int = 0  # areas of development in which a delay is on record
    in_setting: bool | None = None
    first_time: bool = True


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a person put a child: beside the place that another one's figures had on that day.

    `place` is below nought before that place and above nought behind it, so that several find their order there.
    """

    figures: Figures
    place: Decimal


@dataclass(frozen=True, slots=True)
class Waits:
    """A child who waits, with the figures of their own and the move that is in force."""

    figures: Figures
    moved: Moved | None = None

    @property
    def entry_id(self) -> UUID:
        """The place on the list."""
        return self.figures.entry_id

    @property
    def beside(self) -> Figures:
        """The figures by which the child stands: those of the one beside whom a person put them, else their own."""
        return self.moved.figures if self.moved else self.figures


@dataclass(frozen=True, slots=True)
class Place:
    """A child's place in the order: the number, the one by the policy alone, and the reason in a sentence."""

    entry_id: UUID
    number: int
    by_policy: int
    reason: str

    @property
    def moved(self) -> bool:
        """Whether a person's move makes a difference."""
        return self.number != self.by_policy


class Line:
    """Children in the order of a policy's priorities; ties go by the day of the request, so the order is total."""

    def __init__(self, criteria: Sequence[str], children: Iterable[Waits]) -> None:
        self.criteria = tuple(criteria) if "date" in criteria else (*criteria, "date")
        ranked = sorted((self._rank(child), child.entry_id, child) for child in children)
        self.order = [child for _, _, child in ranked]
        self._number = {child.entry_id: number for number, child in enumerate(self.order, 1)}
        self._own = sorted(self._key(child.figures) for child in self.order)
        self._unmoved = [self._key(child.figures) for child in self.order if child.moved is None]

    def _key(self, figures: Figures) -> Key:
        return (*(_of(criterion, figures) for criterion in self.criteria), figures.since, figures.entry_id)

    def _rank(self, child: Waits) -> tuple[Key, Decimal]:
        return self._key(child.beside), child.moved.place if child.moved else OWN_PLACE

    def number(self, entry_id: UUID) -> int:
        """The child's number in the line, counted from one."""
        return self._number[entry_id]

    def place(self, child: Waits) -> Place:
        """The child's place, with its reason."""
        number, key = self._number[child.entry_id], self._key(child.figures)
        by_policy = bisect_left(self._own, key) + 1
        if child.moved is not None:
            reason = f"{nth(number)}: moved here by a person; {nth(by_policy).lower()} by the policy alone."
        else:
            reason = f"{nth(number)}: {self._said(child.figures)}{self._ahead(child, number)}."
        return Place(child.entry_id, number, by_policy, reason)

    def _said(self, figures: Figures) -> str:
        return ", ".join(_own_words(criterion, figures) for criterion in self.criteria)

    def _ahead(self, child: Waits, number: int) -> str:
        """How many come before this child, by what they come first."""
        key, said, before = self._key(child.figures), [], 0
        for length, criterion in enumerate(self.criteria, 1):
            upto = bisect_left(self._unmoved, key[:length])
            if upto > before:
                said.append(f"{counted(upto - before)} {_ahead_words(criterion, upto - before)}")
            before = upto
        if (ties := bisect_left(self._unmoved, key) - before) > 0:
            said.append(f"{counted(ties)} asked on the same day and joined the list earlier")
        if (moved := number - 1 - before - max(ties, 0)) > 0:
            said.append(f"{counted(moved)} {'was' if moved == 1 else 'were'} put ahead by a person")
        return f"; {', '.join(said)}" if said else "; nobody comes before"

    def before(self, target: UUID, moving: UUID) -> Moved:
        """The move that puts `moving` directly before `target`."""
        others = [child for child in self.order if child.entry_id != moving]
        at = next(number for number, child in enumerate(others) if child.entry_id == target)
        key, place = self._rank(others[at])
        beside = others[at].beside
        behind = self._rank(others[at - 1]) if at else None
        if behind is None or behind[0] != key:
            return Moved(beside, place - 1)
        return Moved(beside, (place + behind[1]) / 2)

    def last(self, moving: UUID) -> Moved:
        """The move that puts `moving` behind everybody who waits now."""
        end = [child for child in self.order if child.entry_id != moving][-1]
        _, place = self._rank(end)
        return Moved(end.beside, place + 1)


def _of(criterion: str, figures: Figures) -> object:
    """What a criterion counts, the smaller the earlier; who is not known to be in a setting counts as not in one."""
    if criterion == "most-complex-need":
        return -figures.areas
    if criterion == "not-in-a-setting":
        return figures.in_setting is True
    if criterion == "first-time":
        return not figures.first_time
    return figures.asked_on


def _own_words(criterion: str, figures: Figures) -> str:
    if criterion == "most-complex-need":
        areas = counted(figures.areas) if figures.areas else "no"
        return f"a delay on record in {areas} {'area' if figures.areas == 1 else 'areas'}"
    if criterion == "not-in-a-setting":
        return SETTING_WORDS[figures.in_setting]
    if criterion == "first-time":
        return "asks for the first time" if figures.first_time else "asked before"
    return f"asked on {in_words(figures.asked_on)}"


def _ahead_words(criterion: str, number: int) -> str:
    one = number == 1
    if criterion == "most-complex-need":
        return "has a delay in more areas" if one else "have a delay in more areas"
    if criterion == "not-in-a-setting":
        return "is not in a setting" if one else "are not in a setting"
    if criterion == "first-time":
        return "asks for the first time" if one else "ask for the first time"
    return "asked earlier"


def nth(number: int) -> str:
    """A number in a line, in words up to ten: `Third`, `21st`."""
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def counted(number: int) -> str:
    """A count in words up to ten."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)
