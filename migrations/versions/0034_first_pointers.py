"""Services that parents hear of at once, before anything is decided about their child."""

import sqlalchemy as sa
from alembic import op

revision = "0034_first_pointers"
down_revision = "0033_cancelled_meetings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service", sa.Column("first_pointer", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("service", "first_pointer")
