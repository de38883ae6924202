"""From the form of a review to the command of its operations."""

from typing import Any

from marshmallow import fields, post_load

from portage.core.forms import Choice, Day, FormSchema, Text, Ticks
from portage.reviews.operations import KINDS, WriteReview


class ReviewForm(FormSchema):
    """A review as it was held."""

    kind = Choice(*KINDS, required="Choose which review this is.")
    held_on = Day("Enter the day on which the review was held.")
    who_was_there = Text("Write who was there.", longest=500)
    celebrate = Text("Write what there is to celebrate. There is always something.", longest=4000)
    next_focus = Text(longest=4000)
    recommendation = Text(longest=4000)
    shared_with = Ticks()
    version = fields.Integer(load_default=None)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> WriteReview:
        return WriteReview(**{**data, "shared_with": tuple(data["shared_with"])})
