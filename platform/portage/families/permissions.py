"""Permissions to share outside the council, one party and purpose at a time, and the restricted marks of a child.

A permission to share is not the agreement to be referred, and neither is the council's lawful basis for its own work.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text

from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor
from portage.core.tenancy import TENANT, current_tenant_id, here
from portage.families.models import AccessReason, Child, ChildMark, SharingPermission
from portage.policy import SharingQuestion

_LATEST_FIRST = (
    SharingPermission.answered_on.desc(),
    SharingPermission.created_at.desc(),
    SharingPermission.id.desc(),
)


@dataclass(frozen=True, slots=True)
class PermissionAnswer:
    """What a family answered to one question of the policy; `question` is the question's key."""

    question: str
    answer: str
    answered_by: str
    answered_on: date
    how: str


@dataclass(frozen=True, slots=True)
class NewMark:
    """A restricted fact: what, since when and until when."""

    kind: str
    from_on: date
    until_on: date | None
    note: str | None


def record_permission(
    child_id: UUID, given: PermissionAnswer, questions: Iterable[SharingQuestion], *, by: Actor
) -> SharingPermission:
    """Keep an answer; the last one for a party and a purpose holds, and none is ever changed."""
    asked = next((question for question in questions if question.key == given.question), None)
    if asked is None:
        raise NotHere
    kept = SharingPermission(
        child_id=child_id,
        party=asked.party,
        purpose=asked.purpose,
        answer=given.answer,
        answered_by=given.answered_by,
        answered_on=given.answered_on,
        how=given.how,
        recorded_by=by.person_id,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def permissions_column() -> ColumnElement[Any]:
    """Every answer about a `Child` that a statement reads, as JSON, the one that holds first for each party."""
    answers = (
        select(
            SharingPermission.party,
            SharingPermission.purpose,
            SharingPermission.answer,
            SharingPermission.answered_by,
            SharingPermission.answered_on,
            SharingPermission.how,
        )
        .where(SharingPermission.tenant_id == TENANT, SharingPermission.child_id == Child.id)
        .order_by(*_LATEST_FIRST)
        .correlate(Child)
        .subquery("answers")
    )
    listed = select(func.jsonb_agg(func.to_jsonb(answers.table_valued()))).select_from(answers)
    return func.coalesce(listed.correlate(Child).scalar_subquery(), text("'[]'::jsonb")).label("permissions")


def may_share(child_id: UUID, party: str, purpose: str) -> bool:
    """Whether the last answer for this party and purpose is yes; no answer is no."""
    last = db.session.execute(
        select(SharingPermission.answer)
        .where(
            SharingPermission.tenant_id == current_tenant_id(),
            SharingPermission.child_id == child_id,
            SharingPermission.party == party,
            SharingPermission.purpose == purpose,
        )
        .order_by(*_LATEST_FIRST)
        .limit(1)
    ).scalar_one_or_none()
    return last == "yes"


def record_mark(child_id: UUID, new: NewMark, *, by: Actor) -> ChildMark:
    """Keep a restricted fact."""
    mark = ChildMark(
        child_id=child_id,
        kind=new.kind,
        from_on=new.from_on,
        until_on=new.until_on,
        note=new.note,
        recorded_by=by.person_id,
    )
    db.session.add(mark)
    db.session.flush()
    return mark


def end_mark(child_id: UUID, mark_id: UUID, *, until_on: date) -> ChildMark:
    """Let a restricted fact end with a day."""
    mark = here(ChildMark, mark_id, ChildMark.child_id == child_id)
    mark.until_on = max(until_on, mark.from_on)
    db.session.flush()
    return mark


def see_reason(reason_id: UUID, *, by: Actor, at: datetime) -> None:
    """A manager has read why somebody opened a record beyond their own cases."""
    reason = here(AccessReason, reason_id)
    if reason.seen_at is None:
        reason.seen_by, reason.seen_at = by.person_id, at
        db.session.flush()
