"""Visits in words."""

from portage.policy.arrangements import BLOCK_UNITS, BlockTerms

# The fields of a record's form that stand for one target, and for the family's words on one activity of their week.
TARGET, ACTIVITY = "target-", "activity-"

MODE_WORDS = {
    "home": "At home",
    "setting": "In the nursery or other setting",
    "telephone": "By telephone",
    "video": "By video",
    "group": "In a group",
    "family-hub": "In a Family Hub",
}
STATUS_WORDS = {
    "planned": "Planned",
    "done": "It took place",
    "cancelled": "It was cancelled",
    "not-available": "Nobody was available",
}
CANCELLED_BY = {"family": "The family", "service": "The service"}
RESULTS = {"not-yet": "Not yet", "with-help": "With help", "achieved": "Achieved"}
FREQUENCIES = (
    ("0", "By need", "One visit now; the next is planned when it is needed."),
    ("1", "Every week"),
    ("2", "Every two weeks"),
    ("3", "Every three weeks"),
    ("4", "Every four weeks"),
)


def block_in_words(block: BlockTerms | None) -> str | None:
    """How long a block of visits is, such as `1 school term`; None where the policy has no blocks."""
    if block is None:
        return None
    unit = BLOCK_UNITS[block.unit]
    return f"{block.length} {unit.removesuffix('s') if block.length == 1 else unit}"
