"""Forms of support in a setting."""

from typing import Any

from marshmallow import fields, post_load, validate

from portage.core.forms import Choice, Day, FormSchema, Text, TimeOfDay
from portage.setting_support.models import ANSWERS, HELPS
from portage.setting_support.operations import Help, Helped, Observation, Place, PlanReview


class PlaceSchema(FormSchema):
    """Which setting."""

    version = fields.Integer(load_default=0)
    setting_name = Text("Enter the name of the setting.")
    contact = Text(longest=500)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Place:
        """The command."""
        return Place(**data)


class ObservationSchema(FormSchema):
    """What was seen in the setting."""

    observed_on = Day("Enter the day.")
    observed_at = TimeOfDay("Enter the time.")
    minutes = fields.Integer(
        required=True,
        validate=validate.Range(min=5, max=480, error="Enter between 5 and 480 minutes."),
        error_messages={"required": "Enter how many minutes.", "invalid": "Enter a whole number."},
    )
    seen = Text("Write what you saw: what the child can do, and what is hard.", longest=8000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Observation:
        """The command."""
        return Observation(**data)


class HelpSchema(FormSchema):
    """What is offered to the staff."""

    kind = Choice(*HELPS, required="Choose modelling or training.")
    what = Text("Write what is offered.", longest=2000)
    for_whom = Text("Enter for whom, such as the key person.")
    offered_on = Day("Enter the day.")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Help:
        """The command."""
        return Help(**data)


class HelpedSchema(FormSchema):
    """What the staff said, and how it went."""

    version = fields.Integer(required=True)
    answer = Choice(*ANSWERS, required="Choose what the staff said.")
    done_on = Day()
    how_it_went = Text(longest=2000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Helped:
        """The command."""
        return Helped(**data)


class ReviewSchema(FormSchema):
    """When and where the review is."""

    version = fields.Integer(required=True)
    review_on = Day("Enter the day of the review.")
    review_at = TimeOfDay("Enter the time.")
    review_place = Text("Enter the place.")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> PlanReview:
        """The command."""
        return PlanReview(**data)
