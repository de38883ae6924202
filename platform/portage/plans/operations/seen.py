"""What a family saw of the week's activities, as the record of a visit keeps it: one note for each activity."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, delete, or_, select

from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.tenancy import current_tenant_id, scoped
from portage.plans.models import Activity, FamilyNote, Goal, PlayPlan, Target

TOLD = "visit"


@dataclass(frozen=True, slots=True)
class SeenOnVisit:
    """Who wrote down, in the record of which visit of which support, what the family saw until which day."""

    visit_id: UUID
    episode_id: UUID
    seen_on: date
    written_by: UUID
    at: datetime


def keep_seen(of: SeenOnVisit, said: Mapping[UUID, str | None]) -> None:
    """Keep the family's words on each of these activities; None takes away what the visit's record said before.

    An activity that is not named stays as it was recorded. Raises `NotHere` for an activity of another support.
    """
    if not said:
        return
    plans = plans_of_activities(of.episode_id, said.keys())
    if plans.keys() != said.keys():
        raise NotHere
    before = {note.activity_id: note for note in _notes(of.visit_id)}
    for activity_id, words in said.items():
        note = before.get(activity_id)
        if not words:
            if note is not None:
                db.session.delete(note)
        elif note is None:
            db.session.add(_note(of, plans[activity_id], activity_id, words))
        else:
            note.words, note.seen_on, note.written_by = words, of.seen_on, of.written_by
    db.session.flush()


def forget_seen(visit_id: UUID) -> None:
    """Take away what the record of a visit said, because the visit did not take place after all."""
    db.session.execute(
        delete(FamilyNote).where(FamilyNote.tenant_id == current_tenant_id(), FamilyNote.visit_id == visit_id)
    )


def seen_on_visit(visit_id: UUID) -> list[tuple[UUID, str, str]]:
    """What the family saw by the record of a visit: the activity's id, its wording, and the family's words."""
    rows = db.session.execute(
        select(Activity.id, Activity.wording, FamilyNote.words)
        .join(Activity, and_(Activity.tenant_id == FamilyNote.tenant_id, Activity.id == FamilyNote.activity_id))
        .where(FamilyNote.tenant_id == current_tenant_id(), FamilyNote.visit_id == visit_id)
        .order_by(Activity.position, Activity.id)
    )
    return [(row.id, row.wording, row.words) for row in rows]


def practised(episode_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """The activities that the family of a support does now: id and wording, in the plan's order."""
    return practised_by([episode_id])


def practised_by(episodes: Sequence[UUID] | set[UUID]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The same for several supports in one query; each row names its `episode_id`."""
    return db.session.execute(
        select(Activity.id, Activity.wording, PlayPlan.episode_id)
        .join(Target, and_(Target.tenant_id == Activity.tenant_id, Target.id == Activity.target_id))
        .join(Goal, and_(Goal.tenant_id == Target.tenant_id, Goal.id == Target.goal_id))
        .join(PlayPlan, and_(PlayPlan.tenant_id == Goal.tenant_id, PlayPlan.id == Goal.plan_id))
        .where(
            Activity.tenant_id == current_tenant_id(),
            PlayPlan.tenant_id == current_tenant_id(),
            PlayPlan.episode_id.in_(episodes),
            PlayPlan.ended_on.is_(None),
            Target.status == "current",
            Activity.ended_on.is_(None),
        )
        .order_by(Goal.position, Target.position, Activity.position, Activity.id)
    ).all()


def seen_in_week(plan_id: UUID, monday: date, until: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """What the family told on visits, or wrote on their chart, of the activities of a plan in one week."""
    return db.session.execute(
        select(FamilyNote.seen_on, FamilyNote.words, Activity.wording)
        .join(Activity, and_(Activity.tenant_id == FamilyNote.tenant_id, Activity.id == FamilyNote.activity_id))
        .where(
            FamilyNote.tenant_id == current_tenant_id(),
            FamilyNote.plan_id == plan_id,
            FamilyNote.disposed_at.is_(None),
            or_(FamilyNote.came_by == TOLD, FamilyNote.came_by == "chart"),
            FamilyNote.seen_on.between(monday, until),
        )
        .order_by(FamilyNote.seen_on, Activity.position, FamilyNote.id)
        .limit(50)
    ).all()


def plans_of_activities(episode_id: UUID, activities: Collection[UUID]) -> dict[UUID, UUID]:
    """To which plan of this support each activity belongs, ended ones too: the phone may be a day behind."""
    rows = db.session.execute(
        select(Activity.id, PlayPlan.id.label("plan_id"))
        .join(Target, and_(Target.tenant_id == Activity.tenant_id, Target.id == Activity.target_id))
        .join(Goal, and_(Goal.tenant_id == Target.tenant_id, Goal.id == Target.goal_id))
        .join(PlayPlan, and_(PlayPlan.tenant_id == Goal.tenant_id, PlayPlan.id == Goal.plan_id))
        .where(
            Activity.tenant_id == current_tenant_id(),
            PlayPlan.tenant_id == current_tenant_id(),
            PlayPlan.episode_id == episode_id,
            Activity.id.in_(activities),
        )
    )
    return {row.id: row.plan_id for row in rows}


def _notes(visit_id: UUID) -> Sequence[FamilyNote]:
    return db.session.scalars(scoped(FamilyNote).where(FamilyNote.visit_id == visit_id)).all()


def _note(of: SeenOnVisit, plan_id: UUID, activity_id: UUID, words: str) -> FamilyNote:
    """Who writes it down has read it."""
    return FamilyNote(
        plan_id=plan_id,
        activity_id=activity_id,
        words=words,
        seen_on=of.seen_on,
        came_by=TOLD,
        visit_id=of.visit_id,
        written_by=of.written_by,
        read_by=of.written_by,
        read_at=of.at,
    )
