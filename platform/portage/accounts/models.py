"""People who work for a council, how they sign in, and their sessions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core import clock
from portage.core.db import Editable, Index, Model, TenantOwned, UniqueConstraint, one_of, to
from portage.core.ids import new_id

ROLES = (
    "tenant-administrator",
    "service-manager",
    "team-administrator",
    "panel-chair",
    "panel-member",
    "home-visitor",
    "volunteer",
    "auditor",
)
LEVELS = ("basic", "standard", "enhanced", "enhanced-barred")  # of a DBS check, each holding the one before it


class Person(TenantOwned, Editable, Model):
    """Somebody who works or volunteers for a council's service."""

    __tablename__ = "person"

    name: Mapped[str]
    email: Mapped[str | None]
    telephone: Mapped[str | None]  # for texts and calls
    other_telephone: Mapped[str | None]  # for calls alone
    disabled_at: Mapped[datetime | None]
    organisation: Mapped[str | None]  # where they work, when that is not the council


class RoleGrant(TenantOwned, Model):
    """A role of a person; `source` tells an administrator's grant from one that a sign-in group gave."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("tenant_id", "person_id", "role", "source"),
        to("person", "person_id"),
        to("person", "granted_by"),
        one_of("role", *ROLES),
        one_of("source", "administrator", "group"),
    )

    person_id: Mapped[UUID]
    role: Mapped[str]
    source: Mapped[str]
    granted_by: Mapped[UUID | None]


class AreaMembership(TenantOwned, Model):
    """A person belongs to an area team; somebody without one works for the whole council. `source` is as for roles."""

    __tablename__ = "area_membership"
    __table_args__ = (
        UniqueConstraint("tenant_id", "person_id", "area_id", "source"),
        to("person", "person_id"),
        to("area", "area_id"),
        one_of("source", "administrator", "group"),
    )

    person_id: Mapped[UUID]
    area_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(server_default=text("'administrator'"), default="administrator")


class Training(TenantOwned, Model):
    """A training that a person completed, such as the Portage workshop; allocation asks for it (LAN-05)."""

    __tablename__ = "training"
    __table_args__ = (UniqueConstraint("tenant_id", "person_id", "kind"), to("person", "person_id"))

    person_id: Mapped[UUID]
    kind: Mapped[str]
    completed_on: Mapped[date]
    recorded_by: Mapped[UUID | None]


class StaffCheck(TenantOwned, Editable, Model):
    """Until when HR's check of a member of staff is current, by an administrator's word; never a copy of anything.

    Volunteers have checks of their own, kept by `VolunteerClearance`.
    """

    __tablename__ = "staff_check"
    __table_args__ = (
        UniqueConstraint("tenant_id", "person_id"),
        to("person", "person_id"),
        to("person", "recorded_by"),
    )

    person_id: Mapped[UUID]
    current_until: Mapped[date | None]  # the last day; None: HR's check is not current
    recorded_by: Mapped[UUID | None]


class VolunteerClearance(TenantOwned, Editable, Model):
    """Whether a volunteer may visit: opened and shut by a person's act, and shut by itself after its last day.

    `until_on` is the last day on which every check was in date at the latest act (None: no check is renewed). Without
    a row nobody visits as a volunteer. `portage.accounts.operations.clearance` alone reads it for a decision.
    """

    __tablename__ = "volunteer_clearance"
    __table_args__ = (
        UniqueConstraint("tenant_id", "person_id"),
        to("person", "person_id"),
        to("person", "supervisor_id"),
        to("person", "changed_by"),
        one_of("status", "open", "suspended", "ended"),
        one_of("level", *LEVELS),
    )

    person_id: Mapped[UUID]
    supervisor_id: Mapped[UUID]
    level: Mapped[str]  # of the DBS check that HR decided for the role
    status: Mapped[str]
    since: Mapped[date]
    until_on: Mapped[date | None]
    reason: Mapped[str | None]
    changed_by: Mapped[UUID | None]


class VolunteerCheck(TenantOwned, Model):
    """A check of a volunteer that somebody saw: never a copy, never what stands in it. A later row replaces it.

    `kind` is the policy's key of the check; `counts_from` the day from which the policy counts until it is renewed.
    """

    __tablename__ = "volunteer_check"
    __table_args__ = (
        Index("ix_volunteer_check_tenant_id_person_id", "tenant_id", "person_id", "kind", "checked_on"),
        to("person", "person_id"),
        to("person", "seen_by"),
        one_of("how", "certificate", "update-service"),
        one_of("level", *LEVELS),
    )

    person_id: Mapped[UUID]
    kind: Mapped[str]
    how: Mapped[str]
    level: Mapped[str | None]
    certificate_number: Mapped[str | None]
    issued_on: Mapped[date]
    checked_on: Mapped[date]
    counts_from: Mapped[date]
    seen_by: Mapped[UUID]
    cleared: Mapped[bool]


class IdentityProvider(TenantOwned, Editable, Model):
    """A council's OpenID provider. The secret is not here: `secret_name` says where the process finds it."""

    __tablename__ = "identity_provider"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        one_of("auth_method", "client_secret_basic", "private_key_jwt"),
    )

    key: Mapped[str]
    name: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_method: Mapped[str]
    secret_name: Mapped[str]
    rules: Mapped[dict[str, Any]]
    demands: Mapped[dict[str, Any]]
    enabled: Mapped[bool] = mapped_column(server_default=text("true"), default=True)


