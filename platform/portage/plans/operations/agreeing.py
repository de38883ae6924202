"""Verbs on play plans: agree one, add goals and targets, and say what became of a target."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.plans.models import Goal, PlayPlan, Target
from portage.support.changes import go_on
from portage.support.operations import open_episode_here
from portage.support.refusals import WrongDates

STATUSES = {"current": "Working on it", "achieved": "Achieved", "put-aside": "Put aside"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What the visitor and the parents agree: from when, with whom, and what the child can do already."""

    agreed_on: date
    agreed_with: str
    can_do: str
    until_on: date | None = None
    goals: tuple[str, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class NewGoal:
    """A longer aim in the family's words, and the area of development it belongs to."""

    wording: str
    area: str | None = None


@dataclass(frozen=True, slots=True)
class NewTarget:
    """One small step in three parts: the child does what, under which conditions, and how we know that it worked."""

    does_what: str
    conditions: str
    success: str


@dataclass(frozen=True, slots=True)
class Become:
    """What became of a target, and since when."""

    status: str
    status_on: date
    version: int


def plan_here(plan_id: UUID) -> PlayPlan:
    """One plan of this council; raises NotHere."""
    return here(PlayPlan, plan_id)


def goal_here(goal_id: UUID) -> Goal:
    """One goal of this council; raises NotHere."""
    return here(Goal, goal_id)


def target_here(target_id: UUID) -> Target:
    """One target of this council; raises NotHere."""
    return here(Target, target_id)


def plans_of(episode_id: UUID) -> list[PlayPlan]:
    """Every plan of an episode, the newest first."""
    wanted = scoped(PlayPlan).where(PlayPlan.episode_id == episode_id)
    return list(db.session.scalars(wanted.order_by(PlayPlan.agreed_on.desc(), PlayPlan.id.desc())))


def current_plan(episode_id: UUID) -> PlayPlan | None:
    """The plan that is worked on; None before the first."""
    return next((plan for plan in plans_of(episode_id) if plan.ended_on is None), None)


def goals_of(plan_id: UUID) -> list[tuple[Goal, list[Target]]]:
    """The goals of a plan with their targets, in their order; two queries."""
    goals = list(db.session.scalars(scoped(Goal).where(Goal.plan_id == plan_id).order_by(Goal.position, Goal.id)))
    targets = db.session.scalars(
        scoped(Target).where(Target.goal_id.in_([goal.id for goal in goals])).order_by(Target.position, Target.id)
    ).all()
    return [(goal, [target for target in targets if target.goal_id == goal.id]) for goal in goals]


def current_targets(episode_id: UUID) -> list[Target]:
    """The targets that are worked on now, in the order of the plan."""
    return list(
        db.session.scalars(
            scoped(Target)
            .join(Goal, (Goal.tenant_id == Target.tenant_id) & (Goal.id == Target.goal_id))
            .join(PlayPlan, (PlayPlan.tenant_id == Goal.tenant_id) & (PlayPlan.id == Goal.plan_id))
            .where(
                Goal.tenant_id == current_tenant_id(),
                PlayPlan.tenant_id == current_tenant_id(),
                PlayPlan.episode_id == episode_id,
                PlayPlan.ended_on.is_(None),
                Target.status == "current",
            )
            .order_by(Goal.position, Target.position, Target.id)
        )
    )


def targets_of(episode_id: UUID) -> set[UUID]:
    """The ids of every target that a support ever had."""
    return set(
        db.session.scalars(
            select(Target.id)
            .join(Goal, (Goal.tenant_id == Target.tenant_id) & (Goal.id == Target.goal_id))
            .join(PlayPlan, (PlayPlan.tenant_id == Goal.tenant_id) & (PlayPlan.id == Goal.plan_id))
            .where(Target.tenant_id == current_tenant_id(), PlayPlan.episode_id == episode_id)
        )
    )


def agree_plan(episode_id: UUID, command: Plan, *, by: Actor) -> PlayPlan:
    """Write down a plan that was agreed; the plan before it ends that day."""
    episode = open_episode_here(episode_id, lock=True)  # else two plans could each be the one that is worked on
    if by.person_id is None:
        raise NotAllowed
    go_on(episode.id)
    _dates_fit(command)
    for before in plans_of(episode.id):
        before.ended_on = before.ended_on or max(command.agreed_on, before.agreed_on)
    plan = PlayPlan(
        episode_id=episode.id,
        agreed_on=command.agreed_on,
        until_on=command.until_on,
        agreed_with=command.agreed_with,
        can_do=command.can_do,
        written_by=by.person_id,
    )
    db.session.add(plan)
    db.session.flush()
    for wording in command.goals:
        add_goal(plan.id, NewGoal(wording))
    return plan


def change_plan(plan_id: UUID, command: Plan) -> PlayPlan:
    """Correct what a plan says of the child and of the agreement; raises `ChangedMeanwhile`."""
    plan = plan_here(plan_id)
    open_episode_here(plan.episode_id)
    _dates_fit(command)
    if plan.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("What the child can do", plan.can_do), ("Agreed with", plan.agreed_with)],
            yours=[("What the child can do", command.can_do), ("Agreed with", command.agreed_with)],
            back=f"/plans/{plan.id}/change",
        )
    plan.agreed_on, plan.until_on = command.agreed_on, command.until_on
    plan.agreed_with, plan.can_do = command.agreed_with, command.can_do
    db.session.flush()
    return plan


def _dates_fit(command: Plan) -> None:
    if command.until_on is not None and command.until_on <= command.agreed_on:
        raise WrongDates("The plan lasts until a day after the one on which it was agreed.")


def add_goal(plan_id: UUID, command: NewGoal) -> Goal:
    """Add a goal at the end of a plan."""
    plan = open_plan_here(plan_id)
    goal = Goal(plan_id=plan.id, position=_next(Goal, Goal.plan_id == plan.id), **_parts(command))
    db.session.add(goal)
    db.session.flush()
    return goal


def add_target(goal_id: UUID, command: NewTarget, *, item_id: UUID | None = None) -> Target:
    """Add a small step to a goal; `item_id` names the step of the developmental profile that it was taken from."""
    goal = goal_here(goal_id)
    open_plan_here(goal.plan_id)
    target = Target(
        goal_id=goal.id, position=_next(Target, Target.goal_id == goal.id), item_id=item_id, **_parts(command)
    )
    db.session.add(target)
    db.session.flush()
    return target


def set_status(target_id: UUID, command: Become) -> Target:
    """Say what became of a target: achieved, put aside, or worked on again."""
    target = target_here(target_id)
    open_plan_here(goal_here(target.goal_id).plan_id)
    if target.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("Target", STATUSES[target.status])],
            yours=[("Target", STATUSES[command.status])],
            back=f"/plans/{goal_here(target.goal_id).plan_id}",
        )
    target.status, target.status_on = command.status, command.status_on
    db.session.flush()
    return target


def open_plan_here(plan_id: UUID) -> PlayPlan:
    """A plan of a support that has not ended; raises NotHere or EpisodeClosed."""
    plan = plan_here(plan_id)
    open_episode_here(plan.episode_id)
    return plan


def _parts(command: NewGoal | NewTarget) -> dict[str, str | None]:
    return {name: getattr(command, name) for name in command.__slots__}


def _next(model: type[Goal] | type[Target], within: ColumnElement[bool]) -> int:
    highest = select(func.max(model.position)).where(model.tenant_id == current_tenant_id(), within)
    return (db.session.execute(highest).scalar_one() or 0) + 1
