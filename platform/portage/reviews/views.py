"""The pages of reviews: write one, read it, correct it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.reviews.models import Review
from portage.reviews.operations import (
    KINDS,
    LEAVING,
    NotPermitted,
    correct_review,
    review_here,
    reviews_of,
    sharing_on_leaving,
    write_review,
)
from portage.reviews.schemas import ReviewForm
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


@routes.get("/episodes/<uuid:episode_id>/reviews/new", **ASKS)
def writing(episode_id: UUID) -> ResponseReturnValue:
    """A new review; the address may name its kind."""
    episode = opened(episode_id)
    kind = request.args.get("kind", "")
    return _form_page(episode, None, Form({"kind": kind if kind in KINDS else "", "held_on": clock.today()}))


@routes.post("/episodes/<uuid:episode_id>/reviews/new", audit="review.written", **WRITES)
def save_review(episode_id: UUID) -> ResponseReturnValue:
    """Write the review down."""
    episode = opened(episode_id)
    command, form = read(ReviewForm(), request.form)
    if command is None:
        return _form_page(episode, None, form), 422
    try:
        made = write_review(episode.id, command, by=Actor.of(viewer()), on=clock.today())
    except (WrongDates, NotPermitted) as refusal:
        return _form_page(episode, None, _refused(form, refusal)), 422
    except FirstThingsFirst as refusal:
        return _form_page(episode, None, form.refuse("_form", str(refusal))), 422
    flash("The review is saved.", "success")
    return redirect(f"/reviews/{made.id}", 303)


@routes.get(
    "/reviews/<uuid:review_id>", can=Can.OPEN_CASE, audience=Audience.STAFF, audit="review.seen", rate=Rate.PAGE
)
def show(review_id: UUID) -> ResponseReturnValue:
    """A review as it was held."""
    review, episode = _review(review_id)
    return render_template(
        "reviews/review.html",
        review=review,
        episode=episode,
        child=child_here(episode.child_id),
        kinds=KINDS,
        names=names_of({review.written_by}),
    )


@routes.get("/reviews/<uuid:review_id>/change", **ASKS)
def changing(review_id: UUID) -> ResponseReturnValue:
    """The review's form with what it says."""
    review, episode = _review(review_id)
    names = ("kind", "held_on", "who_was_there", "celebrate", "next_focus", "recommendation", "shared_with", "version")
    return _form_page(episode, review, Form({name: getattr(review, name) for name in names}))


@routes.post("/reviews/<uuid:review_id>/change", audit="review.corrected", **WRITES)
def save_change(review_id: UUID) -> ResponseReturnValue:
    """Correct the review."""
    review, episode = _review(review_id)
    command, form = read(ReviewForm(), request.form)
    if command is None:
        return _form_page(episode, review, form), 422
    try:
        correct_review(review.id, command, on=clock.today())
    except (WrongDates, NotPermitted) as refusal:
        return _form_page(episode, review, _refused(form, refusal)), 422
    flash("The review is saved.", "success")
    return redirect(f"/reviews/{review_id}", 303)


def _refused(form: Form, refusal: WrongDates | NotPermitted) -> Form:
    return form.refuse("held_on" if isinstance(refusal, WrongDates) else "shared_with", str(refusal))


def _review(review_id: UUID) -> tuple[Review, Episode]:
    review = review_here(review_id)
    return review, opened(review.episode_id)


def _form_page(episode: Episode, review: Review | None, form: Form) -> str:
    return render_template(
        "reviews/form.html",
        episode=episode,
        review=review,
        child=child_here(episode.child_id),
        support=support_of(episode, on=clock.today()),
        kinds=list(KINDS.items()),
        sharing=sharing_on_leaving(episode, on=clock.today()),
        until=goes_on_until(episode),
        form=form,
    )


@adds_to("episode", order=30)
def in_the_episode(who: Viewer, episode_id: UUID | None) -> Section | None:
    """The reviews of an episode, on its page."""
    if episode_id is None:
        return None
    entries = tuple(
        Entry(f"{review.held_on.day} {review.held_on:%B %Y}", f"/reviews/{review.id}", KINDS[review.kind])
        for review in reviews_of(episode_id)
    )
    more = Entry("Write a review", f"/episodes/{episode_id}/reviews/new")
    return Section("Reviews", entries, "No review yet.", more if Can.WRITE_REVIEW in who.can else None)


@adds_to("episode-closing", order=20)
def before_leaving(_: Viewer, episode_id: UUID | None) -> Section | None:
    """Whether the leaving was talked about with the family."""
    if episode_id is None:
        return None
    if any(review.kind == LEAVING for review in reviews_of(episode_id)):
        return Section("Leaving review", (Entry("It was held and is on record."),))
    more = Entry("Write the leaving review first", f"/episodes/{episode_id}/reviews/new?kind=leaving")
    return Section(
        "Leaving review", (Entry("There is none yet. It celebrates, and says what may be shared."),), more=more
    )
