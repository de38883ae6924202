"""What a visitor must know to be safe, on a page of each child."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes, concerning
from portage.core.sections import Entry, Section, adds_to
from portage.families.access import require_access
from portage.referrals.schemas.assessment import VersionSchema
from portage.support.lists import child_here
from portage.support.visitors import names_of
from portage.visits.operations.safety import SAFETY_WORDS, release_safety, safety_note, safety_of, write_safety
from portage.visits.schemas import SafetyForm

routes = Routes("safety", __name__)


@routes.get(
    "/children/<uuid:child_id>/safety",
    can=Can.RECORD_VISIT,
    audience=Audience.STAFF,
    audit="safety.seen",
    rate=Rate.PAGE,
)
def safety(child_id: UUID) -> ResponseReturnValue:
    """What is known, what volunteers may read of it, and a form for what is new."""
    return _page(child_id, Form())


@routes.post(
    "/children/<uuid:child_id>/safety",
    can=Can.RECORD_VISIT,
    audience=Audience.STAFF,
    audit="safety.written",
    rate=Rate.WRITE,
)
def save_safety(child_id: UUID) -> ResponseReturnValue:
    """Write a note in the place of the one before."""
    command, form = read(SafetyForm(), request.form)
    if command is None:
        return _page(child_id, form), 422
    _opened(child_id)
    write_safety(child_id, command, by=Actor.of(viewer()), at=clock.now())
    flash("The note is saved." if command.note else "The note is taken away.", "success")
    return redirect(f"/children/{child_id}/safety", 303)


@routes.post(
    "/children/<uuid:child_id>/safety/<uuid:note_id>/release",
    can=Can.SUPERVISE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="safety.released",
    rate=Rate.WRITE,
)
def save_release(child_id: UUID, note_id: UUID) -> ResponseReturnValue:
    """Let volunteers who visit this child read a note."""
    _opened(child_id)
    safety_note(child_id, note_id)
    version, _ = read(VersionSchema(), request.form)
    if version is None:
        return _page(child_id, Form(errors={"_form": ["Reload the page and try again."]})), 422
    release_safety(child_id, note_id, version=version, by=Actor.of(viewer()), at=clock.now())
    flash("Volunteers who visit this child can read the note.", "success")
    return redirect(f"/children/{child_id}/safety", 303)


def _opened(child_id: UUID) -> None:
    require_access(child_id, viewer())
    concerning("child", child_id)


def _page(child_id: UUID, form: Form) -> str:
    _opened(child_id)
    notes = safety_of(child_id)
    people = {note.written_by for note in notes} | {note.released_by for note in notes if note.released_by}
    return render_template(
        "visits/safety.html",
        child=child_here(child_id),
        notes=notes,
        kinds=SAFETY_WORDS,
        names=names_of(people),
        form=form,
    )


@adds_to("child", order=25)
def safety_of_child(who: Viewer, child_id: UUID | None) -> Section | None:
    """The way to the page from the child's record, for those who visit."""
    if child_id is None or Can.RECORD_VISIT not in who.can:
        return None
    more = Entry("What to know before a visit", f"/children/{child_id}/safety")
    return Section("Safety", (), "Home, allergies and an emergency plan have a page of their own.", more)
