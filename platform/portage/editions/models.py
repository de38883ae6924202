"""Editions of a council's policy: every value as published, from a day on, never changed afterwards."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import CheckConstraint, Editable, Model, TenantOwned, UniqueConstraint, one_of, to


class PolicyEdition(TenantOwned, Editable, Model):
    """One published document (or a draft without a date) as terms of the council's plugin."""

    __tablename__ = "policy_edition"
    __table_args__ = (
        UniqueConstraint("tenant_id", "effective_from"),
        one_of("status", "draft", "published"),
        CheckConstraint("(status = 'published') = (effective_from IS NOT NULL)", name="published_has_a_date"),
        to("person", "published_by"),
    )

    plugin: Mapped[str]
    effective_from: Mapped[date | None]
    source: Mapped[str]
    # json, not jsonb: the order of offers, routes and elements is part of what was published, and jsonb sorts keys.
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    assumptions: Mapped[list[Any]]
    status: Mapped[str] = mapped_column(server_default=text("'draft'"))
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
