"""Editions of a council's policy: every value as published, from a day on, never changed afterwards."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import CheckConstraint, Editable, Index, Model, TenantOwned, one_of, to


class PolicyEdition(TenantOwned, Editable, Model):
    """One published document, or a draft of one, as terms of the council's plugin.

    A draft has no day; whoever drafted it or changed any of it is among `authors`, and none of them publishes it. Once
    published nothing changes, except that an edition whose day has not come may be withdrawn: the database sees to
    both. A later edition may correct an earlier one; on the same day the higher `revision` holds.

    An edition that moves to another policy is written again as a row of its own, which `restates` the first one of
    them; the row before it is kept with the status `restated`, and whatever names it is answered by the new one.
    """

    __tablename__ = "policy_edition"
    __table_args__ = (
        Index(
            "uq_policy_edition_published_day",
            "tenant_id",
            "effective_from",
            "revision",
            unique=True,
            postgresql_where=text("status = 'published'"),
        ),
        one_of("status", "draft", "published", "withdrawn", "restated"),
        one_of("decided_body", "committee", "officer"),
        one_of("local_offer", "updated", "later"),
        CheckConstraint(
            "status = 'withdrawn' OR (status IN ('published', 'restated')) = (effective_from IS NOT NULL)",
            name="published_has_a_date",
        ),
        CheckConstraint("status <> 'published' OR NOT authors @> to_jsonb(published_by::text)", name="four_eyes"),
        CheckConstraint(
            "published_by IS NULL OR (decided_body IS NOT NULL AND decided_by IS NOT NULL AND decided_on IS NOT NULL "
            "AND minute_reference IS NOT NULL AND equality_assessment IS NOT NULL AND local_offer IS NOT NULL)",
            name="decided_whole",
        ),
        CheckConstraint("(corrects IS NULL) = (correction_reason IS NULL)", name="correction_whole"),
        CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_at IS NOT NULL AND withdrawn_reason IS NOT NULL) "
            "AND (status <> 'withdrawn' OR withdrawn_by IS NOT NULL OR seeded_as IS NOT NULL)",
            name="withdrawn_whole",
        ),
        CheckConstraint("(restates IS NULL) = (restated_at IS NULL)", name="restated_whole"),
        to("policy_edition", "restates"),
        to("policy_edition", "copied_from"),
        to("policy_edition", "corrects"),
        to("person", "drafted_by"),
        to("person", "edited_by"),
        to("person", "submitted_by"),
        to("person", "published_by"),
        to("person", "withdrawn_by"),
    )

    plugin: Mapped[str]
    effective_from: Mapped[date | None]
    revision: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    source: Mapped[str]
    # json, not jsonb: the order of offers, routes and elements is part of what was published, and jsonb sorts keys.
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    assumptions: Mapped[list[Any]]
    status: Mapped[str] = mapped_column(server_default=text("'draft'"))
    seeded_as: Mapped[str | None]  # the day, or "draft", under which a file of the council brought it
    copied_from: Mapped[UUID | None]
    authors: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)  # ids of people
    drafted_by: Mapped[UUID | None]
    drafted_at: Mapped[datetime | None]
    edited_by: Mapped[UUID | None]
    edited_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    decided_body: Mapped[str | None]
    decided_by: Mapped[str | None]  # the committee, or the officer with the delegated power
    decided_on: Mapped[date | None]
    minute_reference: Mapped[str | None]
    call_in_ends_on: Mapped[date | None]
    equality_assessment: Mapped[str | None]
    source_address: Mapped[str | None]
    local_offer: Mapped[str | None]
    local_offer_on: Mapped[date | None]
    corrects: Mapped[UUID | None]
    correction_reason: Mapped[str | None]
    touched: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)  # ids of requests it lists
    waiting_moves: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)  # paths of terms
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    restates: Mapped[UUID | None]  # the first of the rows that state this edition, each for another policy
    restated_at: Mapped[datetime | None]  # when this row took the place of the one before it


class PublishedEdition(Model):
    """What a council has published, for every other council to read: kept by the database itself, without a draft.

    The table of editions stays closed to one council. A trigger copies an edition here when it is published and takes
    it away when it is withdrawn; the application may read and nothing else.
    """

    __tablename__ = "published_edition"

    edition_id: Mapped[UUID] = mapped_column(primary_key=True)
    council_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), index=True)
    plugin: Mapped[str]
    effective_from: Mapped[date]
    revision: Mapped[int]
    source: Mapped[str]
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    assumptions: Mapped[list[Any]]
