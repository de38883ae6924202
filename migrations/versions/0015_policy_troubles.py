"""For operators, without families: which versions of a policy judge a council's requests, and where one failed."""

import sqlalchemy as sa
from alembic import op
from protection import TENANT, protect

revision = "0015_policy_troubles"
down_revision = "0014_previews"
branch_labels = None
depends_on = None

IN_FORCE = "council_id, plugin, effective_from, revision, source"


def upgrade() -> None:
    op.create_table(
        "policy_use",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("plugin_version", sa.Text(), nullable=False),
        sa.Column("rules_digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_policy_use_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_policy_use")),
        sa.UniqueConstraint(
            "tenant_id",
            "plugin",
            "plugin_version",
            "rules_digest",
            name=op.f("uq_policy_use_tenant_id_plugin_plugin_version_rules_digest"),
        ),
    )
    op.create_table(
        "policy_trouble",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("plugin_version", sa.Text(), nullable=False),
        sa.Column("rules_digest", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "how IN ('raised', 'too-slow', 'nonsense', 'not-installed')", name=op.f("ck_policy_trouble_how_known")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_policy_trouble_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_policy_trouble_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_policy_trouble")),
    )
    op.create_index(
        "ix_policy_trouble_tenant_id_settled_at", "policy_trouble", ["tenant_id", "settled_at"], unique=False
    )
    op.create_index(
        "ix_policy_trouble_tenant_id_referral_id", "policy_trouble", ["tenant_id", "referral_id"], unique=False
    )
    protect("policy_use", update=False)
    protect("policy_trouble")
    for table, columns in (
        ("policy_use", "tenant_id, plugin, plugin_version, rules_digest, created_at"),
        ("policy_trouble", "tenant_id, plugin, plugin_version, rules_digest, how, what, settled_at, created_at"),
    ):
        _open_to_operators(table, columns)
    op.execute(f"grant select ({IN_FORCE}) on published_edition to portage_operator")
    _remember_uses()


def _open_to_operators(table: str, columns: str) -> None:
    """Every other role stays bound to its council; operators see every council's rows, and these columns alone."""
    op.execute(f"drop policy one_tenant on {table}")
    op.execute(
        f"create policy one_tenant on {table} as restrictive "
        f"to portage_app, portage_worker, portage_backup, current_user using ({TENANT}) with check ({TENANT})"
    )
    op.execute(f"grant select ({columns}) on {table} to portage_operator")


def _remember_uses() -> None:
    """Take over which versions have judged requests. Row-level security binds the owner too, so it rests here."""
    for table in ("determination", "policy_use"):
        op.execute(f"alter table {table} no force row level security")
    op.execute("alter table policy_use disable trigger log_change")  # a migration acts for no council
    op.execute(
        "insert into policy_use (tenant_id, id, plugin, plugin_version, rules_digest, created_at) "
        "select tenant_id, gen_random_uuid(), plugin, plugin_version, rules_digest, min(made_at) "
        "from determination group by tenant_id, plugin, plugin_version, rules_digest"
    )
    op.execute("alter table policy_use enable trigger log_change")
    for table in ("determination", "policy_use"):
        op.execute(f"alter table {table} force row level security")


def downgrade() -> None:
    op.execute("revoke all on published_edition from portage_operator")
    op.drop_table("policy_trouble")
    op.drop_table("policy_use")
