"""From the forms of play plans to the commands of their operations."""

from typing import Any

from marshmallow import fields, post_load

from portage.core.forms import Choice, Day, FormSchema, Text
from portage.plans.operations import STATUSES, NewGoal, NewTarget, Plan
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


class StatusForm(FormSchema):
    """What became of a target."""

    status = Choice(*STATUSES, required="Choose what became of it.")
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data
