"""The main points of a visit for the family, on paper or behind a link; never the visitor's own notes."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, select

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.tenancy import current_tenant_id
from portage.messages.council import sender
from portage.messages.links import Shown, opens
from portage.messages.models import OneTimeLink
from portage.plans.operations import target_here
from portage.plans.operations.seen import seen_on_visit
from portage.support.lists import child_here
from portage.support.operations import episode_here
from portage.support.pattern import support_of
from portage.support.visitors import names_of
from portage.visits.models import Visit
from portage.visits.operations import tried_in, visit_here
from portage.visits.operations.copies import VISIT

FOR_FAMILIES = {"not-yet": "Not yet", "with-help": "With some help", "achieved": "Managed it!"}


@opens(VISIT)
def show(link: OneTimeLink, at: datetime) -> Shown | None:
    """One visit as the family reads it; nothing where it was recorded otherwise since."""
    try:
        visit = visit_here(link.subject_id)
    except NotHere:
        return None
    if visit.status != "done":
        return None
    context = main_points(visit, on=at.astimezone(LONDON).date())
    return Shown(visit.child_id, "visits/copy_opened.html", {**context, "until": link.open_until})


def main_points(visit: Visit, *, on: date) -> dict[str, Any]:
    """What a family keeps of a visit: what was done and tried, their own words, what comes until the next visit."""
    child, episode = child_here(visit.child_id), episode_here(visit.episode_id)
    named = {each.key: each.name for each in support_of(episode, on=on).pattern.elements}
    return {
        "visit": visit,
        "child": child,
        "visitor": names_of({visit.visitor_id}).get(visit.visitor_id, ""),
        "elements": [named.get(key, key) for key in visit.elements],
        "tried": [(target_here(key).does_what, FOR_FAMILIES[result]) for key, result in tried_in(visit.id).items()],
        "seen": [(wording, words) for _, wording, words in seen_on_visit(visit.id)],
        "next_visit": _next(visit, on),
        "team": sender(on, child.area_id).team,
    }


def _next(visit: Visit, on: date) -> Row[date, time] | None:
    """Day and time of the next visit, for a family that keeps this paper on the fridge."""
    return db.session.execute(
        select(Visit.planned_on, Visit.planned_at)
        .where(
            Visit.tenant_id == current_tenant_id(),
            Visit.episode_id == visit.episode_id,
            Visit.status == "planned",
            Visit.planned_on >= on,
        )
        .order_by(Visit.planned_on, Visit.planned_at)
        .limit(1)
    ).one_or_none()
