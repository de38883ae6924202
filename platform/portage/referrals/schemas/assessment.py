"""Forms of the assessment."""

from typing import Any

from marshmallow import fields, post_load

from portage.core.forms import Day, FormSchema, Text, TimeOfDay, YesNo
from portage.referrals.operations.assessments import AssessmentRecord, Booking


class BookingSchema(FormSchema):
    """Who sees the child, when and where."""

    version = fields.Integer(required=True)
    assessor_id = fields.UUID(required=True, error_messages={"required": "Choose who sees the child."})
    booked_for = Day("Enter the day.")
    booked_time = TimeOfDay("Enter the time.")
    place = Text("Enter where they meet, such as at home.")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Booking:
        """The command."""
        return Booking(**data)


class RecordSchema(FormSchema):
    """What the assessment showed."""

    version = fields.Integer(required=True)
    done_on = Day("Enter the day on which the assessment took place.")
    what_the_child_can_do = Text("Write what the child can do.", longest=4000)
    summary = Text("Write what the assessment showed.", longest=4000)
    visits_would_help = YesNo("Say whether home visits would help.")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> AssessmentRecord:
        """The command."""
        return AssessmentRecord(**data)


class VersionSchema(FormSchema):
    """A single deed on a row: only the version that the page showed."""

    version = fields.Integer(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> int:
        """The version."""
        return int(data["version"])
