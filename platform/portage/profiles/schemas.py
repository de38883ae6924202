"""From the forms of profiles to the commands of their operations."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load

from portage.core.forms import Choice, Day, FormSchema, Text, Tick
from portage.profiles.models import EVIDENCE, STAGES
from portage.profiles.operations import Changed, Correct, MarkArea, MarkOne, Taking

SEEN_ON = "Enter the day on which it was seen or told."
HOW_KNOWN = "Choose how you know."


class AreaForm(FormSchema):
    """The day and the evidence of what is marked on an area's page; the steps are read by `steps_in`."""

    seen_on = Day(SEEN_ON)
    evidence = Choice(*EVIDENCE, required=HOW_KNOWN)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> MarkArea:
        return MarkArea(**data, changed=())


def unknown_in(sent: Mapping[str, str]) -> list[str]:
    """The fields of steps whose answer is none of those on the page."""
    return [name for name, value in sent.items() if name.startswith("step-") and value and value not in STAGES]


def steps_in(sent: Mapping[str, str]) -> tuple[Changed, ...]:
    """What was chosen for each step that a page names: `step-ID` now, `was-ID` when the page was opened."""
    found = []
    for item_id in dict.fromkeys(filter(None, map(_named, sent))):
        was = sent.get(f"was-{item_id}", "")
        found.append(Changed(item_id, _stage(was), _stage(sent.get(f"step-{item_id}", was))))
    return tuple(found)


def _named(field: str) -> UUID | None:
    """The step that a field of the page is about."""
    kind, _, item_id = field.partition("-")
    try:
        return UUID(item_id) if kind in ("step", "was") else None
    except ValueError:
        return None


def _stage(typed: str) -> str | None:
    return typed if typed in STAGES else None


class MarkForm(FormSchema):
    """A mark on one step."""

    stage = Choice(*STAGES, required="Choose whether the child can do it or is beginning to.")
    seen_on = Day(SEEN_ON)
    evidence = Choice(*EVIDENCE, required=HOW_KNOWN)
    note = Text(longest=500)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> MarkOne:
        return MarkOne(**data)


class CorrectForm(FormSchema):
    """Why a mark does not hold."""

    because = Text("Write in a few words why the mark does not hold.", longest=300)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Correct:
        return Correct(**data)


class SheetForm(FormSchema):
    """What is said of a spreadsheet that is sent; the file itself is read beside it."""

    name = Text("Write what the list is called.", longest=100)
    source = Text("Write whose words these are.", longest=300)
    allowed = Tick("Tick this only when you may use the words. If you may not, do not bring the list in.")


class TakeForm(FormSchema):
    """From when new profiles follow an instrument."""

    in_use_from = Day("Enter the day from which new profiles follow this list.")
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Taking:
        return Taking(**data)


class SeenForm(FormSchema):
    """Which version of a list the person saw."""

    version = fields.Integer(required=True)
