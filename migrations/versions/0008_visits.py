"""Play plans, visits, worries and reviews."""

import sqlalchemy as sa
from alembic import op
from protection import protect
from sqlalchemy.dialects import postgresql

revision = "0008_visits"
down_revision = "0007_support"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "play_plan",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("agreed_with", sa.Text(), nullable=False),
        sa.Column("can_do", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "episode_id"],
            ["episode.tenant_id", "episode.id"],
            name=op.f("fk_play_plan_tenant_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "written_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_play_plan_tenant_id_written_by"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_play_plan_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_play_plan")),
    )
    op.create_index("ix_play_plan_tenant_id_episode_id", "play_plan", ["tenant_id", "episode_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'block'"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("who_was_there", sa.Text(), nullable=False),
        sa.Column("celebrate", sa.Text(), nullable=False),
        sa.Column("next_focus", sa.Text(), nullable=True),
        sa.Column("recommendation", sa.Text(), nullable=True),
        sa.Column("shared_with", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("kind IN ('block', 'limit', 'leaving')", name=op.f("ck_review_kind_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "episode_id"],
            ["episode.tenant_id", "episode.id"],
            name=op.f("fk_review_tenant_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "written_by"], ["person.tenant_id", "person.id"], name=op.f("fk_review_tenant_id_written_by")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_review_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_review")),
    )
    op.create_index("ix_review_tenant_id_episode_id", "review", ["tenant_id", "episode_id", "held_on"], unique=False)
    op.create_table(
        "visit_series",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "episode_id"],
            ["episode.tenant_id", "episode.id"],
            name=op.f("fk_visit_series_tenant_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "planned_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_visit_series_tenant_id_planned_by"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_visit_series_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit_series")),
    )
    op.create_index("ix_visit_series_tenant_id_episode_id", "visit_series", ["tenant_id", "episode_id"], unique=False)
    op.create_table(
        "goal",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"], ["play_plan.tenant_id", "play_plan.id"], name=op.f("fk_goal_tenant_id_plan_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_goal_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_goal")),
    )
    op.create_index("ix_goal_tenant_id_plan_id", "goal", ["tenant_id", "plan_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("planned_at", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("elements", postgresql.JSONB(), nullable=False),
        sa.Column("how_it_went", sa.Text(), nullable=True),
        sa.Column("next_activity", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("cancelled_by IN ('family', 'service')", name=op.f("ck_visit_cancelled_by_known")),
        sa.CheckConstraint(
            "mode IN ('home', 'setting', 'telephone', 'video', 'group', 'family-hub')", name=op.f("ck_visit_mode_known")
        ),
        sa.CheckConstraint("status <> 'done' OR done_on IS NOT NULL", name=op.f("ck_visit_done_has_a_day")),
        sa.CheckConstraint(
            "status IN ('planned', 'done', 'cancelled', 'not-available')", name=op.f("ck_visit_status_known")
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_visit_minutes_sensible")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_visit_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "episode_id"], ["episode.tenant_id", "episode.id"], name=op.f("fk_visit_tenant_id_episode_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recorded_by"], ["person.tenant_id", "person.id"], name=op.f("fk_visit_tenant_id_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "series_id"],
            ["visit_series.tenant_id", "visit_series.id"],
            name=op.f("fk_visit_tenant_id_series_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visitor_id"], ["person.tenant_id", "person.id"], name=op.f("fk_visit_tenant_id_visitor_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_visit_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_tenant_id_episode_id", "visit", ["tenant_id", "episode_id", "planned_on"], unique=False)
    op.create_index("ix_visit_tenant_id_planned_on", "visit", ["tenant_id", "planned_on", "status"], unique=False)
    op.create_index("ix_visit_tenant_id_visitor_id", "visit", ["tenant_id", "visitor_id", "planned_on"], unique=False)
    op.create_table(
        "concern",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what_was_seen", sa.Text(), nullable=False),
        sa.Column("done_already", sa.Text(), nullable=True),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handling", sa.Text(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_concern_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "handled_by"], ["person.tenant_id", "person.id"], name=op.f("fk_concern_tenant_id_handled_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "raised_by"], ["person.tenant_id", "person.id"], name=op.f("fk_concern_tenant_id_raised_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visit_id"], ["visit.tenant_id", "visit.id"], name=op.f("fk_concern_tenant_id_visit_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_concern_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_concern")),
    )
    op.create_index("ix_concern_tenant_id_child_id", "concern", ["tenant_id", "child_id"], unique=False)
    op.create_index("ix_concern_tenant_id_handled_at", "concern", ["tenant_id", "handled_at"], unique=False)
    op.create_table(
        "target",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("does_what", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("success", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'current'"), nullable=False),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status IN ('current', 'achieved', 'put-aside')", name=op.f("ck_target_status_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "goal_id"], ["goal.tenant_id", "goal.id"], name=op.f("fk_target_tenant_id_goal_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_target_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_target")),
    )
    op.create_index("ix_target_tenant_id_goal_id", "target", ["tenant_id", "goal_id"], unique=False)
    op.create_table(
        "target_tried",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("result IN ('not-yet', 'with-help', 'achieved')", name=op.f("ck_target_tried_result_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "target_id"],
            ["target.tenant_id", "target.id"],
            name=op.f("fk_target_tried_tenant_id_target_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visit_id"], ["visit.tenant_id", "visit.id"], name=op.f("fk_target_tried_tenant_id_visit_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_target_tried_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_target_tried")),
        sa.UniqueConstraint(
            "tenant_id", "visit_id", "target_id", name=op.f("uq_target_tried_tenant_id_visit_id_target_id")
        ),
    )
    protect("play_plan", "goal", "target", "visit_series", "visit", "concern", "review")
    protect("target_tried", delete=True)


def downgrade() -> None:
    op.drop_table("target_tried")
    op.drop_index("ix_target_tenant_id_goal_id", table_name="target")
    op.drop_table("target")
    op.drop_index("ix_concern_tenant_id_handled_at", table_name="concern")
    op.drop_index("ix_concern_tenant_id_child_id", table_name="concern")
    op.drop_table("concern")
    op.drop_index("ix_visit_tenant_id_visitor_id", table_name="visit")
    op.drop_index("ix_visit_tenant_id_planned_on", table_name="visit")
    op.drop_index("ix_visit_tenant_id_episode_id", table_name="visit")
    op.drop_table("visit")
    op.drop_index("ix_goal_tenant_id_plan_id", table_name="goal")
    op.drop_table("goal")
    op.drop_index("ix_visit_series_tenant_id_episode_id", table_name="visit_series")
    op.drop_table("visit_series")
    op.drop_index("ix_review_tenant_id_episode_id", table_name="review")
    op.drop_table("review")
    op.drop_index("ix_play_plan_tenant_id_episode_id", table_name="play_plan")
    op.drop_table("play_plan")
