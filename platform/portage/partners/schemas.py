"""Forms of linking a partner team."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from portage.core.forms import Choice, Day, FormSchema, Text
from portage.partners.models import ENDS
from portage.partners.operations import Agreed, LinkTeam


class LinkSchema(FormSchema):
    """The team, where it belongs, what it does for the child, and the family's yes where one is needed."""

    team = Text("Choose the team.")
    outside = Choice("yes", "no", required="Say whether the team is part of the council.")
    what_for = Text("Say what the team does for this child.", longest=1000)
    contact_name = Text()
    contact_details = Text(longest=500)
    answered_by = Text()
    answered_on = Day()
    how = Text()

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today

    @validates_schema(skip_on_field_errors=False)
    def _a_yes_is_whole(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("outside") != "yes":
            return
        said = [name for name in ("answered_by", "answered_on", "how") if data.get(name)]
        wrong = {}
        if said and not data.get("answered_by"):
            wrong["answered_by"] = ["Enter who said yes."]
        if said and not data.get("answered_on"):
            wrong["answered_on"] = ["Enter the day on which they said yes."]
        if said and not data.get("how"):
            wrong["how"] = ["Enter how they said yes, such as in person."]
        if data.get("answered_on") and data["answered_on"] > self.today:
            wrong["answered_on"] = ["This day is in the future."]
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> LinkTeam:
        """The command."""
        given = data["answered_by"], data["answered_on"], data["how"]
        return LinkTeam(
            team=data["team"],
            outside=data["outside"] == "yes",
            what_for=data["what_for"],
            contact_name=data["contact_name"],
            contact_details=data["contact_details"],
            agreed=Agreed(*given) if all(given) else None,
        )


class EndSchema(FormSchema):
    """Why a link ends."""

    version = fields.Integer(required=True)
    because = Choice(*ENDS, required="Choose why.")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[str, int]:
        """The reason and the version."""
        return data["because"], data["version"]
