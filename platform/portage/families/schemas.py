"""Forms about a family: why a record is opened, carers, permissions to share, restricted marks."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from portage.core.forms import Choice, Day, FormSchema, Text, Tick, YesNo
from portage.core.mailboxes import mailbox
from portage.families.models import MARKS
from portage.families.operations import NewCarer
from portage.families.permissions import NewMark, PermissionAnswer


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record is opened, and the page that was wanted."""

    reason: str
    next: str | None


class ReasonSchema(FormSchema):
    """Why a record beyond one's own cases is opened."""

    reason = Text(
        "Write why you need this record.",
        longest=1000,
        checks=[validate.Length(min=10, error="Say a little more: the managers read this.")],
    )
    next = Text(longest=300)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Reason:
        """The command."""
        return Reason(**data)


class CarerSchema(FormSchema):
    """A parent or carer, and how it is safe to reach them."""

    version = fields.Integer(load_default=0)
    name = Text("Enter the name.")
    relationship_to_child = Text("Enter who this is to the child.")
    parental_responsibility = YesNo()
    email = Text(checks=[mailbox("Enter an e-mail address such as name@mail.example, or leave it empty.")])
    telephone = Text()
    address = Text(longest=500)
    email_is_safe = Tick()
    telephone_is_safe = Tick()
    post_is_safe = Tick()
    contact_note = Text(longest=1000)
    interpreter = Text()
    format_needs = Text(longest=500)
    main_contact = Tick()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[NewCarer, int]:
        """The command and the version that the page showed."""
        version = data.pop("version")
        return NewCarer(**data), version


class PermissionSchema(FormSchema):
    """The family's answer to one question about sharing."""

    ignored = FormSchema.ignored | {"pack"}
    question = Text("Choose the question.")
    answer = Choice("yes", "no", "withdrawn", required="Choose the answer.")
    answered_by = Text("Enter who answered.")
    answered_on = Day("Enter the day of the answer.")
    how = Text("Enter how they answered, such as in person.")

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today

    @validates_schema(skip_on_field_errors=False)
    def not_in_the_future(self, data: dict[str, Any], **_: Any) -> None:
        """An answer was given already."""
        if data.get("answered_on") and data["answered_on"] > self.today:
            raise ValidationError({"answered_on": ["This day is in the future."]})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> PermissionAnswer:
        """The command."""
        return PermissionAnswer(**data)


class MarkSchema(FormSchema):
    """A restricted fact about a child."""

    kind = Choice(*MARKS, required="Choose what to record.")
    from_on = Day("Enter since when.")
    until_on = Day()
    note = Text(longest=1000)

    @validates_schema(skip_on_field_errors=False)
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """The end is not before the beginning."""
        if data.get("until_on") and data.get("from_on") and data["until_on"] < data["from_on"]:
            raise ValidationError({"until_on": ["This day is before the beginning."]})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewMark:
        """The command."""
        return NewMark(**data)
