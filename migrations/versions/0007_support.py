"""Panels, offers, the waiting list, episodes and allocation."""

import sqlalchemy as sa
from alembic import op
from protection import protect
from sqlalchemy.dialects import postgresql

revision = "0007_support"
down_revision = "0006_messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "panel_meeting",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("chair_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status IN ('planned', 'held')", name=op.f("ck_panel_meeting_status_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "chair_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_panel_meeting_tenant_id_chair_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_panel_meeting_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_panel_meeting")),
        sa.UniqueConstraint("tenant_id", "held_on", name=op.f("uq_panel_meeting_tenant_id_held_on")),
    )
    op.create_table(
        "episode",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("edition_id", sa.Uuid(), nullable=True),
        sa.Column("before_recorded_policy", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("longest_months", sa.Integer(), nullable=True),
        sa.Column("first_visit_on", sa.Date(), nullable=True),
        sa.Column("limit_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.Column("closed_note", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "status <> 'closed' OR (closed_on IS NOT NULL AND closed_reason IS NOT NULL)",
            name=op.f("ck_episode_closed_whole"),
        ),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_episode_status_known")),
        sa.CheckConstraint(
            "before_recorded_policy = (edition_id IS NULL)", name=op.f("ck_episode_edition_unless_before")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_episode_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "closed_by"], ["person.tenant_id", "person.id"], name=op.f("fk_episode_tenant_id_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "edition_id"],
            ["policy_edition.tenant_id", "policy_edition.id"],
            name=op.f("fk_episode_tenant_id_edition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_episode_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_episode_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_episode")),
    )
    op.create_index("ix_episode_tenant_id_child_id", "episode", ["tenant_id", "child_id"], unique=False)
    op.create_index("ix_episode_tenant_id_status", "episode", ["tenant_id", "status", "limit_on"], unique=False)
    op.create_table(
        "offer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("answer IN ('accepted', 'refused', 'no-answer')", name=op.f("ck_offer_answer_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "made_by"], ["person.tenant_id", "person.id"], name=op.f("fk_offer_tenant_id_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_offer_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_offer_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_offer")),
    )
    op.create_index("ix_offer_tenant_id_referral_id", "offer", ["tenant_id", "referral_id"], unique=False)
    op.create_table(
        "waiting_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_reason", sa.Text(), nullable=True),
        sa.Column("left_by", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "area_id"], ["area.tenant_id", "area.id"], name=op.f("fk_waiting_entry_tenant_id_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_waiting_entry_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "left_by"], ["person.tenant_id", "person.id"], name=op.f("fk_waiting_entry_tenant_id_left_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_waiting_entry_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_waiting_entry_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_waiting_entry")),
        sa.UniqueConstraint("tenant_id", "referral_id", name=op.f("uq_waiting_entry_tenant_id_referral_id")),
    )
    op.create_index(
        "ix_waiting_entry_tenant_id_left_on", "waiting_entry", ["tenant_id", "left_on", "since"], unique=False
    )
    op.create_table(
        "allocation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("caseload_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("allocated_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "allocated_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_allocation_tenant_id_allocated_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "caseload_id"],
            ["caseload.tenant_id", "caseload.id"],
            name=op.f("fk_allocation_tenant_id_caseload_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "episode_id"],
            ["episode.tenant_id", "episode.id"],
            name=op.f("fk_allocation_tenant_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_allocation_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_allocation_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_allocation")),
    )
    op.create_index("ix_allocation_tenant_id_episode_id", "allocation", ["tenant_id", "episode_id"], unique=False)
    op.create_index("ix_allocation_tenant_id_person_id", "allocation", ["tenant_id", "person_id"], unique=False)
    op.create_table(
        "extension",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decided_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_extension_tenant_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "episode_id"],
            ["episode.tenant_id", "episode.id"],
            name=op.f("fk_extension_tenant_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_extension_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_extension")),
    )
    op.create_index("ix_extension_tenant_id_episode_id", "extension", ["tenant_id", "episode_id"], unique=False)
    op.create_table(
        "panel_item",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["decision.tenant_id", "decision.id"],
            name=op.f("fk_panel_item_tenant_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["panel_meeting.tenant_id", "panel_meeting.id"],
            name=op.f("fk_panel_item_tenant_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_panel_item_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_panel_item_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_panel_item")),
        sa.UniqueConstraint(
            "tenant_id", "meeting_id", "referral_id", name=op.f("uq_panel_item_tenant_id_meeting_id_referral_id")
        ),
    )
    protect("panel_meeting", "panel_item", "offer", "waiting_entry", "episode", "allocation")
    protect("extension", update=False)


def downgrade() -> None:
    op.drop_table("panel_item")
    op.drop_index("ix_extension_tenant_id_episode_id", table_name="extension")
    op.drop_table("extension")
    op.drop_index("ix_allocation_tenant_id_person_id", table_name="allocation")
    op.drop_index("ix_allocation_tenant_id_episode_id", table_name="allocation")
    op.drop_table("allocation")
    op.drop_index("ix_waiting_entry_tenant_id_left_on", table_name="waiting_entry")
    op.drop_table("waiting_entry")
    op.drop_index("ix_offer_tenant_id_referral_id", table_name="offer")
    op.drop_table("offer")
    op.drop_index("ix_episode_tenant_id_status", table_name="episode")
    op.drop_index("ix_episode_tenant_id_child_id", table_name="episode")
    op.drop_table("episode")
    op.drop_table("panel_meeting")
