"""Phones: the key to what one holds, whether it may still hold it, and for how long."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from portage.accounts.models import Person, WebSession
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed, NotHere
from portage.core.identity import Actor, Viewer
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.offline.models import Phone, PhoneRule
from portage.offline.refusals import PhoneEnded

HOURS = 24  # until a council says otherwise: a working day and the morning after it
_LENGTH = 32  # bytes of a key: AES-256
_REPLACED = "replaced"  # the reason of a session that ended because its person signed in again
PAGE = 50


@dataclass(frozen=True, slots=True)
class KeptFor:
    """For how many hours phones that are not in touch keep visits."""

    kept_hours: int
    version: int | None = None


def open_phone(phone_id: UUID, *, viewer: Viewer, at: datetime) -> tuple[Phone, bytes]:
    """Note that somebody's phone is in touch, and answer its key; a phone that is new here gets one.

    Raises `NotHere` for the phone of somebody else, and `PhoneEnded` for one that was ended.
    """
    if viewer.person_id is None:
        raise NotAllowed
    mine = {"person_id": viewer.person_id, "session_id": viewer.session_id, "seen_at": at}
    drawn = secrets.token_bytes(_LENGTH)
    db.session.execute(
        insert(Phone)
        .values(tenant_id=current_tenant_id(), id=phone_id, key=drawn, **mine)
        .on_conflict_do_nothing(index_elements=["tenant_id", "id"])
    )
    phone = phone_of(phone_id, viewer)
    if phone.key is None:
        raise PhoneEnded
    phone.session_id, phone.seen_at = viewer.session_id, at
    db.session.flush()
    return phone, phone.key


def phone_of(phone_id: UUID, viewer: Viewer) -> Phone:
    """A phone of this person; raises `NotHere`, also for the phone of another person of the same council."""
    return here(Phone, phone_id, Phone.person_id == viewer.person_id)


def must_let_go(phone_id: UUID, viewer: Viewer) -> str | None:
    """Whether a phone must delete everything (`forget`: it was ended), or the key and the visits (`lock`), or nothing.

    It locks when its person was shut out, or somebody ended its session: what they wrote waits for them to come back.

    A session that only lay idle is no reason: visits are carried for just that. Nor is an ended one once the same
    person has signed in again. A phone that is unknown here holds nothing that it could ever read again.
    """
    row = db.session.execute(
        select(
            Phone.person_id,
            Phone.ended_at,
            Person.disabled_at,
            WebSession.ended_at.label("session_ended"),
            WebSession.end_reason,
        )
        .join(Person, and_(Person.tenant_id == Phone.tenant_id, Person.id == Phone.person_id))
        .outerjoin(WebSession, and_(WebSession.tenant_id == Phone.tenant_id, WebSession.id == Phone.session_id))
        .where(Phone.tenant_id == current_tenant_id(), Phone.id == phone_id)
    ).one_or_none()
    if row is None or row.ended_at is not None:
        return "forget"
    ended = row.session_ended is not None and row.end_reason != _REPLACED and row.person_id != viewer.person_id
    return "lock" if ended or row.disabled_at is not None else None


def phones(*, page: int = 1) -> tuple[Sequence[Row[*tuple[Any, ...]]], int]:
    """The phones that may hold visits, the last one in touch first; and how many there are."""
    rows = db.session.execute(
        select(Phone.id, Phone.seen_at, Phone.created_at, Person.name, func.count().over().label("total"))
        .join(Person, and_(Person.tenant_id == Phone.tenant_id, Person.id == Phone.person_id))
        .where(Phone.tenant_id == current_tenant_id(), Phone.ended_at.is_(None))
        .order_by(Phone.seen_at.desc(), Phone.id)
        .limit(PAGE)
        .offset(PAGE * (page - 1))
    ).all()
    return rows, rows[0].total if rows else 0


def lately_ended(since: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """The phones that somebody ended since then, the latest first: whose, when, and by whom."""
    ender = aliased(Person)
    return db.session.execute(
        select(Phone.id, Phone.seen_at, Phone.ended_at, Person.name, ender.name.label("ended_by"))
        .join(Person, and_(Person.tenant_id == Phone.tenant_id, Person.id == Phone.person_id))
        .outerjoin(ender, and_(ender.tenant_id == Phone.tenant_id, ender.id == Phone.ended_by))
        .where(Phone.tenant_id == current_tenant_id(), Phone.ended_at >= since)
        .order_by(Phone.ended_at.desc(), Phone.id)
        .limit(PAGE)
    ).all()


def end_phone(phone_id: UUID, *, by: Actor, at: datetime) -> None:
    """Destroy a phone's key: what it holds is wiped at its next contact, and unreadable for ever once it is.

    What it has not sent is lost with it; the page says so before.
    """
    mine = (Phone.tenant_id == current_tenant_id(), Phone.id == phone_id, Phone.ended_at.is_(None))
    ended = db.session.execute(
        update(Phone).where(*mine).values(key=None, ended_at=at, ended_by=by.person_id).returning(Phone.id)
    ).one_or_none()
    if ended is None:
        raise NotHere


def rule_here() -> PhoneRule | None:
    """What the council has said about its phones; None while the platform's own limit holds."""
    return db.session.scalars(scoped(PhoneRule)).one_or_none()


def kept_hours() -> int:
    """For how many hours a phone that is not in touch keeps this council's visits."""
    rule = rule_here()
    return rule.kept_hours if rule else HOURS


def keep_for(command: KeptFor, *, by: Actor) -> PhoneRule:
    """Set the limit; raises `ChangedMeanwhile` when somebody else did so first."""
    rule = db.session.scalars(scoped(PhoneRule).with_for_update()).one_or_none()
    if (rule.version if rule else None) != command.version:
        raise ChangedMeanwhile(
            theirs=[("Hours", str(rule.kept_hours if rule else HOURS))],
            yours=[("Hours", str(command.kept_hours))],
            back="/phones",
        )
    rule = rule or PhoneRule()
    rule.kept_hours, rule.set_by = command.kept_hours, by.person_id
    db.session.add(rule)
    db.session.flush()
    return rule
