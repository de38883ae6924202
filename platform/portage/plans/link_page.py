"""What the link in an e-mail opens for a family: their plan, the activities, and a place to write what they saw."""

from datetime import datetime
from typing import Any
from uuid import UUID

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.forms import Form
from portage.core.tenancy import scoped
from portage.families.models import Child
from portage.messages.council import sender
from portage.messages.links import Shown, opens
from portage.messages.models import OneTimeLink
from portage.plans.models import PlayPlan
from portage.plans.operations import current_activities, goals_of, notes_of
from portage.support.models import Episode
from portage.support.pattern import support_of


@opens("plan")
def show(link: OneTimeLink, at: datetime) -> Shown | None:
    """The plan as the family reads it; what another carer wrote stays with that carer."""
    found = _plan(link.subject_id)
    if found is None:
        return None
    plan, episode, child = found
    today, activities = at.astimezone(LONDON).date(), current_activities(plan.id)
    return Shown(
        child.id,
        "plans/link_page.html",
        {
            "plan": plan,
            "child": child,
            "support": support_of(episode, on=today),
            "goals": goals_of(plan.id),
            "activities": activities,
            "offered": [(each.id, each.wording) for each in activities],
            "notes": [note for note in notes_of(plan.id) if note.carer_id == link.recipient_id],
            "writes": plan.ended_on is None and episode.status == "open",
            "form": Form({"seen_on": today.isoformat()}),
            "team": sender(today, child.area_id).team,
            "link": link,
            "until": link.open_until,
        },
    )


def chart_for(link: OneTimeLink) -> dict[str, Any] | None:
    """What the chart of a week needs, for the family behind a link; None when the plan is no longer there."""
    found = _plan(link.subject_id)
    if found is None:
        return None
    plan, episode, child = found
    return {"plan": plan, "episode": episode, "child": child}


def _plan(plan_id: UUID) -> tuple[PlayPlan, Episode, Child] | None:
    row = db.session.execute(
        scoped(PlayPlan)
        .add_columns(Episode, Child)
        .join(Episode, (Episode.tenant_id == PlayPlan.tenant_id) & (Episode.id == PlayPlan.episode_id))
        .join(Child, (Child.tenant_id == Episode.tenant_id) & (Child.id == Episode.child_id))
        .where(PlayPlan.id == plan_id, PlayPlan.disposed_at.is_(None))
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])
