"""The pages of play plans: agree one, work with it, print it for the family."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.plans.models import PlayPlan
from portage.plans.operations import (
    STATUSES,
    Become,
    add_goal,
    add_target,
    agree_plan,
    change_plan,
    current_plan,
    goal_here,
    goals_of,
    plan_here,
    plans_of,
    set_status,
    target_here,
)
from portage.plans.schemas import ChangePlanForm, GoalForm, PlanForm, StatusForm, TargetForm
from portage.policy import AREAS
from portage.support.lists import child_here
from portage.support.models import Episode
from portage.support.opening import opened
from portage.support.operations import open_episode_here
from portage.support.pattern import Support, support_of
from portage.support.refusals import FirstThingsFirst, WrongDates

routes = Routes("plans", __name__)
READS: dict[str, Any] = {"can": Can.OPEN_CASE, "audience": Audience.STAFF, "audit": "plan.seen", "rate": Rate.PAGE}
WRITES: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "rate": Rate.WRITE}
ASKS: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "audit": "plan.seen", "rate": Rate.PAGE}


@routes.get("/episodes/<uuid:episode_id>/plan", **READS)
def plan(episode_id: UUID) -> ResponseReturnValue:
    """The plan that is worked on, or how to start one."""
    episode = opened(episode_id)
    found = current_plan(episode.id)
    if found is not None:
        return redirect(f"/plans/{found.id}", 303)
    return _rendered("plans/none.html", episode, plans=plans_of(episode.id))


@routes.get("/episodes/<uuid:episode_id>/plan/new", **ASKS)
def agreeing(episode_id: UUID) -> ResponseReturnValue:
    """A new plan."""
    episode = opened(episode_id)
    open_episode_here(episode.id)
    before = current_plan(episode.id)
    values = {"agreed_on": clock.today().isoformat(), "can_do": before.can_do if before else ""}
    return _rendered("plans/new.html", episode, form=Form(values))


@routes.post("/episodes/<uuid:episode_id>/plan/new", audit="plan.agreed", **WRITES)
def save_plan(episode_id: UUID) -> ResponseReturnValue:
    """Write down a plan that was agreed."""
    episode = opened(episode_id)
    command, form = read(PlanForm(), request.form)
    if command is None:
        return _rendered("plans/new.html", episode, form=form), 422
    try:
        made = agree_plan(episode.id, command, by=Actor.of(viewer()))
    except WrongDates as refusal:
        return _rendered("plans/new.html", episode, form=form.refuse("until_on", str(refusal))), 422
    except FirstThingsFirst as refusal:
        return _rendered("plans/new.html", episode, form=form.refuse("_form", str(refusal))), 422
    flash("The play plan is saved. Next, add small targets to each goal.", "success")
    return redirect(f"/plans/{made.id}", 303)


@routes.get("/plans/<uuid:plan_id>", **READS)
def show(plan_id: UUID) -> ResponseReturnValue:
    """A plan with its goals and targets."""
    found, episode = _plan(plan_id)
    return _plan_page(found, episode, Form(), None)


@routes.get("/plans/<uuid:plan_id>/print", **READS)
def for_the_family(plan_id: UUID) -> ResponseReturnValue:
    """The plan as a page to print and give to the family."""
    found, episode = _plan(plan_id)
    return _rendered("plans/print.html", episode, plan=found, goals=goals_of(found.id))


@routes.get("/plans/<uuid:plan_id>/change", **ASKS)
def changing(plan_id: UUID) -> ResponseReturnValue:
    """What the plan says of the child and of the agreement."""
    found, episode = _plan(plan_id)
    names = ("agreed_on", "until_on", "agreed_with", "can_do", "version")
    return _rendered(
        "plans/change.html", episode, plan=found, form=Form({name: getattr(found, name) for name in names})
    )


@routes.post("/plans/<uuid:plan_id>/change", audit="plan.changed", **WRITES)
def save_change(plan_id: UUID) -> ResponseReturnValue:
    """Correct the plan."""
    found, episode = _plan(plan_id)
    command, form = read(ChangePlanForm(), request.form)
    if command is None:
        return _rendered("plans/change.html", episode, plan=found, form=form), 422
    try:
        change_plan(found.id, command)
    except WrongDates as refusal:
        return _rendered("plans/change.html", episode, plan=found, form=form.refuse("until_on", str(refusal))), 422
    flash("The play plan is saved.", "success")
    return redirect(f"/plans/{plan_id}", 303)


@routes.post("/plans/<uuid:plan_id>/goals", audit="goal.added", **WRITES)
def save_goal(plan_id: UUID) -> ResponseReturnValue:
    """Add a goal."""
    found, episode = _plan(plan_id)
    command, form = read(GoalForm(), request.form)
    if command is None:
        return _plan_page(found, episode, form, found.id), 422
    add_goal(found.id, command)
    flash("The goal is added.", "success")
    return redirect(f"/plans/{plan_id}", 303)


@routes.get("/goals/<uuid:goal_id>/targets", **ASKS)
def adding_target(goal_id: UUID) -> ResponseReturnValue:
    """A new small step for a goal."""
    goal = goal_here(goal_id)
    found, episode = _plan(goal.plan_id)
    return _rendered("plans/target.html", episode, plan=found, goal=goal, form=Form())


@routes.post("/goals/<uuid:goal_id>/targets", audit="target.added", **WRITES)
def save_target(goal_id: UUID) -> ResponseReturnValue:
    """Add a small step."""
    goal = goal_here(goal_id)
    found, episode = _plan(goal.plan_id)
    command, form = read(TargetForm(), request.form)
    if command is None:
        return _rendered("plans/target.html", episode, plan=found, goal=goal, form=form), 422
    add_target(goal.id, command)
    flash("The target is added.", "success")
    return redirect(f"/plans/{found.id}", 303)


@routes.post("/targets/<uuid:target_id>/status", audit="target.changed", **WRITES)
def save_status(target_id: UUID) -> ResponseReturnValue:
    """Say what became of a target."""
    found, episode = _plan(goal_here(target_here(target_id).goal_id).plan_id)
    sent, form = read(StatusForm(), request.form)
    if sent is None:
        return _plan_page(found, episode, form, None), 422
    set_status(target_id, Become(**sent, status_on=clock.today()))
    flash(f"The target is marked: {STATUSES[sent['status']].lower()}.", "success")
    return redirect(f"/plans/{found.id}", 303)


@adds_to("episode", order=20)
def in_the_episode(_: Viewer, episode_id: UUID | None) -> Section | None:
    """The play plans of an episode, on its page."""
    if episode_id is None:
        return None
    entries = tuple(
        Entry(
            f"Agreed on {plan.agreed_on.day} {plan.agreed_on:%B %Y}",
            f"/plans/{plan.id}",
            "" if plan.ended_on is None else f"Until {plan.ended_on.day} {plan.ended_on:%B %Y}",
        )
        for plan in plans_of(episode_id)
    )
    more = Entry("Agree a new play plan", f"/episodes/{episode_id}/plan/new")
    return Section("Play plan", entries, "No play plan yet.", more if Can.WRITE_PLAN in viewer().can else None)


def _plan(plan_id: UUID) -> tuple[PlayPlan, Episode]:
    found = plan_here(plan_id)
    return found, opened(found.episode_id)


def _support(episode: Episode) -> Support:
    return support_of(episode, on=clock.today())


def _plan_page(found: PlayPlan, episode: Episode, form: Form, adding_to: UUID | None) -> str:
    return _rendered(
        "plans/plan.html",
        episode,
        plan=found,
        goals=goals_of(found.id),
        form=form,
        adding=form if adding_to else Form(),
        areas=[(area.key, area.formal) for area in AREAS],
        area_names={area.key: area.formal for area in AREAS},
        statuses=STATUSES,
    )


def _rendered(template: str, episode: Episode, **context: Any) -> str:
    support = _support(episode)
    works = {each.key: each.text for each in support.service.how_it_works}
    return render_template(
        template,
        episode=episode,
        child=child_here(episode.child_id),
        support=support,
        the_work=works.get("the-work"),
        **context,
    )
