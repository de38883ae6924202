"""Moving a child on the waiting list with a reason, taking that back, staying in touch, and what suits the family."""

from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.support.operations import move_child, record_contact, undo_move, write_wishes
from portage.support.place_page import place_here, place_page
from portage.support.refusals import CannotMove, WrongDates
from portage.support.schemas import ContactForm, MoveChildForm, UndoMoveForm, WishesForm

routes = Routes("waiting_moves", __name__)


@routes.post(
    "/waiting-list/<uuid:entry_id>/move",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="waiting.moved",
    rate=Rate.WRITE,
)
def save_move(entry_id: UUID) -> ResponseReturnValue:
    """Put the child elsewhere in the line, with a reason."""
    entry = place_here(entry_id)
    command, form = read(MoveChildForm(), request.form)
    if command is None:
        return place_page(entry, moving=form), 422
    try:
        move_child(entry.id, command, by=Actor.of(viewer()), at=clock.now())
    except CannotMove as refusal:
        return place_page(entry, moving=form.refuse("before", str(refusal))), 422
    flash("The child has another place now. Your reason is on record, and the move can be undone.", "success")
    return redirect(f"/waiting-list/{entry_id}", 303)


@routes.post(
    "/waiting-list/<uuid:entry_id>/move/undo",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="waiting.move-undone",
    rate=Rate.WRITE,
)
def save_undoing(entry_id: UUID) -> ResponseReturnValue:
    """Take the last move back."""
    entry = place_here(entry_id)
    seen, form = read(UndoMoveForm(), request.form)
    if seen is None:
        return place_page(entry, undoing=form), 422
    before = undo_move(entry.id, seen, by=Actor.of(viewer()), at=clock.now())
    now = "as it was moved before" if before else "by the policy's order"
    flash(f"The move is undone. The child's place is {now}.", "success")
    return redirect(f"/waiting-list/{entry_id}", 303)


@routes.post(
    "/waiting-list/<uuid:entry_id>/contact",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="waiting.contact-recorded",
    rate=Rate.WRITE,
)
def save_contact(entry_id: UUID) -> ResponseReturnValue:
    """Write down that somebody got in touch with the family."""
    entry = place_here(entry_id)
    command, form = read(ContactForm(), request.form)
    if command is None:
        return place_page(entry, contacting=form), 422
    try:
        record_contact(entry.id, command, by=Actor.of(viewer()), on=clock.today())
    except WrongDates as refusal:
        return place_page(entry, contacting=form.refuse("made_on", str(refusal))), 422
    flash("It is recorded. The next time counts from this day.", "success")
    return redirect(f"/waiting-list/{entry_id}", 303)


@routes.post(
    "/waiting-list/<uuid:entry_id>/wishes",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="waiting.wishes-recorded",
    rate=Rate.WRITE,
)
def save_wishes(entry_id: UUID) -> ResponseReturnValue:
    """Keep when a visit suits the family, and what would help them."""
    entry = place_here(entry_id)
    command, form = read(WishesForm(), request.form)
    if command is None:
        return place_page(entry, wishing=form), 422
    write_wishes(entry.id, command)
    flash("It is saved.", "success")
    return redirect(f"/waiting-list/{entry_id}", 303)
