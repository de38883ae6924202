"""Drafts of an edition: begun as a copy, changed term by term by named people, handed over to somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed
from portage.core.identity import Actor
from portage.core.tenancy import here
from portage.editions.models import PolicyEdition
from portage.editions.operations import draft_problems
from portage.editions.refusals import DraftUnfinished, NotADraft


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A draft to begin: the edition whose terms it starts with, and what it is called until it has a document."""

    copy_of: UUID
    source: str


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """One part of a draft as it shall be: the value of a top-level term, and its assumptions by path and sentence.

    A value of None takes the part away. `version` is that of the draft which the person saw; `begun_as` is what the
    part said then, so that another person's work on another part stands in nobody's way.
    """

    part: str
    value: Any
    assumptions: Mapping[str, str] = field(default_factory=dict)
    begun_as: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why an edition is withdrawn before its day, or a draft given up."""

    reason: str
    version: int


def edition_row(edition_id: UUID, *, lock: bool = False) -> PolicyEdition:
    """Return one edition of the council in scope as a row; raise NotHere. `lock` lets one change at a time have it."""
    row = here(PolicyEdition, edition_id)
    if lock:
        db.session.refresh(row, with_for_update=True)
    return row


def draft_row(draft_id: UUID, *, lock: bool = False) -> PolicyEdition:
    """Return a draft; raise NotHere, or NotADraft for what was published or withdrawn meanwhile."""
    row = edition_row(draft_id, lock=lock)
    if row.status != "draft":
        raise NotADraft(what="Somebody published this draft." if row.status == "published" else "This was withdrawn.")
    return row


def start_draft(command: NewDraft, *, by: Actor, at: datetime) -> PolicyEdition:
    """Begin a draft with every term and assumption of another edition of this council, whatever its state."""
    author = _person(by)
    copied = edition_row(command.copy_of)
    draft = PolicyEdition(
        plugin=copied.plugin,
        source=command.source,
        terms=dict(copied.terms),
        # That no source states the first day was said of the other document.
        assumptions=[each for each in copied.assumptions if each["term"] != "effective_from"],
        status="draft",
        copied_from=copied.id,
        authors=[str(author)],
        drafted_by=author,
        drafted_at=at,
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def change_terms(draft_id: UUID, command: ChangeTerms, *, by: Actor, at: datetime) -> PolicyEdition:
    """Write one part of a draft; raise ChangedMeanwhile when that part says something else than the person saw.

    The command was checked by the plugin's schema; whether the parts fit together, `draft_problems` tells of the whole
    draft. Whoever changes anything is an author from then on, and a draft that was handed over is taken back.
    """
    draft = draft_row(draft_id, lock=True)
    if command.begun_as != state_of(draft, command.part):
        raise ChangedMeanwhile
    before = draft.terms.get(command.part), assumptions_of(draft, command.part)
    if repr(before) == repr((command.value, dict(command.assumptions))):  # the order of entries counts as well
        return draft
    draft.terms = _with_part(draft, command.part, command.value)
    kept = [each for each in draft.assumptions if not _within(each["term"], command.part)]
    draft.assumptions = [*kept, *({"term": term, "says": says} for term, says in command.assumptions.items())]
    _authored(draft, by=by, at=at)
    return draft


def _with_part(draft: PolicyEdition, part: str, value: Any) -> dict[str, Any]:
    """Return the terms with one part changed, in the same order as before."""
    terms = {name: value if name == part else given for name, given in draft.terms.items()}
    terms[part] = value
    return {name: given for name, given in terms.items() if given is not None}


def rename_draft(draft_id: UUID, source: str, *, by: Actor, at: datetime) -> PolicyEdition:
    """Call a draft by another name, or by the document that it became."""
    draft = draft_row(draft_id, lock=True)
    if draft.source != source:
        draft.source = source
        _authored(draft, by=by, at=at)
    return draft


def hand_over(draft_id: UUID, *, by: Actor, at: datetime) -> PolicyEdition:
    """Say that a draft is ready for a second person; raise DraftUnfinished where its terms do not fit together."""
    draft = draft_row(draft_id, lock=True)
    if draft_problems(draft):
        raise DraftUnfinished
    draft.submitted_by, draft.submitted_at = _person(by), at
    _author(draft, by)
    db.session.flush()
    return draft


def give_up(draft_id: UUID, command: Withdrawal, *, by: Actor, at: datetime) -> PolicyEdition:
    """Put a draft away for good; it stays in the history with the reason."""
    draft = draft_row(draft_id, lock=True)
    if draft.version != command.version:
        raise ChangedMeanwhile(yours=[("Reason", command.reason)], back=f"/policy/drafts/{draft.id}")
    draft.status = "withdrawn"
    draft.withdrawn_by, draft.withdrawn_at, draft.withdrawn_reason = _person(by), at, command.reason
    db.session.flush()
    return draft


def assumptions_of(edition: PolicyEdition, part: str) -> dict[str, str]:
    """Return what is marked as assumed within one part: sentences by the path of the term."""
    return {each["term"]: each["says"] for each in edition.assumptions if _within(each["term"], part)}


def state_of(edition: PolicyEdition, part: str) -> str:
    """Return a short mark of what a part says now, for a form to bring back."""
    said = repr((edition.terms.get(part), sorted(assumptions_of(edition, part).items())))
    return sha256(said.encode()).hexdigest()[:16]


def authors_of(edition: PolicyEdition) -> Sequence[UUID]:
    """Return the people who drafted an edition or changed any of it."""
    return [UUID(each) for each in edition.authors]


def _within(term: str, part: str) -> bool:
    return term == part or term.startswith(f"{part}.")


def _authored(draft: PolicyEdition, *, by: Actor, at: datetime) -> None:
    draft.edited_by, draft.edited_at = _author(draft, by), at
    draft.submitted_by = draft.submitted_at = None
    db.session.flush()


def _author(draft: PolicyEdition, by: Actor) -> UUID:
    person = _person(by)
    if str(person) not in draft.authors:
        draft.authors = [*draft.authors, str(person)]
    return person


def _person(by: Actor) -> UUID:
    if by.person_id is None:
        raise NotAllowed
    return by.person_id
