"""Children who waited before the policy was recorded: a place on the list, and offers, without a request."""

import sqlalchemy as sa
from alembic import op

revision = "0016_waiting_before"
down_revision = "0015_policy_troubles"
branch_labels = None
depends_on = None

CHECKS = {
    "request_unless_before": "before_recorded_policy = (referral_id IS NULL)",
    "reference_if_before": "before_recorded_policy = (reference IS NOT NULL)",
    "known_by_if_before": "before_recorded_policy = (known_by IS NOT NULL)",
    "edition_says_the_length": "before_recorded_policy OR (decided_on IS NULL AND longest_months IS NULL)",
}


def upgrade() -> None:
    _places()
    _offers()
    _purposes("'letter', 'request', 'waiting'")


def _places() -> None:
    op.alter_column("waiting_entry", "referral_id", nullable=True)
    op.add_column(
        "waiting_entry",
        sa.Column("before_recorded_policy", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("waiting_entry", sa.Column("reference", sa.Text(), nullable=True))
    op.add_column("waiting_entry", sa.Column("known_by", sa.Text(), nullable=True))
    op.add_column("waiting_entry", sa.Column("decided_on", sa.Date(), nullable=True))
    op.add_column("waiting_entry", sa.Column("longest_months", sa.Integer(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_waiting_entry_tenant_id_reference"), "waiting_entry", ["tenant_id", "reference"]
    )
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_waiting_entry_{name}"), "waiting_entry", rule)


def _offers() -> None:
    op.alter_column("offer", "referral_id", nullable=True)
    op.add_column("offer", sa.Column("waiting_entry_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_offer_tenant_id_waiting_entry_id"),
        "offer",
        "waiting_entry",
        ["tenant_id", "waiting_entry_id"],
        ["tenant_id", "id"],
    )
    op.create_index("ix_offer_tenant_id_waiting_entry_id", "offer", ["tenant_id", "waiting_entry_id"])
    op.create_check_constraint(op.f("ck_offer_to_one"), "offer", "num_nonnulls(referral_id, waiting_entry_id) = 1")


def _purposes(listed: str) -> None:
    op.drop_constraint(op.f("ck_one_time_link_purpose_known"), "one_time_link", type_="check")
    op.create_check_constraint(op.f("ck_one_time_link_purpose_known"), "one_time_link", f"purpose IN ({listed})")


def downgrade() -> None:
    """Refuses while a child waits without a request: there is no older form in which the place could be kept."""
    op.alter_column("offer", "referral_id", nullable=False)
    op.alter_column("waiting_entry", "referral_id", nullable=False)
    _purposes("'letter', 'request'")
    op.drop_constraint(op.f("ck_offer_to_one"), "offer", type_="check")
    op.drop_index("ix_offer_tenant_id_waiting_entry_id", table_name="offer")
    op.drop_constraint(op.f("fk_offer_tenant_id_waiting_entry_id"), "offer", type_="foreignkey")
    op.drop_column("offer", "waiting_entry_id")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_waiting_entry_{name}"), "waiting_entry", type_="check")
    op.drop_constraint(op.f("uq_waiting_entry_tenant_id_reference"), "waiting_entry", type_="unique")
    for name in ("longest_months", "decided_on", "known_by", "reference", "before_recorded_policy"):
        op.drop_column("waiting_entry", name)
