"""The pages of play plans: agree one, read it with its activities, correct it, print it for the family."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, FormSchema, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.plans.models import PlayPlan
from portage.plans.opening import opened_plan, rendered
from portage.plans.operations import (
    CAME_BY,
    MOST_AT_A_TIME,
    STATUSES,
    Plan,
    activities_of,
    agree_plan,
    change_plan,
    current_plan,
    goals_of,
    notes_of,
    plans_of,
)
from portage.plans.schemas import ChangePlanForm, PlanForm
from portage.policy import AREAS
from portage.profiles.operations import profile_of, steps_of
from portage.profiles.standing import held_marks, latest_steps, standings
from portage.support.models import Episode
from portage.support.opening import opened
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
    return rendered("plans/none.html", episode, plans=plans_of(episode.id))


@routes.get("/episodes/<uuid:episode_id>/plan/new", **ASKS)
def agreeing(episode_id: UUID) -> ResponseReturnValue:
    """A new plan; it begins with what the child can do, from the plan before or from the profile (LAN-04)."""
    episode = opened(episode_id)
    if episode.status != "open":
        return redirect(f"/episodes/{episode_id}", 303)
    before = current_plan(episode.id)
    can_do = before.can_do if before else _from_profile(episode.child_id)
    return rendered("plans/new.html", episode, form=Form({"agreed_on": clock.today().isoformat(), "can_do": can_do}))


def _from_profile(child_id: UUID) -> str:
    found = profile_of(child_id)
    if found is None:
        return ""
    return "\n".join(
        f"{each}." for each in latest_steps(standings(steps_of(found.instrument_id), held_marks(found.id)))
    )


@routes.post("/episodes/<uuid:episode_id>/plan/new", audit="plan.agreed", **WRITES)
def save_plan(episode_id: UUID) -> ResponseReturnValue:
    """Write down a plan that was agreed."""
    episode = opened(episode_id)
    command, form = _agreed(PlanForm())
    if command is None:
        return rendered("plans/new.html", episode, form=form), 422
    try:
        made = agree_plan(episode.id, command, by=Actor.of(viewer()))
    except WrongDates as refusal:
        return rendered("plans/new.html", episode, form=form.refuse("until_on", str(refusal))), 422
    except FirstThingsFirst as refusal:
        return rendered("plans/new.html", episode, form=form.refuse("_form", str(refusal))), 422
    flash("The play plan is saved. Next, add small targets to its goals.", "success")
    return redirect(f"/plans/{made.id}", 303)


@routes.get("/plans/<uuid:plan_id>", **READS)
def show(plan_id: UUID) -> ResponseReturnValue:
    """One plan with its goals, targets and activities, and what the family saw."""
    found, episode = opened_plan(plan_id)
    return plan_page(found, episode)


@routes.get("/plans/<uuid:plan_id>/print", **READS)
def for_the_family(plan_id: UUID) -> ResponseReturnValue:
    """The plan as a page to print and give to the family."""
    found, episode = opened_plan(plan_id)
    context = {"plan": found, "goals": goals_of(found.id), "activities": activities_of(found.id)}
    return rendered("plans/print.html", episode, **context)


@routes.get("/plans/<uuid:plan_id>/change", **ASKS)
def changing(plan_id: UUID) -> ResponseReturnValue:
    """What the plan says of the child and of the agreement."""
    found, episode = opened_plan(plan_id)
    names = ("agreed_on", "until_on", "agreed_with", "can_do", "version")
    form = Form({name: getattr(found, name) for name in names})
    return rendered("plans/change.html", episode, plan=found, form=form)


@routes.post("/plans/<uuid:plan_id>/change", audit="plan.changed", **WRITES)
def save_change(plan_id: UUID) -> ResponseReturnValue:
    """Correct the plan."""
    found, episode = opened_plan(plan_id)
    command, form = _agreed(ChangePlanForm())
    if command is None:
        return rendered("plans/change.html", episode, plan=found, form=form), 422
    try:
        change_plan(found.id, command)
    except WrongDates as refusal:
        return rendered("plans/change.html", episode, plan=found, form=form.refuse("until_on", str(refusal))), 422
    flash("The play plan is saved.", "success")
    return redirect(f"/plans/{plan_id}", 303)


def _agreed(asked: FormSchema) -> tuple[Plan | None, Form]:
    """The plan as it was sent; what was agreed was agreed today or before."""
    command, form = read(asked, request.form)
    if command is not None and command.agreed_on > clock.today():
        return None, form.refuse("agreed_on", "The plan was agreed today or before.")
    return command, form


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


def plan_page(
    found: PlayPlan, episode: Episode, *, form: Form | None = None, goal: Form | None = None, told: Form | None = None
) -> str:
    """The page of a plan: `form` holds what is wrong with a step on it, `goal` and `told` what was typed there."""
    wrong, activities = form or goal or told or Form(), activities_of(found.id)
    return rendered(
        "plans/plan.html",
        episode,
        plan=found,
        goals=goals_of(found.id),
        activities=activities,
        offered=[(each.id, each.wording) for each in activities if each.ended_on is None],
        ways=[(key, words) for key, words in CAME_BY.items() if key != "link"],
        most=MOST_AT_A_TIME,
        notes=notes_of(found.id),
        came_by=CAME_BY,
        form=wrong,
        adding=goal or Form(),
        told=told or Form({"seen_on": clock.today().isoformat(), "came_by": "visit"}),
        areas=[(area.key, area.formal) for area in AREAS],
        area_names={area.key: area.formal for area in AREAS},
        statuses=STATUSES,
    )
