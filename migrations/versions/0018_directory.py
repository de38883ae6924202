"""The directory of services that may help, lists that wait to be taken into it, and which services a decision named."""

import sqlalchemy as sa
from alembic import op
from protection import protect
from sqlalchemy.dialects import postgresql

revision = "0018_directory"
down_revision = "0017_whole_backups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _service()
    _list()
    _named()
    _ways_of_contact("'telephone', 'video', 'in-person', 'family-hub', 'email', 'post'")
    _purposes_of_contact("'outcome', 'arrange-visit', 'information', 'advice', 'other'")
    protect("service", "service_list")
    protect("decision_service", update=False)


def _service() -> None:
    op.create_table(
        "service",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("what_for", sa.Text(), nullable=False),
        sa.Column("age_from_months", sa.Integer(), nullable=True),
        sa.Column("age_to_months", sa.Integer(), nullable=True),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("web_page", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("feed_key", sa.Text(), nullable=True),
        sa.Column("last_checked_on", sa.Date(), nullable=True),
        sa.Column("last_checked_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("age_from_months BETWEEN 0 AND 300", name=op.f("ck_service_age_from_sensible")),
        sa.CheckConstraint("age_to_months BETWEEN 0 AND 300", name=op.f("ck_service_age_to_sensible")),
        sa.CheckConstraint("age_from_months <= age_to_months", name=op.f("ck_service_ages_in_order")),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR withdrawn_because IS NOT NULL", name=op.f("ck_service_withdrawn_has_a_reason")
        ),
        *_people("service", "last_checked_by", "withdrawn_by"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_service_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service")),
        sa.UniqueConstraint("tenant_id", "feed_key", name=op.f("uq_service_tenant_id_feed_key")),
    )
    op.create_index("ix_service_tenant_id_search_name", "service", ["tenant_id", "search_name"])
    op.create_index("ix_service_tenant_id_last_checked_on", "service", ["tenant_id", "withdrawn_on", "last_checked_on"])


def _list() -> None:
    op.create_table(
        "service_list",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'reading'"), nullable=False),
        sa.Column("next_page", sa.Integer(), nullable=True),
        sa.Column("rows", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("problems", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("left_out", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed_because", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("kind IN ('file', 'feed')", name=op.f("ck_service_list_kind_known")),
        sa.CheckConstraint(
            "status IN ('reading', 'ready', 'taken', 'put-away', 'failed')", name=op.f("ck_service_list_status_known")
        ),
        *_people("service_list", "asked_by", "taken_by"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_service_list_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_list")),
    )
    op.create_index("ix_service_list_tenant_id_asked_at", "service_list", ["tenant_id", "asked_at"])


def _named() -> None:
    op.create_table(
        "decision_service",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["decision.tenant_id", "decision.id"],
            name=op.f("fk_decision_service_tenant_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "service_id"],
            ["service.tenant_id", "service.id"],
            name=op.f("fk_decision_service_tenant_id_service_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_decision_service_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_decision_service")),
        sa.UniqueConstraint(
            "tenant_id",
            "decision_id",
            "service_id",
            name=op.f("uq_decision_service_tenant_id_decision_id_service_id"),
        ),
    )


def _ways_of_contact(listed: str) -> None:
    op.drop_constraint(op.f("ck_contact_how_known"), "contact", type_="check")
    op.create_check_constraint(op.f("ck_contact_how_known"), "contact", f"how IN ({listed})")


def _purposes_of_contact(listed: str) -> None:
    op.drop_constraint(op.f("ck_contact_purpose_known"), "contact", type_="check")
    op.create_check_constraint(op.f("ck_contact_purpose_known"), "contact", f"purpose IN ({listed})")


def _people(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["tenant_id", column], ["person.tenant_id", "person.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
        )
        for column in columns
    ]


def downgrade() -> None:
    """Refuses while a conversation in a Family Hub or for advice is recorded: no older form could keep it."""
    _ways_of_contact("'telephone', 'video', 'in-person', 'email', 'post'")
    _purposes_of_contact("'outcome', 'arrange-visit', 'information', 'other'")
    op.drop_table("decision_service")
    op.drop_table("service_list")
    op.drop_table("service")
