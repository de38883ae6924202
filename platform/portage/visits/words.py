"""Visits in words."""

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
