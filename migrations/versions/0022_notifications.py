"""Health notifications: records of their own, their papers and tasks, and the case file that one may open."""

import sqlalchemy as sa
from alembic import op
from protection import protect
from sqlalchemy.dialects import postgresql

revision = "0022_notifications"
down_revision = "0021_stamps"
branch_labels = None
depends_on = None

WORDS = (
    "arrived_known_by", "form_used", "organisation_told", "organisation", "parents_views", "safeguarding_note",
    "in_their_words", "agreed_by", "agreed_relationship", "agreed_how", "first_words_reason", "closed_as",
    "closed_reason", "professional_role", "work_email", "telephone",
)  # fmt: skip
DAYS = ("parent_informed_on", "discussion_offered_on", "agreed_on", "closed_on")
PEOPLE = ("entered_by", "agreement_recorded_by", "first_words_by", "closed_by")
LISTS = {
    "kind": "'section-23', 'early-years'",
    "body_kind": "'icb', 'nhs-trust', 'nhs-foundation-trust', 'gp', 'independent-therapist', 'other'",
    "arrived_how": "'online', 'paper', 'email', 'telephone'",
    "organisation_told": "'named', 'none-likely', 'not-told'",
    "agreement": "'unknown', 'yes', 'no'",
    "state": "'kept', 'agreement', 'followed', 'closed'",
    "first_words": "'none', 'held', 'sent', 'closed'",
    "closed_as": "'forwarded', 'no-agreement', 'nothing-further'",
}
TASKS = "'first-words', 'safeguarding', 'agreement', 'forward', 'school-age', 'steps', 'duplicate', 'read'"
RECIPIENTS, PURPOSES = "'carer', 'referrer', 'person'", "'letter', 'request', 'waiting'"


def upgrade() -> None:
    _notifications()
    _papers()
    _tasks()
    protect("notification", "notification_paper", "notification_task")
    op.add_column("referral", sa.Column("notification_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_referral_tenant_id_notification_id"),
        "referral",
        "notification",
        ["tenant_id", "notification_id"],
        ["tenant_id", "id"],
    )
    op.create_unique_constraint(
        op.f("uq_referral_tenant_id_notification_id"), "referral", ["tenant_id", "notification_id"]
    )
    _listed("message", "recipient_kind", "'carer', 'referrer', 'notifier', 'person'")
    _listed("one_time_link", "purpose", f"{PURPOSES}, 'notification'")


def _notifications() -> None:
    op.create_table(
        "notification",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "body_kind", "body", "professional")),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("arrived_how", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in WORDS),
        *(sa.Column(name, sa.Date(), nullable=True) for name in DAYS),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in PEOPLE),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("parent_informed", "discussion_offered", "safeguarding")
        ),
        sa.Column("lives_in_area", sa.Boolean(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("agreement", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("warnings", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("possible_duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("sender_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_words", sa.Text(), server_default=sa.text("'none'"), nullable=False),
        sa.Column("first_words_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        *_kept_for_long(),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *(
            sa.CheckConstraint(f"{name} IN ({listed})", name=op.f(f"ck_notification_{name}_known"))
            for name, listed in LISTS.items()
        ),
        *(_to(table, column) for column, table in _REFERENCES.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_notification_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notification")),
        sa.UniqueConstraint("tenant_id", "reference", name=op.f("uq_notification_tenant_id_reference")),
    )
    for columns in (("arrived_on",), ("state", "arrived_on"), ("child_id",)):
        op.create_index(f"ix_notification_tenant_id_{columns[0]}", "notification", ["tenant_id", *columns])


_REFERENCES = {
    "child_id": "child",
    "edition_id": "policy_edition",
    "area_id": "area",
    "possible_duplicate_of": "child",
    **dict.fromkeys(PEOPLE, "person"),
}


def _papers() -> None:
    op.create_table(
        "notification_paper",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "file_name", "media_type")),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("object_key", "added_by")),
        *_kept_for_long(),
        _to("notification", "notification_id", "notification_paper"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_notification_paper_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notification_paper")),
    )
    op.create_index(
        "ix_notification_paper_tenant_id_notification_id", "notification_paper", ["tenant_id", "notification_id"]
    )


def _tasks() -> None:
    op.create_table(
        "notification_task",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        *_kept_for_long(),
        sa.CheckConstraint(f"kind IN ({TASKS})", name=op.f("ck_notification_task_kind_known")),
        _to("notification", "notification_id", "notification_task"),
        _to("person", "done_by", "notification_task"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_notification_task_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notification_task")),
        sa.UniqueConstraint(
            "tenant_id",
            "notification_id",
            "kind",
            name=op.f("uq_notification_task_tenant_id_notification_id_kind"),
        ),
    )
    op.create_index("ix_notification_task_tenant_id_due_on", "notification_task", ["tenant_id", "done_on", "due_on"])


def _kept_for_long() -> list[sa.Column]:
    return [
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    ]


def _to(other: str, column: str, table: str = "notification") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{other}.tenant_id", f"{other}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _listed(table: str, column: str, listed: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}_known"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{column}_known"), table, f"{column} IN ({listed})")


def downgrade() -> None:
    """Refuses while a message or a link is for somebody who notified: the older form has no such recipient."""
    _listed("one_time_link", "purpose", PURPOSES)
    _listed("message", "recipient_kind", RECIPIENTS)
    op.drop_constraint(op.f("uq_referral_tenant_id_notification_id"), "referral", type_="unique")
    op.drop_constraint(op.f("fk_referral_tenant_id_notification_id"), "referral", type_="foreignkey")
    op.drop_column("referral", "notification_id")
    op.drop_index("ix_notification_task_tenant_id_due_on", table_name="notification_task")
    op.drop_table("notification_task")
    op.drop_index("ix_notification_paper_tenant_id_notification_id", table_name="notification_paper")
    op.drop_table("notification_paper")
    for column in ("child_id", "state", "arrived_on"):
        op.drop_index(f"ix_notification_tenant_id_{column}", table_name="notification")
    op.drop_table("notification")
