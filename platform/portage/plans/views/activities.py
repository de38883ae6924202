"""Activities of a target: what the family does between visits."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.routes import Routes
from portage.plans.models import Activity, Target
from portage.plans.opening import opened_plan, rendered
from portage.plans.operations import (
    TooMany,
    activity_here,
    add_activity,
    change_activity,
    end_activity,
    goal_here,
    target_here,
)
from portage.plans.schemas import ActivityForm, SeenForm

routes = Routes("activities", __name__)
WRITES: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "rate": Rate.WRITE}
ASKS: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "audit": "plan.seen", "rate": Rate.PAGE}


@routes.get("/targets/<uuid:target_id>/activities", **ASKS)
def adding(target_id: UUID) -> ResponseReturnValue:
    """A new activity for a target."""
    return _page(target_here(target_id), None, Form())


@routes.post("/targets/<uuid:target_id>/activities", audit="activity.added", **WRITES)
def save_new(target_id: UUID) -> ResponseReturnValue:
    """Add an activity."""
    target = target_here(target_id)
    plan, _ = opened_plan(goal_here(target.goal_id).plan_id)
    command, form = read(ActivityForm(), request.form)
    if command is None:
        return _page(target, None, form), 422
    try:
        add_activity(target.id, command)
    except TooMany as refusal:
        return _page(target, None, form.refuse("_form", str(refusal))), 422
    flash("The activity is added. It is on the family’s chart.", "success")
    return redirect(f"/plans/{plan.id}#target-{target_id}", 303)


@routes.get("/activities/<uuid:activity_id>", **ASKS)
def one(activity_id: UUID) -> ResponseReturnValue:
    """An activity to put into better words."""
    found = activity_here(activity_id)
    values = {name: getattr(found, name) for name in ("wording", "how_often", "materials", "version")}
    return _page(target_here(found.target_id), found, Form(values))


@routes.post("/activities/<uuid:activity_id>", audit="activity.changed", **WRITES)
def save(activity_id: UUID) -> ResponseReturnValue:
    """Write down what changed."""
    found = activity_here(activity_id)
    target = target_here(found.target_id)
    plan, _ = opened_plan(goal_here(target.goal_id).plan_id)
    command, form = read(ActivityForm(), request.form)
    if command is None:
        return _page(target, found, form), 422
    change_activity(activity_id, command)
    flash("The activity is saved.", "success")
    return redirect(f"/plans/{plan.id}", 303)


@routes.post("/activities/<uuid:activity_id>/end", audit="activity.ended", **WRITES)
def end(activity_id: UUID) -> ResponseReturnValue:
    """Take the activity off the chart; it stays with the plan."""
    found = activity_here(activity_id)
    plan, _ = opened_plan(goal_here(target_here(found.target_id).goal_id).plan_id)
    command, _ = read(SeenForm(), request.form)
    end_activity(activity_id, version=command["version"] if command else 0, on=clock.today())
    flash("The activity has ended. It stays with the plan.", "success")
    return redirect(f"/plans/{plan.id}", 303)


def _page(target: Target, activity: Activity | None, form: Form) -> str:
    plan, episode = opened_plan(goal_here(target.goal_id).plan_id)
    return rendered("plans/activity.html", episode, plan=plan, target=target, activity=activity, form=form)
