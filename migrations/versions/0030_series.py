"""Series of visits: how their weeks are counted, until when, which one they follow; visits beyond the limit."""

import sqlalchemy as sa
from alembic import op

revision = "0030_series"
down_revision = "0029_caseloads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("cadence", sa.Text(), server_default=sa.text("'calendar'"), nullable=False),
        # Until now a series of this table could run through the school holidays, unless nobody ticked that.
        sa.Column("in_school_holidays", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
    ):
        op.add_column("visit_series", column)
    op.create_check_constraint(op.f("ck_visit_series_cadence_known"), "visit_series", "cadence IN ('calendar', 'term')")
    op.create_foreign_key(
        op.f("fk_visit_series_tenant_id_follows_id"),
        "visit_series",
        "visit_series",
        ["tenant_id", "follows_id"],
        ["tenant_id", "id"],
    )
    op.add_column("visit", sa.Column("beyond_limit", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(
        op.f("ck_visit_beyond_limit_is_cancelled"), "visit", "NOT beyond_limit OR status = 'cancelled'"
    )
    op.create_index("ix_visit_tenant_id_series_id", "visit", ["tenant_id", "series_id", "planned_on"])


def downgrade() -> None:
    op.drop_index("ix_visit_tenant_id_series_id", table_name="visit")
    op.drop_constraint(op.f("ck_visit_beyond_limit_is_cancelled"), "visit", type_="check")
    op.drop_column("visit", "beyond_limit")
    op.drop_constraint(op.f("fk_visit_series_tenant_id_follows_id"), "visit_series", type_="foreignkey")
    op.drop_constraint(op.f("ck_visit_series_cadence_known"), "visit_series", type_="check")
    for name in ("follows_id", "ends_on", "in_school_holidays", "cadence"):
        op.drop_column("visit_series", name)
