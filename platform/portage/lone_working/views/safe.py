"""One tap for whoever visits: "I am out and safe"."""

from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.identity import viewer
from portage.core.routes import Routes, concerning
from portage.lone_working.operations.answering import own_visits, say_safe
from portage.lone_working.operations.noticing import grace_of
from portage.lone_working.operations.watch import watch_here
from portage.lone_working.words import NOT_999
from portage.visits.operations.presence import NotNow, ends_at
from portage.visits.words import MODE_WORDS

routes = Routes("safe", __name__)


@routes.get("/out-and-safe", can=Can.CARRY_VISITS, audience=Audience.STAFF, audit="out-and-safe.seen", rate=Rate.PAGE)
def own() -> ResponseReturnValue:
    """The visits that one is still waited for after."""
    now = clock.now()
    rows = [(visit, ends_at(visit)) for visit in own_visits(viewer(), now)]
    grace = grace_of(watch_here())
    return render_template(
        "lone_working/safe.html",
        rows=[(visit, ended, ended + grace) for visit, ended in rows],
        now=now,
        modes=MODE_WORDS,
        not_999=NOT_999,
    )


@routes.post(
    "/out-and-safe/<uuid:visit_id>",
    can=Can.CARRY_VISITS,
    audience=Audience.STAFF,
    audit="visit.left",
    rate=Rate.WRITE,
)
def said(visit_id: UUID) -> ResponseReturnValue:
    """The visitor is out and safe."""
    concerning("visit", visit_id)
    try:
        say_safe(visit_id, viewer(), clock.now())
        flash("Thank you. We know that you are out and safe.", "success")
    except NotNow as refusal:
        flash(str(refusal), "notice")
    return redirect("/out-and-safe", 303)
