"""Drop what no effect reads: each reads the row that it is about when it runs, so no version need be expected."""

import sqlalchemy as sa
from alembic import op

revision = "0011_outbox_without_version"
down_revision = "0010_closed_links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("outbox", "expected_version")


def downgrade() -> None:
    op.add_column("outbox", sa.Column("expected_version", sa.Integer(), nullable=True))
