"""Play plans: what the child can do, goals, small achievable targets, activities, what families saw (LAN-04)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import CaseRecord, CheckConstraint, Editable, Index, Model, TenantOwned, one_of, to


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
    """One small step: the child does what, under which conditions, and how we know that it worked.

    `item_id` is the step of the developmental profile from which it was taken, if it was taken from one.
    """

    __tablename__ = "target"
    __table_args__ = (
        Index("ix_target_tenant_id_goal_id", "tenant_id", "goal_id"),
        to("goal", "goal_id"),
        to("profile_item", "item_id"),
        one_of("status", "current", "achieved", "put-aside"),
    )

    goal_id: Mapped[UUID]
    position: Mapped[int]
    does_what: Mapped[str]
    conditions: Mapped[str | None]
    success: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=text("'current'"), default="current")
    status_on: Mapped[date | None]
    item_id: Mapped[UUID | None]


class Activity(TenantOwned, Editable, CaseRecord, Model):
    """What the family does between visits for one target: little and often, in their own day (LAN-07, WNC-09)."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_tenant_id_target_id", "tenant_id", "target_id"), to("target", "target_id"))

    target_id: Mapped[UUID]
    position: Mapped[int]
    wording: Mapped[str]
    how_often: Mapped[str]
    materials: Mapped[str | None]
    ended_on: Mapped[date | None]


class FamilyNote(TenantOwned, Editable, CaseRecord, Model):
    """What a family saw between visits, in their own words: sent by them, or written down by staff who were told.

    With a `visit_id` it belongs to the record of that visit, and is corrected with it.
    """

    __tablename__ = "family_note"
    __table_args__ = (
        Index("ix_family_note_tenant_id_plan_id", "tenant_id", "plan_id", "seen_on"),
        to("play_plan", "plan_id"),
        to("activity", "activity_id"),
        to("carer", "carer_id"),
        to("person", "written_by"),
        to("person", "read_by"),
        to("visit", "visit_id"),
        Index("uq_family_note_tenant_id_visit_id", "tenant_id", "visit_id", "activity_id", unique=True),
        CheckConstraint("visit_id IS NULL OR came_by = 'visit'", name="of_a_visit"),
        one_of("came_by", "link", "visit", "chart", "telephone"),
        CheckConstraint("(came_by = 'link') = (written_by IS NULL)", name="written_by_staff"),
    )

    plan_id: Mapped[UUID]
    activity_id: Mapped[UUID | None]
    carer_id: Mapped[UUID | None]
    words: Mapped[str]
    seen_on: Mapped[date]
    came_by: Mapped[str]
    visit_id: Mapped[UUID | None]
    written_by: Mapped[UUID | None]
    read_by: Mapped[UUID | None]
    read_at: Mapped[datetime | None]
