"""Opening a record beyond one's own cases: why, and who was told."""

from urllib.parse import quote
from uuid import UUID

from flask import Response, flash, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portage.core import clock
from portage.core.access import Audience, Can, Rate, Role
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Viewer, viewer
from portage.core.routes import Routes, concerning
from portage.core.tenancy import current_tenant_id
from portage.families.access import ConflictDeclared, ReasonNeeded, give_reason, may_give_a_reason
from portage.families.conflicts import has_conflict
from portage.families.models import Child
from portage.families.schemas import ReasonSchema
from portage.messages.operations import alert

routes = Routes("case_access", __name__)


@routes.app_errorhandler(ReasonNeeded)
def ask_why(needed: ReasonNeeded) -> Response:
    """Lead to the page that asks why; a form that was sent is not lost, the browser's back button returns to it."""
    db.session.rollback()
    g.pop("site", None)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else f"/children/{needed.child_id}"
    response = make_response(redirect(f"/children/{needed.child_id}/reason?next={quote(wanted, safe='/')}", 303))
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.get(
    "/children/<uuid:child_id>/reason",
    can=Can.OPEN_CASE,
    audience=Audience.STAFF,
    audit="access.reason-asked",
    rate=Rate.PAGE,
)
def reason(child_id: UUID) -> ResponseReturnValue:
    """Ask why; nothing of the child is shown here."""
    _child(child_id, viewer())
    return _page(child_id, Form({"next": request.args.get("next", "")}))


@routes.post(
    "/children/<uuid:child_id>/reason",
    can=Can.OPEN_CASE,
    audience=Audience.STAFF,
    audit="access.reason-given",
    rate=Rate.WRITE,
)
def save_reason(child_id: UUID) -> ResponseReturnValue:
    """Keep the reason, tell the managers, and open the record for eight hours."""
    who = viewer()
    area_id = _child(child_id, who)
    command, form = read(ReasonSchema(), request.form)
    if command is None or who.person_id is None:
        return _page(child_id, form), 422
    given = give_reason(child_id, who.person_id, command.reason, at=clock.now())
    alert(
        kind="access-reason",
        path="/access-reasons",
        sentence=f"{who.name} opened a record beyond their own cases.",
        role=Role.SERVICE_MANAGER,
        area_id=area_id,
        child_id=child_id,
        dedupe=f"access-reason:{given.id}",
    )
    flash("The record is open to you until this time in eight hours. The managers see your reason.", "success")
    return redirect(_own_path(command.next) or f"/children/{child_id}", 303)


def _child(child_id: UUID, who: Viewer) -> UUID | None:
    """The child's area; the same answer for another council's child, an unknown one, and a volunteer."""
    found = db.session.execute(
        select(Child.area_id).where(Child.tenant_id == current_tenant_id(), Child.id == child_id)
    ).one_or_none()
    if found is None or not may_give_a_reason(who):
        raise NotHere
    if has_conflict(child_id, who.person_id):
        raise ConflictDeclared
    concerning("child", child_id)
    area_id: UUID | None = found.area_id
    return area_id


def _page(child_id: UUID, form: Form) -> str:
    return render_template("families/reason.html", child_id=child_id, form=form)


def _own_path(path: str | None) -> str | None:
    """A path of this service, never an address of another."""
    pages = ("/referrals/", "/notifications/", "/children/", "/episodes/", "/visits/", "/panel", "/concerns/")
    if path and path.startswith(pages) and "\\" not in path:
        return path
    return None
