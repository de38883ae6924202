"""Partner teams that work with a child."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0020_partner_links"
down_revision = "0019_restated"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner_link",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("what_for", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_details", sa.Text(), nullable=True),
        sa.Column("permission_id", sa.Uuid(), nullable=True),
        sa.Column("linked_on", sa.Date(), nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "ended_because IN ('done', 'permission-withdrawn', 'mistake')",
            name=op.f("ck_partner_link_ended_because_known"),
        ),
        sa.CheckConstraint(
            "NOT outside OR permission_id IS NOT NULL", name=op.f("ck_partner_link_outside_has_permission")
        ),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ended_because IS NULL)", name=op.f("ck_partner_link_end_has_a_reason")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{table}.tenant_id", f"{table}.id"],
                name=op.f(f"fk_partner_link_tenant_id_{column}"),
            )
            for column, table in (
                ("child_id", "child"),
                ("permission_id", "sharing_permission"),
                ("linked_by", "person"),
                ("ended_by", "person"),
            )
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_partner_link_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_partner_link")),
    )
    op.create_index("ix_partner_link_tenant_id_child_id", "partner_link", ["tenant_id", "child_id"])
    protect("partner_link")


def downgrade() -> None:
    op.drop_table("partner_link")
