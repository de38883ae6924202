"""What the service tells people: e-mails that hold nothing, letters behind one-time links, alerts for staff."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import CaseRecord, Editable, Index, Model, TenantOwned, UniqueConstraint, one_of, to


class Message(TenantOwned, Editable, Model):
    """An e-mail to send: whom it concerns and why. The address is read from the person at sending, never kept here.

    `status` is `held` when the person's safe-contact setting forbids e-mail at that moment, `unknown` when the mail
    server went away after it had the message. `handled_on` is the day on which somebody found another way.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_tenant_id_status", "tenant_id", "status"),
        Index("ix_message_tenant_id_referral_id", "tenant_id", "referral_id"),
        to("person", "handled_by"),
        one_of("recipient_kind", "carer", "referrer", "notifier", "person", "pack"),
        one_of("status", "waiting", "sent", "held", "failed", "unknown"),
    )

    kind: Mapped[str]
    recipient_kind: Mapped[str]
    recipient_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]
    child_id: Mapped[UUID | None]
    reference: Mapped[str | None]
    stage: Mapped[str | None]
    link_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default=text("'waiting'"), default="waiting")
    held_because: Mapped[str | None]
    message_id: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    handled_on: Mapped[date | None]
    handled_by: Mapped[UUID | None]


class TextMessage(TenantOwned, Editable, Model):
    """A text to somebody who works here: a reference and a link, no word about a child. The number is read at sending.

    `status` is `held` where no text can go out or the person has no number for texts, `unknown` when the gateway may
    have taken it. `about_id` is what it is about in the slice that asked for it.
    """

    __tablename__ = "text_message"
    __table_args__ = (
        Index("ix_text_message_tenant_id_about_id", "tenant_id", "about_id"),
        Index("ix_text_message_tenant_id_person_id", "tenant_id", "person_id", "kind", "created_at"),
        to("person", "person_id"),
        one_of("status", "waiting", "unknown", "sent", "delivered", "held", "failed"),
    )

    kind: Mapped[str]
    person_id: Mapped[UUID]
    reference: Mapped[str]
    path: Mapped[str]
    about_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default=text("'waiting'"), default="waiting")
    because: Mapped[str | None]
    notify_id: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]


class OneTimeLink(TenantOwned, Editable, Model):
    """A link for a person without an account: the token is kept as a hash, a page shows a button that spends it.

    `closed_at` is when a manager closed it by hand: from then on it opens nothing, and no new one is sent for it.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        to("person", "closed_by"),
        one_of("purpose", "letter", "request", "waiting", "notification", "plan", "family", "pack", "visit"),
    )

    token_hash: Mapped[bytes]
    purpose: Mapped[str]
    subject_id: Mapped[UUID]
    recipient_kind: Mapped[str]
    recipient_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    browser_hash: Mapped[bytes | None]
    open_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]


class Letter(TenantOwned, Editable, CaseRecord, Model):
    """A letter to a family as written on its day: the sections are kept, so that it reads the same years later."""

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_tenant_id_referral_id", "tenant_id", "referral_id"),
        to("child", "child_id"),
        to("carer", "carer_id"),
        to("person", "written_by"),
        one_of("kind", "outcome", "signposting", "receipt", "closing", "invitation", "cancellation"),
    )

    kind: Mapped[str]
    child_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]
    carer_id: Mapped[UUID | None]
    dated_on: Mapped[date]
    content: Mapped[dict[str, Any]]
    written_by: Mapped[UUID | None]
    posted_on: Mapped[date | None]
    read_at: Mapped[datetime | None]


class Alert(TenantOwned, Model):
    """Something that a member of staff must see: for one person, or for all who hold a role (in one area, if named)."""

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_tenant_id_person_id", "tenant_id", "person_id", "seen_at"),
        Index("ix_alert_tenant_id_role", "tenant_id", "role", "seen_at"),
        UniqueConstraint("tenant_id", "dedupe"),
        to("person", "person_id"),
        to("person", "seen_by"),
        to("area", "area_id"),
        to("child", "child_id"),
    )

    kind: Mapped[str]
    person_id: Mapped[UUID | None]
    role: Mapped[str | None]
    area_id: Mapped[UUID | None]
    child_id: Mapped[UUID | None]
    path: Mapped[str]
    sentence: Mapped[str]
    dedupe: Mapped[str | None]
    seen_by: Mapped[UUID | None]
    seen_at: Mapped[datetime | None]
