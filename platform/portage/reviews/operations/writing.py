"""Verbs on a review: write it, change it until both agree, agree to it, and put right beside it what was agreed."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import here, scoped
from portage.messages.operations import alert, settle
from portage.reviews.draft import draft_of
from portage.reviews.models import OWN_SPACE, Review, ReviewCorrection
from portage.reviews.operations.coming import look_again
from portage.support.changes import go_on
from portage.support.models import Episode
from portage.support.operations import episode_here
from portage.support.pattern import support_of
from portage.support.refusals import WrongDates

KINDS = {
    "block": "End of a block of visits",
    "interval": "At the time that our policy names",
    "limit": "The longest support comes near",
    "leaving": "Before leaving",
}
LEAVING = "leaving"
PARENTS_VIEW = ("parents_view", "parents_view_by", "parents_view_on", "parents_view_how")
AGREED_HOW = {"in-person": "In person", "telephone": "By telephone", "paper": "On paper"}
HOW_WORDS = {**AGREED_HOW, OWN_SPACE: "In their own space"}


class AlreadyAgreed(PortageError):
    """A change to a review that both have agreed to."""

    code = "already-agreed"
    message = "The visitor and the family have both agreed to this review, so it stays as it is. Add a correction."


class NotAgreedYet(PortageError):
    """A correction to a review that can still be changed."""

    code = "not-agreed-yet"
    message = "This review is not agreed yet. Change it instead."


@dataclass(frozen=True, slots=True)
class WriteReview:
    """A review as it was held, and what the parents say to it, where they have said it already."""

    kind: str
    held_on: date
    who_was_there: str
    celebrate: str
    next_focus: str | None = None
    recommendation: str | None = None
    parents_view: str | None = None
    parents_view_by: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class FamilysView:
    """What a parent says to a review in their own space, and whether they agree with it as it is written."""

    view: str | None
    agrees: bool
    version: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who of the family agreed to a review, how and when, as a visitor writes it down."""

    agreed_by: str
    agreed_on: date
    how: str
    version: int


@dataclass(frozen=True, slots=True)
class Correct:
    """What is put right beside an agreed review, and who asked for it."""

    says: str
    asked_by: str


def review_here(review_id: UUID) -> Review:
    """One review of this council; raises NotHere."""
    return here(Review, review_id, Review.disposed_at.is_(None))


def reviews_of(episode_id: UUID) -> list[Review]:
    """Every review of an episode, the newest first."""
    wanted = scoped(Review).where(Review.episode_id == episode_id, Review.disposed_at.is_(None))
    return list(db.session.scalars(wanted.order_by(Review.held_on.desc(), Review.id.desc())))


def corrections_of(review_id: UUID) -> list[ReviewCorrection]:
    """What was put right beside a review, the first first."""
    wanted = scoped(ReviewCorrection).where(ReviewCorrection.review_id == review_id)
    return list(db.session.scalars(wanted.order_by(ReviewCorrection.created_at, ReviewCorrection.id)))


def write_review(episode_id: UUID, command: WriteReview, *, by: Actor, on: date) -> Review:
    """Write down a review that was held, with what the visits since the last one showed."""
    episode = episode_here(episode_id)
    if by.person_id is None:
        raise NotAllowed
    go_on(episode.id)
    _fits(episode, command, on)
    names = {each.key: each.name for each in support_of(episode, on=on).pattern.elements}
    draft = draft_of(episode, on=command.held_on, names=names)
    review = Review(
        episode_id=episode.id,
        written_by=by.person_id,
        begins_on=draft.since,
        assembled=draft.as_json(),
        **_columns(command),
    )
    db.session.add(review)
    db.session.flush()
    look_again(episode.id, on=on)
    settle("review-due", f"/episodes/{episode.id}/reviews/new")
    return review


def correct_review(review_id: UUID, command: WriteReview, *, on: date) -> Review:
    """Change what a review says until both have agreed to it; whoever agreed already is asked again.

    What a parent wrote in their own space stays as they wrote it, whatever is sent here. Raises `ChangedMeanwhile`
    when somebody else changed it first, `AlreadyAgreed` when both have agreed.
    """
    review = review_here(review_id)
    _unless_agreed(review)
    _unless_changed(review, command.version, _shown(command), back=f"/reviews/{review.id}/change")
    _fits(episode_here(review.episode_id), command, on)
    _forget_agreement(review)
    for name, value in _columns(command).items():
        if not (review.parents_own_words and name in PARENTS_VIEW):
            setattr(review, name, value)
    db.session.flush()
    look_again(review.episode_id, on=on)
    return review


