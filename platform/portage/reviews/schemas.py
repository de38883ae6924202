"""From the forms of reviews, packs and sharing to the commands of their operations."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validates_schema

from portage.core.forms import Choice, Day, FormSchema, Text, Ticks
from portage.reviews.operations.packs import Answers, Issue, PutTogether
from portage.reviews.operations.sharing import BASIS, Shared
from portage.reviews.operations.writing import AGREED_HOW, KINDS, Agreement, Correct, FamilysView, WriteReview
from portage.visits.operations.another_day import AnotherDay

PART = "part-"


class ReviewForm(FormSchema):
    """A review as it was held."""

    kind = Choice(*KINDS, required="Choose which review this is.")
    held_on = Day("Enter the day on which the review was held.")
    who_was_there = Text("Write who was there.", longest=500)
    celebrate = Text("Write what there is to celebrate. There is always something.", longest=4000)
    next_focus = Text(longest=4000)
    recommendation = Text(longest=4000)
    parents_view = Text(longest=4000)
    parents_view_by = Text()
    version = fields.Integer(load_default=None)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> WriteReview:
        return WriteReview(**data)


class VersionForm(FormSchema):
    """A button that acts on what the page showed."""

    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> int:
        return cast(int, data["version"])


class AgreementForm(FormSchema):
    """Who of the family agreed to a review, how and when."""

    agreed_by = Text("Write who of the family agreed.")
    agreed_on = Day("Enter the day on which they agreed.")
    how = Choice(*AGREED_HOW, required="Choose how they agreed.")
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Agreement:
        return Agreement(**data)


class CorrectionForm(FormSchema):
    """What is put right beside an agreed review."""

    says = Text("Write what is to be put right.", longest=4000)
    asked_by = Text("Write who asked for it.")

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Correct:
        return Correct(**data)


class FamilysViewForm(FormSchema):
    """What a parent says to a review in their own space."""

    view = Text(longest=4000)
    agrees = Choice("yes", "talk", required="Choose whether you agree, or would like to talk first.")
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> FamilysView:
        return FamilysView(data["view"], data["agrees"] == "yes", data["version"])


class AnotherDayForm(FormSchema):
    """What a parent writes when the day of a visit does not suit them."""

    words = Text(longest=1000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> AnotherDay:
        return AnotherDay(**data)


class PackForm(FormSchema):
    """A pack to put together."""

    question = Text("Choose whom it is for.")
    recipient_name = Text("Write the name of the nursery, school or person.")
    parts = Ticks()
    what_works = Text(longest=4000)
    recipient_email = Text(longest=254)
    address_checked_how = Text(longest=500)

    @validates_schema(skip_on_field_errors=False)
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        """An address looks like one, and a check is the check of an address."""
        email = data.get("recipient_email")
        if email and (email.count("@") != 1 or email.startswith("@") or "." not in email.rpartition("@")[2]):
            raise ValidationError({"recipient_email": ["Enter an e-mail address, such as office@nursery.example."]})
        if data.get("address_checked_how") and not email:
            raise ValidationError({"recipient_email": ["Enter the e-mail address that was checked."]})

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> PutTogether:
        return PutTogether(**{**data, "parts": tuple(data["parts"])})


class AnswersForm(FormSchema):
    """What the family said to each part of a pack, as a visitor writes it down."""

    answered_by = Text("Write who answered.")
    answered_on = Day("Enter the day on which they answered.")
    how = Choice(*AGREED_HOW, required="Choose how they answered.")
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Answers:
        return Answers(_said(data), **data)


class OwnAnswersForm(FormSchema):
    """What a parent says to each part of a pack in their own space: the answers by part, and the version."""

    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> tuple[dict[UUID, str], int]:
        return _said(data), data["version"]


def answers_form(titles: Mapping[UUID, str], *, own: bool = False) -> FormSchema:
    """The form that asks about each of these parts, by id with its title; `own` where the parent fills it in."""
    sentence = "Say yes or no to “{}”." if own else "Choose what the family said to “{}”."
    asked = {f"{PART}{key}": Choice("yes", "no", required=sentence.format(title)) for key, title in titles.items()}
    made = (OwnAnswersForm if own else AnswersForm).from_dict(dict(asked), name="AnswersToParts")
    return cast(type[FormSchema], made)()


def _said(data: dict[str, Any]) -> dict[UUID, str]:
    return {UUID(name.removeprefix(PART)): data.pop(name) for name in list(data) if name.startswith(PART)}


class IssueForm(FormSchema):
    """How an agreed pack goes out."""

    how = Choice("link", "printed", required="Choose how it goes out.")
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Issue:
        return Issue(**data)


class SharedForm(FormSchema):
    """Something that was shared, or an onward referral."""

    kind = Choice("onward", "other", required="Choose what it was.")
    with_whom = Text("Write with whom.", longest=500)
    what = Text("Write what was shared.", longest=2000)
    why = Text("Write why.", longest=2000)
    how = Text("Write how, such as by telephone.", longest=500)
    shared_on = Day("Enter the day.")
    basis = Choice(*BASIS, required="Choose whether the family agreed.")
    agreed_by = Text()
    because = Text(longest=2000)

    @validates_schema(skip_on_field_errors=False)
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        """Each basis asks for its own field."""
        wanted = {
            "agreed": ("agreed_by", "Write who of the family agreed."),
            "without-asking": ("because", "Write why it was shared without asking."),
        }.get(data.get("basis", ""))
        if wanted and not data.get(wanted[0]):
            raise ValidationError({wanted[0]: [wanted[1]]})

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Shared:
        unused = "because" if data["basis"] == "agreed" else "agreed_by"
        return Shared(**{**data, unused: None})


class HideForm(FormSchema):
    """Why an entry of the log is kept from the family."""

    because = Text("Write why telling the family would add risk.", longest=2000)
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> tuple[str, int]:
        return data["because"], data["version"]
