"""The outbox, idempotency keys, operators and policy editions."""

import sqlalchemy as sa
from alembic import op
from protection import TENANT, protect
from sqlalchemy.dialects import postgresql

revision = "0003_machinery"
down_revision = "0002_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_operator_issuer_subject")),
    )
    op.create_table(
        "operator_login_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("cookie_hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_login_attempt")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_operator_login_attempt_state_hash")),
    )
    op.create_table(
        "operator_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("id_token", sa.Text(), nullable=True),
        sa.Column("provider_sid", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_operator_session_token_hash")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_idempotency_key_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "outbox",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("expected_version", sa.Integer(), nullable=True),
        sa.Column("dedupe", sa.Text(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_outbox_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("tenant_id", "dedupe", name=op.f("uq_outbox_tenant_id_dedupe")),
    )
    op.create_index(
        "ix_outbox_tenant_id_done_at_not_before", "outbox", ["tenant_id", "done_at", "not_before"], unique=False
    )
    op.create_table(
        "tenant_counter",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_tenant_counter_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_counter")),
        sa.UniqueConstraint("tenant_id", "kind", name=op.f("uq_tenant_counter_tenant_id_kind")),
    )
    op.create_table(
        "policy_edition",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("assumptions", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(status = 'published') = (effective_from IS NOT NULL)", name=op.f("ck_policy_edition_published_has_a_date")
        ),
        sa.CheckConstraint("status IN ('draft', 'published')", name=op.f("ck_policy_edition_status_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "published_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_policy_edition_tenant_id_published_by"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_policy_edition_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_policy_edition")),
        sa.UniqueConstraint("tenant_id", "effective_from", name=op.f("uq_policy_edition_tenant_id_effective_from")),
    )
    _close_outbox()
    _open_operators_tables()
    protect("idempotency_key", "tenant_counter", log=False)
    protect("policy_edition")
    op.execute("grant delete on idempotency_key to portage_worker")


def _close_outbox() -> None:
    """As any council's table for the application; the worker takes the rows of every council, which hold ids only."""
    op.execute("alter table outbox enable row level security")
    op.execute("alter table outbox force row level security")
    op.execute(
        f"create policy one_tenant on outbox as restrictive to portage_app, current_user "
        f"using ({TENANT}) with check ({TENANT})"
    )
    op.execute(
        f"create policy one_tenant_asks on outbox as restrictive for insert to portage_worker with check ({TENANT})"
    )
    op.execute(
        f"create policy one_tenant_tidies on outbox as restrictive for delete to portage_worker using ({TENANT})"
    )
    op.execute("create policy rows on outbox as permissive using (true) with check (true)")
    op.execute("grant select, insert on outbox to portage_app")
    op.execute("grant select, insert, update, delete on outbox to portage_worker")
    op.execute("grant select on outbox to portage_backup")
    op.execute(
        "grant select (tenant_id, kind, not_before, attempts, done_at, dead_at, created_at) "
        "on outbox to portage_operator"
    )


def _open_operators_tables() -> None:
    """Operators' own sign-in is theirs alone: the application that serves councils cannot read it."""
    op.execute("grant select on operator to portage_operator, portage_backup")
    op.execute("grant select, insert, update on operator_session, operator_login_attempt to portage_operator")


def downgrade() -> None:
    op.drop_table("policy_edition")
    op.drop_table("tenant_counter")
    op.drop_index("ix_outbox_tenant_id_done_at_not_before", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("idempotency_key")
    op.drop_table("operator_session")
    op.drop_table("operator_login_attempt")
    op.drop_table("operator")
