"""The waiting list: a child's place on it begins with a family's yes and ends by a person's act alone."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update

from portage.core import clock
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.families.models import Child
from portage.messages.operations import settle
from portage.referrals.models import Referral
from portage.referrals.operations import move
from portage.support.models import WaitingEntry, WaitingMove
from portage.support.refusals import NotWaiting

CONTACT_DUE = "waiting-contact"  # alerts that getting in touch with a family that waits is overdue


@dataclass(frozen=True, slots=True)
class PriorityNote:
    """What people have said about a child's priority."""

    note: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """Why a named person takes a child off the list without support, in their own words."""

    reason: str
    version: int


def place_path(entry_id: UUID) -> str:
    """The page of a place on the list."""
    return f"/waiting-list/{entry_id}"


def entry_here(entry_id: UUID) -> WaitingEntry:
    """One place on the list; raises NotHere."""
    return here(WaitingEntry, entry_id)


def waiting_entry_of(referral_id: UUID) -> WaitingEntry | None:
    """The place on the list of a request that waits; None when it does not."""
    wanted = scoped(WaitingEntry).where(WaitingEntry.referral_id == referral_id, WaitingEntry.left_on.is_(None))
    return db.session.scalars(wanted).one_or_none()


def join_list(referral: Referral, *, since: date, by: Actor, at: datetime) -> WaitingEntry:
    """Put a child on the waiting list; one who was on it before keeps the row and waits from the new day."""
    child = db.session.scalars(scoped(Child).where(Child.id == referral.child_id)).one()
    entry = db.session.scalars(scoped(WaitingEntry).where(WaitingEntry.referral_id == referral.id)).one_or_none()
    if entry is None:
        entry = WaitingEntry(referral_id=referral.id, child_id=referral.child_id)
        db.session.add(entry)
    entry.area_id, entry.since = child.area_id or referral.area_id, since
    entry.left_on = entry.left_reason = entry.left_by = None
    db.session.flush()
    forget_moves(entry.id)
    move(referral, "waiting", by=by, at=at, note="On the waiting list.")
    return entry


def write_note(entry_id: UUID, command: PriorityNote) -> WaitingEntry:
    """Keep what people say about this child's priority; it orders nothing by itself."""
    entry = entry_here(entry_id)
    if entry.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("Note about priority", entry.note or "")],
            yours=[("Note about priority", command.note or "")],
            back=f"/waiting-list/{entry.id}",
        )
    entry.note = command.note
    db.session.flush()
    return entry


def leave_list(entry_id: UUID, command: Leaving, *, by: Actor, at: datetime) -> WaitingEntry:
    """Take a child off the list without support, as a named person with a reason; a request is closed with it."""
    entry = entry_here(entry_id)
    if entry.left_on is not None or by.person_id is None:
        raise NotWaiting
    if entry.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("Note about priority", entry.note or "")],
            yours=[("Reason", command.reason)],
            back=f"/waiting-list/{entry.id}",
        )
    end_waiting(entry, reason=command.reason, by=by, on=at.astimezone(clock.LONDON).date())
    if entry.referral_id is not None:
        referral = db.session.scalars(scoped(Referral).where(Referral.id == entry.referral_id)).one()
        referral.closed_reason = command.reason
        move(referral, "closed", by=by, at=at, note=command.reason)
    return entry


def end_waiting(entry: WaitingEntry, *, reason: str, by: Actor, on: date) -> None:
    """Mark a place on the list as left."""
    entry.left_on, entry.left_reason, entry.left_by = on, reason, by.person_id
    db.session.flush()
    settle(CONTACT_DUE, place_path(entry.id))


def forget_moves(entry_id: UUID) -> None:
    """Who waits anew comes by the policy's order: an earlier move was about a list of other children."""
    db.session.execute(
        update(WaitingMove)
        .where(WaitingMove.tenant_id == current_tenant_id(), WaitingMove.entry_id == entry_id, WaitingMove.in_force)
        .values(in_force=False)
    )
