"""Previews of a draft, and the requests that each of them found to change. Nothing here ever changes a case."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import Index, Model, TenantOwned, one_of, to

RUNNING = ("waiting", "running")


class Preview(TenantOwned, Model):
    """One run of a draft over a council's requests: how far it is, and its counts.

    `cells` counts the requests by outcome, age and area team as they are; `moves` counts what changes by the same and
    by the new outcome; `turned` counts findings that change, by rule and area team. `position` is where the next piece
    of work begins.
    """

    __tablename__ = "preview"
    __table_args__ = (
        Index("ix_preview_tenant_id_asked_at", "tenant_id", "asked_at"),
        to("policy_edition", "edition_id"),
        to("person", "asked_by"),
        to("person", "cancelled_by"),
        one_of("status", "waiting", "running", "done", "cancelled", "outdated", "failed"),
    )

    edition_id: Mapped[UUID]
    terms_digest: Mapped[str]  # of the draft's terms; when somebody changes them meanwhile, the preview stops
    plugin_version: Mapped[str | None]
    rules_digest: Mapped[str | None]
    from_on: Mapped[date]  # the day from which the draft is imagined to hold
    since: Mapped[date]  # requests that are no longer open are looked at when they were received on or after it
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(server_default=text("'waiting'"), default="waiting")
    total: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    done: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    changed: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    unread: Mapped[int] = mapped_column(server_default=text("0"), default=0)  # requests that could not be judged again
    position: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    cells: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"), default=list)
    moves: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"), default=list)
    turned: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"), default=list)
    finished_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None]
    forgotten_at: Mapped[datetime | None]  # when the list of requests was deleted; the counts stay


class PreviewChange(TenantOwned, Model):
    """One request that a draft would judge otherwise, as it stood when the preview ran.

    It names the request without a foreign key: what was only imagined must not hold a record that is to be disposed of.
    """

    __tablename__ = "preview_change"
    __table_args__ = (
        Index("ix_preview_change_tenant_id_preview_id", "tenant_id", "preview_id", "id"),
        to("preview", "preview_id"),
    )

    preview_id: Mapped[UUID]
    referral_id: Mapped[UUID]
    reference: Mapped[str]
    area_id: Mapped[UUID | None]
    stage: Mapped[str]
    received_on: Mapped[date]
    age: Mapped[int]  # in whole years on the day of the request
    was: Mapped[str]  # outcome by the request's own edition
    now: Mapped[str]  # outcome by the draft, or `not-offered` where the draft has no such way to ask
    turned: Mapped[list[Any]]  # findings that differ: [rule, met, would be met]; None is not known
    aged_out_on: Mapped[date | None]  # the first day on which the child is too old, where the age is looked at again
    ages_out_on: Mapped[date | None]  # the same by the draft, where that is earlier
