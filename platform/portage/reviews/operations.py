"""Verbs on reviews: what is celebrated, what comes next, what is shared when a child leaves (LAN-08, LAN-10)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed, NotHere, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.families.permissions import may_share
from portage.policy import SharingQuestion
from portage.reviews.models import Review
from portage.support.changes import go_on
from portage.support.models import Episode
from portage.support.operations import episode_here
from portage.support.pattern import support_of
from portage.support.refusals import WrongDates

KINDS = {
    "block": "End of a block of visits",
    "limit": "The longest support comes near",
    "leaving": "Before leaving",
}
LEAVING = "leaving"


class NotPermitted(PortageError):
    """Progress was to be shared with somebody to whom the family has not said yes."""

    code = "not-permitted"
    message = "The family has not said yes to sharing with {party}. Record their permission first, or leave it out."


@dataclass(frozen=True, slots=True)
class WriteReview:
    """A review as it was held. `shared_with` names the parties with whom progress was shared on leaving."""

    kind: str
    held_on: date
    who_was_there: str
    celebrate: str
    next_focus: str | None = None
    recommendation: str | None = None
    shared_with: tuple[str, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """One party that may be told of the child's progress on leaving, and whether the family said yes."""

    party: str
    question: str
    permitted: bool


def review_here(review_id: UUID) -> Review:
    """One review of this council; raises NotHere."""
    found = db.session.scalars(scoped(Review).where(Review.id == review_id)).one_or_none()
    if found is None:
        raise NotHere
    return found


def reviews_of(episode_id: UUID) -> list[Review]:
    """Every review of an episode, the newest first."""
    wanted = scoped(Review).where(Review.episode_id == episode_id).order_by(Review.held_on.desc(), Review.id.desc())
    return list(db.session.scalars(wanted))


def sharing_on_leaving(episode: Episode, *, on: date) -> list[Sharing]:
    """Whom the policy lets the service tell of the child's progress, each with the family's last answer."""
    support = support_of(episode, on=on)
    asked: list[SharingQuestion] = [
        question for question in support.policy.sharing(support.edition.terms) if question.purpose == LEAVING
    ]
    return [
        Sharing(question.party, question.question, may_share(episode.child_id, question.party, question.purpose))
        for question in asked
    ]


def write_review(episode_id: UUID, command: WriteReview, *, by: Actor, on: date) -> Review:
    """Write down a review that was held."""
    episode = episode_here(episode_id)
    if by.person_id is None:
        raise NotAllowed
    go_on(episode.id)
    _fits(episode, command, on, already=())
    review = Review(episode_id=episode.id, written_by=by.person_id, **_columns(command))
    db.session.add(review)
    db.session.flush()
    return review


def correct_review(review_id: UUID, command: WriteReview, *, on: date) -> Review:
    """Correct what a review says; raises `ChangedMeanwhile` when somebody else did so first."""
    review = review_here(review_id)
    if review.version != command.version:
        raise ChangedMeanwhile(
            theirs=_shown(review.celebrate, review.next_focus, review.recommendation),
            yours=_shown(command.celebrate, command.next_focus, command.recommendation),
            back=f"/reviews/{review.id}/change",
        )
    _fits(episode_here(review.episode_id), command, on, already=tuple(review.shared_with))
    for name, value in _columns(command).items():
        setattr(review, name, value)
    db.session.flush()
    return review


def _fits(episode: Episode, command: WriteReview, on: date, *, already: tuple[str, ...]) -> None:
    if not episode.opened_on <= command.held_on <= on:
        raise WrongDates(
            "The review was held on or after the day on which the support was opened, and not in the future."
        )
    permitted = {each.party for each in sharing_on_leaving(episode, on=on) if each.permitted}
    for party in command.shared_with:
        if party not in permitted and party not in already:
            raise NotPermitted(party=party)


def _columns(command: WriteReview) -> dict[str, object]:
    return {
        "kind": command.kind,
        "held_on": command.held_on,
        "who_was_there": command.who_was_there,
        "celebrate": command.celebrate,
        "next_focus": command.next_focus,
        "recommendation": command.recommendation,
        "shared_with": list(command.shared_with) if command.kind == LEAVING else [],
    }


def _shown(celebrate: str, next_focus: str | None, recommendation: str | None) -> list[tuple[str, str]]:
    return [
        ("What was celebrated", celebrate),
        ("Next focus", next_focus or ""),
        ("Recommendation", recommendation or ""),
    ]
