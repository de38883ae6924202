"""Support: the offer, the waiting list, the episode with its longest length, and who visits."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric, text
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
    half_days: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)  # that suit the family
    skills: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)  # that would help the family
    left_on: Mapped[date | None]
    left_reason: Mapped[str | None]
    left_by: Mapped[UUID | None]


class WaitingMove(TenantOwned, CaseRecord, Model):
    """A manager's word that a child comes before or after others, with the reason; an undone one stays on record.

    What is kept is the place itself: the figures of the child beside whom it was on that day, and which side of them.
    """

    __tablename__ = "waiting_move"
    __table_args__ = (
        Index("ix_waiting_move_tenant_id_entry_id", "tenant_id", "entry_id"),
        Index("ix_waiting_move_in_force", "tenant_id", "entry_id", unique=True, postgresql_where=text("in_force")),
        to("waiting_entry", "entry_id"),
        to("waiting_entry", "beside_id"),
        to("waiting_move", "replaces_id"),
        to("person", "moved_by"),
        to("person", "undone_by"),
        CheckConstraint("length(btrim(reason)) > 0", name="has_a_reason"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
    )

    entry_id: Mapped[UUID]
    beside_id: Mapped[UUID]
    asked_on: Mapped[date]
    since: Mapped[date]
    areas: Mapped[int]
    in_setting: Mapped[bool | None]
    first_time: Mapped[bool]
    place: Mapped[Decimal] = mapped_column(Numeric())
    reason: Mapped[str]
    moved_by: Mapped[UUID]
    moved_at: Mapped[datetime]
    in_force: Mapped[bool]
    replaces_id: Mapped[UUID | None]  # the move that is in force again when this one is undone
    undone_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]


class WaitingContact(TenantOwned, CaseRecord, Model):
    """Somebody got in touch with a family that waits, to see how they are."""

    __tablename__ = "waiting_contact"
    __table_args__ = (
        Index("ix_waiting_contact_tenant_id_entry_id", "tenant_id", "entry_id", "made_on"),
        to("waiting_entry", "entry_id"),
        to("person", "recorded_by"),
        one_of("how", "visit", "telephone", "video", "other"),
    )

    entry_id: Mapped[UUID]
    made_on: Mapped[date]
    how: Mapped[str]
    note: Mapped[str]
    recorded_by: Mapped[UUID]


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


class VisitorProfile(TenantOwned, Editable, Model):
    """How much somebody who visits can take on, when and where from; None where nobody wrote it down."""

    __tablename__ = "visitor_profile"
    __table_args__ = (
        UniqueConstraint("tenant_id", "person_id"),
        to("person", "person_id"),
        CheckConstraint("weekly_minutes BETWEEN 0 AND 3000", name="hours_sensible"),
        CheckConstraint("most_children BETWEEN 0 AND 200", name="children_sensible"),
        CheckConstraint("most_visits BETWEEN 0 AND 100", name="visits_sensible"),
    )

    person_id: Mapped[UUID]
    weekly_minutes: Mapped[int | None]
    half_days: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)
    most_children: Mapped[int | None]
    most_visits: Mapped[int | None]  # in a week
    skills: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)
    district: Mapped[str | None]  # the first half of the postcode that they set out from


class VisitorAbsence(TenantOwned, Editable, Model):
    """Days on which somebody who visits is away as planned; why is nobody's business here."""

    __tablename__ = "visitor_absence"
    __table_args__ = (
        Index("ix_visitor_absence_tenant_id_person_id", "tenant_id", "person_id", "until_on"),
        to("person", "person_id"),
        to("person", "recorded_by"),
        CheckConstraint("until_on >= from_on", name="ends_after_it_begins"),
    )

    person_id: Mapped[UUID]
    from_on: Mapped[date]
    until_on: Mapped[date]
    recorded_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]  # taken back: it does not count


class AllocationChoice(TenantOwned, Editable, Model):
    """A council's own choices about giving children to visitors; without a row nothing is suggested."""

    __tablename__ = "allocation_choice"
    __table_args__ = (UniqueConstraint("tenant_id"), to("person", "changed_by"))

    skills: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)  # that visitors may have
    suggests_since: Mapped[date | None]  # None: "Suggest" is off
    changed_by: Mapped[UUID | None]
