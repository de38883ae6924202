"""What other slices know of a child's progress, for a review and for what is told on leaving: they register here.

A slice that keeps something of its own, such as a developmental profile, says it in plain lines; a review shows it
beside the visits, and a family is asked about it by itself before it is shared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Progress:
    """One part of a child's progress: a key that stays, a title, and lines that a parent can read."""

    key: str
    title: str
    lines: tuple[str, ...]


Says = Callable[[UUID, UUID, date, date], Progress | None]
_says: list[tuple[int, str, Says]] = []


def says_progress(*, order: int) -> Callable[[Says], Says]:
    """Register what says it, called with (episode, child, first day, last day); None where there is nothing to say."""

    def keep(says: Says) -> Says:
        _says.append((order, f"{says.__module__}.{says.__qualname__}", says))
        return says

    return keep


def progress_of(episode_id: UUID, child_id: UUID, *, since: date, until: date) -> list[Progress]:
    """Everything that is said of a child's progress between two days, in its order."""
    said = (says(episode_id, child_id, since, until) for _, _, says in sorted(_says, key=lambda entry: entry[:2]))
    return [each for each in said if each is not None and each.lines]
