"""Why somebody could not sign in, each with a sentence that helps; never a word about what was wrong in a token."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

from portage.core.errors import PortageError


class SignInRefused(PortageError):
    """A sign-in ended without a session. `again` says whether it is worth trying again."""

    status = HTTPStatus.BAD_REQUEST
    code = "sign-in-refused"
    message = "We could not sign you in."
    again: ClassVar[bool] = True

    def __init__(self, why: str = "") -> None:
        """`why` is for the log: it names a check, never a person and never a part of a token."""
        self.why = why or self.code
        super().__init__()


class AttemptNotKnown(SignInRefused):
    """The answer belongs to no attempt that this browser began in the last ten minutes, or the attempt was used."""

    code = "attempt-not-known"
    message = (
        "This sign-in was started too long ago, in another browser, or was already used. Nothing is wrong: start again."
    )


class NotTrusted(SignInRefused):
    """The provider's answer failed a check."""

    code = "answer-not-trusted"
    message = (
        "The answer from your council's sign-in service could not be trusted, so nobody was signed in. Start again. "
        "If it happens twice, tell the person who looks after this service at your council."
    )


class ProviderAway(SignInRefused):
    """The provider does not answer, or not as it should."""

    status = HTTPStatus.BAD_GATEWAY
    code = "provider-away"
    message = "Your council's sign-in service is not answering at the moment. Wait a few minutes and try again."


class ProviderMisconfigured(SignInRefused):
    """The provider's settings here cannot be used."""

    status = HTTPStatus.BAD_GATEWAY
    code = "provider-misconfigured"
    message = (
        "Your council's sign-in service is not set up properly here. Tell the person who looks after this service at "
        "your council."
    )
    again = False


class PersonDeclined(SignInRefused):
    """The provider says that the person stopped or was not let in."""

    code = "sign-in-stopped"
    message = "You stopped signing in, or your council's sign-in service did not let you in. You can start again."


class ProviderRefused(SignInRefused):
    """The provider answered with any other error."""

    code = "provider-refused"
    message = "Your council's sign-in service could not complete the sign-in. Start again in a moment."


class NotInvited(SignInRefused):
    """A known provider, and a person that nobody has given a place here."""

    status = HTTPStatus.FORBIDDEN
    code = "not-invited"
    message = (
        "Your council knows you, but you do not have a place in this service yet. Ask your service manager to "
        "invite you."
    )
    again = False


class AccountClosed(SignInRefused):
    """The person was disabled here."""

    status = HTTPStatus.FORBIDDEN
    code = "account-closed"
    message = "Your place in this service was closed. If that is a mistake, ask your service manager."
    again = False


class InvitationNotUsable(SignInRefused):
    """The invitation was used, ran out, or is for somebody else."""

    status = HTTPStatus.FORBIDDEN
    code = "invitation-not-usable"
    message = "This invitation was already used, has run out, or is for somebody else. Ask for a new one."
    again = False


class SecondStepNeeded(SignInRefused):
    """The council demands a second step at sign-in and the provider reports none."""

    status = HTTPStatus.FORBIDDEN
    code = "second-step-needed"
    message = (
        "Your council asks for a second step when you sign in, such as a code on your telephone. Your sign-in did not "
        "have one. Start again and complete the second step."
    )
