"""The family's side of a plan: sending them a link, what they write in their own space, and reading it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import read
from portage.core.identity import Actor, viewer
from portage.core.routes import ANYONE, Routes
from portage.messages.opened import as_family, opened_here
from portage.plans.link_page import show
from portage.plans.opening import opened_plan
from portage.plans.operations import hear_from_family, mark_read, note_here, send_link, write_note
from portage.plans.operations.family import NotThatDay
from portage.plans.schemas import FamilyNoteForm, ToldForm
from portage.plans.views.plan import plan_page

routes = Routes("plan_family", __name__)
WRITES: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "rate": Rate.WRITE}


@routes.post("/plans/<uuid:plan_id>/link", audit="plan.sent", **WRITES)
def send(plan_id: UUID) -> ResponseReturnValue:
    """Send the family a link to the plan, by an e-mail that says nothing of it."""
    plan, _ = opened_plan(plan_id)
    number = send_link(plan.id, at=clock.now())
    flash(f"A link to the plan is on its way to {number} {'person' if number == 1 else 'people'}.", "success")
    return redirect(f"/plans/{plan_id}", 303)


@routes.post("/plans/<uuid:plan_id>/notes", audit="family-note.written", **WRITES)
def save_told(plan_id: UUID) -> ResponseReturnValue:
    """Write down what the family told, or wrote on their chart."""
    plan, episode = opened_plan(plan_id)
    command, form = read(ToldForm(), request.form)
    if command is None:
        return plan_page(plan, episode, told=form), 422
    try:
        write_note(plan.id, command, by=Actor.of(viewer()), at=clock.now())
    except NotThatDay as refusal:
        return plan_page(plan, episode, told=form.refuse("seen_on", str(refusal))), 422
    flash("What the family saw is kept with the plan.", "success")
    return redirect(f"/plans/{plan_id}#family", 303)


@routes.post("/family-notes/<uuid:family_note_id>/read", audit="family-note.read", **WRITES)
def save_read(family_note_id: UUID) -> ResponseReturnValue:
    """Note that the staff have read it."""
    plan, _ = opened_plan(note_here(family_note_id).plan_id)
    mark_read(family_note_id, by=Actor.of(viewer()), at=clock.now())
    flash("Noted: it was read.", "success")
    return redirect(f"/plans/{plan.id}#family", 303)


@routes.post(
    "/opened/<uuid:link_id>/plan-notes",
    can=ANYONE,
    audience=Audience.LINK,
    audit="family-note.sent",
    rate=Rate.PUBLIC_WRITE,
)
def save_from_family(link_id: UUID) -> ResponseReturnValue:
    """Keep what a parent or carer saw, in their own words."""
    link = opened_here(link_id)
    shown = show(link, clock.now()) if link is not None and link.purpose == "plan" else None
    if link is None or shown is None or not shown.context["writes"]:
        return render_template("messages/spent.html", again=None, closed=False), 410
    as_family(link, shown.child_id)
    command, form = read(FamilyNoteForm(), request.form)
    if command is None:
        return render_template(shown.template, **{**shown.context, "form": form}), 422
    try:
        hear_from_family(link.subject_id, link.recipient_id, command, at=clock.now())
    except NotThatDay as refusal:
        return render_template(shown.template, **{**shown.context, "form": form.refuse("seen_on", str(refusal))}), 422
    flash("Thank you. Your visitor reads it before the next visit.", "success")
    return redirect(f"/opened/{link_id}", 303)
