"""What support refuses, each with a sentence for the person who asked."""

from portage.core.errors import PortageError


class NotAccepted(PortageError):
    """An offer was tried before a named person accepted the request."""

    code = "not-accepted"
    message = "Nobody has accepted this request yet, so nothing can be offered. A named person decides first."


class AssessmentFirst(PortageError):
    """The policy's path has an assessment, and none is recorded (LDS-04)."""

    code = "assessment-first"
    message = "The policy asks for an assessment before anything is offered. Record the assessment first."


class NotOfferedHere(PortageError):
    """An offer that the policy does not hold for this request."""

    code = "not-offered-here"
    message = "The policy that judged this request does not offer this. Choose from the list."


class AnswerAwaited(PortageError):
    """A second offer while the family still thinks about the first."""

    code = "answer-awaited"
    message = "An offer was made already and the family has not answered yet. Record their answer first."


class NotWaiting(PortageError):
    """The child is no longer on the waiting list."""

    code = "not-waiting"
    message = "This child is not on the waiting list any more. Somebody else may have acted a moment ago."


class CannotMove(PortageError):
    """A place in the line that a child cannot be given, with the reason."""

    code = "cannot-move"
    message = "{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class AlreadySupported(PortageError):
    """The child has an open episode."""

    code = "already-supported"
    message = "This child already has a home visitor. Change the visitor on the page of the child's support."


class CannotVisit(PortageError):
    """A person who may not be given a child, with the reason."""

    code = "cannot-visit"
    message = "{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class NotOpenAnyMore(PortageError):
    """A family's wish about a request that has ended, or whose support is running."""

    code = "not-open-any-more"
    message = (
        "This request is closed already, or the child has support. "
        "Support that is running ends on the page of the child’s support."
    )


class LengthUnsaid(PortageError):
    """A child from before the recorded policy, for whom neither the council nor the person said the longest support."""

    code = "length-unsaid"
    message = "No longest support is written down for this child. Say how long it may last, or that nothing is agreed."


class NoYesYet(PortageError):
    """An offer to a child from before the recorded policy that the family has not said yes to."""

    code = "no-yes-yet"
    message = "The family has not said yes to what was offered last. Record their answer, or make another offer first."


class HadSupport(PortageError):
    """A place on the list that ended with a visitor, and is not given back."""

    code = "had-support"
    message = "This child was given to a visitor. What the family wishes now is a new request."


class EpisodeClosed(PortageError):
    """The support has ended."""

    code = "episode-closed"
    message = "This support has ended, so nothing more can be planned or changed in it."


class ReasonNotInPolicy(PortageError):
    """Support was to end for a reason that this child's policy does not name."""

    code = "reason-not-in-policy"
    message = "The policy of this child does not name this reason. Choose another from the list."


class WrongDates(PortageError):
    """Two dates that do not fit together, with the reason."""

    code = "wrong-dates"
    message = "{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class FirstThingsFirst(PortageError):
    """Something that must be recorded before support goes on, with the sentence that says what."""

    code = "first-things-first"
    message = "{sentence}"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence=sentence)
