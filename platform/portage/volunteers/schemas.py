"""From the forms about volunteers to the commands of their operations."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from portage.accounts.models import LEVELS
from portage.accounts.operations.clearance import NewCheck
from portage.core.forms import Choice, Day, FormSchema, Text, Tick, YesNo
from portage.core.mailboxes import mailbox
from portage.volunteers.models import SESSIONS
from portage.volunteers.operations.offering import Offer
from portage.volunteers.operations.preparing import Came, Level, NewReference, Preparation
from portage.volunteers.operations.supervising import NewSession, Reading


class OfferForm(FormSchema):
    """Somebody would like to volunteer."""

    name = Text("Enter your name.")
    email = Text(checks=[mailbox("Enter an e-mail address such as name@mail.example, or leave it empty.")])
    telephone = Text(longest=40)
    why = Text("Tell us in a sentence or two why you would like to help.", longest=2000)
    experience = Text(longest=2000)
    adult = Tick(required="Volunteers are 18 or older. Tick the box if you are.")
    may_contact = Tick(required="Tick the box so that we may get in touch with you.")

    @validates_schema(skip_on_field_errors=False)
    def reachable(self, data: dict[str, Any], **_: Any) -> None:
        """One way to get in touch is enough."""
        if not data.get("email") and not data.get("telephone"):
            raise ValidationError({"email": ["Enter an e-mail address or a telephone number."]})

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Offer:
        return Offer(data["name"], data["email"], data["telephone"], data["why"], data["experience"])


class TakeOnForm(FormSchema):
    """Whether the person signs in already."""

    person_id = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> tuple[UUID | None]:
        return (data["person_id"],)


class ReasonForm(FormSchema):
    """A reason in one's own words."""

    reason = Text("Write the reason.", longest=1000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> str:
        return str(data["reason"])


class ReferenceForm(FormSchema):
    """A reference that was asked for."""

    name = Text("Enter who is asked.")
    how_known = Text("Enter how they know the volunteer.", longest=500)
    contact = Text()
    asked_on = Day("Enter the day on which they were asked.")

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> NewReference:
        return NewReference(**data)


class CameForm(FormSchema):
    """A reference that came."""

    received_on = Day("Enter the day on which it came.")
    satisfactory = YesNo("Say whether it satisfies.")
    version = fields.Integer(required=True)

    @validates_schema(skip_on_field_errors=False)
    def answered(self, data: dict[str, Any], **_: Any) -> None:
        """Not knowing is no answer here."""
        if "satisfactory" in data and data["satisfactory"] is None:
            raise ValidationError({"satisfactory": ["Say whether it satisfies."]})

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Came:
        return Came(**data)


class LevelForm(FormSchema):
    """The level of DBS check that HR decided."""

    level = Choice(*LEVELS, required="Choose the level that HR decided.")
    regulated = Tick()
    reason = Text("Write HR’s reason for this level.", longest=1000)
    decided_by = Text("Enter who in HR decided it.")
    decided_on = Day("Enter the day of the decision.")
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Level:
        return Level(**data)


class PreparationForm(FormSchema):
    """Training, induction and supervisor."""

    trained_on = Day()
    induction_on = Day()
    supervisor_id = fields.UUID(load_default=None, allow_none=True)
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Preparation:
        return Preparation(**data)


class CheckForm(FormSchema):
    """A check that somebody saw. There is no field for what stands in it."""

    how = Choice("certificate", "update-service", required="Choose what you looked at.")
    level = Choice(*LEVELS)
    certificate_number = Text(
        longest=40, checks=[validate.Regexp(r"^[0-9A-Za-z /-]+$", error="Enter the number as it is printed.")]
    )
    issued_on = Day("Enter the day on the certificate.")
    checked_on = Day("Enter the day on which you saw it.")
    cleared = YesNo("Say whether the volunteer is cleared.")

    @validates_schema(skip_on_field_errors=False)
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        """A check is cleared or not."""
        if "cleared" in data and data["cleared"] is None:
            raise ValidationError({"cleared": ["Say whether the volunteer is cleared."]})
        if data.get("kind") in self.context_dbs and not data.get("level"):
            raise ValidationError({"level": ["Choose the level on the certificate."]})

    context_dbs: frozenset[str] = frozenset()

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> NewCheck:
        return NewCheck(**data)


def check_form(kinds: Iterable[str], dbs: Iterable[str]) -> FormSchema:
    """The form of a council whose policy asks for these checks, some of them DBS checks."""
    form = CheckForm.from_dict({"kind": Choice(*kinds, required="Choose which check it is.")}, name="CheckFormOfPolicy")
    made = cast(type[CheckForm], form)()
    made.context_dbs = frozenset(dbs)
    return made


class SessionForm(FormSchema):
    """A supervision or a training."""

    kind = Choice(*SESSIONS, required="Choose what it was.")
    held_on = Day("Enter the day.")
    minutes = fields.Integer(
        required=True,
        error_messages=dict.fromkeys(("required", "null", "invalid"), "Enter how many minutes it took, from 1 to 960."),
        validate=validate.Range(1, 960, error="Enter how many minutes it took, from 1 to 960."),
    )
    topic = Text("Write in a few words what it was about.", longest=1000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> NewSession:
        return NewSession(**data)


class ReadingForm(FormSchema):
    """A supervisor has read a record."""

    note = Text(longest=2000)
    talk_about_it = Tick()
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Reading:
        return Reading(**data)
