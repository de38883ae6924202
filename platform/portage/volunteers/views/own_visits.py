"""A volunteer's own visits: arriving, leaving, the short record."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import viewer
from portage.core.routes import Routes, concerning
from portage.visits.models import Visit
from portage.visits.operations.presence import NotNow, arrive, leave
from portage.visits.refusals import NotThatDay
from portage.visits.schemas import record_form
from portage.visits.words import CANCELLED_BY, MODE_WORDS, STATUS_WORDS
from portage.volunteers.operations.own import family_for, record_own, visit_for

routes = Routes("volunteer_visits", __name__)


@routes.get(
    "/my-visits/<uuid:visit_id>",
    can=Can.VISIT_AS_VOLUNTEER,
    audience=Audience.STAFF,
    audit="visit.seen",
    rate=Rate.PAGE,
)
def show(visit_id: UUID) -> ResponseReturnValue:
    """A visit, with the short form."""
    visit = _own(visit_id)
    return _page(visit, Form(_values(visit)))


@routes.post(
    "/my-visits/<uuid:visit_id>/arrived",
    can=Can.VISIT_AS_VOLUNTEER,
    audience=Audience.STAFF,
    audit="visit.arrived",
    rate=Rate.WRITE,
)
def arrived(visit_id: UUID) -> ResponseReturnValue:
    """The volunteer is there."""
    visit = _own(visit_id)
    try:
        arrive(visit, at=clock.now())
        flash("We know that you are there. Say when you leave, so that nobody worries about you.", "success")
    except NotNow as refusal:
        flash(str(refusal), "notice")
    return redirect(f"/my-visits/{visit_id}", 303)


@routes.post(
    "/my-visits/<uuid:visit_id>/left",
    can=Can.VISIT_AS_VOLUNTEER,
    audience=Audience.STAFF,
    audit="visit.left",
    rate=Rate.WRITE,
)
def left(visit_id: UUID) -> ResponseReturnValue:
    """The volunteer has left."""
    visit = _own(visit_id)
    try:
        leave(visit, at=clock.now())
        flash("We know that you have left.", "success")
    except NotNow as refusal:
        flash(str(refusal), "notice")
    return redirect(f"/my-visits/{visit_id}", 303)


@routes.post(
    "/my-visits/<uuid:visit_id>/record",
    can=Can.VISIT_AS_VOLUNTEER,
    audience=Audience.STAFF,
    audit="visit.recorded",
    rate=Rate.WRITE,
)
def save_record(visit_id: UUID) -> ResponseReturnValue:
    """Record the visit, or correct its record."""
    visit = _own(visit_id)
    command, form = read(record_form([]), request.form)
    if command is None:
        return _page(visit, form), 422
    try:
        record_own(visit, command, viewer=viewer(), at=clock.now())
    except NotThatDay as refusal:
        return _page(visit, form.refuse("done_on", str(refusal))), 422
    flash("The visit is recorded. Your supervisor reads it.", "success")
    return redirect(f"/my-visits/{visit_id}", 303)


def _own(visit_id: UUID) -> Visit:
    visit = visit_for(visit_id, viewer(), at=clock.now())
    concerning("child", visit.child_id, visit=visit.id)
    return visit


def _values(visit: Visit) -> dict[str, object]:
    return {
        "status": "" if visit.status == "planned" else visit.status,
        "done_on": visit.done_on or min(visit.planned_on, clock.today()),
        "how_it_went": visit.how_it_went,
        "cancelled_by": visit.cancelled_by,
        "reason_cancelled": visit.reason if visit.status == "cancelled" else None,
        "reason_not_available": visit.reason if visit.status == "not-available" else None,
        "version": visit.version,
    }


def _page(visit: Visit, form: Form) -> str:
    return render_template(
        "volunteers/visit.html",
        visit=visit,
        family=family_for(visit.child_id, viewer(), at=clock.now()),
        form=form,
        modes=MODE_WORDS,
        statuses=STATUS_WORDS,
        cancelled_by=list(CANCELLED_BY.items()),
        today=clock.today(),
    )
