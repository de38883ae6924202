"""The form of one setting's standing."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from portage.core.forms import Choice, Day, FormSchema, Text
from portage.stamps.models import STANDINGS
from portage.stamps.operations import Standing


class StampSchema(FormSchema):
    """Which setting, where it stands, and what comes next."""

    version = fields.Integer(load_default=0)
    setting_name = Text("Enter the name of the setting.")
    place = Text()
    web_page = Text(
        longest=500, checks=[validate.Regexp(r"https?://\S+\Z", error="Write an address that begins with https://")]
    )
    contact = Text(longest=500)
    standing = Choice(*STANDINGS, required="Choose where the setting stands.")
    awarded_on = Day()
    next_on = Day()
    next_what = Text()
    note = Text(longest=2000)

    @validates_schema(skip_on_field_errors=False)
    def _whole(self, data: dict[str, Any], **_: Any) -> None:
        wrong: dict[str, list[str]] = {}
        if data.get("standing") == "holds" and not data.get("awarded_on"):
            wrong["awarded_on"] = ["Enter the day of the award."]
        if data.get("next_on") and not data.get("next_what"):
            wrong["next_what"] = ["Say what happens on that day."]
        if data.get("next_what") and not data.get("next_on"):
            wrong["next_on"] = ["Enter the day on which it happens."]
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[Standing, int]:
        """The command and the version."""
        version = data.pop("version")
        return Standing(**data), version
