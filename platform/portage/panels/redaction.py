"""What a member of the panel reads of a child, decided in this one place.

Who works for the council reads the whole paper of an item. A member from another organisation reads a child's name,
what the request says and its papers only where the family allows it; else a reference, the age, how the request came
and what is missing. Addresses, telephone numbers, restricted marks and the rest of the record are never on the panel's
pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portage.core.identity import Viewer

AGREEMENTS = ("panel", "sharing")  # agreements of a request that let members from outside read it


@dataclass(frozen=True, slots=True)
class Sight:
    """What one viewer reads of one item."""

    named: bool  # the child's name and who asked
    papers: bool  # what the request says, its papers, and the words of decisions
    record: bool  # the way from the panel's page into the child's record


WHOLE = Sight(named=True, papers=True, record=True)
PAPER = Sight(named=True, papers=True, record=False)
ANONYMOUS = Sight(named=False, papers=False, record=False)


def sight_of(viewer: Viewer, *, allowed: bool) -> Sight:
    """What a viewer without a conflict reads of an item whose family allows sharing with the panel, or does not."""
    if not viewer.outside:
        return WHOLE
    return PAPER if allowed else ANONYMOUS


def family_allows(answer: str | None, agreement: Mapping[str, Any] | None) -> bool:
    """Whether the family lets members from other organisations read the item.

    `answer` is the last one to the policy's question about them, and holds before what the request itself says; a
    permission that was withdrawn is a no, and so is silence.
    """
    if answer is not None:
        return answer == "yes"
    return any((agreement or {}).get(key) is True for key in AGREEMENTS)
