"""From the forms of visits to the commands of their operations."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from portage.core.forms import Choice, Day, FormSchema, Text, Tick, Ticks, TimeOfDay
from portage.visits.models import MODES, SAFETY_KINDS
from portage.visits.operations import CancelVisits, Handling, MoveVisit, PlanVisits, Record, Worry
from portage.visits.operations.moving import FOLLOWING, ONE
from portage.visits.operations.planning import MOST_VISITS
from portage.visits.operations.safety import NewSafetyNote
from portage.visits.series import CADENCES
from portage.visits.words import ACTIVITY, CANCELLED_BY, RESULTS, STATUS_WORDS, TARGET

BY_NEED = 0  # how often: one visit now, and the next when it is needed


def _number(least: int, most: int, sentence: str) -> fields.Integer:
    return fields.Integer(
        required=True,
        error_messages={"required": sentence, "null": sentence, "invalid": sentence},
        validate=validate.Range(least, most, error=sentence),
    )


CHANGE = "change"  # in the address: the form again with what was answered, instead of the dates


class PlanForm(FormSchema):
    """Visits to plan."""

    ignored = FormSchema.ignored | {CHANGE}
    starts_on = Day("Enter the day of the first visit.")
    at = TimeOfDay("Enter the time of the visit.")
    minutes = _number(1, 480, "Enter how many minutes the visit lasts, from 1 to 480.")
    mode = Choice(*MODES, required="Choose how you will meet.")
    every_weeks = _number(BY_NEED, 4, "Choose how often.")
    extent = Choice("block", "number")
    visits = _number(1, MOST_VISITS, f"Enter a number of visits from 1 to {MOST_VISITS}.")
    ends_on = Day()
    cadence = Choice("", *CADENCES)
    in_school_holidays = Tick()

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> PlanVisits:
        """By need is one visit, whatever number stands in the form; a block needs none."""
        by_need = data["every_weeks"] == BY_NEED
        return PlanVisits(
            data["starts_on"],
            data["at"],
            data["minutes"],
            data["mode"],
            every_weeks=1 if by_need else data["every_weeks"],
            visits=1 if by_need else data["visits"],
            in_school_holidays=data["in_school_holidays"],
            cadence=data["cadence"] or "calendar",
            ends_on=data["ends_on"],
            whole_block=data["extent"] == "block" and not by_need,
        )


class MoveForm(FormSchema):
    """Another day and time, for one visit or also for the following."""

    planned_on = Day("Enter the new day.")
    planned_at = TimeOfDay("Enter the new time.")
    scope = Choice(ONE, FOLLOWING)
    in_school_holidays = Tick()
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> MoveVisit:
        return MoveVisit(**{**data, "scope": data["scope"] or ONE})


class CancelForm(FormSchema):
    """Who cancels, and why, for one visit or also for the following."""

    scope = Choice(ONE, FOLLOWING)
    cancelled_by = Choice(*CANCELLED_BY, required="Choose who cancels.")
    reason = Text("Write why, as far as you know.", longest=1000)
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> CancelVisits:
        return CancelVisits(**{**data, "scope": data["scope"] or ONE})


class RecordForm(FormSchema):
    """What became of a visit; `record_form` adds a field for each target and each activity."""

    ANSWERS: ClassVar = tuple(key for key in STATUS_WORDS if key != "planned")

    status = Choice(*ANSWERS, required="Choose what happened.")
    done_on = Day()
    mode = Choice(*MODES)
    elements = Ticks()
    who_was_there = Text(longest=500)
    time_in = TimeOfDay()
    time_out = TimeOfDay()
    how_it_went = Text(longest=4000)
    parents_words = Text(longest=2000)
    next_activity = Text(longest=2000)
    cancelled_by = Choice(*CANCELLED_BY)
    reason_cancelled = Text(longest=1000)
    reason_not_available = Text(longest=1000)
    version = fields.Integer(required=True)

    @validates_schema(skip_on_field_errors=False)
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        """Each answer asks for its own few fields."""
        wanted = {
            "done": {"done_on": "Enter the day of the visit.", "how_it_went": "Write a sentence about how it went."},
            "cancelled": {
                "cancelled_by": "Choose who cancelled it.",
                "reason_cancelled": "Write why it was cancelled, as far as you know.",
            },
            "not-available": {"reason_not_available": "Write what you found, and what you did."},
        }.get(data.get("status", ""), {})
        missing = {name: [sentence] for name, sentence in wanted.items() if not data.get(name)}
        begun, ended = data.get("time_in"), data.get("time_out")
        if data.get("status") == "done" and begun and ended and ended < begun:
            missing["time_out"] = ["The time out is after the time in."]
        if missing:
            raise ValidationError(missing)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Record:
        tried = {UUID(name.removeprefix(TARGET)): data.pop(name) for name in list(data) if name.startswith(TARGET)}
        seen = {UUID(name.removeprefix(ACTIVITY)): data.pop(name) for name in list(data) if name.startswith(ACTIVITY)}
        reasons = {
            "cancelled": data.pop("reason_cancelled"),
            "not-available": data.pop("reason_not_available"),
        }
        return Record(
            **{**data, "elements": tuple(data["elements"])},
            reason=reasons.get(data["status"]),
            targets={key: result for key, result in tried.items() if result},
            seen=seen,
        )


def record_form(target_ids: Iterable[UUID], activity_ids: Iterable[UUID] = ()) -> FormSchema:
    """The form of a visit whose child has these targets, and whose family does these activities."""
    asked = {f"{TARGET}{key}": Choice("", *RESULTS) for key in target_ids}
    seen = {f"{ACTIVITY}{key}": Text(longest=2000) for key in activity_ids}
    form = RecordForm.from_dict({**asked, **seen}, name="RecordFormOfAChild")
    return cast(type[RecordForm], form)()


class WorryForm(FormSchema):
    """A worry about a child."""

    what_was_seen = Text("Write what you saw or heard, in plain words.", longest=8000)
    done_already = Text(longest=4000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Worry:
        return Worry(**data)


class HandlingForm(FormSchema):
    """What was done about a worry."""

    handling = Text("Write what was done, and what comes next.", longest=8000)
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Handling:
        return Handling(**data)


class SafetyForm(FormSchema):
    """Something that a visitor must know."""

    kind = Choice(*SAFETY_KINDS, required="Choose what it is about.")
    note = Text(longest=2000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> NewSafetyNote:
        return NewSafetyNote(**data)


@dataclass(frozen=True, slots=True)
class StandIn:
    """One accepted line of a proposal for an absence: who covers for which child's support."""

    episode_id: UUID
    person_id: UUID


class StandInForm(FormSchema):
    """Who covers for one child while the visitor is away."""

    episode_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True, error_messages={"invalid_uuid": "Choose a person."})

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> StandIn:
        return StandIn(**data)
