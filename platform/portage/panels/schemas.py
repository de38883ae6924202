"""Forms of the panel."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from portage.core.forms import Choice, Day, FormSchema, Text, TimeOfDay, YesNo
from portage.panels.operations import (
    Arranging,
    Correcting,
    Deferring,
    Introduced,
    PanelDeciding,
    Planned,
    Ratifying,
)
from portage.panels.words import CHOICES
from portage.referrals.schemas.decision import DecisionSchema

_NOT_IN_LIST: dict[str, str | list[Any] | dict[Any, Any]] = {
    "invalid_uuid": "Choose from the list.",
    "invalid": "Choose from the list.",
}


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


class PanelDecisionSchema(DecisionSchema):
    """What the panel decides on one item, or why it is deferred."""

    outcome = Choice(*(key for key, _, _ in CHOICES), required="Choose what the panel decides.")
    practitioner_id = fields.UUID(load_default=None, error_messages=_NOT_IN_LIST)
    rationale = Text(longest=4000)
    seen = fields.Integer(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> PanelDeciding | Deferring:
        """The command; nothing is decided on what is deferred."""
        seen, practitioner, rationale = data.pop("seen"), data.pop("practitioner_id"), data.pop("rationale")
        if data["outcome"] == "deferred":
            return Deferring(data["reason"], seen)
        return PanelDeciding(super().build(data), practitioner, rationale, seen)


class ActionSchema(DecisionSchema):
    """What the chair decides between two meetings, and why it cannot wait."""

    practitioner_id = fields.UUID(load_default=None, error_messages=_NOT_IN_LIST)
    rationale = Text(longest=4000)
    because = Text("Say why this cannot wait for the next meeting.", longest=2000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[PanelDeciding, str]:
        """The decision, and why it cannot wait."""
        because, practitioner, rationale = data.pop("because"), data.pop("practitioner_id"), data.pop("rationale")
        return PanelDeciding(super().build(data), practitioner, rationale), because


class RatifySchema(FormSchema):
    """Whether the meeting ratifies a chair's action."""

    seen = fields.Integer(required=True)
    ratified = YesNo("Say whether the panel ratifies it.")
    reason = Text("Write what the panel says to it.", longest=2000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Ratifying:
        """The command."""
        return Ratifying(**data)


class ConflictSchema(FormSchema):
    """A conflict of interest, and to which chair a chair hands the item."""

    nature = Text("Say what your conflict is, in a few words.", longest=500)
    hand_to = fields.UUID(load_default=None, error_messages=_NOT_IN_LIST)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[str, UUID | None]:
        """What it is, and who chairs instead."""
        return data["nature"], data["hand_to"]


class WhySchema(FormSchema):
    """A reason for a deed that is otherwise one button."""

    because = Text("Write why.", longest=500)
    version = fields.Integer(load_default=0)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[str, int]:
        """The reason, and the version of what it is about."""
        return data["because"], data["version"]


@dataclass(frozen=True, slots=True)
class Attended:
    """Who was there, as the form says it."""

    present: tuple[UUID, ...]
    also_present: str | None
    version: int


class AttendanceSchema(FormSchema):
    """Who was present at a meeting."""

    present = fields.List(fields.UUID(error_messages=_NOT_IN_LIST), load_default=list)
    also_present = Text(longest=500)
    version = fields.Integer(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Attended:
        """Who was there."""
        return Attended(tuple(data["present"]), data["also_present"], data["version"])


class CorrectionSchema(FormSchema):
    """A correction of closed minutes."""

    says = Text("Write what is right.", longest=4000)
    because = Text("Write why the minutes are corrected.", longest=2000)
    referral_id = fields.UUID(load_default=None, error_messages=_NOT_IN_LIST)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Correcting:
        """The command."""
        return Correcting(**data)


class ArrangeSchema(FormSchema):
    """The introductory visit: who, when and where."""

    visitor_id = fields.UUID(
        required=True, error_messages={"required": "Choose who visits the family.", **_NOT_IN_LIST}
    )
    arranged_for = Day("Enter the day of the visit.")
    arranged_time = TimeOfDay("Enter the time.")
    place = Text("Enter where you meet.", longest=200)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Arranging:
        """The command."""
        return Arranging(**data)


class IntroducedSchema(FormSchema):
    """What became of an introductory visit."""

    became = Choice("done", "cancelled", required="Say whether the visit took place.")
    done_on = Day()
    note = Text(longest=2000)
    version = fields.Integer(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Introduced:
        """The command; a visit that was cancelled has no day."""
        done_on: date | None = data["done_on"] if data["became"] == "done" else None
        return Introduced(data["became"], done_on, data["note"], data["version"])
