"""Offering support to a family whose child was brought in waiting, without a recorded request."""

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
from portage.support.models import Offer, WaitingEntry
from portage.support.operations import (
    ANSWERS,
    entry_here,
    offer_place,
    offerable_on,
    offers_at,
    record_answer,
)
from portage.support.refusals import AnswerAwaited, NotOfferedHere, WrongDates
from portage.support.schemas import AnswerForm, OfferForm

routes = Routes("waiting_before", __name__)
SAID = {
    "accepted": "The family said yes. Next, find a visitor.",
    "refused": "The family said no. The child keeps the place until a person offers something else or takes it away.",
    "no-answer": "It is recorded that there is no answer yet. The offer stays open.",
}


@routes.get(
    "/waiting-list/<uuid:entry_id>/offer", can=Can.OFFER, audience=Audience.STAFF, audit="offer.seen", rate=Rate.PAGE
)
def offering(entry_id: UUID) -> ResponseReturnValue:
    """What the service offers, and what was offered and answered so far."""
    entry = _entry(entry_id)
    if entry.referral_id is not None:
        return redirect(f"/referrals/{entry.referral_id}/offer", 303)
    return _page(entry, Form(), Form({"answered_on": clock.today().isoformat()}))


@routes.post(
    "/waiting-list/<uuid:entry_id>/offer", can=Can.OFFER, audience=Audience.STAFF, audit="offer.made", rate=Rate.WRITE
)
def save_offer(entry_id: UUID) -> ResponseReturnValue:
    """Make an offer."""
    entry = _entry(entry_id)
    if entry.referral_id is not None:
        return redirect(f"/referrals/{entry.referral_id}/offer", 303)
    command, form = read(OfferForm(), request.form)
    if command is None:
        return _page(entry, form, Form()), 422
    try:
        offer_place(entry.id, command, by=Actor.of(viewer()), at=clock.now())
    except (AnswerAwaited, NotOfferedHere) as refusal:
        return _page(entry, form.refuse("kinds", str(refusal)), Form()), 422
    flash("The offer is recorded. Next, write down what the family says.", "success")
    return redirect(f"/waiting-list/{entry_id}/offer", 303)


def save_answer_of_place(made: Offer) -> ResponseReturnValue:
    """Write down what the family said to an offer that no request led to."""
    if made.waiting_entry_id is None:
        raise ValueError("the offer is about a request")
    entry = _entry(made.waiting_entry_id)
    command, form = read(AnswerForm(), request.form)
    if command is None:
        return _page(entry, Form(), form), 422
    try:
        record_answer(made.id, command, by=Actor.of(viewer()), at=clock.now())
    except WrongDates as refusal:
        return _page(entry, Form(), form.refuse("answered_on", str(refusal))), 422
    flash(SAID[command.answer], "success")
    return redirect(f"/waiting-list/{entry.id}/offer", 303)


def open_offer_of(made: list[Offer]) -> Offer | None:
    """The last offer, as long as the family's answer is awaited."""
    return next((each for each in made[:1] if each.answer in (None, "no-answer")), None)


def _entry(entry_id: UUID) -> WaitingEntry:
    entry = entry_here(entry_id)
    require_access(entry.child_id, viewer())
    concerning("child", entry.child_id, entry=entry_id)
    return entry


def _page(entry: WaitingEntry, form: Form, answering: Form) -> str:
    allowed, made = offerable_on(clock.today()), offers_at(entry.id)
    known = {each.key: each.name for each in allowed}
    # An offer of earlier days may have left the policy since; its key still says what it was.
    names = {key: known.get(key) or key.replace("-", " ").capitalize() for each in made for key in each.kinds}
    return render_template(
        "support/waiting_offer.html",
        entry=entry,
        child=child_here(entry.child_id),
        allowed=[(each.key, each.name, each.explanation) for each in allowed],
        offers=made,
        open_offer=open_offer_of(made),
        names=names,
        answers=ANSWERS,
        form=form if form.errors else answering if answering.errors else form,
        answering=answering,
    )
