"""What visits refuse, each with a sentence for the person who asked."""

from portage.core.errors import PortageError


class NoVisitor(PortageError):
    """Nobody is named to visit the child."""

    code = "no-visitor"
    message = "Nobody is named to visit this child yet, so no visit can be planned."


class NothingToPlan(PortageError):
    """Every date of a series was left out."""

    code = "nothing-to-plan"
    message = "Not one of these dates is possible. Choose another day."


class EndsBeforeItBegins(PortageError):
    """The last possible day of a series lies before its first."""

    code = "ends-before-it-begins"
    message = "The last possible day is on or after the day of the first visit."


class AlreadyRecorded(PortageError):
    """A visit that has happened, or was cancelled, cannot be moved."""

    code = "already-recorded"
    message = "This visit is recorded already, so its day cannot be moved. Correct the record instead."


class AlreadyBegun(PortageError):
    """A visit whose visitor has said that they are there: it is they who are waited for until they are out."""

    code = "already-begun"
    message = "The visitor has said that they are there, so this visit is under way. Record what came of it instead."


class NotPlannedAnyMore(PortageError):
    """A family asks for another day for a visit that is over, or that was cancelled meanwhile."""

    code = "not-planned-any-more"
    message = "This visit is not planned any more, so there is no day to change. Call your team if this surprises you."


class NotInThePolicy(PortageError):
    """A way of visiting or an element that the policy of this child does not name."""

    code = "not-in-the-policy"
    message = "The policy for this child does not name this. Choose from the list."


class NotThatDay(PortageError):
    """A visit recorded for a day on which it cannot have been, with the reason."""

    code = "not-that-day"
    message = "{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
