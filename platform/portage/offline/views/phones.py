"""The phones that hold visits: which there are, ending one that was lost, and for how long they keep what they hold."""

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes, concerning
from portage.offline.operations import phones as held
from portage.offline.schemas import LimitForm

routes = Routes("phones", __name__)
LATELY = timedelta(days=30)


@routes.get("/phones", can=Can.ALLOCATE, audience=Audience.STAFF, audit="phones.seen", rate=Rate.PAGE)
def listed() -> ResponseReturnValue:
    """Every phone that may hold visits, and the limit."""
    return _page(Form({"kept_hours": held.kept_hours()}))


@routes.post("/phones", can=Can.ALLOCATE, audience=Audience.STAFF, audit="phones.limited", rate=Rate.WRITE)
def save_limit() -> ResponseReturnValue:
    """Set the limit; phones learn of it at their next contact."""
    command, form = read(LimitForm(), request.form)
    if command is None:
        return _page(form), 422
    held.keep_for(command, by=Actor.of(viewer()))
    flash("Phones learn of the new limit the next time they are in touch.", "success")
    return redirect("/phones", 303)


@routes.post(
    "/phones/<uuid:phone_id>/end", can=Can.ALLOCATE, audience=Audience.STAFF, audit="phone.ended", rate=Rate.WRITE
)
def end(phone_id: UUID) -> ResponseReturnValue:
    """End a phone that was lost or handed on."""
    held.end_phone(phone_id, by=Actor.of(viewer()), at=clock.now())
    concerning("phone", phone_id)
    flash("This phone gets nothing any more, and deletes what it holds the next time it is in touch.", "success")
    return redirect("/phones", 303)


def _page(form: Form) -> str:
    number = page_in(request.args)
    rows, total = held.phones(page=number)
    rule = held.rule_here()
    return render_template(
        "offline/phones.html",
        rows=rows,
        in_touch_since=clock.now() - timedelta(hours=held.kept_hours()),
        ended=held.lately_ended(clock.now() - LATELY) if number == 1 else (),
        total=total,
        page=number,
        pages=max(1, -(-total // held.PAGE)),
        page_address=lambda n: f"/phones?page={n}",
        version=rule.version if rule else None,
        form=form,
    )
