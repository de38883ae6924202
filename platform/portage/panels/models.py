"""Panels: weekly meetings whose members look at requests and record decisions (WNC-04)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import CaseRecord, Editable, Model, TenantOwned, UniqueConstraint, one_of, to


class PanelMeeting(TenantOwned, Editable, CaseRecord, Model):
    """One meeting of a panel."""

    __tablename__ = "panel_meeting"
    __table_args__ = (
        UniqueConstraint("tenant_id", "held_on"),
        to("person", "chair_id"),
        one_of("status", "planned", "held"),
    )

    held_on: Mapped[date]
    chair_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default=text("'planned'"), default="planned")
    closed_at: Mapped[datetime | None]


class PanelItem(TenantOwned, Editable, CaseRecord, Model):
    """One request on a meeting's agenda."""

    __tablename__ = "panel_item"
    __table_args__ = (
        UniqueConstraint("tenant_id", "meeting_id", "referral_id"),
        to("panel_meeting", "meeting_id"),
        to("referral", "referral_id"),
        to("decision", "decision_id"),
    )

    meeting_id: Mapped[UUID]
    referral_id: Mapped[UUID]
    position: Mapped[int]
    note: Mapped[str | None]
    decision_id: Mapped[UUID | None]
