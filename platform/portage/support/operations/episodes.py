"""Episodes of support: opened with the length that the policy gave, counted once, closed or extended by a person."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from portage.core import clock
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.families.access import end_caseload
from portage.families.models import Caseload
from portage.messages.operations import settle
from portage.policy.dates import add_months, in_words
from portage.referrals.models import Referral
from portage.referrals.operations import move
from portage.support import changes
from portage.support.chosen import FIRST_VISIT, TermsFrom, with_longest_of
from portage.support.models import Allocation, Episode, Extension, WaitingEntry
from portage.support.pattern import support_of
from portage.support.refusals import EpisodeClosed, ReasonNotInPolicy, WrongDates

CLOSING_REASONS = {
    "moved-away": "The family moved away",
    "longest-support": "The longest support was reached",
    "age": "The child is past the age of the service",
    "nursery-place": "The child has a place in a nursery or school",
    "no-longer-needed": "The support is no longer needed",
    "not-available": "The family was not available for visits",
    "family-wish": "The family wished it",
    "other": "Another reason",
}
# Events that a policy may name, by its own keys; a family may always wish it, and a person may write another reason.
_EVENTS = {"moves-away": "moved-away", "full-time-nursery": "nursery-place"}
_ALWAYS = ("family-wish", "other")


def closing_reasons(episode: Episode, *, on: date) -> dict[str, str]:
    """Why this child's support may end: what the policy names, else everything that is known, each in words."""
    support = support_of(episode, on=on)
    stated = support.policy.arrangements(support.terms).leaving
    if stated is None:
        return CLOSING_REASONS
    named = {_EVENTS.get(event, event) for event in stated.events} | set(_ALWAYS)
    return {key: words for key, words in CLOSING_REASONS.items() if key in named}


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """An episode to open. Without an edition it began before the policy was recorded, and no limit is invented."""

    child_id: UUID
    opened_on: date
    referral_id: UUID | None = None
    edition_id: UUID | None = None
    longest_months: int | None = None
    first_visit_on: date | None = None
    terms_from: TermsFrom = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extend:
    """A manager's decision that support goes on until a day, with the reason."""

    until_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    """A manager's decision that support ends: a reason from the list, and what else is to be said."""

    reason: str
    closed_on: date
    version: int
    note: str | None = None


def episode_here(episode_id: UUID) -> Episode:
    """One episode of this council; raises NotHere."""
    return here(Episode, episode_id)


def reference_of(episode: Episode) -> str | None:
    """The reference of the request, or of the place on the list of a child who waited before recorded policy."""
    asked = select(Referral.reference).where(
        Referral.tenant_id == current_tenant_id(), Referral.id == episode.referral_id
    )
    waited = select(WaitingEntry.reference).where(
        WaitingEntry.tenant_id == current_tenant_id(),
        WaitingEntry.child_id == episode.child_id,
        WaitingEntry.reference.is_not(None),
    )
    return db.session.scalars(asked if episode.referral_id else waited.limit(1)).first()


def open_episode_here(episode_id: UUID, *, lock: bool = False) -> Episode:
    """One episode that has not ended; raises NotHere or EpisodeClosed. `lock` lets one change at a time have it."""
    episode = episode_here(episode_id)
    if lock:
        db.session.refresh(episode, with_for_update=True)
    if episode.status != "open":
        raise EpisodeClosed
    return episode


def episode_of(child_id: UUID) -> Episode | None:
    """The open episode of a child; None when there is none."""
    wanted = scoped(Episode).where(Episode.child_id == child_id, Episode.status == "open")
    return db.session.scalars(wanted.order_by(Episode.opened_on.desc()).limit(1)).one_or_none()


def episode_from(referral_id: UUID) -> Episode | None:
    """The last episode that a request led to; None when there is none."""
    wanted = scoped(Episode).where(Episode.referral_id == referral_id)
    return db.session.scalars(wanted.order_by(Episode.opened_on.desc()).limit(1)).one_or_none()


def open_episode(new: NewEpisode) -> Episode:
    """Open an episode; its months are counted later, from the first home visit."""
    episode = Episode(
        child_id=new.child_id,
        referral_id=new.referral_id,
        edition_id=new.edition_id,
        before_recorded_policy=new.edition_id is None,
        opened_on=new.opened_on,
        longest_months=new.longest_months,
        terms_from=new.terms_from,
        first_visit_on=new.first_visit_on,
        limit_on=limit_after(new.first_visit_on, new.longest_months),
    )
    db.session.add(episode)
    db.session.flush()
    return episode


def limit_after(first_visit_on: date | None, longest_months: int | None) -> date | None:
    """The day on which the longest support is reached; None before the first home visit or without a length."""
    if first_visit_on is None or longest_months is None:
        return None
    return add_months(first_visit_on, longest_months)


