"""Telling people: an e-mail that holds nothing, an alert for staff, a link that opens once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from portage.accounts.models import Person
from portage.core import outbox
from portage.core.access import Role
from portage.core.db import db
from portage.core.identity import Viewer
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id
from portage.families.access import access_columns, access_values, among_own_cases
from portage.families.models import Child
from portage.messages.models import Alert, Message, OneTimeLink

SEND = "message.send"  # the kind of outbox row whose effect sends a message
TOLD_WHO = timedelta(days=3)  # how long the others read who took on what was meant for all of them
UNOPENED = timedelta(days=30)  # how long a link waits for its first opening


def tell(
    *,
    kind: str,
    recipient_kind: str,
    recipient_id: UUID,
    referral_id: UUID | None = None,
    child_id: UUID | None = None,
    reference: str | None = None,
    stage: str | None = None,
    link_id: UUID | None = None,
    subject_id: UUID | None = None,
    again: str | None = None,
) -> UUID | None:
    """Ask for one e-mail once this transaction commits; answers its id, or None when the same was asked for before.

    `recipient_kind` is `carer`, `referrer` (then `recipient_id` is the referral's) or `person`. The same means: this
    kind and stage, to this recipient, about this subject (`subject_id`, else the link, the referral or the child).
    `again` marks a deliberate repetition. `kind` is a key of `portage.messages.words.MAILS`. Whether e-mail is safe is
    asked when it is sent, not here.
    """
    message_id = new_id()
    subject = subject_id or link_id or referral_id or child_id or recipient_id
    same = ":".join(map(str, ("message", kind, recipient_kind, recipient_id, subject, stage or "", again or "")))
    if outbox.put(SEND, message_id, dedupe=same) is None:
        return None
    db.session.add(
        Message(
            id=message_id,
            kind=kind,
            recipient_kind=recipient_kind,
            recipient_id=recipient_id,
            referral_id=referral_id,
            child_id=child_id,
            reference=reference,
            stage=stage,
            link_id=link_id,
        )
    )
    db.session.flush()
    return message_id


def alert(
    *,
    kind: str,
    path: str,
    sentence: str,
    role: Role | str | None = None,
    person_id: UUID | None = None,
    area_id: UUID | None = None,
    child_id: UUID | None = None,
    dedupe: str | None = None,
) -> UUID | None:
    """Show a sentence to one person, or to all who hold a role (in one area team, if named), until it is taken on.

    `path` is the page that the sentence leads to. Answers the alert's id, or None when `dedupe` was used before.
    """
    if (role is None) == (person_id is None):
        raise ValueError("an alert is for one person or for one role")
    row = {
        "tenant_id": current_tenant_id(),
        "id": new_id(),
        "kind": kind,
        "path": path,
        "sentence": sentence,
        "role": str(role) if role else None,
        "person_id": person_id,
        "area_id": area_id,
        "child_id": child_id,
        "dedupe": dedupe,
    }
    raised = db.session.execute(
        insert(Alert).values(**row).on_conflict_do_nothing(index_elements=["tenant_id", "dedupe"]).returning(Alert.id)
    )
    return raised.scalar_one_or_none()


_UNTIL_SETTLED: set[str] = set()


def until_settled(kind: str) -> str:
    """Let alerts of this kind stand until `settle`: whoever only looked has not done what they ask for."""
    _UNTIL_SETTLED.add(kind)
    return kind


def settle(kind: str, path: str) -> None:
    """Let alerts of this kind that lead to this page rest: what they asked for was done, or cannot be done any more."""
    db.session.execute(
        update(Alert)
        .where(Alert.tenant_id == current_tenant_id(), Alert.kind == kind, Alert.path == path, Alert.seen_at.is_(None))
        .values(seen_at=func.now())
        .execution_options(synchronize_session=False)
    )


def make_link(
    *,
    purpose: str,
    subject_id: UUID,
    recipient_kind: str,
    recipient_id: UUID,
    at: datetime,
    unopened: timedelta = UNOPENED,
) -> UUID:
    """Make a link for one recipient (`purpose`: `letter` or `request`, with that row's id); answers the link's id.

    Give the id to `tell`: the token itself is drawn when the e-mail is sent, and nobody of the staff ever sees it.
    """
    link = OneTimeLink(
        id=new_id(),
        token_hash=sha256(secrets.token_bytes(32)).digest(),  # of nothing that anybody holds, until it is sent
        purpose=purpose,
        subject_id=subject_id,
        recipient_kind=recipient_kind,
        recipient_id=recipient_id,
        expires_at=at + unopened,
    )
    db.session.add(link)
    db.session.flush()
    return link.id


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert as its reader sees it; `whom` names the child, `taken_by` who has taken on what was meant for many."""

    id: UUID
    kind: str
    path: str
    sentence: str
    created_at: datetime
    for_role: bool
    taken_by: str | None
    whom: str | None


def open_alerts(viewer: Viewer, at: datetime, limit: int = 50) -> Sequence[OpenAlert]:
    """What this viewer should see, newest first.

    An alert to one person is theirs until they open it. One to a role waits for all of them until somebody takes it on;
    for some days more the others read who did. `whom` is the child that it is about, for those who may open the record
    without a reason; nobody else reads a name here.
    """
    others = and_(Alert.role.is_not(None), Alert.seen_by != viewer.person_id, Alert.seen_at > at - TOLD_WHO)
    found = db.session.execute(
        select(
            Alert.id,
            Alert.kind,
            Alert.path,
            Alert.sentence,
            Alert.created_at,
            Alert.role.is_not(None).label("for_role"),
            Person.name.label("taken_by"),
            Child.given_name,
            Child.family_name,
            Child.area_id,
            *access_columns(),
        )
        .outerjoin(Person, and_(Person.tenant_id == Alert.tenant_id, Person.id == Alert.seen_by))
        .outerjoin(Child, and_(Child.tenant_id == Alert.tenant_id, Child.id == Alert.child_id))
        .where(Alert.tenant_id == current_tenant_id(), or_(Alert.seen_at.is_(None), others), _meant_for(viewer))
        .order_by(Alert.seen_at.is_not(None), Alert.created_at.desc())
        .limit(limit),
        access_values(viewer, at),
    )
    return [_open(row, viewer) for row in found]


def _open(row: Row[*tuple[Any, ...]], viewer: Viewer) -> OpenAlert:
    named = row.given_name is not None and among_own_cases(viewer, row.area_id, row.caseload)
    whom = f"{row.given_name} {row.family_name}" if named else None
    return OpenAlert(row.id, row.kind, row.path, row.sentence, row.created_at, row.for_role, row.taken_by, whom)


@dataclass(frozen=True, slots=True)
class Seen:
    """Where an alert leads, and who had taken it on before this viewer did."""

    path: str
    taken_by: str | None = None


def mark_seen(alert_id: UUID, viewer: Viewer, at: datetime) -> Seen | None:
    """Note that the viewer saw an alert meant for them, or took on one meant for a role; None without such a one."""
    mine = (Alert.tenant_id == current_tenant_id(), Alert.id == alert_id, _meant_for(viewer))
    path = db.session.execute(
        update(Alert)
        .where(*mine, Alert.seen_at.is_(None), Alert.kind.not_in(_UNTIL_SETTLED))
        .values(seen_at=at, seen_by=viewer.person_id)
        .returning(Alert.path)
    ).scalar_one_or_none()
    if path is not None:
        return Seen(path)
    before = db.session.execute(
        select(Alert.path, Person.id, Person.name)
        .outerjoin(Person, and_(Person.tenant_id == Alert.tenant_id, Person.id == Alert.seen_by))
        .where(*mine)
    ).one_or_none()
    return before and Seen(before.path, before.name if before.id != viewer.person_id else None)


def _meant_for(viewer: Viewer) -> ColumnElement[bool]:
    by_role: ColumnElement[bool] = Alert.role.in_([str(role) for role in viewer.roles])
    if viewer.areas:
        by_role = and_(by_role, or_(Alert.area_id.is_(None), Alert.area_id.in_(viewer.areas)))
    return or_(Alert.person_id == viewer.person_id, by_role)
