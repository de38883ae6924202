"""The pages of reviews: write one from its draft, read it, change it, agree to it, put something right beside it."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.messages import pdf
from portage.messages.council import sender
from portage.reviews.draft import Draft, draft_of
from portage.reviews.models import Review
from portage.reviews.operations.writing import (
    HOW_WORDS,
    KINDS,
    AlreadyAgreed,
    NotAgreedYet,
    add_correction,
    agree_as_visitor,
    correct_review,
    corrections_of,
    record_agreement,
    review_here,
    write_review,
)
from portage.reviews.own_space import invite
from portage.reviews.schemas import AgreementForm, CorrectionForm, ReviewForm, VersionForm
from portage.support.lists import child_here
from portage.support.models import Episode
from portage.support.opening import opened
from portage.support.operations import goes_on_until
from portage.support.pattern import support_of
from portage.support.refusals import FirstThingsFirst, WrongDates
from portage.support.visitors import names_of

routes = Routes("reviews", __name__)
WRITES: dict[str, Any] = {"can": Can.WRITE_REVIEW, "audience": Audience.STAFF, "rate": Rate.WRITE}
ASKS: dict[str, Any] = {"can": Can.WRITE_REVIEW, "audience": Audience.STAFF, "audit": "review.seen", "rate": Rate.PAGE}
SEES: dict[str, Any] = {"can": Can.OPEN_CASE, "audience": Audience.STAFF, "rate": Rate.PAGE}
TYPED = (
    "kind", "held_on", "who_was_there", "celebrate", "next_focus", "recommendation", "parents_view", "parents_view_by",
    "version",
)  # fmt: skip


@routes.get("/episodes/<uuid:episode_id>/reviews/new", **ASKS)
def writing(episode_id: UUID) -> ResponseReturnValue:
    """A new review, begun from what the visits since the last one showed; the address may name its kind."""
    episode = opened(episode_id)
    kind, draft = request.args.get("kind", ""), _draft(episode)
    begun = {
        "kind": kind if kind in KINDS else "",
        "held_on": clock.today(),
        "celebrate": draft.celebrate,
        "next_focus": draft.next_focus,
    }
    return _form_page(episode, None, Form(begun), draft)


@routes.post("/episodes/<uuid:episode_id>/reviews/new", audit="review.written", **WRITES)
def save_review(episode_id: UUID) -> ResponseReturnValue:
    """Write the review down."""
    episode = opened(episode_id)
    command, form = read(ReviewForm(), request.form)
    if command is None:
        return _form_page(episode, None, form, _draft(episode)), 422
    try:
        made = write_review(episode.id, command, by=Actor.of(viewer()), on=clock.today())
    except WrongDates as refusal:
        return _form_page(episode, None, form.refuse("held_on", str(refusal)), _draft(episode)), 422
    except FirstThingsFirst as refusal:
        return _form_page(episode, None, form.refuse("_form", str(refusal)), _draft(episode)), 422
    flash("The review is saved. Now the family reads it, adds what they think, and agrees.", "success")
    return redirect(f"/reviews/{made.id}", 303)


@routes.get("/reviews/<uuid:review_id>", audit="review.seen", **SEES)
def show(review_id: UUID) -> ResponseReturnValue:
    """A review as it was held."""
    return _page(*_review(review_id), Form({"agreed_on": clock.today()}))


@routes.get("/reviews/<uuid:review_id>/change", **ASKS)
def changing(review_id: UUID) -> ResponseReturnValue:
    """The review's form with what it says."""
    review, episode = _review(review_id)
    if review.agreed:
        raise AlreadyAgreed
    return _form_page(episode, review, Form({name: getattr(review, name) for name in TYPED}))


@routes.post("/reviews/<uuid:review_id>/change", audit="review.corrected", **WRITES)
def save_change(review_id: UUID) -> ResponseReturnValue:
    """Change the review."""
    review, episode = _review(review_id)
    command, form = read(ReviewForm(), request.form)
    if command is None:
        return _form_page(episode, review, form), 422
    try:
        correct_review(review.id, command, on=clock.today())
    except WrongDates as refusal:
        return _form_page(episode, review, form.refuse("held_on", str(refusal))), 422
    flash("The review is saved.", "success")
    return redirect(f"/reviews/{review_id}", 303)


