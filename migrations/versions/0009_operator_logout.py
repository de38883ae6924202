"""Logout tokens about operators that were obeyed, so that a copy of one is refused."""

import sqlalchemy as sa
from alembic import op

revision = "0009_operator_logout"
down_revision = "0008_visits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operator_logout_token_seen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_logout_token_seen")),
        sa.UniqueConstraint("issuer", "jti", name=op.f("uq_operator_logout_token_seen_issuer_jti")),
    )
    op.execute("grant select, insert, delete on operator_logout_token_seen to portage_operator")
    op.execute("grant select on operator_logout_token_seen to portage_backup")


def downgrade() -> None:
    op.drop_table("operator_logout_token_seen")
