"""Sessions of signed-in people: a row for each browser, the cookie's token kept as a hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from portage.accounts.models import AreaMembership, Identity, Person, RoleGrant, WebSession
from portage.core.access import Role
from portage.core.db import db
from portage.core.tenancy import current_tenant_id

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH = timedelta(seconds=60)  # a session's last use is written at most once a minute


def token_hash(token: str) -> bytes:
    """How a cookie's token is stored."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class Session:
    """A live session and whose it is."""

    id: UUID
    person_id: UUID
    name: str
    roles: frozenset[Role]
    areas: frozenset[UUID]
    provider_id: UUID


def open_session(
    person_id: UUID, identity: Identity, *, at: datetime, provider_sid: str | None = None, id_token: str | None = None
) -> str:
    """Open a session for a person who has just proved who they are; answers the cookie's token (256 bits)."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        WebSession(
            token_hash=token_hash(token),
            person_id=person_id,
            identity_id=identity.id,
            provider_id=identity.provider_id,
            provider_sid=provider_sid,
            id_token=id_token,
            seen_at=at,
            expires_at=at + ABSOLUTE,
        )
    )
    db.session.flush()
    return token


def session_of(token: str, *, at: datetime) -> Session | None:
    """The live session behind a cookie; None when it ended, lay idle too long, or the person was disabled."""
    tenant_id = current_tenant_id()
    row = db.session.execute(
        select(WebSession.id, WebSession.person_id, WebSession.seen_at, WebSession.provider_id, Person.name)
        .join(Person, (Person.tenant_id == WebSession.tenant_id) & (Person.id == WebSession.person_id))
        .where(
            WebSession.tenant_id == tenant_id,
            WebSession.token_hash == token_hash(token),
            WebSession.ended_at.is_(None),
            WebSession.expires_at > at,
            WebSession.seen_at > at - IDLE,
            Person.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    if row.seen_at < at - TOUCH:
        db.session.execute(
            update(WebSession).where(WebSession.tenant_id == tenant_id, WebSession.id == row.id).values(seen_at=at)
        )
    roles = db.session.execute(
        select(RoleGrant.role).where(RoleGrant.tenant_id == tenant_id, RoleGrant.person_id == row.person_id)
    ).scalars()
    areas = db.session.execute(
        select(AreaMembership.area_id).where(
            AreaMembership.tenant_id == tenant_id, AreaMembership.person_id == row.person_id
        )
    ).scalars()
    return Session(
        row.id, row.person_id, row.name, frozenset(Role(role) for role in roles), frozenset(areas), row.provider_id
    )


def end_sessions(*, at: datetime, reason: str, person_id: UUID | None = None, session_id: UUID | None = None) -> int:
    """End one session, or every session of a person; answers how many were live."""
    ended = (
        update(WebSession)
        .where(WebSession.tenant_id == current_tenant_id(), WebSession.ended_at.is_(None))
        .values(ended_at=at, end_reason=reason, id_token=None)
        .returning(WebSession.id)
    )
    if person_id is not None:
        ended = ended.where(WebSession.person_id == person_id)
    if session_id is not None:
        ended = ended.where(WebSession.id == session_id)
    return len(db.session.execute(ended).all())
