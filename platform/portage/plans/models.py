"""Play plans: what the child can do, goals, and small achievable targets (LAN-04, LDS-09)."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import CaseRecord, Editable, Index, Model, TenantOwned, one_of, to


class PlayPlan(TenantOwned, Editable, CaseRecord, Model):
    """A plan that the visitor and the parents agreed, for an agreed time."""

    __tablename__ = "play_plan"
    __table_args__ = (
        Index("ix_play_plan_tenant_id_episode_id", "tenant_id", "episode_id"),
        to("episode", "episode_id"),
        to("person", "written_by"),
    )

    episode_id: Mapped[UUID]
    agreed_on: Mapped[date]
    until_on: Mapped[date | None]
    agreed_with: Mapped[str]
    can_do: Mapped[str]
    written_by: Mapped[UUID]
    ended_on: Mapped[date | None]


class Goal(TenantOwned, Editable, CaseRecord, Model):
    """A longer aim of a plan, in the family's words."""

    __tablename__ = "goal"
    __table_args__ = (Index("ix_goal_tenant_id_plan_id", "tenant_id", "plan_id"), to("play_plan", "plan_id"))

    plan_id: Mapped[UUID]
    position: Mapped[int]
    wording: Mapped[str]
    area: Mapped[str | None]


class Target(TenantOwned, Editable, CaseRecord, Model):
    """One small step: the child does what, under which conditions, and how we know that it worked."""

    __tablename__ = "target"
    __table_args__ = (
        Index("ix_target_tenant_id_goal_id", "tenant_id", "goal_id"),
        to("goal", "goal_id"),
        one_of("status", "current", "achieved", "put-aside"),
    )

    goal_id: Mapped[UUID]
    position: Mapped[int]
    does_what: Mapped[str]
    conditions: Mapped[str | None]
    success: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=text("'current'"), default="current")
    status_on: Mapped[date | None]
