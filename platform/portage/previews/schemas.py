"""What the forms of previews send."""

from typing import Any

from marshmallow import fields, post_load

from portage.core.forms import Day, FormSchema
from portage.previews.operations import AskForPreview


class AskSchema(FormSchema):
    """Which draft, and from which day it is imagined to hold."""

    edition_id = fields.UUID(
        required=True,
        error_messages={
            "required": "Choose a draft.", "null": "Choose a draft.", "invalid_uuid": "Choose a draft from the list.",
        },
    )  # fmt: skip
    from_on = Day("Enter the day from which the draft is imagined to hold.")

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> AskForPreview:
        """Make the command."""
        return AskForPreview(**data)
