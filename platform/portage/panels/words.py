"""The panel's own words: what can become of an item."""

OUTCOME_WORDS = {
    "accepted": "Practitioner allocated",
    "declined": "Declined",
    "signposted": "Signposted to other services",
    "information": "Asked for more",
    "deferred": "Deferred",
    "moved": "Left for the next meeting",
    "ratified": "Chair’s action ratified",
    "not-ratified": "Chair’s action not ratified",
}
CHOICES = [
    ("accepted", "Allocate a practitioner", "The family and who asked are contacted to arrange a first visit."),
    ("signposted", "Signpost to other services", "Say which, and why they are right for this family instead."),
    ("information", "Ask for more", "The item is on the next agenda again, whether the answer has come or not."),
    ("deferred", "Defer to the next meeting", "Nothing is decided. Say why in the reason."),
    ("declined", "Decline", "The family is told why, and what may help instead."),
]
