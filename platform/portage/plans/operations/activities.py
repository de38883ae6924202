"""Activities between visits: what the family does for a target, how often, and with what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Uuid, and_, bindparam, func, select

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, PortageError
from portage.core.tenancy import TENANT, current_tenant_id, here
from portage.plans.models import Activity, Goal, Target
from portage.plans.operations.agreeing import goal_here, open_plan_here, target_here

MOST_AT_A_TIME = 6  # fit on the family's one page, and in a family's week
LONGEST_WORDING, LONGEST_OFTEN, LONGEST_MATERIALS = 140, 50, 80


class TooMany(PortageError):
    """One more activity than a week has room for."""

    code = "too-many-activities"
    message = "Six activities are enough for one week, and fit on the family's page. End one before you add another."


@dataclass(frozen=True, slots=True)
class NewActivity:
    """What the family does, how often, and what they need for it."""

    wording: str
    how_often: str
    materials: str | None = None
    version: int | None = None


def activity_here(activity_id: UUID) -> Activity:
    """One activity of this council; raises NotHere."""
    return here(Activity, activity_id)


def activities_of(plan_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every activity of a plan with its target, in the plan's order, ended ones too. One query."""
    return db.session.execute(_of_plan(), {"plan": plan_id}).all()


def current_activities(plan_id: UUID) -> list[Row[*tuple[Any, ...]]]:
    """What the family does now: activities that have not ended, of targets that are worked on."""
    return [each for each in activities_of(plan_id) if each.ended_on is None and each.status == "current"]


@cache
def _of_plan() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Activity.id,
            Activity.target_id,
            Activity.wording,
            Activity.how_often,
            Activity.materials,
            Activity.ended_on,
            Activity.version,
            Target.does_what,
            Target.status,
        )
        .join(Target, and_(Target.tenant_id == Activity.tenant_id, Target.id == Activity.target_id))
        .join(Goal, and_(Goal.tenant_id == Target.tenant_id, Goal.id == Target.goal_id))
        .where(
            Activity.tenant_id == TENANT,
            Target.tenant_id == TENANT,
            Goal.tenant_id == TENANT,
            Goal.plan_id == bindparam("plan", type_=Uuid()),
        )
        .order_by(Goal.position, Target.position, Activity.position, Activity.id)
    )


def add_activity(target_id: UUID, command: NewActivity) -> Activity:
    """Add an activity to a target; raises `TooMany` when the week is full."""
    plan = open_plan_here(goal_here(target_here(target_id).goal_id).plan_id)
    db.session.refresh(plan, with_for_update=True)  # so that two people do not fill the last place at once
    if len(current_activities(plan.id)) >= MOST_AT_A_TIME:
        raise TooMany
    highest = select(func.max(Activity.position)).where(
        Activity.tenant_id == current_tenant_id(), Activity.target_id == target_id
    )
    activity = Activity(
        target_id=target_id,
        position=(db.session.execute(highest).scalar_one() or 0) + 1,
        wording=command.wording,
        how_often=command.how_often,
        materials=command.materials,
    )
    db.session.add(activity)
    db.session.flush()
    return activity


def change_activity(activity_id: UUID, command: NewActivity) -> Activity:
    """Put an activity into better words; raises `ChangedMeanwhile`."""
    activity = _open(activity_id, command.version, command.wording)
    activity.wording, activity.how_often, activity.materials = command.wording, command.how_often, command.materials
    db.session.flush()
    return activity


def end_activity(activity_id: UUID, *, version: int, on: date) -> Activity:
    """Let an activity rest from a day on; it stays with the plan."""
    activity = _open(activity_id, version, "Ended")
    activity.ended_on = activity.ended_on or on
    db.session.flush()
    return activity


def _open(activity_id: UUID, version: int | None, yours: str) -> Activity:
    activity = activity_here(activity_id)
    open_plan_here(goal_here(target_here(activity.target_id).goal_id).plan_id)
    if activity.version != version:
        raise ChangedMeanwhile(
            theirs=[("Activity", "Ended" if activity.ended_on else activity.wording)],
            yours=[("Activity", yours)],
            back=f"/activities/{activity.id}",
        )
    return activity
