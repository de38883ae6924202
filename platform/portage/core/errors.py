"""What can be refused, with a code for machines and a sentence for the person; `portage.web` alone renders it."""

from http import HTTPStatus
from typing import Any, ClassVar


class PortageError(Exception):
    """A refusal that the person can act on. Anything else that is raised is a bug."""

    status: ClassVar[HTTPStatus] = HTTPStatus.CONFLICT
    code: ClassVar[str] = "refused"
    message: ClassVar[str] = "This cannot be done."

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.message.format(**details))


class NotHere(PortageError):
    """Nothing at this address for this person: the same answer for another council's row and for no row."""

    status = HTTPStatus.NOT_FOUND
    code = "not-found"
    message = "There is nothing at this address."


class NotAllowed(PortageError):
    """The person is known and may not do this."""

    status = HTTPStatus.FORBIDDEN
    code = "not-allowed"
    message = "Your role in this service does not include this."


class FieldRefused(PortageError):
    """Something that does not fit what is there already; `field` is the input that the sentence is about."""

    code = "field-refused"
    message = "{sentence}"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence=sentence)


class SignInFirst(PortageError):
    """Nobody is signed in, or the session has ended."""

    status = HTTPStatus.UNAUTHORIZED
    code = "sign-in"
    message = "You are not signed in, or you were away for a while and we signed you out."


class FormExpired(PortageError):
    """The form's security token is missing or is not of this session."""

    status = HTTPStatus.FORBIDDEN
    code = "form-expired"
    message = "This form was open too long, or came from another place. Go back, reload the page and send it again."


class TooManyRequests(PortageError):
    """One address or one person asked too often."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too-many-requests"
    message = "Too many requests came from your connection. Wait a minute and try again, or telephone us."


class ChangedMeanwhile(PortageError):
    """Somebody else saved the same thing first; `theirs` and `yours` are lists of (label, value) for the page."""

    code = "changed-meanwhile"
    message = "Somebody else changed this while you were working on it. Nothing that you typed is lost."

    def __init__(
        self, *, theirs: list[tuple[str, str]] | None = None, yours: list[tuple[str, str]] | None = None, back: str = ""
    ) -> None:
        super().__init__()
        self.theirs, self.yours, self.back = theirs or [], yours or [], back


class StillWorking(PortageError):
    """The same form is being saved right now by an earlier click."""

    code = "still-working"
    message = "We are still saving what you sent a moment ago. Wait a few seconds and reload this page."


class SentDifferently(PortageError):
    """A form's key came again with other content, so it can be neither a repetition nor a new request."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "sent-differently"
    message = "This form was already sent with other answers. Open it afresh to send something new."
