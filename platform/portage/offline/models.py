"""Phones that carry visits, what they sent, and records of one visit that were written twice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import (
    CaseRecord,
    CheckConstraint,
    Editable,
    Index,
    Model,
    TenantOwned,
    UniqueConstraint,
    one_of,
    to,
)

KINDS = ("record", "arrived", "left", "worry")
SETTLED = ("theirs", "ours", "both")
CHANGED, MOVED = "changed", "moved"


class Phone(TenantOwned, Model):
    """A browser in which somebody carries visits. `key` seals what it holds; without the key that is unreadable.

    The id is made on the phone. `session_id` is the session by which it was last in touch; an ended phone has no key.
    """

    __tablename__ = "phone"
    __table_args__ = (
        Index("ix_phone_tenant_id_person_id", "tenant_id", "person_id"),
        to("person", "person_id"),
        to("person", "ended_by"),
        CheckConstraint("(key IS NULL) = (ended_at IS NOT NULL)", name="ended_without_a_key"),
    )

    person_id: Mapped[UUID]
    key: Mapped[bytes | None]
    session_id: Mapped[UUID | None]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


class SentFromPhone(TenantOwned, Model):
    """Something that a phone sent, under the id that the phone gave it; sent again, it is answered as the first time.

    `written_at` is the phone's own clock, `created_at` when it reached the service.
    """

    __tablename__ = "sent_from_phone"
    __table_args__ = (
        Index("ix_sent_from_phone_tenant_id_visit_id", "tenant_id", "visit_id", "created_at"),
        to("phone", "phone_id"),
        to("person", "person_id"),
        to("visit", "visit_id"),
        one_of("kind", *KINDS),
    )

    phone_id: Mapped[UUID]
    person_id: Mapped[UUID]
    visit_id: Mapped[UUID]
    kind: Mapped[str]
    digest: Mapped[bytes]
    written_at: Mapped[datetime]
    version_before: Mapped[int | None]  # of the visit, as the phone knew it
    version_after: Mapped[int | None]
    answer: Mapped[dict[str, Any]]


class RecordConflict(TenantOwned, Editable, CaseRecord, Model):
    """Two records of one visit: the one that stood there, and one from a phone. Both are kept.

    `why` says whether the record was changed meanwhile, or the child has another visitor now.
    """

    __tablename__ = "record_conflict"
    __table_args__ = (
        Index("ix_record_conflict_tenant_id_visit_id", "tenant_id", "visit_id"),
        Index("ix_record_conflict_tenant_id_sent_by", "tenant_id", "sent_by", "settled_at"),
        to("visit", "visit_id"),
        to("person", "sent_by"),
        to("person", "settled_by"),
        one_of("settled_how", *SETTLED),
        one_of("why", CHANGED, MOVED),
    )

    visit_id: Mapped[UUID]
    why: Mapped[str] = mapped_column(server_default=text("'changed'"), default=CHANGED)
    sent_by: Mapped[UUID]
    written_at: Mapped[datetime]
    ours: Mapped[dict[str, Any]]  # the fields of the form, as the phone sent them
    theirs: Mapped[dict[str, Any]]  # the same fields, as they stood in the record then
    settled_how: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]


class PhoneRule(TenantOwned, Editable, Model):
    """How many hours a phone that was not in touch keeps a council's visits before it wipes them."""

    __tablename__ = "phone_rule"
    __table_args__ = (
        UniqueConstraint("tenant_id"),
        to("person", "set_by"),
        CheckConstraint("kept_hours BETWEEN 1 AND 168", name="hours_sensible"),
    )

    kept_hours: Mapped[int] = mapped_column(default=24)
    set_by: Mapped[UUID | None]
