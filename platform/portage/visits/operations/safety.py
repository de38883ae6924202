"""What a visitor must know to be safe, and to keep the child safe: written, released to volunteers, replaced."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed, NotHere
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.visits.models import SAFETY_KINDS, SafetyNote

SAFETY_WORDS = {"home-risk": "At the home", "allergies": "Allergies", "emergency-plan": "In an emergency"}


@dataclass(frozen=True, slots=True)
class NewSafetyNote:
    """One thing to know, of a kind; an empty note ends what was said before."""

    kind: str
    note: str | None


def safety_of(child_id: UUID, *, released: bool = False) -> list[SafetyNote]:
    """The notes that hold for a child, in a fixed order; only what a volunteer may read where `released`."""
    wanted = scoped(SafetyNote).where(SafetyNote.child_id == child_id, SafetyNote.ended_at.is_(None))
    if released:
        wanted = wanted.where(SafetyNote.released_at.is_not(None))
    return sorted(db.session.scalars(wanted), key=lambda note: SAFETY_KINDS.index(note.kind))


def write_safety(child_id: UUID, command: NewSafetyNote, *, by: Actor, at: datetime) -> SafetyNote | None:
    """Write a note in the place of the one before, which stays in the history. It is not released yet."""
    if by.person_id is None:
        raise NotAllowed
    for before in safety_of(child_id):
        if before.kind == command.kind:
            before.ended_at = at
    note = None
    if command.note:
        note = SafetyNote(child_id=child_id, kind=command.kind, note=command.note, written_by=by.person_id)
        db.session.add(note)
    db.session.flush()
    return note


def safety_note(child_id: UUID, note_id: UUID) -> SafetyNote:
    """A note about a child, also one that was replaced; raises `NotHere`."""
    found = db.session.scalars(scoped(SafetyNote).where(SafetyNote.id == note_id, SafetyNote.child_id == child_id))
    note = found.one_or_none()
    if note is None:
        raise NotHere
    return note


def release_safety(child_id: UUID, note_id: UUID, *, version: int, by: Actor, at: datetime) -> SafetyNote:
    """Let the volunteers who visit this child read a note; raises `ChangedMeanwhile` when it was replaced."""
    note = safety_note(child_id, note_id)
    if note.version != version or note.ended_at is not None:
        raise ChangedMeanwhile(theirs=[(SAFETY_WORDS[note.kind], note.note)], back=f"/children/{child_id}/safety")
    note.released_by, note.released_at = by.person_id, at
    db.session.flush()
    return note
