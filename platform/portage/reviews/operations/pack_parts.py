"""What a pack could hold, from what is on record today; a person chooses, and the family answers to each by itself."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.models import Child
from portage.families.operations import carers_of
from portage.messages.council import sender
from portage.plans.operations import STATUSES, goals_of, plans_of
from portage.policy.dates import in_words
from portage.reviews.models import Review
from portage.support.models import Episode
from portage.support.progress import progress_of


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a pack: a key, a title, and its lines."""

    kind: str
    title: str
    lines: tuple[str, ...]


def parts_for(episode: Episode, *, on: date) -> list[Part]:
    """Everything that could be told of this child, part by part; what is not on record is not there."""
    child = db.session.scalars(scoped(Child).where(Child.id == episode.child_id)).one()
    progress = progress_of(episode.id, episode.child_id, since=episode.opened_on, until=on)
    found = [
        *_plan(episode.id),
        *(Part(f"progress-{each.key}", each.title, each.lines) for each in progress),
        *_last_review(episode.id),
        _visits(episode),
        *_family(child),
        _team(child, on),
    ]
    return [part for part in found if part.lines]


def _plan(episode_id: UUID) -> list[Part]:
    """What the child can do, and the plan with its targets, from the last plan."""
    plans = plans_of(episode_id)
    if not plans:
        return []
    lines: list[str] = []
    for goal, targets in goals_of(plans[0].id):
        lines.append(f"Goal: {goal.wording}")
        lines += [f"{_target(each.does_what, each.conditions)}: {STATUSES[each.status].lower()}" for each in targets]
    can_do = Part("can-do", "What the child can do", tuple(plans[0].can_do.splitlines()))
    return [can_do, Part("plan", "Play plan and targets", tuple(lines))]


def _target(does_what: str, conditions: str | None) -> str:
    return f"{does_what}, {conditions}" if conditions else does_what


def _last_review(episode_id: UUID) -> list[Part]:
    """The last review that both agreed to: nobody is told of one that the family has not read."""
    agreed = (
        scoped(Review)
        .where(
            Review.episode_id == episode_id,
            Review.visitor_agreed_on.is_not(None),
            Review.family_agreed_on.is_not(None),
            Review.disposed_at.is_(None),
        )
        .order_by(Review.held_on.desc(), Review.id.desc())
        .limit(1)
    )
    review = db.session.scalars(agreed).one_or_none()
    if review is None:
        return []
    lines = [f"Held on {in_words(review.held_on)}.", *review.celebrate.splitlines()]
    lines += [f"Next focus: {line}" for line in (review.next_focus or "").splitlines()]
    lines += [f"The parents say: {line}" for line in (review.parents_view or "").splitlines()]
    return [Part("review", "Last review", tuple(lines))]


def _visits(episode: Episode) -> Part:
    end = f" to {in_words(episode.closed_on)}" if episode.closed_on else ""
    return Part("support", "How long the child has had support", (f"From {in_words(episode.opened_on)}{end}.",))


def _family(child: Child) -> list[Part]:
    """How to reach a parent, by what is safe."""
    lines = []
    for carer in carers_of(child.id):
        safe = [carer.telephone if carer.telephone_is_safe else None, carer.email if carer.email_is_safe else None]
        lines.append(", ".join([f"{carer.name} ({carer.relationship_to_child})", *(each for each in safe if each)]))
    return [Part("family", "How to reach the family", tuple(lines))]


def _team(child: Child, on: date) -> Part:
    return Part("team", "Whom to ask in our team", tuple(sender(on, child.area_id).team.lines))
