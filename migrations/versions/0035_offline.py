"""The app for a visitor's phone, and what a record of a visit says besides: who was there, when, the parents' words."""

import sqlalchemy as sa
from alembic import op
from protection import protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0035_offline"
down_revision = "0034_first_pointers"
branch_labels = None
depends_on = None

WORDS = ("who_was_there", "parents_words")
TIMES = ("time_in", "time_out")


def upgrade() -> None:
    for name in WORDS:
        op.add_column("visit", sa.Column(name, sa.Text(), nullable=True))
    for name in TIMES:
        op.add_column("visit", sa.Column(name, sa.Time(), nullable=True))
    in_order = "time_in is null or time_out is null or time_in <= time_out"
    op.execute(f"alter table visit add constraint ck_visit_in_before_out check ({in_order}) not valid")
    op.execute("alter table visit validate constraint ck_visit_in_before_out")
    _phone()
    _sent()
    _conflict()
    _rule()
    protect("phone", log=False)  # it is written at every contact; who ended one stands in the trail
    protect("sent_from_phone", "record_conflict", "phone_rule")


def _phone() -> None:
    op.create_table(
        "phone",
        *_begin(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        _made(),
        sa.CheckConstraint("(key IS NULL) = (ended_at IS NOT NULL)", name=op.f("ck_phone_ended_without_a_key")),
        *_keys("phone", ("person_id", "person"), ("ended_by", "person")),
    )
    op.create_index("ix_phone_tenant_id_person_id", "phone", ["tenant_id", "person_id"])


def _sent() -> None:
    op.create_table(
        "sent_from_phone",
        *_begin(),
        sa.Column("phone_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version_before", sa.Integer(), nullable=True),
        sa.Column("version_after", sa.Integer(), nullable=True),
        sa.Column("answer", JSONB(), nullable=False),
        _made(),
        sa.CheckConstraint(
            "kind IN ('record', 'arrived', 'left', 'worry')", name=op.f("ck_sent_from_phone_kind_known")
        ),
        *_keys("sent_from_phone", ("phone_id", "phone"), ("person_id", "person"), ("visit_id", "visit")),
    )
    columns = ["tenant_id", "visit_id", "created_at"]
    op.create_index("ix_sent_from_phone_tenant_id_visit_id", "sent_from_phone", columns)


def _conflict() -> None:
    op.create_table(
        "record_conflict",
        *_begin(),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ours", JSONB(), nullable=False),
        sa.Column("theirs", JSONB(), nullable=False),
        sa.Column("settled_how", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        _made(),
        _version(),
        sa.CheckConstraint(
            "settled_how IN ('theirs', 'ours', 'both')", name=op.f("ck_record_conflict_settled_how_known")
        ),
        *_keys("record_conflict", ("visit_id", "visit"), ("sent_by", "person"), ("settled_by", "person")),
    )
    op.create_index("ix_record_conflict_tenant_id_visit_id", "record_conflict", ["tenant_id", "visit_id"])
    columns = ["tenant_id", "sent_by", "settled_at"]
    op.create_index("ix_record_conflict_tenant_id_sent_by", "record_conflict", columns)


def _rule() -> None:
    op.create_table(
        "phone_rule",
        *_begin(),
        sa.Column("kept_hours", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        _made(),
        _version(),
        sa.CheckConstraint("kept_hours BETWEEN 1 AND 168", name=op.f("ck_phone_rule_hours_sensible")),
        *_keys("phone_rule", ("set_by", "person")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_phone_rule_tenant_id")),
    )


def _begin() -> list[sa.Column[object]]:
    return [sa.Column("tenant_id", sa.Uuid(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False)]


def _made() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _version() -> sa.Column[object]:
    return sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)


def _keys(table: str, *references: tuple[str, str]) -> list[sa.Constraint]:
    return [
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{other}.tenant_id", f"{other}.id"],
                name=op.f(f"fk_{table}_tenant_id_{column}"),
            )
            for column, other in references
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    for table in ("phone_rule", "record_conflict", "sent_from_phone", "phone"):
        op.drop_table(table)
    op.drop_constraint("ck_visit_in_before_out", "visit")
    for name in (*WORDS, *TIMES):
        op.drop_column("visit", name)
