"""Supervision: the log of talks and training, and reading what a volunteer recorded."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes, concerning
from portage.families.access import require_access
from portage.support.lists import child_here
from portage.support.visitors import names_of
from portage.visits.models import Visit
from portage.visits.words import CANCELLED_BY, MODE_WORDS, STATUS_WORDS
from portage.volunteers.models import Volunteer
from portage.volunteers.operations.supervising import (
    log_session,
    read_record,
    record_read_by,
    reviews_of,
)
from portage.volunteers.refusals import NotYourOwn, WrongDay
from portage.volunteers.schemas import ReadingForm, SessionForm
from portage.volunteers.views.records import opened
from portage.volunteers.words import SESSION_WORDS

routes = Routes("volunteer_supervision", __name__)


@routes.get(
    "/volunteers/<uuid:volunteer_id>/log",
    can=Can.SUPERVISE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.seen",
    rate=Rate.PAGE,
)
def logging(volunteer_id: UUID) -> ResponseReturnValue:
    """A form for a supervision or a training."""
    return _log(opened(volunteer_id), Form({"held_on": clock.today(), "kind": "supervision"}))


@routes.post(
    "/volunteers/<uuid:volunteer_id>/log",
    can=Can.SUPERVISE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.logged",
    rate=Rate.WRITE,
)
def save_log(volunteer_id: UUID) -> ResponseReturnValue:
    """Write it down."""
    volunteer = opened(volunteer_id)
    command, form = read(SessionForm(), request.form)
    if command is None:
        return _log(volunteer, form), 422
    try:
        log_session(volunteer, command, by=Actor.of(viewer()), on=clock.today())
    except WrongDay as refusal:
        return _log(volunteer, form.refuse("held_on", str(refusal))), 422
    flash("It is on record.", "success")
    return redirect(f"/volunteers/{volunteer_id}", 303)


def _log(volunteer: Volunteer, form: Form) -> str:
    return render_template("volunteers/log.html", volunteer=volunteer, kinds=list(SESSION_WORDS.items()), form=form)


@routes.get(
    "/volunteers/<uuid:volunteer_id>/visits/<uuid:visit_id>",
    can=Can.SUPERVISE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="visit.seen",
    rate=Rate.PAGE,
)
def reading(volunteer_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """What a volunteer recorded of a visit."""
    volunteer, visit = _record(volunteer_id, visit_id)
    return _page(volunteer, visit, Form())


@routes.post(
    "/volunteers/<uuid:volunteer_id>/visits/<uuid:visit_id>",
    can=Can.SUPERVISE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.visit-reviewed",
    rate=Rate.WRITE,
)
def save_reading(volunteer_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Note that it was read."""
    volunteer, visit = _record(volunteer_id, visit_id)
    command, form = read(ReadingForm(), request.form)
    if command is None:
        return _page(volunteer, visit, form), 422
    try:
        read_record(volunteer, visit.id, command, by=Actor.of(viewer()), at=clock.now())
    except NotYourOwn as refusal:
        return _page(volunteer, visit, form.refuse("_form", str(refusal))), 422
    flash("You have read this record.", "success")
    return redirect(f"/volunteers/{volunteer_id}", 303)


def _record(volunteer_id: UUID, visit_id: UUID) -> tuple[Volunteer, Visit]:
    volunteer = opened(volunteer_id)
    visit = record_read_by(volunteer, visit_id)
    require_access(visit.child_id, viewer())
    concerning("child", visit.child_id, visit=visit.id, volunteer=volunteer.id)
    return volunteer, visit


def _page(volunteer: Volunteer, visit: Visit, form: Form) -> str:
    reviews = reviews_of(visit.id)
    return render_template(
        "volunteers/reading.html",
        volunteer=volunteer,
        visit=visit,
        child=child_here(visit.child_id),
        reviews=reviews,
        names=names_of({each.reviewed_by for each in reviews}),
        modes=MODE_WORDS,
        statuses=STATUS_WORDS,
        cancelled_by=CANCELLED_BY,
        form=form,
    )