def count_from(episode_id: UUID, first_done_on: date | None) -> Episode:
    """Set the first home visit and the limit that follows from it, as the records of visits have it now.

    A later visit gives the same first day, so nothing moves; a corrected record gives another. What was brought in
    from before the recorded policy stays as it was brought in.
    """
    episode = episode_here(episode_id)
    if episode.before_recorded_policy and episode.first_visit_on is not None:
        return episode
    if episode.first_visit_on != first_done_on:
        episode.first_visit_on = first_done_on
        _choose_longest(episode)
        episode.limit_on = limit_after(first_done_on, episode.longest_months)
        db.session.flush()
    return episode


def _choose_longest(episode: Episode) -> None:
    """Where the policy says that the first home visit chooses the longest support, take the edition of that day."""
    if episode.edition_id is None or episode.first_visit_on is None:
        return
    if support_of(episode, on=episode.first_visit_on).pattern.longest_chosen_by != FIRST_VISIT:
        return
    episode.terms_from = with_longest_of(episode.first_visit_on, FIRST_VISIT, episode.edition_id, episode.terms_from)
    episode.longest_months = support_of(episode, on=episode.first_visit_on).pattern.longest_months


def goes_on_until(episode: Episode) -> date | None:
    """The policy's limit, or the later day to which a manager extended it; None when neither is known."""
    extended = db.session.execute(
        select(func.max(Extension.until_on)).where(
            Extension.tenant_id == current_tenant_id(), Extension.episode_id == episode.id
        )
    ).scalar_one()
    return max((day for day in (extended, episode.limit_on) if day is not None), default=None)


def extend(episode_id: UUID, command: Extend, *, by: Actor, on: date) -> Extension:
    """Let an episode go on beyond its limit, as a manager with a reason; the policy's own limit stays on record."""
    episode = open_episode_here(episode_id)
    if by.person_id is None:
        raise NotAllowed
    before = goes_on_until(episode)
    if command.until_on <= max(before or on, on):
        raise WrongDates("Choose a day after today and after the day on which the support ends now.")
    extension = Extension(
        episode_id=episode.id, until_on=command.until_on, reason=command.reason, decided_by=by.person_id, decided_on=on
    )
    db.session.add(extension)
    db.session.flush()
    for follow in changes.WHEN_LIMIT_MOVED:
        follow(episode.id, on)
    return extension


def close_episode(episode_id: UUID, command: Close, *, by: Actor, at: datetime) -> Episode:
    """End support, as a named person with a reason: the visitor's access ends and the request is closed."""
    episode = open_episode_here(episode_id)
    if by.person_id is None:
        raise NotAllowed
    if episode.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("First home visit", _said(episode.first_visit_on)), ("Limit", _said(episode.limit_on))],
            yours=[("Reason", CLOSING_REASONS[command.reason]), ("Last day", in_words(command.closed_on))],
            back=f"/episodes/{episode.id}/close",
        )
    if not episode.opened_on <= command.closed_on <= at.astimezone(clock.LONDON).date():
        raise WrongDates("The last day of support lies between the day it was opened and today.")
    if command.reason not in closing_reasons(episode, on=command.closed_on):
        raise ReasonNotInPolicy
    episode.status, episode.closed_on, episode.closed_by = "closed", command.closed_on, by.person_id
    episode.closed_reason, episode.closed_note = command.reason, command.note
    db.session.flush()
    _end_allocations(episode.id, command.closed_on)
    _end_caseloads(episode.child_id, command.closed_on)
    for kind in ("allocated", "cover"):
        settle(kind, f"/episodes/{episode.id}")
    if episode.referral_id is not None:
        referral = db.session.scalars(scoped(Referral).where(Referral.id == episode.referral_id)).one()
        referral.closed_reason = CLOSING_REASONS[command.reason]
        move(referral, "closed", by=by, at=at, note=f"Support ended: {CLOSING_REASONS[command.reason]}.")
    for follow in changes.WHEN_CLOSED:
        follow(episode.id, command.closed_on, by, at)
    return episode


def _said(day: date | None) -> str:
    return in_words(day) if day else ""


def _end_allocations(episode_id: UUID, last_day: date) -> None:
    wanted = scoped(Allocation).where(Allocation.episode_id == episode_id, Allocation.until_on.is_(None))
    for allocation in db.session.scalars(wanted):
        allocation.until_on = last_day
    db.session.flush()


def _end_caseloads(child_id: UUID, last_day: date) -> None:
    """Nobody visits any more, so neither the visitor nor anybody who covers opens the record after the last day."""
    wanted = scoped(Caseload).where(
        Caseload.child_id == child_id,
        Caseload.kind.in_(("allocated", "cover")),
        or_(Caseload.until_on.is_(None), Caseload.until_on > last_day),
    )
    for row in db.session.scalars(wanted):
        end_caseload(row.id, until_on=last_day)
