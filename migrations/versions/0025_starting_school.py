"""Children who start school without a plan: the school, a first assessment, and the support at the school."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0025_starting_school"
down_revision = "0024_moving_forwards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "school_start",
        *_begin(),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("school_name", sa.Text(), nullable=False),
        sa.Column("school_contact", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("assessed_by", sa.Uuid(), nullable=True),
        sa.Column("assessed_with", sa.Text(), nullable=True),
        sa.Column("found", sa.Text(), nullable=True),
        *_end(),
        sa.CheckConstraint("(assessed_on IS NULL) = (found IS NULL)", name=op.f("ck_school_start_assessment_is_whole")),
        *_keys("school_start", ("referral_id", "referral"), ("assessed_by", "person")),
        sa.UniqueConstraint("tenant_id", "referral_id", name=op.f("uq_school_start_tenant_id_referral_id")),
    )
    op.create_index("ix_school_start_tenant_id_starts_on", "school_start", ["tenant_id", "starts_on"])
    op.create_table(
        "school_support",
        *_begin(),
        sa.Column("school_start_id", sa.Uuid(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("linked_on", sa.Date(), nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        *_end(),
        *_keys("school_support", ("school_start_id", "school_start"), ("linked_by", "person")),
    )
    op.create_index("ix_school_support_tenant_id_school_start_id", "school_support", ["tenant_id", "school_start_id"])
    protect("school_start", "school_support")


def _begin() -> list[sa.Column[object]]:
    return [sa.Column("tenant_id", sa.Uuid(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False)]


def _end() -> list[sa.Column[object]]:
    return [
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    ]


def _keys(table: str, *columns: tuple[str, str]) -> list[sa.Constraint]:
    others = [
        sa.ForeignKeyConstraint(
            ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
        )
        for column, to in columns
    ]
    council = sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id"))
    return [*others, council, sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}"))]


def downgrade() -> None:
    op.drop_table("school_support")
    op.drop_table("school_start")
