"""Sessions of a council's people: opened at sign-in, looked up at each click, ended by anybody who may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Select, Text, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from portage.accounts.models import AreaMembership, Identity, LogoutTokenSeen, Person, RoleGrant, WebSession
from portage.accounts.oidc.tokens import LogoutNotice
from portage.accounts.refusals import NotTrusted
from portage.accounts.tokens import hash_of, new_token
from portage.core.access import Role
from portage.core.db import db
from portage.core.tenancy import TENANT, current_tenant_id, rows_of

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
# A session's row is not written at every click: being a minute off is nothing beside half an hour.
_NOTE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that is good now, with the person's roles and area teams as they are now."""

    id: UUID
    person_id: UUID
    name: str
    provider_id: UUID
    roles: frozenset[Role]
    areas: frozenset[UUID]
    outside: bool  # works for another organisation than the council
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EndedSession:
    """What is needed to end a session at the provider too."""

    provider_id: UUID
    id_token: str | None


def open_session(
    identity: Identity, *, sid: str | None, id_token: str, at: datetime, replaces: str | None = None
) -> str:
    """Open a session and answer the browser's new token; the browser's earlier session, if any, ends."""
    if replaces:
        end_session(replaces, reason="replaced", at=at)
    token = new_token()
    db.session.add(
        WebSession(
            token_hash=hash_of(token),
            person_id=identity.person_id,
            identity_id=identity.id,
            provider_id=identity.provider_id,
            provider_sid=sid,
            id_token=id_token,
            seen_at=at,
            expires_at=at + LONGEST,
        )
    )
    db.session.flush()
    return token


def find_session(token: str, *, at: datetime) -> LiveSession | None:
    """The session behind a browser's token, or None when it ended, ran out, lay idle, or its person was disabled."""
    row = _row(token)
    if row is None or row.disabled_at is not None or at >= row.expires_at or at >= row.seen_at + IDLE:
        return None
    if at >= row.seen_at + _NOTE_EVERY:
        tenant_id = current_tenant_id()
        db.session.execute(
            update(WebSession).where(WebSession.tenant_id == tenant_id, WebSession.id == row.id).values(seen_at=at)
        )
    return LiveSession(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        provider_id=row.provider_id,
        roles=frozenset(Role(role) for role in row.roles),
        areas=frozenset(row.areas),
        outside=row.organisation is not None,
        expires_at=row.expires_at,
    )


def _row(token: str) -> Row[Any] | None:
    """One query for the session, its person, their roles and their area teams."""
    return rows_of(_by_token(), {"token_hash": hash_of(token)}).one_or_none()


@cache
def _by_token() -> Select[*tuple[Any, ...]]:
    """Built once in a process: it is asked at every click."""
    roles = select(RoleGrant.role).where(RoleGrant.tenant_id == TENANT, RoleGrant.person_id == WebSession.person_id)
    areas = select(AreaMembership.area_id).where(
        AreaMembership.tenant_id == TENANT, AreaMembership.person_id == WebSession.person_id
    )
    return (
        select(
            WebSession.id,
            WebSession.person_id,
            WebSession.provider_id,
            WebSession.seen_at,
            WebSession.expires_at,
            Person.name,
            Person.disabled_at,
            Person.organisation,
            func.array(roles.correlate(WebSession).scalar_subquery(), type_=ARRAY(Text)).label("roles"),
            func.array(areas.correlate(WebSession).scalar_subquery(), type_=ARRAY(Uuid)).label("areas"),
        )
        .join(Person, (Person.tenant_id == WebSession.tenant_id) & (Person.id == WebSession.person_id))
        .where(
            WebSession.tenant_id == TENANT,
            WebSession.token_hash == bindparam("token_hash"),
            WebSession.ended_at.is_(None),
        )
    )


def _end(*conditions: Any, reason: str, at: datetime) -> Sequence[Row[UUID, UUID, str | None]]:
    """End live sessions; their identity tokens, which hold a name, are handed to the caller and forgotten."""
    tenant_id = current_tenant_id()
    live = (WebSession.tenant_id == tenant_id, WebSession.ended_at.is_(None), *conditions)
    found = db.session.execute(
        select(WebSession.id, WebSession.provider_id, WebSession.id_token).where(*live).with_for_update()
    ).all()
    if found:
        db.session.execute(
            update(WebSession)
            .where(WebSession.tenant_id == tenant_id, WebSession.id.in_([row.id for row in found]))
            .values(ended_at=at, end_reason=reason, id_token=None)
        )
    return found


def end_session(token: str, *, reason: str, at: datetime) -> EndedSession | None:
    """End the session behind a browser's token; None when there is no live one."""
    ended = _end(WebSession.token_hash == hash_of(token), reason=reason, at=at)
    return EndedSession(ended[0].provider_id, ended[0].id_token) if ended else None


def end_sessions_of(person_id: UUID, *, reason: str, at: datetime) -> int:
    """End every session of a person; answers how many there were."""
    return len(_end(WebSession.person_id == person_id, reason=reason, at=at))


def obey_logout(provider_id: UUID, notice: LogoutNotice, *, at: datetime) -> int:
    """End what a provider's logout token names and answer how many sessions; a token that was seen before is refused.

    With a session id that session ends, with a person alone all of theirs from this provider.
    """
    tenant_id = current_tenant_id()
    first = db.session.execute(
        insert(LogoutTokenSeen)
        .values(tenant_id=tenant_id, provider_id=provider_id, jti=notice.jti, expires_at=notice.expires_at)
        .on_conflict_do_nothing(index_elements=["tenant_id", "provider_id", "jti"])
        .returning(LogoutTokenSeen.id)
    ).scalar_one_or_none()
    if first is None:
        raise NotTrusted("a logout token came twice")
    conditions: list[Any] = [WebSession.provider_id == provider_id]
    if notice.sid is not None:
        conditions.append(WebSession.provider_sid == notice.sid)
    if notice.subject is not None:
        theirs = select(Identity.id).where(
            Identity.tenant_id == tenant_id,
            Identity.provider_id == provider_id,
            Identity.issuer == notice.issuer,
            Identity.subject == notice.subject,
        )
        conditions.append(WebSession.identity_id.in_(theirs))
    return len(_end(*conditions, reason="ended-by-provider", at=at))
