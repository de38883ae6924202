"""How much of a preview somebody sees: the team its own area, the administrator references, others counts alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from portage.core.access import Can, Role
from portage.core.identity import Viewer
from portage.families.access import in_own_area

FEWEST = 5  # smaller counts could point at a child, and are hidden from everybody outside the team


@dataclass(frozen=True, slots=True)
class Sight:
    """What one viewer sees; `areas` empty is the whole council."""

    references: bool
    exact: bool
    areas: frozenset[UUID] = frozenset()

    def holds(self, area_id: str | None) -> bool:
        """Whether counts of this area team are among those that the viewer sees."""
        return not self.areas or area_id is None or UUID(area_id) in self.areas

    def number(self, count: int) -> int | None:
        """A count as the viewer sees it; None is hidden."""
        return count if self.exact else small_hidden([count])[0]

    def numbers(self, counts: Sequence[int]) -> list[int | None]:
        """A column of counts as the viewer sees it."""
        return [*counts] if self.exact else small_hidden(counts)


OUTSIDE = Sight(references=False, exact=False)


def sight_of(viewer: Viewer) -> Sight:
    """What this viewer sees of any preview of the council."""
    if Role.TENANT_ADMINISTRATOR in viewer.roles:
        return Sight(references=True, exact=True)
    if Can.PREVIEW_POLICY in viewer.can:
        return Sight(references=True, exact=True, areas=viewer.areas)
    return OUTSIDE


def may_open(viewer: Viewer, area_id: UUID | None) -> bool:
    """Whether the list leads this viewer to a request: an administrator opens no family's record."""
    return Can.SEE_WORKLIST in viewer.can and in_own_area(viewer, area_id)


def small_hidden(counts: Sequence[int]) -> list[int | None]:
    """Hide counts from one to four, and the next smallest where one alone could be reckoned from the total."""
    shown: list[int | None] = [None if 0 < count < FEWEST else count for count in counts]
    others = [place for place, count in enumerate(shown) if count]
    if shown.count(None) == 1 and others:
        shown[min(others, key=lambda place: counts[place])] = None
    return shown
