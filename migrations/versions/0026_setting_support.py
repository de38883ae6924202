"""Support in a setting: where it is, the observation that comes first, help for the staff, and the review."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0026_setting_support"
down_revision = "0025_starting_school"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setting_work",
        *_begin(),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("setting_name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("observation_id", sa.Uuid(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("review_at", sa.Time(), nullable=True),
        sa.Column("review_place", sa.Text(), nullable=True),
        sa.Column("parents_invited_on", sa.Date(), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        *_end(),
        sa.CheckConstraint("(review_on IS NULL) = (review_at IS NULL)", name=op.f("ck_setting_work_review_is_whole")),
        *_keys("setting_work", ("episode_id", "episode"), ("observation_id", "visit"), ("letter_id", "letter")),
        sa.UniqueConstraint("tenant_id", "episode_id", name=op.f("uq_setting_work_tenant_id_episode_id")),
    )
    op.create_index("ix_setting_work_tenant_id_review_on", "setting_work", ["tenant_id", "review_on"])
    op.create_table(
        "setting_help",
        *_begin(),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("for_whom", sa.Text(), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("how_it_went", sa.Text(), nullable=True),
        *_end(),
        sa.CheckConstraint("kind IN ('modelling', 'training')", name=op.f("ck_setting_help_kind_known")),
        sa.CheckConstraint("answer IN ('accepted', 'declined')", name=op.f("ck_setting_help_answer_known")),
        sa.CheckConstraint("done_on IS NULL OR answer = 'accepted'", name=op.f("ck_setting_help_done_was_accepted")),
        *_keys("setting_help", ("episode_id", "episode"), ("offered_by", "person")),
    )
    op.create_index("ix_setting_help_tenant_id_episode_id", "setting_help", ["tenant_id", "episode_id"])
    protect("setting_work", "setting_help")


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


def downgrade() -> None:
    op.drop_table("setting_help")
    op.drop_table("setting_work")
