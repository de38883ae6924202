"""Goals and small targets of a plan: added, taken from the profile, and what became of them."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.routes import Routes
from portage.plans.opening import opened_plan, rendered
from portage.plans.operations import (
    STATUSES,
    Become,
    add_goal,
    add_target,
    current_plan,
    goal_here,
    goals_of,
    set_status,
    target_here,
)
from portage.plans.schemas import GoalForm, StatusForm, StepForm, TargetForm
from portage.plans.views.plan import plan_page
from portage.profiles.operations import profile_of, steps_of
from portage.profiles.operations.instruments import Step
from portage.support.models import Episode
from portage.support.opening import opened

routes = Routes("targets", __name__)
WRITES: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "rate": Rate.WRITE}
ASKS: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "audit": "plan.seen", "rate": Rate.PAGE}


@routes.post("/plans/<uuid:plan_id>/goals", audit="goal.added", **WRITES)
def save_goal(plan_id: UUID) -> ResponseReturnValue:
    """Add a goal."""
    found, episode = opened_plan(plan_id)
    command, form = read(GoalForm(), request.form)
    if command is None:
        return plan_page(found, episode, goal=form), 422
    add_goal(found.id, command)
    flash("The goal is added.", "success")
    return redirect(f"/plans/{plan_id}", 303)


@routes.get("/goals/<uuid:goal_id>/targets", **ASKS)
def adding_target(goal_id: UUID) -> ResponseReturnValue:
    """A new small step for a goal."""
    goal = goal_here(goal_id)
    found, episode = opened_plan(goal.plan_id)
    return rendered("plans/target.html", episode, plan=found, goal=goal, form=Form())


@routes.post("/goals/<uuid:goal_id>/targets", audit="target.added", **WRITES)
def save_target(goal_id: UUID) -> ResponseReturnValue:
    """Add a small step."""
    goal = goal_here(goal_id)
    found, episode = opened_plan(goal.plan_id)
    command, form = read(TargetForm(), request.form)
    if command is None:
        return rendered("plans/target.html", episode, plan=found, goal=goal, form=form), 422
    target = add_target(goal.id, command)
    flash("The target is added. Next, add an activity for it.", "success")
    return redirect(f"/plans/{found.id}#target-{target.id}", 303)


@routes.get("/episodes/<uuid:episode_id>/plan/steps/<uuid:profile_item_id>", **ASKS)
def taking_step(episode_id: UUID, profile_item_id: UUID) -> ResponseReturnValue:
    """A step of the profile as a small target of the plan that is worked on."""
    episode = opened(episode_id)
    step = _step(episode, profile_item_id)
    return _step_page(episode, step, Form({"does_what": step.wording}))


@routes.post("/episodes/<uuid:episode_id>/plan/steps/<uuid:profile_item_id>", audit="target.added", **WRITES)
def save_step(episode_id: UUID, profile_item_id: UUID) -> ResponseReturnValue:
    """Add the step as a target."""
    episode = opened(episode_id)
    step = _step(episode, profile_item_id)
    read_command, form = read(StepForm(), request.form)
    plan = current_plan(episode.id)
    if read_command is None or plan is None:
        return _step_page(episode, step, form), 422
    goal_id, command = read_command
    if goal_id not in {goal.id for goal, _ in goals_of(plan.id)}:
        raise NotHere
    target = add_target(goal_id, command, item_id=step.id)
    flash("The target is added. Next, add an activity for it.", "success")
    return redirect(f"/plans/{plan.id}#target-{target.id}", 303)


def _step(episode: Episode, item_id: UUID) -> Step:
    """A step of this child's profile; raises `NotHere`."""
    profile = profile_of(episode.child_id)
    steps = steps_of(profile.instrument_id) if profile else []
    found = next((each for each in steps if each.id == item_id), None)
    if found is None:
        raise NotHere
    return found


def _step_page(episode: Episode, step: Step, form: Form) -> str:
    plan = current_plan(episode.id)
    goals = [(goal.id, goal.wording) for goal, _ in goals_of(plan.id)] if plan else []
    if len(goals) == 1:
        form.values.setdefault("goal_id", goals[0][0])
    return rendered("plans/step.html", episode, plan=plan, step=step, goals=goals, form=form)


@routes.post("/targets/<uuid:target_id>/status", audit="target.changed", **WRITES)
def save_status(target_id: UUID) -> ResponseReturnValue:
    """Say what became of a target."""
    found, episode = opened_plan(goal_here(target_here(target_id).goal_id).plan_id)
    sent, form = read(StatusForm(), request.form)
    if sent is None:
        return plan_page(found, episode, form=form), 422
    set_status(target_id, Become(**sent, status_on=clock.today()))
    flash(f"The target is marked: {STATUSES[sent['status']].lower()}.", "success")
    return redirect(f"/plans/{found.id}", 303)
