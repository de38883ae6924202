"""Signing in: the attempt that a browser begins, and the session that a provider's answer opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from portage.accounts.models import (
    AreaMembership,
    Identity,
    IdentityProvider,
    Invitation,
    LoginAttempt,
    Person,
    RoleGrant,
)
from portage.accounts.oidc.flow import Begun
from portage.accounts.oidc.provider import Relation
from portage.accounts.oidc.tokens import SignedIn
from portage.accounts.operations.sessions import end_sessions_of, open_session
from portage.accounts.refusals import AccountClosed, AttemptNotKnown, InvitationNotUsable, NotInvited
from portage.accounts.rules import GroupRule, Rules, relation
from portage.accounts.tokens import hash_of
from portage.core import audit
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.mailboxes import is_mailbox
from portage.core.tenancy import current_tenant_id, scoped
from portage.tenants.models import Area

ATTEMPT = timedelta(minutes=10)
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a sign-in: the browser's token, or None when the person has no role left."""

    token: str | None
    person_id: UUID


def providers() -> list[IdentityProvider]:
    """The council's providers that people may use, by name."""
    query = scoped(IdentityProvider).where(IdentityProvider.enabled.is_(True)).order_by(IdentityProvider.name)
    return list(db.session.scalars(query))


def provider(provider_id: UUID) -> IdentityProvider:
    """One provider of this council that people may use; raises NotHere."""
    query = scoped(IdentityProvider).where(IdentityProvider.id == provider_id, IdentityProvider.enabled.is_(True))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotHere
    return found


def relation_of(row: IdentityProvider) -> Relation:
    """What the protocol needs to know of a provider's row."""
    return relation(
        issuer=row.issuer,
        client_id=row.client_id,
        auth_method=row.auth_method,
        secret_name=row.secret_name,
        rules=Rules.read(row.rules),
        demands=row.demands,
    )


def find_invitation(token: str, *, at: datetime) -> Invitation:
    """An invitation that can still be used; raises InvitationNotUsable. Looking does not use it."""
    invitation = db.session.scalars(scoped(Invitation).where(Invitation.token_hash == hash_of(token))).one_or_none()
    if invitation is None or invitation.used_at is not None or at >= invitation.expires_at:
        raise InvitationNotUsable
    return invitation


def keep_attempt(
    provider_id: UUID, begun: Begun, *, cookie: str, next_path: str, invitation_id: UUID | None, at: datetime
) -> None:
    """Remember an attempt for ten minutes, bound to the one browser that holds `cookie`."""
    db.session.add(
        LoginAttempt(
            provider_id=provider_id,
            state_hash=hash_of(begun.state),
            cookie_hash=hash_of(cookie),
            nonce=begun.nonce,
            verifier=begun.verifier,
            next_path=next_path,
            invitation_id=invitation_id,
            expires_at=at + ATTEMPT,
        )
    )
    db.session.flush()


