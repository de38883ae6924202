"""Why the panel cannot do something now, each with the sentence that says what to do instead."""

from portage.core.errors import PortageError


class MeetingNotNow(PortageError):
    """A meeting that has not begun decides nothing, and one that is closed or cancelled is as it is."""

    code = "meeting-not-now"
    message = "{sentence}"


class NoQuorum(PortageError):
    """Too few members without a conflict are recorded as present for a decision on this item."""

    code = "no-quorum"
    message = "{sentence}"


class ItemRefused(PortageError):
    """What the chair wrote on an item cannot stand; `field` is the input that the sentence is about."""

    code = "item-refused"
    message = "{sentence}"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence=sentence)
