"""Forms of the panel."""

from typing import Any

from marshmallow import fields, post_load, validate

from portage.core.forms import Day, FormSchema
from portage.panels.operations import Planned


class PlanSchema(FormSchema):
    """From which day on meetings are planned, and how many."""

    first_on = Day("Enter the day of the first meeting.")
    count = fields.Integer(
        required=True,
        validate=validate.Range(min=1, max=26, error="Plan between 1 and 26 meetings."),
        error_messages={"required": "Enter how many meetings.", "invalid": "Enter a whole number."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Planned:
        """The command."""
        return Planned(**data)
