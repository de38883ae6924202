"""Messages, letters, one-time links and alerts."""

import sqlalchemy as sa
from alembic import op
from protection import protect
from sqlalchemy.dialects import postgresql

revision = "0006_messages"
down_revision = "0005_referrals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("child_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("held_because", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_on", sa.Date(), nullable=True),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "recipient_kind IN ('carer', 'referrer', 'person')", name=op.f("ck_message_recipient_kind_known")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'sent', 'held', 'failed', 'unknown')", name=op.f("ck_message_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "handled_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_message_tenant_id_handled_by"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_message_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_tenant_id_status", "message", ["tenant_id", "status"], unique=False)
    op.create_index("ix_message_tenant_id_referral_id", "message", ["tenant_id", "referral_id"], unique=False)
    op.create_table(
        "one_time_link",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("purpose IN ('letter', 'request')", name=op.f("ck_one_time_link_purpose_known")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_one_time_link_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_one_time_link_tenant_id_token_hash")),
    )
    op.create_table(
        "alert",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("child_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("dedupe", sa.Text(), nullable=True),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "area_id"], ["area.tenant_id", "area.id"], name=op.f("fk_alert_tenant_id_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_alert_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"], ["person.tenant_id", "person.id"], name=op.f("fk_alert_tenant_id_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "seen_by"], ["person.tenant_id", "person.id"], name=op.f("fk_alert_tenant_id_seen_by")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_alert_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_alert")),
        sa.UniqueConstraint("tenant_id", "dedupe", name=op.f("uq_alert_tenant_id_dedupe")),
    )
    op.create_index("ix_alert_tenant_id_person_id", "alert", ["tenant_id", "person_id", "seen_at"], unique=False)
    op.create_index("ix_alert_tenant_id_role", "alert", ["tenant_id", "role", "seen_at"], unique=False)
    op.create_table(
        "letter",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("carer_id", sa.Uuid(), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('outcome', 'signposting', 'receipt', 'closing')", name=op.f("ck_letter_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "carer_id"], ["carer.tenant_id", "carer.id"], name=op.f("fk_letter_tenant_id_carer_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_letter_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "written_by"], ["person.tenant_id", "person.id"], name=op.f("fk_letter_tenant_id_written_by")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_letter_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_letter")),
    )
    op.create_index("ix_letter_tenant_id_referral_id", "letter", ["tenant_id", "referral_id"], unique=False)
    protect("message", "one_time_link", "letter", "alert")


def downgrade() -> None:
    op.drop_index("ix_letter_tenant_id_referral_id", table_name="letter")
    op.drop_table("letter")
    op.drop_index("ix_alert_tenant_id_role", table_name="alert")
    op.drop_index("ix_alert_tenant_id_person_id", table_name="alert")
    op.drop_table("alert")
    op.drop_table("one_time_link")
    op.drop_index("ix_message_tenant_id_referral_id", table_name="message")
    op.drop_index("ix_message_tenant_id_status", table_name="message")
    op.drop_table("message")
