"""Two editions side by side, of one council or of two: the same lines as a parent reads, and which of them differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portage.policy import Edition, Line, Policy, Section, describe


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of both; None where an edition says nothing of it."""

    label: str
    left: Line | None
    right: Line | None

    @property
    def differs(self) -> bool:
        """Say whether a reader would notice."""
        return (self.left and self.left.text) != (self.right and self.right.text)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One titled part of both."""

    key: str
    title: str
    pairs: tuple[Pair, ...]

    @property
    def differing(self) -> int:
        """Count the lines that differ."""
        return sum(pair.differs for pair in self.pairs)


def side_by_side(left: tuple[Policy[Any], Edition], right: tuple[Policy[Any], Edition]) -> list[SideBySide]:
    """Return every part of two editions in the order of the right one, then what the left one alone has."""
    old = {section.key: section for section in describe(*left)}
    new = {section.key: section for section in describe(*right)}
    keys = [*new, *(key for key in old if key not in new)]
    return [_section(old.get(key), new.get(key)) for key in keys]


def _section(old: Section | None, new: Section | None) -> SideBySide:
    known = new or old
    assert known is not None  # noqa: S101 - the key came from one of them
    left = {line.label: line for line in (old.lines if old else ())}
    right = {line.label: line for line in (new.lines if new else ())}
    labels = [*right, *(label for label in left if label not in right)]
    pairs = tuple(Pair(label, left.get(label), right.get(label)) for label in labels)
    return SideBySide(known.key, known.title, pairs)
