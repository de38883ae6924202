"""From the forms of play plans to the commands of their operations."""

from typing import Any
from uuid import UUID

from marshmallow import fields, post_load

from portage.core.forms import Choice, Day, FormSchema, Text
from portage.plans.operations import CAME_BY, STATUSES, NewActivity, NewGoal, NewNote, NewTarget, Plan
from portage.plans.operations.activities import LONGEST_MATERIALS, LONGEST_OFTEN, LONGEST_WORDING
from portage.policy import AREA_KEYS

GOALS = ("goal_1", "goal_2", "goal_3")


class PlanForm(FormSchema):
    """A plan with up to three goals; more are added on its page."""

    agreed_on = Day("Enter the day on which the plan was agreed.")
    until_on = Day()
    agreed_with = Text("Write with whom the plan was agreed.", longest=300)
    can_do = Text("Write what the child can do already.", longest=4000)
    goal_1 = Text("Write at least one goal, in the family's words.", longest=1000)
    goal_2 = Text(longest=1000)
    goal_3 = Text(longest=1000)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Plan:
        goals = tuple(wording for name in GOALS if (wording := data.pop(name)))
        return Plan(**data, goals=goals)


class ChangePlanForm(FormSchema):
    """What a plan says of the child and of the agreement."""

    agreed_on = Day("Enter the day on which the plan was agreed.")
    until_on = Day()
    agreed_with = Text("Write with whom the plan was agreed.", longest=300)
    can_do = Text("Write what the child can do already.", longest=4000)
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Plan:
        return Plan(**data)


class GoalForm(FormSchema):
    """A further goal."""

    wording = Text("Write the goal, in the family's words.", longest=1000)
    area = Choice(*sorted(AREA_KEYS))

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> NewGoal:
        return NewGoal(**data)


class TargetForm(FormSchema):
    """A small step, in its three parts."""

    does_what = Text("Write what the child will do.", longest=500)
    conditions = Text("Write where, when and with what help.", longest=500)
    success = Text("Write how you will know that it worked.", longest=500)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> NewTarget:
        return NewTarget(**data)


class StepForm(TargetForm):
    """A small step that is taken from the profile, and the goal that it serves."""

    goal_id = fields.UUID(
        required=True,
        error_messages=dict.fromkeys(("required", "null", "invalid_uuid"), "Choose the goal that it serves."),
    )

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> tuple[UUID, NewTarget]:
        return data.pop("goal_id"), NewTarget(**data)


class ActivityForm(FormSchema):
    """An activity of a target."""

    wording = Text("Write what the family does.", longest=LONGEST_WORDING)
    how_often = Text("Write how often.", longest=LONGEST_OFTEN)
    materials = Text(longest=LONGEST_MATERIALS)
    version = fields.Integer(load_default=None)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> NewActivity:
        return NewActivity(**data)


class SeenForm(FormSchema):
    """Which version of something the person saw."""

    version = fields.Integer(required=True)


class FamilyNoteForm(FormSchema):
    """What a family writes in their own space."""

    words = Text("Write what you saw.", longest=2000)
    seen_on = Day("Enter the day on which you saw it.")
    activity_id = fields.UUID(
        load_default=None, allow_none=True, error_messages={"invalid_uuid": "Choose from the list."}
    )

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> NewNote:
        return NewNote(**data)


class ToldForm(FamilyNoteForm):
    """What a family told staff."""

    came_by = Choice(*(key for key in CAME_BY if key != "link"), required="Choose how you heard of it.")


class StatusForm(FormSchema):
    """What became of a target."""

    status = Choice(*STATUSES, required="Choose what became of it.")
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data
