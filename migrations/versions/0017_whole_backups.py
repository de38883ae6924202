"""Let the backup role read the tables that it could not: one that is closed to it makes the whole dump fail."""

from alembic import op

revision = "0017_whole_backups"
down_revision = "0016_waiting_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("grant select on alembic_version, operator_login_attempt, operator_session to portage_backup")


def downgrade() -> None:
    op.execute("revoke select on alembic_version, operator_login_attempt, operator_session from portage_backup")