class Identity(TenantOwned, Model):
    """A person as one provider knows them: (provider, issuer, subject); an e-mail address never links two."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider_id", "issuer", "subject"),
        to("identity_provider", "provider_id"),
        to("person", "person_id"),
    )

    provider_id: Mapped[UUID]
    issuer: Mapped[str]
    subject: Mapped[str]
    person_id: Mapped[UUID]
    last_seen_at: Mapped[datetime | None]


class Invitation(TenantOwned, Editable, Model):
    """An invitation to sign in for the first time; bound to the subject that first uses it."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        to("person", "person_id"),
        to("person", "invited_by"),
    )

    person_id: Mapped[UUID]
    invited_by: Mapped[UUID | None]
    token_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WebSession(TenantOwned, Model):
    """A signed-in browser: the cookie's token is kept as a hash; the person or the provider can end the row."""

    __tablename__ = "web_session"
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        Index("ix_web_session_tenant_id_person_id", "tenant_id", "person_id"),
        Index("ix_web_session_tenant_id_provider_sid", "tenant_id", "provider_id", "provider_sid"),
        to("person", "person_id"),
        to("identity", "identity_id"),
        to("identity_provider", "provider_id"),
    )

    token_hash: Mapped[bytes]
    person_id: Mapped[UUID]
    identity_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    provider_sid: Mapped[str | None]
    id_token: Mapped[str | None]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class LoginAttempt(TenantOwned, Model):
    """One attempt to sign in: what must come back, for the one browser that asked, once, within ten minutes."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        UniqueConstraint("tenant_id", "state_hash"),
        to("identity_provider", "provider_id"),
        to("invitation", "invitation_id"),
    )

    provider_id: Mapped[UUID]
    state_hash: Mapped[bytes]
    cookie_hash: Mapped[bytes]
    nonce: Mapped[str]
    verifier: Mapped[str]
    next_path: Mapped[str]
    invitation_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LogoutTokenSeen(TenantOwned, Model):
    """A back-channel logout token that was obeyed, so that a copy of it is refused."""

    __tablename__ = "logout_token_seen"
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider_id", "jti"),
        to("identity_provider", "provider_id"),
    )

    provider_id: Mapped[UUID]
    jti: Mapped[str]
    expires_at: Mapped[datetime]


class Operator(Model):
    """Somebody who runs the platform; no council's rows are open to them."""

    __tablename__ = "operator"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))


class OperatorSession(Model):
    """An operator's signed-in browser."""

    __tablename__ = "operator_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    operator_id: Mapped[UUID]
    id_token: Mapped[str | None]
    provider_sid: Mapped[str | None]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))


class OperatorLoginAttempt(Model):
    """One attempt of an operator to sign in."""

    __tablename__ = "operator_login_attempt"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state_hash: Mapped[bytes] = mapped_column(unique=True)
    cookie_hash: Mapped[bytes]
    nonce: Mapped[str]
    verifier: Mapped[str]
    next_path: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OperatorLogoutTokenSeen(Model):
    """A back-channel logout token about an operator that was obeyed, so that a copy of it is refused."""

    __tablename__ = "operator_logout_token_seen"
    __table_args__ = (UniqueConstraint("issuer", "jti"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issuer: Mapped[str]
    jti: Mapped[str]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
