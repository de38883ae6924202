"""From the forms of support to the commands of its operations."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from portage.core.forms import Choice, Day, FormSchema, Text, Ticks
from portage.support.half_days import HALF_DAYS
from portage.support.operations import (
    ANSWERS,
    CLOSING_REASONS,
    CONTACTS,
    TOLD_HOW,
    Allocate,
    Answer,
    Away,
    Choices,
    Close,
    Cover,
    Extend,
    Leaving,
    Longest,
    MoveChild,
    NewContact,
    NewOffer,
    PriorityNote,
    TakesOn,
    Wishes,
    Withdrawal,
)

CHOOSE_A_PLACE = "Choose where the child comes."
CHOOSE_A_PERSON = "Choose a person."
A_NUMBER_OF_MONTHS = "Write a number of months from 1 to 72."


def _person() -> fields.UUID:
    return fields.UUID(
        required=True,
        error_messages={"required": CHOOSE_A_PERSON, "null": CHOOSE_A_PERSON, "invalid_uuid": CHOOSE_A_PERSON},
    )


class OfferForm(FormSchema):
    """What is offered."""

    kinds = Ticks(required="Choose at least one thing to offer.")
    explanation = Text(longest=2000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> NewOffer:
        return NewOffer(tuple(data["kinds"]), data["explanation"])


class AnswerForm(FormSchema):
    """What the family said."""

    answer = Choice(*ANSWERS, required="Choose what the family said.")
    answered_on = Day("Enter the day on which the family answered.")
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Answer:
        return Answer(**data)


class NoteForm(FormSchema):
    """A note about a child's priority."""

    note = Text(longest=2000)
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> PriorityNote:
        return PriorityNote(**data)


class LeaveForm(FormSchema):
    """Why a child leaves the list without support."""

    reason = Text("Write why this child leaves the waiting list.", longest=2000)
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Leaving:
        return Leaving(**data)


class PutBackForm(FormSchema):
    """Why a child who was taken off the list is put back."""

    reason = Text("Write why this child waits again.", longest=2000)
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Leaving:
        return Leaving(**data)


class _Where(fields.Field[UUID | None]):
    """Before whom a child comes: the id of a place on the list, or `last`, which is read as None."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> UUID | None:
        try:
            return None if value == "last" else UUID(str(value))
        except ValueError:
            raise ValidationError(CHOOSE_A_PLACE) from None


class MoveChildForm(FormSchema):
    """Where a child comes from now on, and why."""

    before = _Where(required=True, error_messages={"required": CHOOSE_A_PLACE, "null": CHOOSE_A_PLACE})
    why = Text("Write why the child comes there.", longest=1000)
    seen = fields.UUID(load_default=None)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> MoveChild:
        return MoveChild(data["before"], data["why"], data["seen"])


class UndoMoveForm(FormSchema):
    """Which move is taken back: the one that the page showed."""

    seen = fields.UUID(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> UUID:
        seen: UUID = data["seen"]
        return seen


class ContactForm(FormSchema):
    """That somebody got in touch with a family that waits."""

    made_on = Day("Enter the day on which somebody got in touch.")
    how = Choice(*CONTACTS, required="Choose how they got in touch.")
    news = Text("Write in a sentence how the family is.", longest=2000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> NewContact:
        return NewContact(data["made_on"], data["how"], data["news"])


class WishesForm(FormSchema):
    """When a visit suits the family, and what would help them."""

    half_days = Ticks(*HALF_DAYS)
    skills = Ticks()
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Wishes:
        return Wishes(tuple(data["half_days"]), tuple(data["skills"]), data["version"])


class AllocateForm(FormSchema):
    """A visitor for a child, from a day on."""

    person_id = _person()
    from_on = Day("Enter the day from which this person visits.")
    handover = Text(longest=1000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Allocate:
        return Allocate(data["person_id"], data["from_on"], data["handover"])


class AllocateBeforeForm(AllocateForm):
    """The same for a child for whom no longest support is written down: the person who allocates says it."""

    longest = Choice("months", "none", required="Say how long support may last, or that nothing is agreed.")
    months = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 72, error=A_NUMBER_OF_MONTHS),
        error_messages={"invalid": A_NUMBER_OF_MONTHS},
    )

    @validates_schema
    def says_how_many(self, data: dict[str, Any], **_: Any) -> None:
        """A number of months belongs to the answer that names one."""
        if data.get("longest") == "months" and data.get("months") is None:
            raise ValidationError(A_NUMBER_OF_MONTHS, "months")

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Allocate:
        longest = Longest(data["months"] if data["longest"] == "months" else None)
        return Allocate(data["person_id"], data["from_on"], data["handover"], longest)


class CoverForm(FormSchema):
    """Somebody who visits in the visitor's place."""

    person_id = _person()
    from_on = Day("Enter the first day of the cover.")
    until_on = Day("Enter the last day of the cover.")

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Cover:
        return Cover(**data)


