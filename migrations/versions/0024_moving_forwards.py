"""Meetings after an assessment that ended without a plan: who is invited, and what was agreed."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0024_moving_forwards"
down_revision = "0023_volunteers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _meeting()
    _guest()
    _agreement()
    _kinds_of_letter("'outcome', 'signposting', 'receipt', 'closing', 'invitation'")
    protect("forward_meeting", "meeting_guest", "meeting_agreement")


def _meeting() -> None:
    op.create_table(
        "forward_meeting",
        *_begin(),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("held_at", sa.Time(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("coordinator_id", sa.Uuid(), nullable=False),
        sa.Column("invited_on", sa.Date(), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("plan_sent_on", sa.Date(), nullable=True),
        sa.Column("plan_sent_how", sa.Text(), nullable=True),
        sa.Column("plan_acknowledged_on", sa.Date(), nullable=True),
        sa.Column("plan_acknowledged_by", sa.Text(), nullable=True),
        sa.Column("plan_thoughts", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        *_end(),
        sa.CheckConstraint("status IN ('planned', 'held', 'cancelled')", name=op.f("ck_forward_meeting_status_known")),
        sa.CheckConstraint(
            "status <> 'held' OR (plan_sent_on IS NOT NULL AND plan_sent_on < held_on)",
            name=op.f("ck_forward_meeting_plan_went_out_before"),
        ),
        sa.CheckConstraint(
            "status <> 'held' OR summary IS NOT NULL", name=op.f("ck_forward_meeting_held_has_a_record")
        ),
        *_keys(
            "forward_meeting",
            ("referral_id", "referral"),
            ("coordinator_id", "person"),
            ("recorded_by", "person"),
            ("letter_id", "letter"),
        ),
        sa.UniqueConstraint("tenant_id", "referral_id", name=op.f("uq_forward_meeting_tenant_id_referral_id")),
    )
    op.create_index("ix_forward_meeting_tenant_id_held_on", "forward_meeting", ["tenant_id", "status", "held_on"])


def _guest() -> None:
    op.create_table(
        "meeting_guest",
        *_begin(),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("taken_off_on", sa.Date(), nullable=True),
        sa.Column("came", sa.Boolean(), nullable=True),
        *_end(),
        sa.CheckConstraint(
            "kind IN ('parent', 'child', 'school', 'educational-psychology', 'specialist-teaching', 'other')",
            name=op.f("ck_meeting_guest_kind_known"),
        ),
        *_keys("meeting_guest", ("meeting_id", "forward_meeting")),
    )
    op.create_index("ix_meeting_guest_tenant_id_meeting_id", "meeting_guest", ["tenant_id", "meeting_id"])


def _agreement() -> None:
    op.create_table(
        "meeting_agreement",
        *_begin(),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("delivered_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        *_end(),
        sa.CheckConstraint("kind IN ('advice', 'support', 'training')", name=op.f("ck_meeting_agreement_kind_known")),
        *_keys("meeting_agreement", ("meeting_id", "forward_meeting")),
    )
    op.create_index("ix_meeting_agreement_tenant_id_meeting_id", "meeting_agreement", ["tenant_id", "meeting_id"])


def _begin() -> list[sa.Column[object]]:
    return [sa.Column("tenant_id", sa.Uuid(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False)]


def _end() -> list[sa.Column[object]]:
    return [
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    ]


def _keys(table: str, *columns: tuple[str, str]) -> list[sa.Constraint]:
    others = [
        sa.ForeignKeyConstraint(
            ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
        )
        for column, to in columns
    ]
    council = sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id"))
    return [*others, council, sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}"))]


def _kinds_of_letter(listed: str) -> None:
    op.drop_constraint(op.f("ck_letter_kind_known"), "letter", type_="check")
    op.create_check_constraint(op.f("ck_letter_kind_known"), "letter", f"kind IN ({listed})")


def downgrade() -> None:
    """Refuses while an invitation is kept: no older form could hold it."""
    _kinds_of_letter("'outcome', 'signposting', 'receipt', 'closing'")
    op.drop_table("meeting_agreement")
    op.drop_table("meeting_guest")
    op.drop_table("forward_meeting")