@routes.post("/reviews/<uuid:review_id>/to-family", audit="review.shown", **WRITES)
def to_family(review_id: UUID) -> ResponseReturnValue:
    """Agree as the visitor, and send the family a link to read it and answer."""
    review, episode = _review(review_id)
    command, form = read(VersionForm(), request.form)
    if command is None:
        return _page(review, episode, form), 422
    agree_as_visitor(review.id, command, by=Actor.of(viewer()), on=clock.today())
    names = invite(episode, at=clock.now())
    told = f"A link is on its way to {' and '.join(names)}." if names else (
        "No parent has a mailbox that is safe, so no link went out: print the review, or read it together."
    )  # fmt: skip
    flash(f"You have agreed to the review. {told}", "success" if names else "notice")
    return redirect(f"/reviews/{review_id}", 303)


@routes.post("/reviews/<uuid:review_id>/agreed", audit="review.agreed", **WRITES)
def save_agreement(review_id: UUID) -> ResponseReturnValue:
    """Write down that the family agreed."""
    review, episode = _review(review_id)
    command, form = read(AgreementForm(), request.form)
    if command is None:
        return _page(review, episode, form), 422
    try:
        record_agreement(review.id, command, by=Actor.of(viewer()), on=clock.today())
    except WrongDates as refusal:
        return _page(review, episode, form.refuse("agreed_on", str(refusal))), 422
    flash("Both have agreed. From now on the review stays as it is.", "success")
    return redirect(f"/reviews/{review_id}", 303)


@routes.post("/reviews/<uuid:review_id>/corrections", audit="review.correction-added", **WRITES)
def save_correction(review_id: UUID) -> ResponseReturnValue:
    """Put something right beside an agreed review."""
    review, episode = _review(review_id)
    command, form = read(CorrectionForm(), request.form)
    if command is None:
        return _page(review, episode, form), 422
    try:
        add_correction(review.id, command, by=Actor.of(viewer()), on=clock.today())
    except NotAgreedYet as refusal:
        return _page(review, episode, form.refuse("_form", str(refusal))), 422
    flash("The correction stands beside the review.", "success")
    return redirect(f"/reviews/{review_id}", 303)


@routes.get("/reviews/<uuid:review_id>/pdf", audit="review.printed", **SEES)
def as_pdf(review_id: UUID) -> ResponseReturnValue:
    """The review as an accessible PDF, where this installation can make one."""
    review, episode = _review(review_id)
    return review_pdf(review, episode)


def review_pdf(review: Review, episode: Episode) -> Response:
    """The paper of a review as a PDF to save; raises NotHere where none can be made."""
    if not pdf.available():
        raise NotHere
    child = child_here(episode.child_id)
    paper = render_template(
        "reviews/review_paper.html",
        review=review,
        child=child,
        kinds=KINDS,
        how_words=HOW_WORDS,
        corrections=corrections_of(review.id),
        visitor=names_of({review.written_by}).get(review.written_by, ""),
        council=sender(review.held_on, child.area_id),
    )
    return pdf_answer(paper, f"review-{review.held_on.isoformat()}.pdf")


def pdf_answer(paper: str, name: str) -> Response:
    """A page as a PDF that the browser saves."""
    response = Response(pdf.made_of(paper), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _review(review_id: UUID) -> tuple[Review, Episode]:
    review = review_here(review_id)
    return review, opened(review.episode_id)


def _draft(episode: Episode) -> Draft:
    today = clock.today()
    names = {each.key: each.name for each in support_of(episode, on=today).pattern.elements}
    return draft_of(episode, on=today, names=names)


def _page(review: Review, episode: Episode, form: Form) -> str:
    return render_template(
        "reviews/review.html",
        review=review,
        episode=episode,
        child=child_here(episode.child_id),
        kinds=KINDS,
        how_words=HOW_WORDS,
        agreed_how=[(key, words) for key, words in HOW_WORDS.items() if key != "own-space"],
        corrections=corrections_of(review.id),
        names=names_of({review.written_by, *([review.visitor_agreed_by] if review.visitor_agreed_by else [])}),
        pdf=pdf.available(),
        form=form,
    )


def _form_page(episode: Episode, review: Review | None, form: Form, draft: Draft | None = None) -> str:
    return render_template(
        "reviews/form.html",
        episode=episode,
        review=review,
        child=child_here(episode.child_id),
        support=support_of(episode, on=clock.today()),
        kinds=list(KINDS.items()),
        until=goes_on_until(episode),
        draft=draft.as_json() if draft is not None else review.assembled if review is not None else {},
        form=form,
    )
