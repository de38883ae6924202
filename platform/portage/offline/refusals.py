"""What the app for a phone is refused, each with a sentence for the person who holds it."""

from http import HTTPStatus

from portage.core.errors import PortageError


class Unreadable(PortageError):
    """What the phone sent is no JSON of the form that the service reads."""

    status = HTTPStatus.BAD_REQUEST
    code = "unreadable"
    message = "What the phone sent could not be read: {what}."


class PhoneEnded(PortageError):
    """Somebody ended this phone's access; it must forget what it holds."""

    status = HTTPStatus.GONE
    code = "phone-ended"
    message = "This phone may not hold visits any more. What it held is deleted."


class NotAccepted(PortageError):
    """A record with fields that the form refuses; `errors` by field."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "not-accepted"
    message = "Some of the answers do not fit the form."

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__()
        self.errors = errors
