"""A meeting after an assessment that ended without a plan: when, who, the SEND Support Plan, and what was agreed."""

from datetime import date, datetime, time
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

GUESTS = ("parent", "child", "school", "educational-psychology", "specialist-teaching", "other")
AGREED = ("advice", "support", "training")


class ForwardMeeting(TenantOwned, Editable, CaseRecord, Model):
    """The meeting of one request. The SEND Support Plan is sent out before it, and the family says that it came."""

    __tablename__ = "forward_meeting"
    __table_args__ = (
        UniqueConstraint("tenant_id", "referral_id"),
        Index("ix_forward_meeting_tenant_id_held_on", "tenant_id", "status", "held_on"),
        to("referral", "referral_id"),
        to("person", "coordinator_id"),
        to("person", "recorded_by"),
        to("letter", "letter_id"),
        one_of("status", "planned", "held", "cancelled"),
        CheckConstraint(
            "status <> 'held' OR (plan_sent_on IS NOT NULL AND plan_sent_on < held_on)", name="plan_went_out_before"
        ),
        CheckConstraint("status <> 'held' OR summary IS NOT NULL", name="held_has_a_record"),
        CheckConstraint(
            "(status = 'cancelled') = (cancelled_on IS NOT NULL AND cancelled_because IS NOT NULL)",
            name="cancelled_has_a_reason",
        ),
    )

    referral_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(server_default=text("'planned'"), default="planned")
    held_on: Mapped[date]
    held_at: Mapped[time]
    place: Mapped[str]
    coordinator_id: Mapped[UUID]
    invited_on: Mapped[date | None]
    letter_id: Mapped[UUID | None]
    plan_sent_on: Mapped[date | None]
    plan_sent_how: Mapped[str | None]
    plan_acknowledged_on: Mapped[date | None]
    plan_acknowledged_by: Mapped[str | None]
    plan_thoughts: Mapped[str | None]  # what the family wishes to say about the plan
    cancelled_on: Mapped[date | None]
    cancelled_because: Mapped[str | None]
    summary: Mapped[str | None]
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime | None]


class MeetingGuest(TenantOwned, Editable, CaseRecord, Model):
    """Somebody who is invited, and whether they came; taken off again while the meeting is planned."""

    __tablename__ = "meeting_guest"
    __table_args__ = (
        Index("ix_meeting_guest_tenant_id_meeting_id", "tenant_id", "meeting_id"),
        to("forward_meeting", "meeting_id"),
        one_of("kind", *GUESTS),
    )

    meeting_id: Mapped[UUID]
    kind: Mapped[str]
    name: Mapped[str]
    organisation: Mapped[str | None]
    taken_off_on: Mapped[date | None]
    came: Mapped[bool | None]


class MeetingAgreement(TenantOwned, Editable, CaseRecord, Model):
    """Something that the meeting agreed, and the linked professional who delivers it."""

    __tablename__ = "meeting_agreement"
    __table_args__ = (
        Index("ix_meeting_agreement_tenant_id_meeting_id", "tenant_id", "meeting_id"),
        to("forward_meeting", "meeting_id"),
        one_of("kind", *AGREED),
    )

    meeting_id: Mapped[UUID]
    kind: Mapped[str]
    what: Mapped[str]
    delivered_by: Mapped[str]
    due_on: Mapped[date | None]
    delivered_on: Mapped[date | None]
