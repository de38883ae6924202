"""A copy of a visit's main points for the family: a page that prints, and a link to the same."""

from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.routes import Routes
from portage.support.opening import opened
from portage.visits.copy_page import main_points
from portage.visits.models import Visit
from portage.visits.operations import visit_here
from portage.visits.operations.copies import NobodyToEmail, NothingToCopy, send_copy

routes = Routes("visit_copies", __name__)


@routes.get(
    "/visits/<uuid:visit_id>/copy", can=Can.RECORD_VISIT, audience=Audience.STAFF, audit="visit.seen", rate=Rate.PAGE
)
def copy(visit_id: UUID) -> ResponseReturnValue:
    """The main points, ready to print."""
    visit = _opened(visit_id)
    if visit.status != "done":
        raise NothingToCopy
    return render_template("visits/copy.html", **main_points(visit, on=clock.today()))


@routes.post(
    "/visits/<uuid:visit_id>/copy",
    can=Can.RECORD_VISIT,
    audience=Audience.STAFF,
    audit="visit.copy-sent",
    rate=Rate.WRITE,
)
def send_to_family(visit_id: UUID) -> ResponseReturnValue:
    """Send the family a link to them, by an e-mail that says nothing of the visit."""
    visit = _opened(visit_id)
    try:
        number = send_copy(visit.id, at=clock.now())
        flash(f"A link is on its way to {number} {'person' if number == 1 else 'people'}.", "success")
    except NobodyToEmail as refusal:
        flash(str(refusal), "notice")
    return redirect(f"/visits/{visit_id}/copy", 303)


def _opened(visit_id: UUID) -> Visit:
    visit = visit_here(visit_id)
    opened(visit.episode_id)
    return visit
