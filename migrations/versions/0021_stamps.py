"""Settings that hold the Stamp of Approval or work towards it."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0021_stamps"
down_revision = "0020_partner_links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stamp",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("setting_name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("web_page", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("next_what", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("kept_by", sa.Uuid(), nullable=True),
        sa.Column("reminded_for", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("standing IN ('working-towards', 'holds', 'ended')", name=op.f("ck_stamp_standing_known")),
        sa.CheckConstraint("standing <> 'holds' OR awarded_on IS NOT NULL", name=op.f("ck_stamp_holder_has_a_day")),
        sa.CheckConstraint("(next_on IS NULL) = (next_what IS NULL)", name=op.f("ck_stamp_next_has_a_name")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "kept_by"], ["person.tenant_id", "person.id"], name=op.f("fk_stamp_tenant_id_kept_by")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_stamp_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stamp")),
    )
    op.create_index("ix_stamp_tenant_id_next_on", "stamp", ["tenant_id", "next_on"])
    protect("stamp")


def downgrade() -> None:
    op.drop_table("stamp")
