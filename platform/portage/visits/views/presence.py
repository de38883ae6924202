"""Arriving and leaving, and the visits from which nobody has heard."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.support.opening import opened
from portage.support.visitors import names_of
from portage.visits.operations import visit_here
from portage.visits.operations.presence import (
    GRACE,
    NotNow,
    NotTwoPeople,
    arrive,
    ends_at,
    leave,
    name_watch,
    overdue,
    watch_here,
    watchers,
)
from portage.visits.schemas import WatchForm

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


@routes.get(
    "/overdue-visits", can=Can.RECORD_VISIT, audience=Audience.STAFF, audit="overdue-visits.seen", rate=Rate.PAGE
)
def overdue_visits() -> ResponseReturnValue:
    """From whom nobody has heard, and who is told of it."""
    watch = watch_here()
    shown = Form(
        {"first_id": watch.first_id, "second_id": watch.second_id, "grace_minutes": watch.grace_minutes}
        if watch
        else {"grace_minutes": GRACE}
    )
    return _page(shown)


@routes.post(
    "/overdue-visits", can=Can.ALLOCATE, audience=Audience.STAFF, audit="overdue-visits.watch-named", rate=Rate.WRITE
)
def save_watch() -> ResponseReturnValue:
    """Name the two who are told."""
    command, form = read(WatchForm(), request.form)
    if command is None:
        return _page(form), 422
    try:
        name_watch(command, by=Actor.of(viewer()))
    except NotTwoPeople as refusal:
        return _page(form.refuse("second_id", str(refusal))), 422
    flash("Both are told from now on.", "success")
    return redirect("/overdue-visits", 303)


def _page(form: Form) -> str:
    watch = watch_here()
    return render_template(
        "visits/overdue.html",
        rows=[(row, ends_at(row)) for row in overdue(clock.now())],
        watch=watch,
        names=names_of({watch.first_id, watch.second_id}) if watch else {},
        people=watchers() if Can.ALLOCATE in viewer().can else [],
        grace=watch.grace_minutes if watch else GRACE,
        form=form,
    )