class ExtendForm(FormSchema):
    """Until when support goes on, and why."""

    until_on = Day("Enter the day until which the support goes on.")
    reason = Text("Write why the support goes on, in your own words.", longest=2000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Extend:
        return Extend(**data)


class CloseForm(FormSchema):
    """Why and when support ends."""

    reason = Choice(*CLOSING_REASONS, required="Choose why the support ends.")
    closed_on = Day("Enter the last day of the support.")
    note = Text(longest=4000)
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Close:
        return Close(**data)


class WithdrawForm(FormSchema):
    """Who said that the family no longer wants this, how and when."""

    version = fields.Integer(required=True)
    told_by = Text("Enter who told you.")
    how = Choice(*TOLD_HOW, required="Choose how they told you.")
    told_on = Day("Enter the day on which they told you.")
    note = Text("Write in your own words what the family said.", longest=2000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Withdrawal:
        return Withdrawal(**data)


def _number(words: str, most: int) -> fields.Integer:
    return fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, most, error=f"{words} from 0 to {most}."),
        error_messages={"invalid": f"{words}, in figures."},
    )


class ProfileForm(FormSchema):
    """What somebody who visits can take on."""

    weekly_hours = fields.Decimal(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 50, error="Write the hours of a week, from 0 to 50."),
        error_messages={"invalid": "Write the hours of a week in figures, such as 22.5."},
    )
    half_days = Ticks(*HALF_DAYS)
    most_children = _number("Write a number of children", 200)
    most_visits = _number("Write a number of visits", 100)
    skills = Ticks()
    district = Text(
        longest=4, checks=[validate.Regexp(r"^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?$", error="Write it as in LS8 or PR1.")]
    )
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> TakesOn:
        hours = data.pop("weekly_hours")
        return TakesOn(
            weekly_minutes=int(hours * 60) if hours is not None else None,
            half_days=tuple(data.pop("half_days")),
            skills=tuple(data.pop("skills")),
            **data,
        )


class AbsenceForm(FormSchema):
    """Days on which somebody is away."""

    from_on = Day("Enter the first day.")
    until_on = Day("Enter the last day.")

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Away:
        return Away(**data)


class ChoicesForm(FormSchema):
    """A council's choices about giving children to visitors: one skill a line, and the switch."""

    skills = Text(longest=1000)
    suggests = Choice("yes", "no", required="Say whether visitors are suggested.")
    version = fields.Integer(required=True)

    @validates_schema
    def is_short(self, data: dict[str, Any], **_: Any) -> None:
        """A list that fits on a page of tick boxes."""
        lines = _lines(data.get("skills"))
        if len(lines) > 20 or any(len(line) > 60 for line in lines):
            raise ValidationError("Use at most 20 lines of 60 characters.", "skills")

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Choices:
        return Choices(_lines(data["skills"]), data["suggests"] == "yes", data["version"])


def _lines(typed: str | None) -> tuple[str, ...]:
    return tuple(line for line in (" ".join(each.split()) for each in (typed or "").splitlines()) if line)
