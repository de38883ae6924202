"""Forms of a child's start of school."""

from typing import Any

from marshmallow import fields, post_load

from portage.core.forms import Day, FormSchema, Text
from portage.starting_school.operations import Found, School, Support


class SchoolSchema(FormSchema):
    """Which school, and when."""

    version = fields.Integer(load_default=0)
    school_name = Text("Enter the name of the school.")
    school_contact = Text(longest=500)
    starts_on = Day()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> School:
        """The command."""
        return School(**data)


class FoundSchema(FormSchema):
    """What a first assessment found."""

    assessed_on = Day("Enter the day of the assessment.")
    assessed_with = Text()
    found = Text("Write what the assessment found.", longest=8000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Found:
        """The command."""
        return Found(**data)


class SupportSchema(FormSchema):
    """A piece of wider support."""

    team = Text("Choose the team.")
    what = Text("Write what it does for the child at the school.", longest=2000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Support:
        """The command."""
        return Support(**data)
