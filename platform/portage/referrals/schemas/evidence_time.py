"""From the form that gives more time to its command."""

from typing import Any

from marshmallow import fields, post_load

from portage.core.forms import Day, FormSchema, Text
from portage.referrals.operations.evidence_time import MoreTime


class MoreTimeSchema(FormSchema):
    """Until when papers may follow now, and why."""

    version = fields.Integer(required=True)
    until = Day("Enter the day until which papers may follow.")
    reason = Text("Write why there is more time.", longest=2000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> MoreTime:
        """The command."""
        return MoreTime(**data)
