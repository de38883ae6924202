"""The waiting list's order with moves and contacts; what visitors can take on, when they are away, and HR's check."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0029_caseloads"
down_revision = "0028_withdrawn_by_file"
branch_labels = None
depends_on = None

TABLES = (
    "waiting_move",
    "waiting_contact",
    "visitor_profile",
    "visitor_absence",
    "allocation_choice",
    "staff_check",
)


def upgrade() -> None:
    _moves()
    _contacts()
    _visitors()
    _choices_and_checks()
    protect(*TABLES)


def _moves() -> None:
    op.create_table(
        "waiting_move",
        *_begin(),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("beside_id", sa.Uuid(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("areas", sa.Integer(), nullable=False),
        sa.Column("in_setting", sa.Boolean(), nullable=True),
        sa.Column("first_time", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Numeric(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved_by", sa.Uuid(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        *_kept(),
        _created(),
        sa.CheckConstraint("length(btrim(reason)) > 0", name=op.f("ck_waiting_move_has_a_reason")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_waiting_move_undone_by_somebody")
        ),
        *_keys(
            "waiting_move",
            ("entry_id", "waiting_entry"),
            ("beside_id", "waiting_entry"),
            ("replaces_id", "waiting_move"),
            ("moved_by", "person"),
            ("undone_by", "person"),
        ),
    )
    op.create_index("ix_waiting_move_tenant_id_entry_id", "waiting_move", ["tenant_id", "entry_id"])
    op.create_index(
        "ix_waiting_move_in_force",
        "waiting_move",
        ["tenant_id", "entry_id"],
        unique=True,
        postgresql_where=sa.text("in_force"),
    )
    op.add_column("waiting_entry", _list("half_days"))
    op.add_column("waiting_entry", _list("skills"))


def _contacts() -> None:
    op.create_table(
        "waiting_contact",
        *_begin(),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        *_kept(),
        _created(),
        sa.CheckConstraint(
            "how IN ('visit', 'telephone', 'video', 'other')", name=op.f("ck_waiting_contact_how_known")
        ),
        *_keys("waiting_contact", ("entry_id", "waiting_entry"), ("recorded_by", "person")),
    )
    op.create_index("ix_waiting_contact_tenant_id_entry_id", "waiting_contact", ["tenant_id", "entry_id", "made_on"])


def _visitors() -> None:
    op.create_table(
        "visitor_profile",
        *_begin(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("weekly_minutes", sa.Integer(), nullable=True),
        _list("half_days"),
        sa.Column("most_children", sa.Integer(), nullable=True),
        sa.Column("most_visits", sa.Integer(), nullable=True),
        _list("skills"),
        sa.Column("district", sa.Text(), nullable=True),
        _created(),
        _version(),
        sa.CheckConstraint("weekly_minutes BETWEEN 0 AND 3000", name=op.f("ck_visitor_profile_hours_sensible")),
        sa.CheckConstraint("most_children BETWEEN 0 AND 200", name=op.f("ck_visitor_profile_children_sensible")),
        sa.CheckConstraint("most_visits BETWEEN 0 AND 100", name=op.f("ck_visitor_profile_visits_sensible")),
        *_keys("visitor_profile", ("person_id", "person")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_visitor_profile_tenant_id_person_id")),
    )
    op.create_table(
        "visitor_absence",
        *_begin(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _created(),
        _version(),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_visitor_absence_ends_after_it_begins")),
        *_keys("visitor_absence", ("person_id", "person"), ("recorded_by", "person")),
    )
    op.create_index("ix_visitor_absence_tenant_id_person_id", "visitor_absence", ["tenant_id", "person_id", "until_on"])


def _choices_and_checks() -> None:
    op.create_table(
        "allocation_choice",
        *_begin(),
        _list("skills"),
        sa.Column("suggests_since", sa.Date(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        _created(),
        _version(),
        *_keys("allocation_choice", ("changed_by", "person")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_allocation_choice_tenant_id")),
    )
    op.create_table(
        "staff_check",
        *_begin(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("current_until", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        _created(),
        _version(),
        *_keys("staff_check", ("person_id", "person"), ("recorded_by", "person")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_staff_check_tenant_id_person_id")),
    )


def _begin() -> tuple[sa.Column, sa.Column]:
    return sa.Column("tenant_id", sa.Uuid(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False)


def _list(name: str) -> sa.Column:
    kind = sa.dialects.postgresql.JSONB(astext_type=sa.Text())
    return sa.Column(name, kind, server_default=sa.text("'[]'"), nullable=False)


def _kept() -> tuple[sa.Column, ...]:
    return (
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
    )


def _created() -> sa.Column:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _version() -> sa.Column:
    return sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)


def _keys(table: str, *to: tuple[str, str]) -> tuple[sa.Constraint, ...]:
    references = (
        sa.ForeignKeyConstraint(
            ["tenant_id", column], [f"{other}.tenant_id", f"{other}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
        )
        for column, other in to
    )
    return (
        *references,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    """Forgets the moves, contacts, profiles and checks: the version before has no place for them."""
    for column in ("skills", "half_days"):
        op.drop_column("waiting_entry", column)
    for table in reversed(TABLES):
        op.drop_table(table)
