"""Volunteers from interest to visiting, their checks, and what keeps every visitor safe."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0023_volunteers"
down_revision = "0022_notifications"
branch_labels = None
depends_on = None

TABLES = (
    "volunteer_clearance", "volunteer_check", "volunteer", "volunteer_reference", "volunteer_session",
    "volunteer_visit_review", "safety_note", "overdue_watch",
)  # fmt: skip
ONLY_GROW = {"volunteer_check", "volunteer_session", "volunteer_visit_review"}
PRESENCE = ("arrived_at", "left_at", "overdue_told_at")


def upgrade() -> None:
    for name in PRESENCE:
        op.add_column("visit", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _clearances()
    _checks()
    _volunteers()
    _references()
    _sessions()
    _reviews()
    _safety()
    _watch()
    for table in TABLES:
        protect(table, update=table not in ONLY_GROW)


def _clearances() -> None:
    op.create_table(
        "volunteer_clearance",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "level IN ('basic', 'standard', 'enhanced', 'enhanced-barred')",
            name=op.f("ck_volunteer_clearance_level_known"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'suspended', 'ended')", name=op.f("ck_volunteer_clearance_status_known")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_volunteer_clearance_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "changed_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_clearance_tenant_id_changed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_clearance_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supervisor_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_clearance_tenant_id_supervisor_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_volunteer_clearance")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_volunteer_clearance_tenant_id_person_id")),
    )


def _checks() -> None:
    op.create_table(
        "volunteer_check",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("certificate_number", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("counts_from", sa.Date(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("how IN ('certificate', 'update-service')", name=op.f("ck_volunteer_check_how_known")),
        sa.CheckConstraint(
            "level IN ('basic', 'standard', 'enhanced', 'enhanced-barred')", name=op.f("ck_volunteer_check_level_known")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_volunteer_check_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_check_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "seen_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_check_tenant_id_seen_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_volunteer_check")),
    )
    op.create_index(
        "ix_volunteer_check_tenant_id_person_id", "volunteer_check", ["tenant_id", "person_id", "kind", "checked_on"]
    )


def _volunteers() -> None:
    op.create_table(
        "volunteer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("experience", sa.Text(), nullable=True),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_on", sa.Date(), nullable=False),
        sa.Column("status_note", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("taken_on_by", sa.Uuid(), nullable=True),
        sa.Column("supervisor_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("regulated", sa.Boolean(), nullable=True),
        sa.Column("level_reason", sa.Text(), nullable=True),
        sa.Column("level_decided_by", sa.Text(), nullable=True),
        sa.Column("level_decided_on", sa.Date(), nullable=True),
        sa.Column("induction_on", sa.Date(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "level IS DISTINCT FROM 'enhanced-barred' OR regulated",
            name=op.f("ck_volunteer_barred_list_where_regulated"),
        ),
        sa.CheckConstraint(
            "level IN ('basic', 'standard', 'enhanced', 'enhanced-barred')", name=op.f("ck_volunteer_level_known")
        ),
        sa.CheckConstraint("level IS NULL OR level_reason IS NOT NULL", name=op.f("ck_volunteer_level_with_a_reason")),
        sa.CheckConstraint(
            "status IN ('interested', 'preparing', 'active', 'declined', 'left')",
            name=op.f("ck_volunteer_status_known"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_volunteer_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"], ["person.tenant_id", "person.id"], name=op.f("fk_volunteer_tenant_id_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supervisor_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_tenant_id_supervisor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "taken_on_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_tenant_id_taken_on_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_volunteer_tenant_id_person_id")),
    )
    op.create_index("ix_volunteer_tenant_id_status", "volunteer", ["tenant_id", "status", "name"])
    op.create_index("ix_volunteer_tenant_id_supervisor_id", "volunteer", ["tenant_id", "supervisor_id"])


def _references() -> None:
    op.create_table(
        "volunteer_reference",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("how_known", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("satisfactory", sa.Boolean(), nullable=True),
        sa.Column("read_by", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_volunteer_reference_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "asked_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_reference_tenant_id_asked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "read_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_reference_tenant_id_read_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "volunteer_id"],
            ["volunteer.tenant_id", "volunteer.id"],
            name=op.f("fk_volunteer_reference_tenant_id_volunteer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_volunteer_reference")),
    )
    op.create_index(
        "ix_volunteer_reference_tenant_id_volunteer_id", "volunteer_reference", ["tenant_id", "volunteer_id"]
    )


def _sessions() -> None:
    op.create_table(
        "volunteer_session",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('supervision', 'training')", name=op.f("ck_volunteer_session_kind_known")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 960", name=op.f("ck_volunteer_session_minutes_sensible")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_volunteer_session_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recorded_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_session_tenant_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "volunteer_id"],
            ["volunteer.tenant_id", "volunteer.id"],
            name=op.f("fk_volunteer_session_tenant_id_volunteer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_volunteer_session")),
    )
    op.create_index(
        "ix_volunteer_session_tenant_id_volunteer_id", "volunteer_session", ["tenant_id", "volunteer_id", "held_on"]
    )


def _reviews() -> None:
    op.create_table(
        "volunteer_visit_review",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("talk_about_it", sa.Boolean(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_volunteer_visit_review_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reviewed_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_volunteer_visit_review_tenant_id_reviewed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visit_id"],
            ["visit.tenant_id", "visit.id"],
            name=op.f("fk_volunteer_visit_review_tenant_id_visit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "volunteer_id"],
            ["volunteer.tenant_id", "volunteer.id"],
            name=op.f("fk_volunteer_visit_review_tenant_id_volunteer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_volunteer_visit_review")),
        sa.UniqueConstraint(
            "tenant_id",
            "visit_id",
            "record_version",
            name=op.f("uq_volunteer_visit_review_tenant_id_visit_id_record_version"),
        ),
    )
    op.create_index(
        "ix_volunteer_visit_review_tenant_id_volunteer_id", "volunteer_visit_review", ["tenant_id", "volunteer_id"]
    )


def _safety() -> None:
    op.create_table(
        "safety_note",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('home-risk', 'allergies', 'emergency-plan')", name=op.f("ck_safety_note_kind_known")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_safety_note_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_safety_note_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "released_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_safety_note_tenant_id_released_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "written_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_safety_note_tenant_id_written_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_safety_note")),
    )
    op.create_index("ix_safety_note_tenant_id_child_id", "safety_note", ["tenant_id", "child_id", "ended_at"])


def _watch() -> None:
    op.create_table(
        "overdue_watch",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("grace_minutes BETWEEN 5 AND 240", name=op.f("ck_overdue_watch_grace_sensible")),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_overdue_watch_two_people")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_overdue_watch_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "first_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_overdue_watch_tenant_id_first_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "second_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_overdue_watch_tenant_id_second_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "set_by"], ["person.tenant_id", "person.id"], name=op.f("fk_overdue_watch_tenant_id_set_by")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_overdue_watch")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_overdue_watch_tenant_id")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in reversed(PRESENCE):
        op.drop_column("visit", name)
