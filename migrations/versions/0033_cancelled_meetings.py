"""A Moving Forwards meeting that does not take place says why, and those who were invited hear of it by letter."""

import sqlalchemy as sa
from alembic import op

revision = "0033_cancelled_meetings"
down_revision = "0032_profiles_and_activities"
branch_labels = None
depends_on = None

RULE = "ck_forward_meeting_cancelled_has_a_reason"
LETTERS = "'outcome', 'signposting', 'receipt', 'closing', 'invitation'"


def upgrade() -> None:
    op.add_column("forward_meeting", sa.Column("cancelled_on", sa.Date(), nullable=True))
    op.add_column("forward_meeting", sa.Column("cancelled_because", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f(RULE),
        "forward_meeting",
        "(status = 'cancelled') = (cancelled_on IS NOT NULL AND cancelled_because IS NOT NULL)",
    )
    _kinds_of_letter(f"{LETTERS}, 'cancellation'")


def downgrade() -> None:
    """Refused by the database while a letter says that a meeting was cancelled."""
    _kinds_of_letter(LETTERS)
    op.drop_constraint(op.f(RULE), "forward_meeting", type_="check")
    op.drop_column("forward_meeting", "cancelled_because")
    op.drop_column("forward_meeting", "cancelled_on")


def _kinds_of_letter(listed: str) -> None:
    op.drop_constraint(op.f("ck_letter_kind_known"), "letter", type_="check")
    op.create_check_constraint(op.f("ck_letter_kind_known"), "letter", f"kind IN ({listed})")
