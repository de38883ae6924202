"""Lone working in words."""

from portage.lone_working.models import OUTCOMES

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOT_999 = "This is not an emergency service. If somebody may be in danger, call 999."
WHOM_WORDS = {
    "visitor": "The visitor",
    "visitor-other": "The visitor’s other number",
    "place": "The family or the place of the visit",
    "first": "The first named person",
    "second": "The second named person",
    "duty": "The duty number",
    "999": "999",
}
OUTCOME_WORDS = dict(
    zip(
        OUTCOMES,
        (
            "Answered: safe and out",
            "Answered: safe, and staying on",
            "No answer",
            "Answered, but it is not clear that they are safe",
            "Help is on its way",
        ),
        strict=True,
    )
)
SETTLED_WORDS = {
    "left": "The visitor said that they are out and safe",
    "recorded": "The visit was recorded",
    "cancelled": "The visit was cancelled",
    "arrived": "The visitor said that they arrived late, and is waited for anew",
    "answered-safe": "Somebody rang: safe and out",
    "staying": "Somebody rang: safe and staying on, and is waited for anew",
    "changed": "The visit was moved or changed",
}
ENTRY_WORDS = {
    "reminded": "Asked to say that they are out and safe",
    "told": "Told",
    "told-again": "Told again, because nobody had taken it on or a text did not arrive",
    "managers-told": "Told as a manager, because nobody had taken it on or a text did not arrive",
    "text-failed": "A text did not arrive: ring instead",
    "taken": "Taken on",
    "called": "Rung",
    "settled": "Settled",
}