def agree_as_visitor(review_id: UUID, version: int, *, by: Actor, on: date) -> Review:
    """The person who wrote the review, or a colleague with the right to, agrees to it as it is written."""
    review = review_here(review_id)
    if by.person_id is None:
        raise NotAllowed
    _unless_agreed(review)
    _unless_changed(review, version, [], back=f"/reviews/{review.id}")
    review.visitor_agreed_by, review.visitor_agreed_on = by.person_id, on
    db.session.flush()
    return review


def record_agreement(review_id: UUID, command: Agreement, *, by: Actor, on: date) -> Review:
    """Write down that the family agreed, as they said it to the visitor, who thereby agrees too."""
    review = review_here(review_id)
    if by.person_id is None:
        raise NotAllowed
    _unless_agreed(review)
    _unless_changed(review, command.version, [], back=f"/reviews/{review.id}")
    if not review.held_on <= command.agreed_on <= on:
        raise WrongDates("The family agreed on or after the day of the review, and not in the future.")
    if review.visitor_agreed_on is None:
        review.visitor_agreed_by, review.visitor_agreed_on = by.person_id, on
    review.family_agreed_by, review.family_agreed_on = command.agreed_by, command.agreed_on
    review.family_agreed_how = command.how
    db.session.flush()
    return review


def answer_as_family(review_id: UUID, command: FamilysView, *, name: str, on: date, back: str) -> Review:
    """Keep what a parent says in their own space (`back`), below what stands there already.

    One who does not agree is talked to; nothing is closed.
    """
    review = review_here(review_id)
    _unless_agreed(review)
    _unless_changed(review, command.version, [("What you wrote", command.view or "")], back=back)
    if command.view:
        _add_view(review, command.view, name=name, on=on)
    if command.agrees:
        review.family_agreed_by, review.family_agreed_on, review.family_agreed_how = name, on, OWN_SPACE
    db.session.flush()
    alert(
        kind="review-answered",
        path=f"/reviews/{review.id}",
        sentence="A parent has agreed to a review." if command.agrees else "A parent wants to talk about a review.",
        person_id=review.written_by,
        child_id=episode_here(review.episode_id).child_id,
        dedupe=f"review-answered:{review.id}:{review.version}",
    )
    return review


def _add_view(review: Review, view: str, *, name: str, on: date) -> None:
    """A second parent, or a second thought, takes nothing away from what was said before."""
    before, by = review.parents_view, review.parents_view_by or ""
    if before is not None and by != name:
        view = f"{name}: {view}"
    review.parents_view = view if before is None else f"{before}\n\n{view}"
    review.parents_view_by = name if before is None else ", ".join(dict.fromkeys([*by.split(", "), name]))
    review.parents_view_on, review.parents_view_how = on, OWN_SPACE


def add_correction(review_id: UUID, command: Correct, *, by: Actor, on: date) -> ReviewCorrection:
    """Put something right beside a review that was agreed; the review itself stays."""
    review = review_here(review_id)
    if by.person_id is None:
        raise NotAllowed
    if not review.agreed:
        raise NotAgreedYet
    kept = ReviewCorrection(
        review_id=review.id, says=command.says, asked_by=command.asked_by, written_on=on, written_by=by.person_id
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def _fits(episode: Episode, command: WriteReview, on: date) -> None:
    if not episode.opened_on <= command.held_on <= on:
        raise WrongDates(
            "The review was held on or after the day on which the support was opened, and not in the future."
        )


def _unless_agreed(review: Review) -> None:
    if review.agreed:
        raise AlreadyAgreed


def _unless_changed(review: Review, version: int | None, yours: list[tuple[str, str]], *, back: str) -> None:
    if review.version != version:
        raise ChangedMeanwhile(theirs=_shown(review), yours=yours, back=back)


def _forget_agreement(review: Review) -> None:
    """Nobody agrees to words that they have not read."""
    review.visitor_agreed_by = review.visitor_agreed_on = None
    review.family_agreed_by = review.family_agreed_on = review.family_agreed_how = None


def _columns(command: WriteReview) -> dict[str, Any]:
    kept: dict[str, Any] = {
        name: getattr(command, name)
        for name in ("kind", "held_on", "who_was_there", "celebrate", "next_focus", "recommendation")
    }
    said = command.parents_view
    return kept | {
        "parents_view": said,
        "parents_view_by": (command.parents_view_by or "A parent") if said else None,
        "parents_view_on": command.held_on if said else None,
        "parents_view_how": "in-person" if said else None,
    }


def _shown(said: Review | WriteReview) -> list[tuple[str, str]]:
    return [
        ("What was celebrated", said.celebrate),
        ("Next focus", said.next_focus or ""),
        ("Recommendation", said.recommendation or ""),
        ("What the parents say", said.parents_view or ""),
    ]
