"""One-time links that somebody closed by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0010_closed_links"
down_revision = "0009_operator_logout"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("one_time_link", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("one_time_link", sa.Column("closed_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_one_time_link_tenant_id_closed_by"),
        "one_time_link",
        "person",
        ["tenant_id", "closed_by"],
        ["tenant_id", "id"],
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_one_time_link_tenant_id_closed_by"), "one_time_link", type_="foreignkey")
    op.drop_column("one_time_link", "closed_by")
    op.drop_column("one_time_link", "closed_at")
