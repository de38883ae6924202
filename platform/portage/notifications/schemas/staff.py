"""Forms by which staff say what they did about a notification."""

from typing import Any

from marshmallow import fields, post_load

from portage.core.forms import Choice, Day, FormSchema, Text
from portage.notifications.operations.following import AgreementRecord, Closing
from portage.notifications.words import CLOSED_AS, HOW_AGREED
from portage.referrals.operations.receive import AgreedBy


class AgreementSchema(FormSchema):
    """What the parents said to a request."""

    version = fields.Integer(required=True)
    answer = Choice("yes", "no", required="Choose what the parents said.")
    agreed_by = Text("Enter the name of the person who said so.")
    agreed_relationship = Text("Say what that person is to the child.")
    agreed_on = Day("Enter the day on which they said so.")
    agreed_how = Choice(*HOW_AGREED, required="Choose how they said so.")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> AgreementRecord:
        """The command."""
        agreed = AgreedBy(
            data["agreed_by"], data["agreed_relationship"], data["agreed_on"], HOW_AGREED[data["agreed_how"]]
        )
        return AgreementRecord(data["version"], data["answer"], agreed)


class TaskSchema(FormSchema):
    """How a task was done."""

    note = Text("Write what was done.", longest=2000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> str:
        """The note."""
        return str(data["note"])


class FirstWordsSchema(FormSchema):
    """Why the first pointers are not sent."""

    reason = Text("Write why nothing is sent, or how the parents were told instead.", longest=2000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> str:
        """The reason."""
        return str(data["reason"])


class ClosingSchema(FormSchema):
    """Why nothing more follows."""

    version = fields.Integer(required=True)
    closed_as = Choice(*CLOSED_AS, required="Choose what became of it.")
    closed_reason = Text("Write the reason in your own words.", longest=2000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Closing:
        """The command."""
        return Closing(data["version"], data["closed_as"], data["closed_reason"])


class VersionSchema(FormSchema):
    """A single deed on a notification: only the version that the page showed."""

    version = fields.Integer(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> int:
        """The version."""
        return int(data["version"])
