"""A withdrawn edition that a file brings back names no person: files hold none."""

from alembic import op

revision = "0028_withdrawn_by_file"
down_revision = "0027_panel"
branch_labels = None
depends_on = None

NAME = "ck_policy_edition_withdrawn_whole"


def upgrade() -> None:
    _rule(
        "(status = 'withdrawn') = (withdrawn_at IS NOT NULL AND withdrawn_reason IS NOT NULL) "
        "AND (status <> 'withdrawn' OR withdrawn_by IS NOT NULL OR seeded_as IS NOT NULL)"
    )


def _rule(rule: str) -> None:
    op.drop_constraint(op.f(NAME), "policy_edition", type_="check")
    op.create_check_constraint(op.f(NAME), "policy_edition", rule)


def downgrade() -> None:
    """Refused by the database where a file brought a withdrawn edition: the version before needs a person."""
    _rule(
        "(status = 'withdrawn') = (withdrawn_at IS NOT NULL AND withdrawn_by IS NOT NULL "
        "AND withdrawn_reason IS NOT NULL)"
    )
