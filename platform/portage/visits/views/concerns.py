"""Worried about a child? Whom to call first, then a note that only its writer and those who handle worries read."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes, concerning
from portage.families.access import require_access
from portage.support.lists import child_here
from portage.support.visitors import names_of
from portage.visits.lists import PAGE, ConcernsWanted, concerns
from portage.visits.models import Concern
from portage.visits.operations import (
    areas_looked_after,
    concern_for,
    handle_concern,
    raise_concern,
    visit_here,
    who_handles,
)
from portage.visits.schemas import HandlingForm, WorryForm

routes = Routes("concerns", __name__)
ALERTED = "Your note is saved, and the people who handle worries were alerted. If it is urgent, call now."
NOBODY_ALERTED = "Your note is saved, but nobody handles worries in this service just now. Please call instead, now."


@routes.get(
    "/children/<uuid:child_id>/concern",
    can=Can.RAISE_CONCERN,
    audience=Audience.STAFF,
    audit="concern.begun",
    rate=Rate.PAGE,
)
def worried(child_id: UUID) -> ResponseReturnValue:
    """Whom to call, and the note."""
    return _form_page(child_id, Form({"visit": request.args.get("visit", "")}))


@routes.post(
    "/children/<uuid:child_id>/concern",
    can=Can.RAISE_CONCERN,
    audience=Audience.STAFF,
    audit="concern.raised",
    rate=Rate.WRITE,
)
def save_worry(child_id: UUID) -> ResponseReturnValue:
    """Write the worry down; those who handle worries are alerted in the same moment."""
    visit_id = _visit(child_id, request.args.get("visit", ""))
    command, form = read(WorryForm(), request.form)
    if command is None:
        return _form_page(child_id, form), 422
    _opened(child_id)
    concern = raise_concern(child_id, command, by=Actor.of(viewer()), at=clock.now(), visit_id=visit_id)
    flash(ALERTED if who_handles(child_id) else NOBODY_ALERTED, "success")
    return redirect(f"/concerns/{concern.id}", 303)


@routes.get("/concerns", can=Can.RAISE_CONCERN, audience=Audience.STAFF, audit="concerns.seen", rate=Rate.PAGE)
def list_concerns() -> ResponseReturnValue:
    """Worries that wait for somebody, of a manager's own areas; one's own for those who do not handle them."""
    who = viewer()
    handles = Can.HANDLE_CONCERN in who.can
    number = page_in(request.args)
    done = request.args.get("done") == "yes"
    areas = areas_looked_after(who) if handles else None
    rows, total = concerns(ConcernsWanted(who.person_id, handles, areas, done=done, page=number))
    return render_template(
        "visits/concerns.html",
        rows=rows,
        total=total,
        handles=handles,
        done=done,
        page=number,
        pages=max(1, -(-total // PAGE)),
        page_address=lambda n: f"/concerns?page={n}{'&done=yes' if done else ''}",
    )


@routes.get(
    "/concerns/<uuid:concern_id>", can=Can.RAISE_CONCERN, audience=Audience.STAFF, audit="concern.read", rate=Rate.PAGE
)
def show(concern_id: UUID) -> ResponseReturnValue:
    """The note, for its writer and those who handle worries."""
    return _page(_concern(concern_id), Form())


@routes.post(
    "/concerns/<uuid:concern_id>",
    can=Can.HANDLE_CONCERN,
    audience=Audience.STAFF,
    audit="concern.handled",
    rate=Rate.WRITE,
)
def save_handling(concern_id: UUID) -> ResponseReturnValue:
    """Write down what was done."""
    concern = _concern(concern_id)
    command, form = read(HandlingForm(), request.form)
    if command is None:
        return _page(concern, form), 422
    handle_concern(concern.id, command, viewer=viewer(), at=clock.now())
    flash("What was done is on record.", "success")
    return redirect(f"/concerns/{concern_id}", 303)


def _opened(child_id: UUID) -> None:
    require_access(child_id, viewer())
    concerning("child", child_id)


def _visit(child_id: UUID, typed: str) -> UUID | None:
    """The visit on which the worry arose, when it is one of this child."""
    try:
        visit = visit_here(UUID(typed))
    except (ValueError, NotHere):
        return None
    return visit.id if visit.child_id == child_id else None


def _concern(concern_id: UUID) -> Concern:
    concern = concern_for(concern_id, viewer())
    concerning("child", concern.child_id, concern=concern_id)
    return concern


def _form_page(child_id: UUID, form: Form) -> str:
    _opened(child_id)
    visit_id = _visit(child_id, request.args.get("visit", ""))
    return render_template("visits/worried.html", child=child_here(child_id), visit_id=visit_id, form=form)


def _page(concern: Concern, form: Form) -> str:
    return render_template(
        "visits/concern.html",
        concern=concern,
        child=child_here(concern.child_id),
        names=names_of({concern.raised_by} | ({concern.handled_by} if concern.handled_by else set())),
        handles=Can.HANDLE_CONCERN in viewer().can,
        form=form,
    )
