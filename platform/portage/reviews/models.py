"""Reviews: celebrate what went well, and set the focus of what comes next (LAN-08)."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import CaseRecord, Editable, Index, Model, TenantOwned, one_of, to


class Review(TenantOwned, Editable, CaseRecord, Model):
    """A review at the end of a block of visits, at the limit, or before leaving."""

    __tablename__ = "review"
    __table_args__ = (
        Index("ix_review_tenant_id_episode_id", "tenant_id", "episode_id", "held_on"),
        to("episode", "episode_id"),
        to("person", "written_by"),
        one_of("kind", "block", "limit", "leaving"),
    )

    episode_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(server_default=text("'block'"), default="block")
    held_on: Mapped[date]
    who_was_there: Mapped[str]
    celebrate: Mapped[str]
    next_focus: Mapped[str | None]
    recommendation: Mapped[str | None]
    shared_with: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)  # parties, on leaving
    written_by: Mapped[UUID]
