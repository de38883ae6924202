"""Moving a child on the waiting list with a reason, and taking that back; and what suits a family."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from portage.accounts.models import Person
from portage.core import clock
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed, NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.support.half_days import known
from portage.support.models import WaitingEntry, WaitingMove
from portage.support.operations.profiles import choices
from portage.support.operations.waiting import entry_here
from portage.support.refusals import CannotMove, NotWaiting
from portage.support.waiting_line import everybody, line_of, order_on


@dataclass(frozen=True, slots=True)
class MoveChild:
    """Where a child comes from now on: directly before another one, or behind all (None); `seen` is the move that the
    manager saw in force."""

    before: UUID | None
    reason: str
    seen: UUID | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """When a visit suits the family, and which of the council's skills would help."""

    half_days: tuple[str, ...]
    skills: tuple[str, ...]
    version: int


def move_in_force(entry_id: UUID) -> WaitingMove | None:
    """The move by which a child stands where it does; None where the policy's order alone decides."""
    wanted = scoped(WaitingMove).where(WaitingMove.entry_id == entry_id, WaitingMove.in_force)
    return db.session.scalars(wanted).one_or_none()


def moves_of(entry_id: UUID) -> list[Row[*tuple[Any, ...]]]:
    """Every move of a child, the newest first, each with who made it."""
    return list(
        db.session.execute(
            select(WaitingMove, Person.name)
            .join(Person, (Person.tenant_id == WaitingMove.tenant_id) & (Person.id == WaitingMove.moved_by))
            .where(WaitingMove.tenant_id == current_tenant_id(), WaitingMove.entry_id == entry_id)
            .order_by(WaitingMove.moved_at.desc(), WaitingMove.id.desc())
        )
    )


def move_child(entry_id: UUID, command: MoveChild, *, by: Actor, at: datetime) -> WaitingMove:
    """Put a child elsewhere in the line; the reason and what held before stay on record."""
    entry, present = _to_change(entry_id, command.seen, by)
    order = order_on(at.astimezone(clock.LONDON).date())
    line = line_of(order, everybody(order))
    others = [child.entry_id for child in line.order if child.entry_id != entry.id]
    if command.before is None and others:
        moved = line.last(entry.id)
    elif command.before in others:
        moved = line.before(command.before, entry.id)
    else:
        raise CannotMove("This child is not on the waiting list any more. Choose another place.")
    after = [*others]
    after.insert(len(others) if command.before is None else others.index(command.before), entry.id)
    if after == [child.entry_id for child in line.order]:
        raise CannotMove("The child has this place already.")
    if present is not None:
        present.in_force = False
        db.session.flush()
    beside = moved.figures
    row = WaitingMove(
        entry_id=entry.id,
        beside_id=beside.entry_id,
        asked_on=beside.asked_on,
        since=beside.since,
        areas=beside.areas,
        in_setting=beside.in_setting,
        first_time=beside.first_time,
        place=moved.place,
        reason=command.reason,
        moved_by=by.person_id,
        moved_at=at,
        in_force=True,
        replaces_id=present.id if present else None,
    )
    db.session.add(row)
    db.session.flush()
    return row


def undo_move(entry_id: UUID, seen: UUID, *, by: Actor, at: datetime) -> WaitingMove | None:
    """Take the move in force back; what held before it holds again, and is answered."""
    _, present = _to_change(entry_id, seen, by)
    if present is None:
        raise NotHere
    present.in_force, present.undone_by, present.undone_at = False, by.person_id, at
    db.session.flush()
    if present.replaces_id is None:
        return None
    before = db.session.scalars(scoped(WaitingMove).where(WaitingMove.id == present.replaces_id)).one()
    before.in_force = True
    db.session.flush()
    return before


def _to_change(entry_id: UUID, seen: UUID | None, by: Actor) -> tuple[WaitingEntry, WaitingMove | None]:
    """The place and its move in force, for one change at a time by somebody who saw what holds now."""
    entry = entry_here(entry_id)
    db.session.refresh(entry, with_for_update=True)
    if entry.left_on is not None:
        raise NotWaiting
    if by.person_id is None:
        raise NotAllowed
    present = move_in_force(entry_id)
    if (present.id if present else None) != seen:
        raise ChangedMeanwhile(
            theirs=[("Moved", present.reason if present else "Not moved any more")],
            yours=[],
            back=f"/waiting-list/{entry_id}",
        )
    return entry, present


def write_wishes(entry_id: UUID, command: Wishes) -> WaitingEntry:
    """Keep when a visit suits the family and what would help them; skills are those of the council's list."""
    entry = entry_here(entry_id)
    if entry.left_on is not None:
        raise NotWaiting
    if entry.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("What suits the family", ", ".join([*entry.half_days, *entry.skills]))],
            yours=[("What suits the family", ", ".join([*command.half_days, *command.skills]))],
            back=f"/waiting-list/{entry.id}",
        )
    entry.half_days = known(command.half_days)
    entry.skills = [skill for skill in choices().skills if skill in command.skills]
    db.session.flush()
    return entry
