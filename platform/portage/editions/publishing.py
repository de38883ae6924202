"""Publishing by a second person: who decided, from which day, what it corrects; and withdrawing before that day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select, text

from portage.core import clock
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id
from portage.editions.drafting import Withdrawal, draft_row, edition_row
from portage.editions.models import PolicyEdition
from portage.editions.operations import draft_problems, forget_days
from portage.editions.refusals import (
    AlreadyInForce,
    BeforeTheDecision,
    CannotCorrect,
    DayPassed,
    DayTaken,
    DraftUnfinished,
    ListChanged,
    NotADraft,
    NotSubmitted,
    OwnDraft,
)
from portage.policy.dates import in_words


@dataclass(frozen=True, slots=True)
class Approval:
    """Who decided that an edition shall hold, and where that can be read."""

    body: Literal["committee", "officer"]
    decided_by: str  # name of the committee, or title of the officer
    decided_on: date
    minute_reference: str
    call_in_ends_on: date | None  # None where no call-in applies
    equality_assessment: str


@dataclass(frozen=True, slots=True)
class Correction:
    """Which edition is corrected, why, and the mark of the list of requests that the publisher read and confirmed."""

    corrects: UUID
    reason: str
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything that is asked when an edition is published; `waiting_moves` are paths of terms."""

    effective_from: date
    source: str
    source_address: str | None
    approval: Approval
    local_offer: Literal["updated", "later"]
    local_offer_on: date | None
    version: int
    waiting_moves: tuple[str, ...] = ()
    correction: Correction | None = None
    touched_now: tuple[UUID, ...] = field(default=())  # the requests that the correction touches at this moment


def publish(draft_id: UUID, command: Publication, *, by: Actor, at: datetime) -> PolicyEdition:
    """Publish a draft that somebody else wrote; it never changes from then on.

    Raises OwnDraft for any of its authors, NotADraft for the second of two who publish at once, and the refusals of
    `portage.editions.refusals` for a day or a correction that cannot be.
    """
    one_publication_at_a_time()
    draft = draft_row(draft_id, lock=True)
    if by.person_id is None or str(by.person_id) in draft.authors:
        raise OwnDraft
    if draft.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("The draft", "It was changed after you opened it. Read what changes before you publish it.")],
            yours=[("The day from which it holds", in_words(command.effective_from)), ("Source", command.source)],
            back=f"/policy/drafts/{draft.id}",
        )
    if draft_problems(draft):
        raise DraftUnfinished
    if draft.authors and draft.submitted_at is None:
        raise NotSubmitted
    today = at.astimezone(clock.LONDON).date()
    _days_follow(command, today)
    draft.revision = _revision(command, today)
    _write(draft, command)
    draft.status, draft.published_by, draft.published_at = "published", by.person_id, at
    db.session.flush()
    forget_days()
    return draft


def one_publication_at_a_time() -> None:
    """Let one person of a council publish at a time, so that the second sees what the first did."""
    key = f"publish:{current_tenant_id()}"
    db.session.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def _days_follow(command: Publication, today: date) -> None:
    approval = command.approval
    if approval.decided_on > today:
        raise BeforeTheDecision(sentence="The decision was made today or on an earlier day.")
    ends = approval.call_in_ends_on
    if ends is not None and ends < approval.decided_on:
        raise BeforeTheDecision(sentence="The call-in ends on or after the day of the decision.")
    if ends is not None and command.correction is None and command.effective_from <= ends:
        raise BeforeTheDecision(sentence=f"The edition holds from a day after the call-in ends on {in_words(ends)}.")


def _revision(command: Publication, today: date) -> int:
    """Return which edition of its day this becomes: 0, or one more than the last that it corrects."""
    correction = command.correction
    if correction is None and command.effective_from <= today:
        raise DayPassed
    if correction is not None:
        _may_correct(command, correction)
    last = db.session.scalar(
        select(func.max(PolicyEdition.revision)).where(
            PolicyEdition.tenant_id == current_tenant_id(),
            PolicyEdition.status == "published",
            PolicyEdition.effective_from == command.effective_from,
        )
    )
    if last is not None and correction is None:
        raise DayTaken(day=in_words(command.effective_from))
    return 0 if last is None else last + 1


def _may_correct(command: Publication, correction: Correction) -> None:
    corrected = edition_row(correction.corrects)
    if corrected.status != "published" or corrected.effective_from is None:
        raise CannotCorrect
    if command.effective_from < corrected.effective_from:
        raise CannotCorrect
    if command.touched_now and correction.listed != mark_of(command.touched_now):
        raise ListChanged


def mark_of(requests: Iterable[UUID]) -> str:
    """Return a short mark of a list of requests, for a form to bring back: another list has another mark."""
    return sha256("".join(sorted(map(str, requests))).encode()).hexdigest()[:16]


def _write(draft: PolicyEdition, command: Publication) -> None:
    approval, correction = command.approval, command.correction
    draft.effective_from = command.effective_from
    draft.source, draft.source_address = command.source, command.source_address
    draft.decided_body, draft.decided_by = approval.body, approval.decided_by
    draft.decided_on, draft.minute_reference = approval.decided_on, approval.minute_reference
    draft.call_in_ends_on, draft.equality_assessment = approval.call_in_ends_on, approval.equality_assessment
    draft.local_offer, draft.local_offer_on = command.local_offer, command.local_offer_on
    draft.waiting_moves = list(command.waiting_moves)
    if correction is not None:
        draft.corrects, draft.correction_reason = correction.corrects, correction.reason
        draft.touched = [str(each) for each in command.touched_now]


def withdraw(edition_id: UUID, command: Withdrawal, *, by: Actor, at: datetime) -> PolicyEdition:
    """Take back a published edition whose day has not come, with a reason; it stays in the history."""
    one_publication_at_a_time()
    edition = edition_row(edition_id, lock=True)
    if edition.status != "published" or by.person_id is None:
        raise NotADraft(what="This edition is not published.")
    if edition.effective_from is None or edition.effective_from <= at.astimezone(clock.LONDON).date():
        raise AlreadyInForce
    if edition.version != command.version:
        raise ChangedMeanwhile(yours=[("Reason", command.reason)], back=f"/policy?edition={edition.id}")
    edition.status = "withdrawn"
    edition.withdrawn_by, edition.withdrawn_at, edition.withdrawn_reason = by.person_id, at, command.reason
    db.session.flush()
    forget_days()
    return edition
