"""Volunteers on their way from interest to visiting, and what is logged about them. Their checks are `accounts`'."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from portage.accounts.models import LEVELS
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

STATUSES = ("interested", "preparing", "active", "declined", "left")
SESSIONS = ("supervision", "training")


class Volunteer(TenantOwned, Editable, CaseRecord, Model):
    """Somebody who would like to visit families, or does. `person_id` is their place, from being taken on.

    Whether they may visit today is not told by `status`: `portage.accounts.operations.clearance` decides it.
    """

    __tablename__ = "volunteer"
    __table_args__ = (
        Index("ix_volunteer_tenant_id_status", "tenant_id", "status", "name"),
        Index("ix_volunteer_tenant_id_supervisor_id", "tenant_id", "supervisor_id"),
        UniqueConstraint("tenant_id", "person_id"),
        to("person", "person_id"),
        to("person", "supervisor_id"),
        to("person", "taken_on_by"),
        one_of("status", *STATUSES),
        one_of("level", *LEVELS),
        CheckConstraint("level IS NULL OR level_reason IS NOT NULL", name="level_with_a_reason"),
        CheckConstraint("level IS DISTINCT FROM 'enhanced-barred' OR regulated", name="barred_list_where_regulated"),
    )

    name: Mapped[str]
    email: Mapped[str | None]
    telephone: Mapped[str | None]
    why: Mapped[str | None]
    experience: Mapped[str | None]
    offered_on: Mapped[date]
    status: Mapped[str]
    status_on: Mapped[date]
    status_note: Mapped[str | None]
    person_id: Mapped[UUID | None]
    taken_on_by: Mapped[UUID | None]
    supervisor_id: Mapped[UUID | None]
    level: Mapped[str | None]
    regulated: Mapped[bool | None]
    level_reason: Mapped[str | None]
    level_decided_by: Mapped[str | None]  # who in HR
    level_decided_on: Mapped[date | None]
    induction_on: Mapped[date | None]


class VolunteerReference(TenantOwned, Editable, CaseRecord, Model):
    """A reference about a volunteer: whom was asked and when, when it came, and whether it satisfied."""

    __tablename__ = "volunteer_reference"
    __table_args__ = (
        Index("ix_volunteer_reference_tenant_id_volunteer_id", "tenant_id", "volunteer_id"),
        to("volunteer", "volunteer_id"),
        to("person", "asked_by"),
        to("person", "read_by"),
    )

    volunteer_id: Mapped[UUID]
    name: Mapped[str]
    how_known: Mapped[str]
    contact: Mapped[str | None]
    asked_on: Mapped[date]
    asked_by: Mapped[UUID]
    received_on: Mapped[date | None]
    satisfactory: Mapped[bool | None]
    read_by: Mapped[UUID | None]


class VolunteerSession(TenantOwned, CaseRecord, Model):
    """A supervision or a training of a volunteer, with its length for the hours that are counted."""

    __tablename__ = "volunteer_session"
    __table_args__ = (
        Index("ix_volunteer_session_tenant_id_volunteer_id", "tenant_id", "volunteer_id", "held_on"),
        to("volunteer", "volunteer_id"),
        to("person", "recorded_by"),
        one_of("kind", *SESSIONS),
        CheckConstraint("minutes BETWEEN 1 AND 960", name="minutes_sensible"),
    )

    volunteer_id: Mapped[UUID]
    kind: Mapped[str]
    held_on: Mapped[date]
    minutes: Mapped[int]
    topic: Mapped[str]
    recorded_by: Mapped[UUID]


class VolunteerVisitReview(TenantOwned, CaseRecord, Model):
    """A supervisor has read what a volunteer recorded of a visit; `record_version` says which state of it."""

    __tablename__ = "volunteer_visit_review"
    __table_args__ = (
        UniqueConstraint("tenant_id", "visit_id", "record_version"),
        Index("ix_volunteer_visit_review_tenant_id_volunteer_id", "tenant_id", "volunteer_id"),
        to("visit", "visit_id"),
        to("volunteer", "volunteer_id"),
        to("person", "reviewed_by"),
    )

    visit_id: Mapped[UUID]
    volunteer_id: Mapped[UUID]
    record_version: Mapped[int]
    reviewed_by: Mapped[UUID]
    reviewed_at: Mapped[datetime]
    note: Mapped[str | None]
    talk_about_it: Mapped[bool] = mapped_column(default=False)
