"""What a family saw can come with the record of a visit; a record can arrive from who visited the child before."""

import sqlalchemy as sa
from alembic import op

revision = "0038_seen_on_visits"
down_revision = "0037_visit_links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("family_note", sa.Column("visit_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_family_note_tenant_id_visit_id"),
        "family_note",
        "visit",
        ["tenant_id", "visit_id"],
        ["tenant_id", "id"],
    )
    op.create_check_constraint(
        op.f("ck_family_note_of_a_visit"), "family_note", "visit_id IS NULL OR came_by = 'visit'"
    )
    op.create_index(
        "uq_family_note_tenant_id_visit_id", "family_note", ["tenant_id", "visit_id", "activity_id"], unique=True
    )
    # A corrected record may say nothing any more; the log of changes keeps what stood there.
    op.execute("grant delete on family_note to portage_app, portage_worker")
    op.add_column("record_conflict", sa.Column("why", sa.Text(), server_default=sa.text("'changed'"), nullable=False))
    op.create_check_constraint(op.f("ck_record_conflict_why_known"), "record_conflict", "why IN ('changed', 'moved')")


def downgrade() -> None:
    op.drop_column("record_conflict", "why")
    op.execute("revoke delete on family_note from portage_app, portage_worker")
    op.drop_index("uq_family_note_tenant_id_visit_id", "family_note")
    op.drop_column("family_note", "visit_id")
