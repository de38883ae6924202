"""Offering support to a family, and writing down what they say."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import PortageError
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes, concerning
from portage.core.sections import Entry, Section, adds_to
from portage.families.access import require_access
from portage.policy.dates import in_words
from portage.referrals.models import Referral
from portage.support.lists import after_acceptance, child_here
from portage.support.operations import (
    ANSWERS,
    assessment_missing,
    make_offer,
    offer_here,
    offerable,
    offers_to,
    record_answer,
    referral_here,
)
from portage.support.pattern import support_by
from portage.support.refusals import AssessmentFirst, NotAccepted, NotOfferedHere, WrongDates
from portage.support.schemas import AnswerForm, OfferForm
from portage.support.views.waiting_before import open_offer_of, save_answer_of_place

routes = Routes("offers", __name__)
TELL_US = "Please tell us whether you would like this. Call or write to your team; you find them on this page."


@routes.get(
    "/referrals/<uuid:referral_id>/offer", can=Can.OFFER, audience=Audience.STAFF, audit="offer.seen", rate=Rate.PAGE
)
def offer(referral_id: UUID) -> ResponseReturnValue:
    """What may be offered to this family, and what was offered and answered so far."""
    return _page(_referral(referral_id), Form(), Form({"answered_on": clock.today().isoformat()}))


@routes.post(
    "/referrals/<uuid:referral_id>/offer", can=Can.OFFER, audience=Audience.STAFF, audit="offer.made", rate=Rate.WRITE
)
def save_offer(referral_id: UUID) -> ResponseReturnValue:
    """Make an offer."""
    referral = _referral(referral_id)
    command, form = read(OfferForm(), request.form)
    if command is None:
        return _page(referral, form, Form()), 422
    try:
        make_offer(referral.id, command, by=Actor.of(viewer()), at=clock.now())
    except (AssessmentFirst, NotOfferedHere) as refusal:
        return _page(referral, form.refuse("kinds", str(refusal)), Form()), 422
    flash("The offer is recorded. Next, write down what the family says.", "success")
    return redirect(f"/referrals/{referral_id}/offer", 303)


@routes.post(
    "/offers/<uuid:offer_id>/answer", can=Can.OFFER, audience=Audience.STAFF, audit="offer.answered", rate=Rate.WRITE
)
def save_answer(offer_id: UUID) -> ResponseReturnValue:
    """Write down what the family said."""
    made = offer_here(offer_id)
    if made.referral_id is None:
        return save_answer_of_place(made)
    referral = _referral(made.referral_id)
    command, form = read(AnswerForm(), request.form)
    if command is None:
        return _page(referral, Form(), form), 422
    try:
        record_answer(offer_id, command, by=Actor.of(viewer()), at=clock.now())
    except WrongDates as refusal:
        return _page(referral, Form(), form.refuse("answered_on", str(refusal))), 422
    flash(_said(referral, command.answer), "success")
    return redirect(f"/referrals/{referral.id}/offer", 303)


def _said(referral: Referral, answer: str) -> str:
    if referral.stage == "waiting":
        return "The family said yes. The child is on the waiting list now."
    if answer == "accepted":
        return "The family said yes to signposting."
    if answer == "refused":
        return "The family said no. You can offer something else, or end the request with a reason."
    return "It is recorded that there is no answer yet. The offer stays open."


def _referral(referral_id: UUID) -> Referral:
    referral = referral_here(referral_id)
    require_access(referral.child_id, viewer())
    concerning("child", referral.child_id, referral=referral_id)
    return referral


def _page(referral: Referral, form: Form, answering: Form) -> str:
    support = support_by(referral.edition_id, on=referral.received_on)
    terms, named = support.edition.terms, {}
    made = offers_to(referral.id)
    for key in {key for each in made for key in each.kinds}:
        named[key] = support.policy.offer(terms, key).name
    obstacle, allowed = _obstacle(referral)
    return render_template(
        "support/offer.html",
        referral=referral,
        child=child_here(referral.child_id),
        support=support,
        allowed=allowed,
        obstacle=obstacle,
        offers=made,
        open_offer=open_offer_of(made),
        names=named,
        answers=ANSWERS,
        form=form if form.errors else answering if answering.errors else form,
        answering=answering,
    )


def _obstacle(referral: Referral) -> tuple[str, list[tuple[str, str, str]]]:
    """Why nothing can be offered now (empty when something can), and what can."""
    try:
        allowed = [(each.key, each.name, each.explanation) for each in offerable(referral)]
    except PortageError as refusal:
        return str(refusal), []
    if assessment_missing(referral):
        return str(AssessmentFirst()), allowed
    if referral.stage not in ("to-offer", "offered"):
        return "" if referral.stage in ("waiting", "supported") else str(NotAccepted()), allowed
    return "", allowed


@adds_to("request-link", order=10)
def behind_the_link(_: Viewer, referral_id: UUID | None) -> Section | None:
    """What is offered, for the parent who opened the link, as long as an answer is awaited."""
    made = offers_to(referral_id) if referral_id else []
    open_offer = open_offer_of(made)
    if referral_id is None or open_offer is None:
        return None
    referral = referral_here(referral_id)
    support = support_by(referral.edition_id, on=referral.received_on)
    offered = [support.policy.offer(support.edition.terms, key) for key in open_offer.kinds]
    entries = [Entry(each.name, quiet=each.explanation) for each in offered]
    entries += [Entry(open_offer.explanation)] if open_offer.explanation else []
    return Section("What we offer", (*entries, Entry(TELL_US)))


@adds_to("referral", order=40)
def on_the_request(who: Viewer, referral_id: UUID | None) -> Section | None:
    """What comes after an acceptance, on the page of the request: the offer, the waiting list, the support."""
    if referral_id is None:
        return None
    found = after_acceptance(referral_id)
    entries = []
    if found.episode_id:
        entries.append(Entry("Open the support", f"/episodes/{found.episode_id}"))
    if found.entry_id:
        path = f"/waiting-list/{found.entry_id}" if Can.ALLOCATE in who.can else None
        entries.append(Entry(f"On the waiting list since {in_words(found.since)}", path))
    if found.stage in ("to-offer", "offered") and Can.OFFER in who.can:
        words = "Make an offer" if found.stage == "to-offer" else "Write down what the family says"
        entries.append(Entry(words, f"/referrals/{referral_id}/offer"))
    if found.made_on:
        entries.append(
            Entry(f"Offered on {in_words(found.made_on)}", None, ANSWERS.get(found.answer or "", "No answer yet"))
        )
    return Section("Offer and support", tuple(entries)) if entries else None
