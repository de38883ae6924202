"""Which edition gives a term of a child's support, where that is not the edition that judged the request."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013_support_terms"
down_revision = "0012_publishing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "episode", sa.Column("terms_from", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("episode", "terms_from")
