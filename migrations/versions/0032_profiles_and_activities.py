"""Developmental profiles, activities of a play plan, and what a family saw between visits."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0032_profiles_and_activities"
down_revision = "0031_calendar_feeds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _instrument()
    _child()
    _plan()
    protect("profile_instrument", "child_profile", "profile_mark", "activity", "family_note")
    protect("profile_area", "profile_item", update=False)


def _instrument() -> None:
    op.create_table(
        "profile_instrument",
        *_begin(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("example", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=True),
        sa.Column("in_use_from", sa.Date(), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        _made(),
        _version(),
        sa.CheckConstraint(
            "status IN ('waiting', 'in-use', 'put-away')", name=op.f("ck_profile_instrument_status_known")
        ),
        sa.CheckConstraint(
            "status <> 'in-use' OR in_use_from IS NOT NULL", name=op.f("ck_profile_instrument_used_since_a_day")
        ),
        *_keys("profile_instrument", ("read_by", "person"), ("taken_by", "person")),
        sa.UniqueConstraint("tenant_id", "example", name=op.f("uq_profile_instrument_tenant_id_example")),
    )
    op.create_table(
        "profile_area",
        *_begin(),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _made(),
        *_keys("profile_area", ("instrument_id", "profile_instrument")),
        sa.UniqueConstraint(
            "tenant_id", "instrument_id", "position", name=op.f("uq_profile_area_tenant_id_instrument_id_position")
        ),
    )
    op.create_table(
        "profile_item",
        *_begin(),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("from_months", sa.Integer(), nullable=True),
        sa.Column("to_months", sa.Integer(), nullable=True),
        _made(),
        sa.CheckConstraint(
            "to_months IS NULL OR from_months IS NULL OR from_months <= to_months",
            name=op.f("ck_profile_item_ages_in_order"),
        ),
        *_keys("profile_item", ("area_id", "profile_area")),
        sa.UniqueConstraint(
            "tenant_id", "area_id", "position", name=op.f("uq_profile_item_tenant_id_area_id_position")
        ),
    )


def _child() -> None:
    op.create_table(
        "child_profile",
        *_begin(),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=False),
        *_kept(),
        _made(),
        _version(),
        *_keys("child_profile", ("child_id", "child"), ("instrument_id", "profile_instrument"), ("begun_by", "person")),
        sa.UniqueConstraint(
            "tenant_id", "child_id", "instrument_id", name=op.f("uq_child_profile_tenant_id_child_id_instrument_id")
        ),
    )
    op.create_table(
        "profile_mark",
        *_begin(),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("marked_by", sa.Uuid(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.Column("corrected_because", sa.Text(), nullable=True),
        *_kept(),
        _made(),
        sa.CheckConstraint("stage IN ('beginning', 'can-do')", name=op.f("ck_profile_mark_stage_known")),
        sa.CheckConstraint("evidence IN ('visit', 'parents', 'setting')", name=op.f("ck_profile_mark_evidence_known")),
        sa.CheckConstraint(
            "(corrected_at IS NULL) = (corrected_by IS NULL)", name=op.f("ck_profile_mark_correction_is_whole")
        ),
        *_keys(
            "profile_mark", ("profile_id", "child_profile"), ("item_id", "profile_item"), ("marked_by", "person"),
            ("corrected_by", "person"),
        ),
    )  # fmt: skip
    op.create_index(
        "uq_profile_mark_tenant_id_profile_id_item_id_stage",
        "profile_mark",
        ["tenant_id", "profile_id", "item_id", "stage"],
        unique=True,
        postgresql_where=sa.text("corrected_at IS NULL"),
    )


def _plan() -> None:
    op.add_column("target", sa.Column("item_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_target_tenant_id_item_id"), "target", "profile_item", ["tenant_id", "item_id"], ["tenant_id", "id"]
    )
    op.create_table(
        "activity",
        *_begin(),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("how_often", sa.Text(), nullable=False),
        sa.Column("materials", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        *_kept(),
        _made(),
        _version(),
        *_keys("activity", ("target_id", "target")),
    )
    op.create_index("ix_activity_tenant_id_target_id", "activity", ["tenant_id", "target_id"])
    op.create_table(
        "family_note",
        *_begin(),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("carer_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("came_by", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("read_by", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        *_kept(),
        _made(),
        _version(),
        sa.CheckConstraint(
            "came_by IN ('link', 'visit', 'chart', 'telephone')", name=op.f("ck_family_note_came_by_known")
        ),
        sa.CheckConstraint("(came_by = 'link') = (written_by IS NULL)", name=op.f("ck_family_note_written_by_staff")),
        *_keys(
            "family_note", ("plan_id", "play_plan"), ("activity_id", "activity"), ("carer_id", "carer"),
            ("written_by", "person"), ("read_by", "person"),
        ),
    )  # fmt: skip
    op.create_index("ix_family_note_tenant_id_plan_id", "family_note", ["tenant_id", "plan_id", "seen_on"])
    _purposes("'letter', 'request', 'waiting', 'notification', 'plan'")


def _purposes(known: str) -> None:
    name = "ck_one_time_link_purpose_known"
    op.drop_constraint(op.f(name), "one_time_link", type_="check")
    op.create_check_constraint(op.f(name), "one_time_link", f"purpose IN ({known})")


def _begin() -> list[sa.Column[object]]:
    return [sa.Column("tenant_id", sa.Uuid(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False)]


def _kept() -> list[sa.Column[object]]:
    return [
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _made() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _version() -> sa.Column[object]:
    return sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)


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
    """Refused by the database while a family has a link to a plan: the version before knows no such link."""
    _purposes("'letter', 'request', 'waiting', 'notification'")
    for table in ("family_note", "activity"):
        op.drop_table(table)
    op.drop_constraint(op.f("fk_target_tenant_id_item_id"), "target", type_="foreignkey")
    op.drop_column("target", "item_id")
    for table in ("profile_mark", "child_profile", "profile_item", "profile_area", "profile_instrument"):
        op.drop_table(table)
