"""The Stamp of Approval: the public list of holders, and the settings as the team keeps them."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in
from portage.core.routes import ANYONE, UNAUDITED, Routes, concerning
from portage.editions.programmes import STAMP, programme_on
from portage.policy import Programme
from portage.stamps import operations
from portage.stamps.models import Stamp
from portage.stamps.schemas import StampSchema

routes = Routes("stamps", __name__)
SEES: dict[str, Any] = {
    "can": Can.KEEP_DIRECTORY, "audience": Audience.STAFF, "audit": "stamps.seen", "rate": Rate.PAGE,
}  # fmt: skip
WRITES: dict[str, Any] = {"can": Can.KEEP_DIRECTORY, "audience": Audience.STAFF, "rate": Rate.WRITE}
STANDINGS = {"working-towards": "Works towards it", "holds": "Holds it", "ended": "No longer"}
FIELDS = ("setting_name", "place", "web_page", "contact", "standing", "awarded_on", "next_on", "next_what", "note",
          "version")  # fmt: skip


def _programme() -> Programme:
    """The programme as the policy words it; raises `NotHere` where the council has none."""
    found = programme_on(STAMP, clock.today())
    if found is None:
        raise NotHere
    return found


@routes.get("/stamp-of-approval", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.PAGE)
def public() -> ResponseReturnValue:
    """Which settings hold the award, for parents who look for a place and settings that think of it."""
    programme = _programme()
    return render_template("stamps/holders.html", programme=programme, holders=operations.holders())


@routes.get("/stamps", **SEES)
def listed() -> ResponseReturnValue:
    """Every setting, with what comes next."""
    _programme()
    page = page_in(request.args)
    found, total = operations.stamps(page)
    return render_template(
        "stamps/stamps.html",
        stamps=found,
        total=total,
        standings=STANDINGS,
        near=clock.today() + operations.AHEAD,
        today=clock.today(),
        page=page,
        pages=max(1, -(-total // operations.PAGE)),
        page_address=lambda number: f"/stamps?page={number}",
    )


@routes.get("/stamps/new", **SEES)
def new() -> ResponseReturnValue:
    """The form for another setting."""
    _programme()
    return _form_page(None, Form())


@routes.post("/stamps/new", audit="stamp.added", **WRITES)
def save_new() -> ResponseReturnValue:
    """Add a setting."""
    _programme()
    return _save(None)


@routes.get("/stamps/<uuid:stamp_id>", **SEES)
def one(stamp_id: UUID) -> ResponseReturnValue:
    """One setting."""
    _programme()
    stamp = operations.stamp_here(stamp_id)
    concerning("stamp", stamp.id)
    return _form_page(stamp, Form({name: getattr(stamp, name) for name in FIELDS}))


@routes.post("/stamps/<uuid:stamp_id>", audit="stamp.changed", **WRITES)
def save(stamp_id: UUID) -> ResponseReturnValue:
    """Write down what changed."""
    _programme()
    return _save(operations.stamp_here(stamp_id))


def _save(stamp: Stamp | None) -> ResponseReturnValue:
    command, form = read(StampSchema(), request.form)
    if command is not None and command[0].awarded_on and command[0].awarded_on > clock.today():
        form.refuse("awarded_on", "This day is in the future. Choose that the setting works towards it.")
    if command is None or form.errors:
        return _form_page(stamp, form), 422
    standing, version = command
    kept = operations.keep_stamp(stamp.id if stamp else None, standing, version=version, by=Actor.of(viewer()))
    concerning("stamp", kept.id)
    flash(f"{kept.setting_name} is saved.", "success")
    return redirect("/stamps", 303)


def _form_page(stamp: Stamp | None, form: Form) -> str:
    return render_template("stamps/stamp.html", stamp=stamp, form=form, standings=list(STANDINGS.items()))
