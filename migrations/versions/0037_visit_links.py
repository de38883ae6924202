"""A link in an e-mail may lead a family to the main points of one visit."""

from alembic import op

revision = "0037_visit_links"
down_revision = "0036_reviews"
branch_labels = None
depends_on = None

BEFORE = "'letter', 'request', 'waiting', 'notification', 'plan', 'family', 'pack'"


def upgrade() -> None:
    _purposes(f"{BEFORE}, 'visit'")


def downgrade() -> None:
    """Refused by the database while a link to a visit is there."""
    _purposes(BEFORE)


def _purposes(known: str) -> None:
    name = op.f("ck_one_time_link_purpose_known")
    op.drop_constraint(name, "one_time_link", type_="check")
    op.create_check_constraint(name, "one_time_link", f"purpose IN ({known})")
