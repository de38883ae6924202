"""Previews of a draft edition, and the requests that each found to change."""

import sqlalchemy as sa
from alembic import op
from protection import protect
from sqlalchemy.dialects import postgresql

revision = "0014_previews"
down_revision = "0013_support_terms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preview",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("terms_digest", sa.Text(), nullable=False),
        sa.Column("plugin_version", sa.Text(), nullable=True),
        sa.Column("rules_digest", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("changed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unread", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("position", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("cells", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("moves", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("turned", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'cancelled', 'outdated', 'failed')",
            name=op.f("ck_preview_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "asked_by"], ["person.tenant_id", "person.id"], name=op.f("fk_preview_tenant_id_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cancelled_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_preview_tenant_id_cancelled_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "edition_id"],
            ["policy_edition.tenant_id", "policy_edition.id"],
            name=op.f("fk_preview_tenant_id_edition_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_preview_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_preview")),
    )
    op.create_index("ix_preview_tenant_id_asked_at", "preview", ["tenant_id", "asked_at"], unique=False)
    op.create_table(
        "preview_change",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("preview_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("turned", postgresql.JSONB(), nullable=False),
        sa.Column("aged_out_on", sa.Date(), nullable=True),
        sa.Column("ages_out_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "preview_id"],
            ["preview.tenant_id", "preview.id"],
            name=op.f("fk_preview_change_tenant_id_preview_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_preview_change_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_preview_change")),
    )
    op.create_index(
        "ix_preview_change_tenant_id_preview_id", "preview_change", ["tenant_id", "preview_id", "id"], unique=False
    )
    # A preview's steps and its list would be noise in the log of changed rows: who asked for one, and who stopped it,
    # stands in the trail.
    protect("preview", log=False)
    protect("preview_change", log=False, update=False)
    op.execute("grant delete on preview_change to portage_worker")  # the list is forgotten after a while


def downgrade() -> None:
    op.drop_index("ix_preview_change_tenant_id_preview_id", table_name="preview_change")
    op.drop_table("preview_change")
    op.drop_index("ix_preview_tenant_id_asked_at", table_name="preview")
    op.drop_table("preview")
