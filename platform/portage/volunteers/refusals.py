"""What this slice refuses, each with a sentence for the person who asked."""

from portage.core.errors import PortageError


class NotAtThisStage(PortageError):
    """The volunteer is further on, or has left, so this verb has no meaning now."""

    code = "not-at-this-stage"
    message = "This cannot be done at this stage. Reload the page to see where the volunteer stands."


class WrongDay(PortageError):
    """A day that cannot be, with the reason."""

    code = "wrong-day"
    message = "{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class WrongLevel(PortageError):
    """The children's barred list is asked for where the role is regulated activity, and nowhere else."""

    code = "wrong-level"
    message = (
        "The children’s barred list may be asked for only where the role is regulated activity. "
        "Choose another level, or say that HR found the role to be regulated activity."
    )


class NotYourOwn(PortageError):
    """Nobody decides about their own visiting."""

    code = "not-your-own"
    message = "You cannot do this for yourself. Ask another manager."
