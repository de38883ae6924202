"""A family can ask for another day for a visit; who asked, when, and in which words stay with the visit."""

import sqlalchemy as sa
from alembic import op

revision = "0040_another_day"
down_revision = "0039_lone_working"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("another_day_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visit", sa.Column("another_day_by", sa.Text(), nullable=True))
    op.add_column("visit", sa.Column("another_day_words", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("another_day_words", "another_day_by", "another_day_at"):
        op.drop_column("visit", column)