def take_attempt(provider_id: UUID, *, state: str, cookie: str | None, at: datetime) -> LoginAttempt:
    """Use up the attempt that an answer belongs to; raises AttemptNotKnown.

    It must be of this provider (an answer at another provider's address is a mix-up), of this browser, of the last ten
    minutes, and nobody may have used it. Somebody without the browser's cookie cannot use it up either.
    """
    attempt = db.session.scalars(scoped(LoginAttempt).where(LoginAttempt.state_hash == hash_of(state))).one_or_none()
    if attempt is None or attempt.provider_id != provider_id:
        raise AttemptNotKnown("no such attempt at this provider")
    if not cookie or not compare_digest(attempt.cookie_hash, hash_of(cookie)):
        raise AttemptNotKnown("another browser")
    taken = db.session.execute(
        update(LoginAttempt)
        .where(
            LoginAttempt.tenant_id == current_tenant_id(),
            LoginAttempt.id == attempt.id,
            LoginAttempt.used_at.is_(None),
            LoginAttempt.expires_at > at,
        )
        .values(used_at=at)
        .returning(LoginAttempt.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is None:
        raise AttemptNotKnown("used or too old")
    return attempt


def finish_sign_in(
    row: IdentityProvider,
    signed_in: SignedIn,
    *,
    invitation_id: UUID | None,
    replaces: str | None,
    at: datetime,
) -> Opened:
    """Find or admit the person whom the provider names, refresh what groups give them, and open a session.

    Without any role left there is none, and open ones end: an outcome to keep, so it is returned and not raised.

    A person is known by provider, issuer and subject together. An e-mail address never links anybody to anything.
    """
    rules = Rules.read(row.rules)
    matching = rules.matching(signed_in.claims)
    identity = _known(row.id, signed_in)
    first_time = identity is None
    if invitation_id is not None:
        identity = _accept(row, signed_in, invitation_id, identity, at)
    elif identity is None:
        if not matching:
            raise NotInvited("no invitation and no group")
        identity = _admit(row, signed_in)
    person = db.session.scalars(scoped(Person).where(Person.id == identity.person_id)).one()
    if person.disabled_at is not None:
        raise AccountClosed
    _refresh_roles(person.id, matching)
    _refresh_areas(person.id, matching)
    if not _has_role(person.id):
        end_sessions_of(person.id, reason="no-role", at=at)
        return Opened(None, person.id)
    identity.last_seen_at = at
    token = open_session(identity, sid=signed_in.sid, id_token=signed_in.id_token, at=at, replaces=replaces)
    audit.record(
        "signed-in", actor=f"person:{person.id}", subject=("person", person.id), provider=row.id, first=first_time
    )
    return Opened(token, person.id)


def _known(provider_id: UUID, signed_in: SignedIn) -> Identity | None:
    return db.session.scalars(
        scoped(Identity).where(
            Identity.provider_id == provider_id,
            Identity.issuer == signed_in.issuer,
            Identity.subject == signed_in.subject,
        )
    ).one_or_none()


def _identity(row: IdentityProvider, signed_in: SignedIn, person_id: UUID) -> Identity:
    identity = Identity(provider_id=row.id, issuer=signed_in.issuer, subject=signed_in.subject, person_id=person_id)
    db.session.add(identity)
    db.session.flush()
    return identity


def _accept(
    row: IdentityProvider, signed_in: SignedIn, invitation_id: UUID, identity: Identity | None, at: datetime
) -> Identity:
    """Bind an invitation to the subject that uses it first; nobody takes over a place that is somebody else's."""
    query = scoped(Invitation).where(Invitation.id == invitation_id).with_for_update()
    invitation = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if invitation is None or invitation.used_at is not None or at >= invitation.expires_at:
        raise InvitationNotUsable
    if identity is not None and identity.person_id != invitation.person_id:
        raise InvitationNotUsable("this subject is already somebody else")
    if signed_in.claims.get("email_verified") is False:
        raise InvitationNotUsable("the provider has not verified who this is")
    invitation.used_at = at
    audit.record(
        "invitation-accepted",
        actor=f"person:{invitation.person_id}",
        subject=("person", invitation.person_id),
        invitation=invitation.id,
    )
    return identity or _identity(row, signed_in, invitation.person_id)


def _admit(row: IdentityProvider, signed_in: SignedIn) -> Identity:
    """Make a person for somebody whom a group of the council lets in."""
    claims = signed_in.claims
    name = _said(claims, "name") or _said(claims, "preferred_username") or "Name not given"
    email = _said(claims, "email")
    person = Person(name=name, email=email if email and is_mailbox(email) else None)
    db.session.add(person)
    db.session.flush()
    audit.record("person-admitted-by-group", actor="system", subject=("person", person.id), provider=row.id)
    return _identity(row, signed_in, person.id)


def _said(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value.strip()[:_LONGEST_NAME] or None if isinstance(value, str) and value.isprintable() else None


def _refresh_roles(person_id: UUID, matching: list[GroupRule]) -> None:
    """Make the roles that groups give equal to what the groups say now; an administrator's grants stay."""
    due = {rule.role for rule in matching}
    granted = scoped(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.source == "group")
    held = {grant.role for grant in db.session.scalars(granted)}
    if gone := held - due:
        db.session.execute(
            delete(RoleGrant).where(
                RoleGrant.tenant_id == current_tenant_id(),
                RoleGrant.person_id == person_id,
                RoleGrant.source == "group",
                RoleGrant.role.in_(gone),
            )
        )
    db.session.add_all(RoleGrant(person_id=person_id, role=role, source="group") for role in sorted(due - held))
    db.session.flush()
    if held != due:
        audit.record(
            "roles-changed-by-group",
            actor="system",
            subject=("person", person_id),
            given=sorted(due - held),
            withdrawn=sorted(gone),
        )


def _refresh_areas(person_id: UUID, matching: list[GroupRule]) -> None:
    """The same for area teams.

    Somebody without an area team works for the whole council, so losing every group must not widen what they see: then
    the area teams stay, and the roles that remain are an administrator's.
    """
    if not matching:
        return
    keys = {rule.area for rule in matching if rule.area}
    due = set(db.session.scalars(select(Area.id).where(Area.tenant_id == current_tenant_id(), Area.key.in_(keys))))
    if keys and not due:
        raise NotInvited("the area team of the group is not known")
    given = scoped(AreaMembership).where(AreaMembership.person_id == person_id, AreaMembership.source == "group")
    held = {membership.area_id for membership in db.session.scalars(given)}
    if gone := held - due:
        db.session.execute(
            delete(AreaMembership).where(
                AreaMembership.tenant_id == current_tenant_id(),
                AreaMembership.person_id == person_id,
                AreaMembership.source == "group",
                AreaMembership.area_id.in_(gone),
            )
        )
    db.session.add_all(
        AreaMembership(person_id=person_id, area_id=area_id, source="group") for area_id in sorted(due - held)
    )
    db.session.flush()


def _has_role(person_id: UUID) -> bool:
    query = select(RoleGrant.id).where(RoleGrant.tenant_id == current_tenant_id(), RoleGrant.person_id == person_id)
    return db.session.execute(query.limit(1)).first() is not None
