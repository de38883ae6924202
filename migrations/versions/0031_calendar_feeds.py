"""Calendar feeds: for each person one secret address, kept as a hash, that can be taken back."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0031_calendar_feeds"
down_revision = "0030_series"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_calendar_feed_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_calendar_feed_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_calendar_feed_tenant_id_person_id")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_calendar_feed_tenant_id_token_hash")),
    )
    protect("calendar_feed")


def downgrade() -> None:
    op.drop_table("calendar_feed")
