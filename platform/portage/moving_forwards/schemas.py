"""Forms of a Moving Forwards meeting."""

from typing import Any

from marshmallow import fields, post_load

from portage.core.forms import Choice, Day, FormSchema, Text, TimeOfDay
from portage.moving_forwards.models import AGREED, GUESTS
from portage.moving_forwards.operations import Acknowledged, Agreement, Cancelled, Guest, Held, PlanMeeting, PlanSent


class PlanSchema(FormSchema):
    """When and where."""

    version = fields.Integer(load_default=0)
    held_on = Day("Enter the day of the meeting.")
    held_at = TimeOfDay("Enter the time.")
    place = Text("Enter the place.")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> PlanMeeting:
        """The command."""
        return PlanMeeting(**data)


class GuestSchema(FormSchema):
    """Somebody to invite."""

    kind = Choice(*GUESTS, required="Choose who this is.")
    name = Text("Enter the name, or the service that you ask to come.")
    organisation = Text()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Guest:
        """The command."""
        return Guest(**data)


class SentSchema(FormSchema):
    """When and how the SEND Support Plan went out."""

    sent_on = Day("Enter the day on which the plan went out.")
    how = Text("Enter how, such as by post.")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> PlanSent:
        """The command."""
        return PlanSent(**data)


class AcknowledgedSchema(FormSchema):
    """Who has the plan, and what they think of it."""

    acknowledged_by = Text("Enter who told you that they have the plan.")
    acknowledged_on = Day("Enter the day.")
    thoughts = Text(longest=4000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Acknowledged:
        """The command."""
        return Acknowledged(data["acknowledged_by"], data["acknowledged_on"], data["thoughts"])


class ThoughtsSchema(FormSchema):
    """What a family writes itself when it has the plan; it need not write anything."""

    thoughts = Text(longest=4000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> str:
        """What they think of the plan."""
        return data["thoughts"] or ""


class CancelledSchema(FormSchema):
    """Why the meeting does not take place."""

    version = fields.Integer(required=True)
    because = Text("Say why the meeting is cancelled. Those who were invited read it.", longest=1000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Cancelled:
        """The command."""
        return Cancelled(**data)


class HeldSchema(FormSchema):
    """What happened."""

    version = fields.Integer(required=True)
    summary = Text("Write what was talked about.", longest=8000)
    came = fields.List(fields.UUID(error_messages={"invalid_uuid": "Choose from the list."}), load_default=list)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Held:
        """The command."""
        return Held(data["summary"], frozenset(data["came"]), data["version"])


class AgreementSchema(FormSchema):
    """Something that was agreed."""

    kind = Choice(*AGREED, required="Choose what was agreed.")
    what = Text("Write what was agreed.", longest=2000)
    delivered_by = Text("Enter the linked professional who delivers it.")
    due_on = Day()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Agreement:
        """The command."""
        return Agreement(**data)
