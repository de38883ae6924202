"""Arriving at a visit and leaving it."""

from uuid import UUID

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.routes import Routes
from portage.support.opening import opened
from portage.visits.operations import visit_here
from portage.visits.operations.presence import NotNow, arrive, leave

routes = Routes("presence", __name__)


@routes.post(
    "/visits/<uuid:visit_id>/arrived",
    can=Can.RECORD_VISIT,
    audience=Audience.STAFF,
    audit="visit.arrived",
    rate=Rate.WRITE,
)
def arrived(visit_id: UUID) -> ResponseReturnValue:
    """The visitor is there."""
    visit = visit_here(visit_id)
    opened(visit.episode_id)
    try:
        arrive(visit, at=clock.now())
        flash("We know that you are there. Say when you leave, so that nobody worries about you.", "success")
    except NotNow as refusal:
        flash(str(refusal), "notice")
    return redirect(f"/visits/{visit_id}", 303)


@routes.post(
    "/visits/<uuid:visit_id>/left",
    can=Can.RECORD_VISIT,
    audience=Audience.STAFF,
    audit="visit.left",
    rate=Rate.WRITE,
)
def left(visit_id: UUID) -> ResponseReturnValue:
    """The visitor has left."""
    visit = visit_here(visit_id)
    opened(visit.episode_id)
    try:
        leave(visit, at=clock.now())
        flash("We know that you have left.", "success")
    except NotNow as refusal:
        flash(str(refusal), "notice")
    return redirect(f"/visits/{visit_id}", 303)
