"""Forms of deciding, of another look, and of telling."""

from datetime import datetime
from typing import Any

from marshmallow import fields, post_load, validate

from portage.core.clock import LONDON
from portage.core.forms import Choice, Day, FormSchema, Text, TimeOfDay, YesNo
from portage.referrals.operations.contacts import Talk
from portage.referrals.operations.decisions import Deciding
from portage.referrals.operations.second_looks import AskedAgain

MOST_NAMED = 12


class DecisionSchema(FormSchema):
    """What a person decides, in their own words."""

    version = fields.Integer(required=True)
    determination_id = fields.UUID(required=True)
    outcome = Choice("accepted", "declined", "signposted", "information", required="Choose what you decide.")
    reason = Text("Write the reason in your own words.", longest=4000)
    may_help_instead = Text(longest=4000)
    services = fields.List(
        fields.UUID(error_messages={"invalid_uuid": "Choose from the list."}),
        load_default=list,
        validate=validate.Length(max=MOST_NAMED, error=f"Tick {MOST_NAMED} services or fewer: a family needs a few."),
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Deciding:
        """The command."""
        return Deciding(**{**data, "services": frozenset(data["services"])})


class AskedAgainSchema(FormSchema):
    """Who asked for another look."""

    version = fields.Integer(required=True)
    asked_by = Text("Enter who asked.")
    asked_on = Day("Enter the day on which they asked.")
    why = Text("Write why, as they said it.", longest=4000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> AskedAgain:
        """The command."""
        return AskedAgain(**data)


class ReopenSchema(FormSchema):
    """Why a case that had ended is opened again."""

    version = fields.Integer(required=True)
    reopen_reason = Text("Write why the case is opened again.", longest=2000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[str, int]:
        """The reason and the version."""
        return data["reopen_reason"], data["version"]


class TalkSchema(FormSchema):
    """A conversation, or an attempt at one."""

    with_whom = Text("Choose who was contacted.")
    happened_on = Day("Enter the day.")
    happened_time = TimeOfDay("Enter the time.")
    how = Choice("telephone", "video", "in-person", "family-hub", "email", "post", required="Choose how.")
    purpose = Choice("outcome", "arrange-visit", "information", "advice", "other", required="Choose what it was for.")
    reached = YesNo("Say whether you reached them.")
    note = Text(longest=2000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Talk:
        """The command; the clock on the wall is England's."""
        day, at = data.pop("happened_on"), data.pop("happened_time")
        return Talk(happened_at=datetime.combine(day, at, LONDON), **data)
