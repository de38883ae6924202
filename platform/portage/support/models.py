"""Support: the offer, the waiting list, the episode with its longest length, and who visits."""

from datetime import date
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


class Offer(TenantOwned, Editable, CaseRecord, Model):
    """What was offered to a family, and what they said: after an acceptance, or to a child brought in waiting."""

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_tenant_id_referral_id", "tenant_id", "referral_id"),
        Index("ix_offer_tenant_id_waiting_entry_id", "tenant_id", "waiting_entry_id"),
        CheckConstraint("num_nonnulls(referral_id, waiting_entry_id) = 1", name="to_one"),
        to("referral", "referral_id"),
        to("waiting_entry", "waiting_entry_id"),
        to("person", "made_by"),
        one_of("answer", "accepted", "refused", "no-answer"),
    )

    referral_id: Mapped[UUID | None]
    waiting_entry_id: Mapped[UUID | None]  # in place of a request, where none is recorded
    kinds: Mapped[list[str]]  # keys of the policy's offers
    explanation: Mapped[str | None]
    made_on: Mapped[date]
    made_by: Mapped[UUID]
    answer: Mapped[str | None]
    answered_on: Mapped[date | None]


class WaitingEntry(TenantOwned, Editable, CaseRecord, Model):
    """A child's place on the waiting list; it ends by a person's act alone.

    A child who waited before the service used this platform has no request and no determination. Such an entry has a
    reference of its own, the day on which support was asked for (`since`) and how that is known, and the longest
    support that the council wrote down; without one a person says it when a visitor is found.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (
        UniqueConstraint("tenant_id", "referral_id"),
        UniqueConstraint("tenant_id", "reference"),
        Index("ix_waiting_entry_tenant_id_left_on", "tenant_id", "left_on", "since"),
        to("referral", "referral_id"),
        to("child", "child_id"),
        to("area", "area_id"),
        to("person", "left_by"),
        CheckConstraint("before_recorded_policy = (referral_id IS NULL)", name="request_unless_before"),
        CheckConstraint("before_recorded_policy = (reference IS NOT NULL)", name="reference_if_before"),
        CheckConstraint("before_recorded_policy = (known_by IS NOT NULL)", name="known_by_if_before"),
        CheckConstraint(
            "before_recorded_policy OR (decided_on IS NULL AND longest_months IS NULL)", name="edition_says_the_length"
        ),
    )

    referral_id: Mapped[UUID | None]
    child_id: Mapped[UUID]
    area_id: Mapped[UUID | None]
    since: Mapped[date]
    before_recorded_policy: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    reference: Mapped[str | None]
    known_by: Mapped[str | None]
    decided_on: Mapped[date | None]
    longest_months: Mapped[int | None]
    note: Mapped[str | None]
    left_on: Mapped[date | None]
    left_reason: Mapped[str | None]
    left_by: Mapped[UUID | None]


class Episode(TenantOwned, Editable, CaseRecord, Model):
    """A child's time with the service. Its longest support is that of the edition its request was judged by, unless
    the policy or the publisher of a later edition chose another.

    The months are counted once, from the first home visit; the limit is shown and reminded, and never closes anything.
    An episode that began before the service used this platform has no edition and no determination.
    """

    __tablename__ = "episode"
    __table_args__ = (
        Index("ix_episode_tenant_id_status", "tenant_id", "status", "limit_on"),
        Index("ix_episode_tenant_id_child_id", "tenant_id", "child_id"),
        to("child", "child_id"),
        to("referral", "referral_id"),
        to("policy_edition", "edition_id"),
        to("person", "closed_by"),
        one_of("status", "open", "closed"),
        CheckConstraint("before_recorded_policy = (edition_id IS NULL)", name="edition_unless_before"),
        CheckConstraint(
            "status <> 'closed' OR (closed_on IS NOT NULL AND closed_reason IS NOT NULL)", name="closed_whole"
        ),
    )

    child_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]
    edition_id: Mapped[UUID | None]
    before_recorded_policy: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    status: Mapped[str] = mapped_column(server_default=text("'open'"), default="open")
    opened_on: Mapped[date]
    longest_months: Mapped[int | None]
    # Path of a term to the edition that gives it (`edition`) and why (`because`), where that is not `edition_id`.
    terms_from: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    first_visit_on: Mapped[date | None]
    limit_on: Mapped[date | None]
    reminded_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    closed_reason: Mapped[str | None]
    closed_note: Mapped[str | None]
    closed_by: Mapped[UUID | None]


class Extension(TenantOwned, CaseRecord, Model):
    """A manager's decision that an episode goes on beyond its limit, with the reason."""

    __tablename__ = "extension"
    __table_args__ = (
        Index("ix_extension_tenant_id_episode_id", "tenant_id", "episode_id"),
        to("episode", "episode_id"),
        to("person", "decided_by"),
    )

    episode_id: Mapped[UUID]
    until_on: Mapped[date]
    reason: Mapped[str]
    decided_by: Mapped[UUID]
    decided_on: Mapped[date]


class Allocation(TenantOwned, CaseRecord, Model):
    """Who visits a child, from when; the caseload follows from it."""

    __tablename__ = "allocation"
    __table_args__ = (
        Index("ix_allocation_tenant_id_episode_id", "tenant_id", "episode_id"),
        Index("ix_allocation_tenant_id_person_id", "tenant_id", "person_id"),
        to("episode", "episode_id"),
        to("person", "person_id"),
        to("person", "allocated_by"),
        to("caseload", "caseload_id"),
    )

    episode_id: Mapped[UUID]
    person_id: Mapped[UUID]
    caseload_id: Mapped[UUID]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    allocated_by: Mapped[UUID | None]
    note: Mapped[str | None]
