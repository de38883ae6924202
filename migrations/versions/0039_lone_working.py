"""Lone working: who is told in hours and out of them, overdue visits with their log, texts, and a second number."""

import sqlalchemy as sa
from alembic import op
from protection import protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0039_lone_working"
down_revision = "0038_seen_on_visits"
branch_labels = None
depends_on = None

SETTLED = "'left', 'recorded', 'cancelled', 'arrived', 'answered-safe', 'staying', 'changed'"
ENTRIES = "'reminded', 'told', 'told-again', 'managers-told', 'text-failed', 'taken', 'called', 'settled'"
WHOM = "'visitor', 'visitor-other', 'place', 'first', 'second', 'duty', '999'"
OUTCOMES = (
    "'answered-safe', 'staying', 'no-answer', 'unclear', 'help-is-coming', 'left', 'recorded', 'cancelled', "
    "'arrived', 'changed'"
)
NAMED = ("out_first_id", "out_second_id")
CHECKS = {
    "reminder_sensible": "remind_minutes BETWEEN 0 AND 60",
    "again_sensible": "again_minutes BETWEEN 5 AND 120",
    "two_people_out_of_hours": "out_first_id <> out_second_id",
}


def upgrade() -> None:
    op.add_column("person", sa.Column("other_telephone", sa.Text(), nullable=True))
    _watch()
    _overdue()
    _entry()
    _text()
    protect("overdue_visit", "text_message")
    protect("overdue_entry", update=False)


def _watch() -> None:
    table = "overdue_watch"
    for name in NAMED:
        op.add_column(table, sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_{table}_tenant_id_{name}"), table, "person", ["tenant_id", name], ["tenant_id", "id"]
        )
    for name, default in (("hours", "'[]'"), ("remind_minutes", "10"), ("again_minutes", "15")):
        kind: sa.types.TypeEngine[object] = JSONB() if name == "hours" else sa.Integer()
        op.add_column(table, sa.Column(name, kind, server_default=sa.text(default), nullable=False))
    after = sa.Column("staff_after_arrival", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column(table, after)
    for name in ("duty_name", "duty_number"):
        op.add_column(table, sa.Column(name, sa.Text(), nullable=True))
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def _overdue() -> None:
    table = "overdue_visit"
    op.create_table(
        table,
        *_begin(),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        *(_moment(name, nullable=False) for name in ("planned_for", "ends_at", "due_at")),
        *(_moment(name) for name in ("reminded_at", "raised_at", "told_at")),
        sa.Column("step", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        _moment("taken_at"),
        _moment("settled_at"),
        sa.Column("settled_how", sa.Text(), nullable=True),
        _moment("heard_at"),
        _created(),
        sa.CheckConstraint(f"settled_how IN ({SETTLED})", name=op.f(f"ck_{table}_settled_how_known")),
        sa.CheckConstraint("(settled_at IS NULL) = (settled_how IS NULL)", name=op.f(f"ck_{table}_settled_somehow")),
        *_keys(table, ("visit_id", "visit"), ("visitor_id", "person"), ("taken_by", "person")),
    )
    op.create_index(
        "uq_overdue_visit_tenant_id_visit_id", table, ["tenant_id", "visit_id"], unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )  # fmt: skip
    op.create_index("ix_overdue_visit_tenant_id_settled_at", table, ["tenant_id", "settled_at"])


def _entry() -> None:
    table = "overdue_entry"
    op.create_table(
        table,
        *_begin(),
        sa.Column("overdue_id", sa.Uuid(), nullable=False),
        _moment("at", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("whom", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        _created(),
        sa.CheckConstraint(f"kind IN ({ENTRIES})", name=op.f(f"ck_{table}_kind_known")),
        sa.CheckConstraint(f"whom IN ({WHOM})", name=op.f(f"ck_{table}_whom_known")),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name=op.f(f"ck_{table}_outcome_known")),
        *_keys(table, ("overdue_id", "overdue_visit"), ("person_id", "person"), ("by_id", "person")),
    )
    op.create_index("ix_overdue_entry_tenant_id_overdue_id", table, ["tenant_id", "overdue_id", "at"])


def _text() -> None:
    table = "text_message"
    op.create_table(
        table,
        *_begin(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("notify_id", sa.Text(), nullable=True),
        _moment("sent_at"),
        _moment("delivered_at"),
        _created(),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'unknown', 'sent', 'delivered', 'held', 'failed')",
            name=op.f(f"ck_{table}_status_known"),
        ),
        *_keys(table, ("person_id", "person")),
    )
    op.create_index(f"ix_{table}_tenant_id_about_id", table, ["tenant_id", "about_id"])
    op.create_index(f"ix_{table}_tenant_id_person_id", table, ["tenant_id", "person_id", "kind", "created_at"])


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _begin() -> list[sa.Column[object]]:
    return [sa.Column("tenant_id", sa.Uuid(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False)]


def _created() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _keys(table: str, *columns: tuple[str, str]) -> list[sa.Constraint]:
    others = [
        sa.ForeignKeyConstraint(
            ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
        )
        for column, to in columns
    ]
    council = sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id"))
    return [*others, council, sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}"))]


def downgrade() -> None:
    for table in ("text_message", "overdue_entry", "overdue_visit"):
        op.drop_table(table)
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_overdue_watch_{name}"), "overdue_watch", type_="check")
    for name in NAMED:
        op.drop_constraint(op.f(f"fk_overdue_watch_tenant_id_{name}"), "overdue_watch", type_="foreignkey")
    for name in (*NAMED, "hours", "remind_minutes", "again_minutes", "staff_after_arrival", "duty_name", "duty_number"):
        op.drop_column("overdue_watch", name)
    op.drop_column("person", "other_telephone")
