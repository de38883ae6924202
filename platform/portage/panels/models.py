"""Panels: meetings that repeat, whose members look at requests and record decisions one by one (WNC-04)."""

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

DECIDED = ("accepted", "declined", "signposted", "information")  # outcomes that are decisions on the request
OUTCOMES = (*DECIDED, "deferred", "moved", "ratified", "not-ratified")


class PanelMeeting(TenantOwned, Editable, CaseRecord, Model):
    """One meeting of a panel. Once it is closed or cancelled, the database keeps it and its minutes as they are."""

    __tablename__ = "panel_meeting"
    __table_args__ = (
        UniqueConstraint("tenant_id", "held_on"),
        to("person", "chair_id"),
        to("person", "cancelled_by"),
        one_of("status", "planned", "held", "cancelled"),
        CheckConstraint("(status = 'cancelled') = (cancelled_because IS NOT NULL)", name="cancelled_with_a_reason"),
    )

    held_on: Mapped[date]
    chair_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default=text("'planned'"), default="planned")
    closed_at: Mapped[datetime | None]
    also_present: Mapped[str | None]  # who was there beside the members, in the chair's words
    cancelled_by: Mapped[UUID | None]  # nobody where the calendar cancelled it, such as a bank holiday
    cancelled_because: Mapped[str | None]


class PanelAttendance(TenantOwned, CaseRecord, Model):
    """A member was, or was not, present at a meeting."""

    __tablename__ = "panel_attendance"
    __table_args__ = (
        UniqueConstraint("tenant_id", "meeting_id", "person_id"),
        to("panel_meeting", "meeting_id"),
        to("person", "person_id"),
        to("person", "recorded_by"),
    )

    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    present: Mapped[bool]
    recorded_by: Mapped[UUID | None]


class PanelItem(TenantOwned, Editable, CaseRecord, Model):
    """One request on a meeting's agenda, or a chair's action between meetings that this meeting ratifies or does not.

    A request is on the agenda because it waits for the panel; a row of this table is written when something becomes of
    it in that meeting, or when the chair takes it up after the papers' day.
    """

    __tablename__ = "panel_item"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "meeting_id", "referral_id", "kind", "decision_id", name="uq_panel_item_one_for_each"
        ),
        Index("ix_panel_item_tenant_id_referral_id", "tenant_id", "referral_id"),
        Index(
            "uq_panel_item_request",
            "tenant_id",
            "meeting_id",
            "referral_id",
            unique=True,
            postgresql_where=text("kind = 'request'"),
        ),
        to("panel_meeting", "meeting_id"),
        to("referral", "referral_id"),
        to("decision", "decision_id"),
        to("person", "practitioner_id"),
        to("person", "handed_to"),
        to("person", "decided_by"),
        to("person", "added_by"),
        one_of("kind", "request", "chairs-action"),
        one_of("outcome", *OUTCOMES),
        CheckConstraint("kind <> 'chairs-action' OR decision_id IS NOT NULL", name="action_is_a_decision"),
        CheckConstraint("outcome <> 'deferred' OR length(btrim(note)) > 0", name="deferred_with_a_reason"),
    )

    meeting_id: Mapped[UUID]
    referral_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(server_default=text("'request'"), default="request")
    note: Mapped[str | None]  # why it was deferred, ratified or not, or what the chair's action could not wait for
    decision_id: Mapped[UUID | None]
    outcome: Mapped[str | None]
    rationale: Mapped[str | None]  # why other services and not a practitioner
    practitioner_id: Mapped[UUID | None]
    handed_to: Mapped[UUID | None]  # the chair of this item, where the meeting's chair has a conflict
    added_by: Mapped[UUID | None]  # who took it up although it came after the papers' day
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]


class PanelCorrection(TenantOwned, CaseRecord, Model):
    """What somebody appended to the minutes of a closed meeting, and why; the minutes themselves stay."""

    __tablename__ = "panel_correction"
    __table_args__ = (
        Index("ix_panel_correction_tenant_id_meeting_id", "tenant_id", "meeting_id", "made_at"),
        to("panel_meeting", "meeting_id"),
        to("referral", "referral_id"),
        to("person", "made_by"),
        CheckConstraint("length(btrim(says)) > 0 AND length(btrim(because)) > 0", name="says_and_why"),
    )

    meeting_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]  # the item that it is about, when it is about one
    says: Mapped[str]
    because: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]


class IntroductoryVisit(TenantOwned, Editable, CaseRecord, Model):
    """The first visit to a family after the panel: arranged, then recorded or cancelled (WNC-05)."""

    __tablename__ = "introductory_visit"
    __table_args__ = (
        Index("ix_introductory_visit_tenant_id_referral_id", "tenant_id", "referral_id"),
        Index("ix_introductory_visit_tenant_id_visitor_id", "tenant_id", "visitor_id", "status"),
        Index(
            "uq_introductory_visit_arranged",
            "tenant_id",
            "referral_id",
            unique=True,
            postgresql_where=text("status = 'arranged'"),
        ),
        to("referral", "referral_id"),
        to("person", "visitor_id"),
        to("person", "arranged_by"),
        to("person", "recorded_by"),
        one_of("status", "arranged", "done", "cancelled"),
        CheckConstraint("status <> 'done' OR done_on IS NOT NULL", name="done_has_a_day"),
    )

    referral_id: Mapped[UUID]
    visitor_id: Mapped[UUID]
    arranged_for: Mapped[date]
    arranged_time: Mapped[time]
    place: Mapped[str]
    arranged_by: Mapped[UUID]
    status: Mapped[str] = mapped_column(server_default=text("'arranged'"), default="arranged")
    done_on: Mapped[date | None]
    note: Mapped[str | None]  # how it went, or why it was cancelled
    recorded_by: Mapped[UUID | None]
