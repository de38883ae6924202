"""Operators of the platform sign in on a host of their own, into tables that no council's application reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from portage.accounts.models import Operator, OperatorLoginAttempt, OperatorLogoutTokenSeen, OperatorSession
from portage.accounts.oidc.flow import Begun
from portage.accounts.oidc.tokens import LogoutNotice, SignedIn
from portage.accounts.operations.sessions import IDLE, LONGEST
from portage.accounts.operations.sign_in import ATTEMPT
from portage.accounts.refusals import AccountClosed, AttemptNotKnown, NotInvited, NotTrusted
from portage.accounts.tokens import hash_of, new_token
from portage.core.db import db


@dataclass(frozen=True, slots=True)
class LiveOperatorSession:
    """An operator's session that is good now."""

    id: UUID
    operator_id: UUID
    name: str


def keep_operator_attempt(begun: Begun, *, cookie: str, next_path: str, at: datetime) -> None:
    """Remember an operator's attempt for ten minutes, bound to the browser that holds `cookie`."""
    db.session.add(
        OperatorLoginAttempt(
            state_hash=hash_of(begun.state),
            cookie_hash=hash_of(cookie),
            nonce=begun.nonce,
            verifier=begun.verifier,
            next_path=next_path,
            expires_at=at + ATTEMPT,
        )
    )
    db.session.flush()


def take_operator_attempt(*, state: str, cookie: str | None, at: datetime) -> OperatorLoginAttempt:
    """Use up the attempt that an answer belongs to, once, for the browser that began it; raises AttemptNotKnown."""
    query = select(OperatorLoginAttempt).where(OperatorLoginAttempt.state_hash == hash_of(state))
    attempt = db.session.scalars(query).one_or_none()
    if attempt is None or not cookie or not compare_digest(attempt.cookie_hash, hash_of(cookie)):
        raise AttemptNotKnown("no such attempt in this browser")
    taken = db.session.execute(
        update(OperatorLoginAttempt)
        .where(
            OperatorLoginAttempt.id == attempt.id,
            OperatorLoginAttempt.used_at.is_(None),
            OperatorLoginAttempt.expires_at > at,
        )
        .values(used_at=at)
        .returning(OperatorLoginAttempt.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is None:
        raise AttemptNotKnown("used or too old")
    return attempt


def finish_operator_sign_in(signed_in: SignedIn, *, replaces: str | None, at: datetime) -> str:
    """Open a session for an operator who was added at the terminal; nobody becomes one by signing in."""
    query = select(Operator).where(Operator.issuer == signed_in.issuer, Operator.subject == signed_in.subject)
    operator = db.session.scalars(query).one_or_none()
    if operator is None:
        raise NotInvited("no such operator")
    if operator.disabled_at is not None:
        raise AccountClosed
    if replaces:
        end_operator_session(replaces, at=at)
    token = new_token()
    db.session.add(
        OperatorSession(
            token_hash=hash_of(token),
            operator_id=operator.id,
            id_token=signed_in.id_token,
            provider_sid=signed_in.sid,
            seen_at=at,
            expires_at=at + LONGEST,
        )
    )
    db.session.flush()
    return token


def find_operator_session(token: str, *, at: datetime) -> LiveOperatorSession | None:
    """The operator's session behind a browser's token, or None when it ended, ran out or lay idle."""
    row = db.session.execute(
        select(OperatorSession.id, OperatorSession.seen_at, OperatorSession.expires_at, Operator.id, Operator.name)
        .join(Operator, Operator.id == OperatorSession.operator_id)
        .where(
            OperatorSession.token_hash == hash_of(token),
            OperatorSession.ended_at.is_(None),
            Operator.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    session_id, seen_at, expires_at, operator_id, name = row
    if at >= expires_at or at >= seen_at + IDLE:
        return None
    db.session.execute(update(OperatorSession).where(OperatorSession.id == session_id).values(seen_at=at))
    return LiveOperatorSession(session_id, operator_id, name)


def end_operator_session(token: str, *, at: datetime) -> str | None:
    """End the session behind a token and answer its identity token, which is then forgotten."""
    found = db.session.scalars(
        select(OperatorSession).where(OperatorSession.token_hash == hash_of(token), OperatorSession.ended_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    id_token, found.id_token, found.ended_at = found.id_token, None, at
    db.session.flush()
    return id_token or ""


def obey_operator_logout(notice: LogoutNotice, *, at: datetime) -> int:
    """End what the operators' provider names: the session with this id, or every session of the person.

    A token that was seen before is refused; what is over is forgotten at the same time.
    """
    db.session.execute(delete(OperatorLogoutTokenSeen).where(OperatorLogoutTokenSeen.expires_at < at))
    first = db.session.execute(
        insert(OperatorLogoutTokenSeen)
        .values(issuer=notice.issuer, jti=notice.jti, expires_at=notice.expires_at)
        .on_conflict_do_nothing(index_elements=["issuer", "jti"])
        .returning(OperatorLogoutTokenSeen.id)
    ).scalar_one_or_none()
    if first is None:
        raise NotTrusted("a logout token came twice")
    query = (
        select(OperatorSession)
        .join(Operator, Operator.id == OperatorSession.operator_id)
        .where(OperatorSession.ended_at.is_(None), Operator.issuer == notice.issuer)
    )
    if notice.sid is not None:
        query = query.where(OperatorSession.provider_sid == notice.sid)
    if notice.subject is not None:
        query = query.where(Operator.subject == notice.subject)
    live = list(db.session.scalars(query))
    for session in live:
        session.id_token, session.ended_at = None, at
    db.session.flush()
    return len(live)
