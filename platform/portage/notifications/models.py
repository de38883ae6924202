"""Notifications of children by health bodies, the papers that came with them, and what a person is to do about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import CaseRecord, Editable, Index, Model, Paper, TenantOwned, UniqueConstraint, one_of, to

KINDS = ("section-23", "early-years")
BY_STATUTE = ("icb", "nhs-trust", "nhs-foundation-trust")  # the bodies that section 23 binds
BODIES = (*BY_STATUTE, "gp", "independent-therapist", "other")
STATES = ("kept", "agreement", "followed", "closed")
TASKS = ("first-words", "safeguarding", "agreement", "forward", "school-age", "steps", "duplicate", "read")


class Notification(TenantOwned, Editable, CaseRecord, Model):
    """A health body told the council about a child (Children and Families Act 2014, section 23, or as that is done).

    It is no request: `state` says whether it is kept, waits for the parents' agreement, has a case file of its own
    (`Referral.notification_id`), or is closed. `first_words` says what became of the first pointers to the parents.
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("tenant_id", "reference"),
        Index("ix_notification_tenant_id_arrived_on", "tenant_id", "arrived_on"),
        Index("ix_notification_tenant_id_state", "tenant_id", "state", "arrived_on"),
        Index("ix_notification_tenant_id_child_id", "tenant_id", "child_id"),
        to("child", "child_id"),
        to("policy_edition", "edition_id"),
        to("area", "area_id"),
        to("person", "entered_by"),
        to("person", "agreement_recorded_by"),
        to("person", "first_words_by"),
        to("person", "closed_by"),
        to("child", "possible_duplicate_of"),
        one_of("kind", *KINDS),
        one_of("body_kind", *BODIES),
        one_of("arrived_how", "online", "paper", "email", "telephone"),
        one_of("organisation_told", "named", "none-likely", "not-told"),
        one_of("agreement", "unknown", "yes", "no"),
        one_of("state", *STATES),
        one_of("first_words", "none", "held", "sent", "closed"),
        one_of("closed_as", "forwarded", "no-agreement", "nothing-further"),
    )

    reference: Mapped[str]
    child_id: Mapped[UUID]
    edition_id: Mapped[UUID]
    area_id: Mapped[UUID | None]
    kind: Mapped[str]
    body_kind: Mapped[str]
    body: Mapped[str]
    professional: Mapped[str]
    professional_role: Mapped[str | None]
    work_email: Mapped[str | None]
    telephone: Mapped[str | None]
    arrived_on: Mapped[date]
    arrived_how: Mapped[str]
    arrived_known_by: Mapped[str | None]
    form_used: Mapped[str | None]
    entered_by: Mapped[UUID | None]
    parent_informed: Mapped[bool]
    parent_informed_on: Mapped[date | None]
    discussion_offered: Mapped[bool]
    discussion_offered_on: Mapped[date | None]
    organisation_told: Mapped[str | None]
    organisation: Mapped[str | None]
    parents_views: Mapped[str | None]
    lives_in_area: Mapped[bool | None]
    safeguarding: Mapped[bool]
    safeguarding_note: Mapped[str | None]
    in_their_words: Mapped[str | None]
    facts: Mapped[dict[str, Any]]  # of the policy, as far as the form asks for any
    answers: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    agreement: Mapped[str] = mapped_column(server_default=text("'unknown'"), default="unknown")
    agreed_by: Mapped[str | None]
    agreed_relationship: Mapped[str | None]
    agreed_on: Mapped[date | None]
    agreed_how: Mapped[str | None]
    agreement_recorded_by: Mapped[UUID | None]
    warnings: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)
    possible_duplicate_of: Mapped[UUID | None]
    sender_verified_at: Mapped[datetime | None]  # a link to a work address that the council trusts was opened
    first_words: Mapped[str] = mapped_column(server_default=text("'none'"), default="none")
    first_words_at: Mapped[datetime | None]
    first_words_by: Mapped[UUID | None]
    first_words_reason: Mapped[str | None]  # why a person closed the task without sending
    state: Mapped[str]
    closed_as: Mapped[str | None]
    closed_on: Mapped[date | None]
    closed_by: Mapped[UUID | None]
    closed_reason: Mapped[str | None]


class NotificationPaper(TenantOwned, Paper, CaseRecord, Model):
    """A paper that came with a notification; a case file that opens names the same file among its evidence."""

    __tablename__ = "notification_paper"
    __table_args__ = (
        Index("ix_notification_paper_tenant_id_notification_id", "tenant_id", "notification_id"),
        to("notification", "notification_id"),
    )

    notification_id: Mapped[UUID]


class NotificationTask(TenantOwned, CaseRecord, Model):
    """Something about a notification that a person is to do, until a day; done with a word on how."""

    __tablename__ = "notification_task"
    __table_args__ = (
        UniqueConstraint("tenant_id", "notification_id", "kind"),
        Index("ix_notification_task_tenant_id_due_on", "tenant_id", "done_on", "due_on"),
        to("notification", "notification_id"),
        to("person", "done_by"),
        one_of("kind", *TASKS),
    )

    notification_id: Mapped[UUID]
    kind: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by: Mapped[UUID | None]
    note: Mapped[str | None]
