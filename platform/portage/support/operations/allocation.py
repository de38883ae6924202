"""Giving a child to a visitor: who may visit, the episode that it opens, a change of visitor, and cover."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from portage.core import clock
from portage.core.access import Role
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor
from portage.core.tenancy import here, scoped
from portage.families.access import end_caseload, put_on_caseload
from portage.families.models import Caseload
from portage.messages.operations import alert, settle
from portage.referrals.models import Referral
from portage.referrals.operations import move
from portage.support import changes
from portage.support.chosen import TermsFrom, chosen_for
from portage.support.models import Allocation, Episode, WaitingEntry
from portage.support.operations.episodes import NewEpisode, episode_of, open_episode, open_episode_here
from portage.support.operations.offers import accepted_on, judged_by, referral_here
from portage.support.operations.waiting import end_waiting, entry_here
from portage.support.operations.waiting_before import offers_at
from portage.support.pattern import Support, support_by, support_of
from portage.support.refusals import AlreadySupported, CannotVisit, LengthUnsaid, NotWaiting, NoYesYet, WrongDates
from portage.support.visitors import Candidate, candidate, is_volunteer, page_for

TO_VISITOR = "A child was given to you. Please get in touch with the family and plan the first visit."
TO_VOLUNTEER = "A family was given to you. Your supervisor plans the first visit with you and with them."


@dataclass(frozen=True, slots=True)
class Longest:
    """How long support may last at most, as a person says it: months from the first home visit, None for no limit."""

    months: int | None


@dataclass(frozen=True, slots=True)
class Allocate:
    """A visitor for a child on the waiting list, from a day on.

    `longest` is said for a child from before the recorded policy for whom the council wrote no length down.
    """

    person_id: UUID
    from_on: date
    note: str | None = None
    longest: Longest | None = None


@dataclass(frozen=True, slots=True)
class _Basis:
    """What an episode is opened on: the request with the edition that judged it, or what the council wrote down."""

    support: Support
    referral: Referral | None
    edition_id: UUID | None
    longest_months: int | None
    terms_from: TermsFrom


@dataclass(frozen=True, slots=True)
class Cover:
    """A person who visits in the visitor's place between two days, both included."""

    person_id: UUID
    from_on: date
    until_on: date


def may_visit(person_id: UUID, support: Support, *, on: date) -> Candidate:
    """A person who may be given a child under this policy; raises NotHere, or CannotVisit with the reason."""
    found = candidate(person_id, on=on)
    if found is None:
        raise NotHere
    if problem := why_not(found, support):
        raise CannotVisit(problem)
    return found


def why_not(found: Candidate, support: Support) -> str | None:
    """The sentence that says why somebody may not be given a child; None when they may."""
    if found.disabled:
        return f"{found.name} no longer works here."
    if not found.roles & {Role.HOME_VISITOR, Role.VOLUNTEER}:
        return f"{found.name} is neither a home visitor nor a volunteer in this service."
    if Role.HOME_VISITOR not in found.roles and not support.pattern.volunteers:
        return f"{found.name} is a volunteer, and the policy that applies does not provide for volunteers."
    if not found.trained:
        return f"{found.name} has no Portage training on record. An administrator records it under People."
    if Role.HOME_VISITOR in found.roles and not found.checked:
        return f"HR’s check of {found.name} is not marked as current. An administrator marks it under People."
    if found.shut:
        return f"{found.name} is a volunteer and may not visit: {' '.join(found.shut)}"
    return None


def allocate(entry_id: UUID, command: Allocate, *, by: Actor, at: datetime) -> Episode:
    """Give a waiting child to a visitor, which opens the episode.

    Its longest months are those of the edition that the request was judged by, whenever the episode begins, unless the
    policy or the publisher of a later edition chose another. For a child from before the recorded policy they are the
    council's own, else those that the person who allocates says: never guessed.
    """
    entry = entry_here(entry_id)
    if entry.left_on is not None:
        raise NotWaiting
    if episode_of(entry.child_id) is not None:
        raise AlreadySupported
    today = at.astimezone(clock.LONDON).date()
    if entry.referral_id is None:
        basis = _before(entry, command, today)
    else:
        basis = _judged(entry, referral_here(entry.referral_id), on=command.from_on)
    may_visit(command.person_id, basis.support, on=max(command.from_on, today))
    episode = open_episode(
        NewEpisode(
            child_id=entry.child_id,
            opened_on=command.from_on,
            referral_id=entry.referral_id,
            edition_id=basis.edition_id,
            longest_months=basis.longest_months,
            terms_from=basis.terms_from,
        )
    )
    allocate_visitor(episode, command, by=by)
    end_waiting(entry, reason="A visitor was found.", by=by, on=today)
    if basis.referral is not None:
        move(basis.referral, "supported", by=by, at=at, note="A visitor was found, and support was opened.")
    return episode


def _judged(entry: WaitingEntry, referral: Referral, *, on: date) -> _Basis:
    edition_id, terms_from = judged_by(referral), terms_from_for(entry, referral, on=on)
    support = support_by(edition_id, on=referral.received_on, terms_from=terms_from)
    return _Basis(support, referral, edition_id, support.pattern.longest_months, terms_from)


def _before(entry: WaitingEntry, command: Allocate, on: date) -> _Basis:
    """No edition judged this child: who may visit is today's, how long is what the council or the person said."""
    if any(offer.answer != "accepted" for offer in offers_at(entry.id)[:1]):
        raise NoYesYet
    if entry.longest_months is None and command.longest is None:
        raise LengthUnsaid
    said = command.longest.months if command.longest else None
    return _Basis(support_by(None, on=on), None, None, entry.longest_months or said, {})


def terms_from_for(entry: WaitingEntry, referral: Referral, *, on: date) -> TermsFrom:
    """Which terms would come from another edition, were this child's support opened on a day; raises NotAccepted."""
    return chosen_for(judged_by(referral), waiting_since=entry.since, decided_on=accepted_on(referral), on=on)


def support_of_waiting(entry: WaitingEntry, referral: Referral, *, on: date) -> Support:
    """How support would run for a waiting child, were it opened on a day; raises NotAccepted."""
    terms_from = terms_from_for(entry, referral, on=on)
    return support_by(judged_by(referral), on=referral.received_on, terms_from=terms_from)


def allocate_visitor(episode: Episode, command: Allocate, *, by: Actor) -> Allocation:
    """Put an open episode into a visitor's hands: the caseload follows, and the visitor is told."""
    row = put_on_caseload(episode.child_id, command.person_id, "allocated", from_on=command.from_on, by=by)
    allocation = Allocation(
        episode_id=episode.id,
        person_id=command.person_id,
        caseload_id=row.id,
        from_on=command.from_on,
        allocated_by=by.person_id,
        note=command.note,
    )
    db.session.add(allocation)
    db.session.flush()
    alert(
        kind="allocated",
        path=page_for(command.person_id, episode_id=episode.id, child_id=episode.child_id),
        sentence=TO_VOLUNTEER if is_volunteer(command.person_id) else TO_VISITOR,
        person_id=command.person_id,
        child_id=episode.child_id,
        dedupe=f"allocated:{allocation.id}",
    )
    return allocation


def visitor_of(episode_id: UUID) -> Allocation | None:
    """The allocation that is in force, or the next one that will be; None when nobody is named."""
    wanted = scoped(Allocation).where(Allocation.episode_id == episode_id, Allocation.until_on.is_(None))
    return db.session.scalars(wanted.order_by(Allocation.from_on.desc()).limit(1)).one_or_none()


def change_visitor(episode_id: UUID, command: Allocate, *, by: Actor, at: datetime) -> Allocation:
    """Give a child to another visitor from a day on; the one before keeps the record until the day before."""
    episode = open_episode_here(episode_id, lock=True)  # else a closing one could leave somebody a way in
    today = at.astimezone(clock.LONDON).date()
    may_visit(command.person_id, support_of(episode, on=today), on=max(command.from_on, today))
    before = visitor_of(episode.id)
    if before is not None:
        if before.person_id == command.person_id:
            raise CannotVisit("This person is the child's visitor already.")
        if command.from_on < before.from_on:
            raise WrongDates("The new visitor starts on or after the day on which the present one did.")
        before.until_on = command.from_on - timedelta(days=1)
        end_caseload(before.caseload_id, until_on=before.until_on)
        settle("allocated", page_for(before.person_id, episode_id=episode.id, child_id=episode.child_id))
    allocation = allocate_visitor(episode, command, by=by)
    for follow in changes.WHEN_VISITOR_CHANGED:
        follow(episode.id, command.person_id, command.from_on)
    return allocation


def name_cover(episode_id: UUID, command: Cover, *, by: Actor, at: datetime) -> Caseload:
    """Name somebody who visits in the visitor's place; their access begins and ends with the two days."""
    episode = open_episode_here(episode_id, lock=True)  # else a closing one could leave somebody a way in
    today = at.astimezone(clock.LONDON).date()
    may_visit(command.person_id, support_of(episode, on=today), on=max(command.from_on, today))
    if command.until_on < command.from_on or command.until_on < today:
        raise WrongDates("The cover ends on or after the day it begins, and not in the past.")
    row = put_on_caseload(
        episode.child_id, command.person_id, "cover", from_on=command.from_on, until_on=command.until_on, by=by
    )
    alert(
        kind="cover",
        path=page_for(command.person_id, episode_id=episode.id, child_id=episode.child_id),
        sentence="You were named to visit a child in a colleague's place.",
        person_id=command.person_id,
        child_id=episode.child_id,
        dedupe=f"cover:{row.id}",
    )
    return row


def end_cover(episode_id: UUID, caseload_id: UUID, *, on: date) -> None:
    """Let a cover end the day before; raises NotHere for a row that is no cover of this child."""
    episode = open_episode_here(episode_id)
    row = here(Caseload, caseload_id, Caseload.child_id == episode.child_id, Caseload.kind == "cover")
    end_caseload(row.id, until_on=on - timedelta(days=1))
