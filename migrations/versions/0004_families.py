"""Children, carers, permissions to share, and who may open whose record."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0004_families"
down_revision = "0003_machinery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "child",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("setting_name", sa.Text(), nullable=True),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("invented", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "area_id"], ["area.tenant_id", "area.id"], name=op.f("fk_child_tenant_id_area_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_child_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_child")),
    )
    op.create_index("ix_child_tenant_id_date_of_birth", "child", ["tenant_id", "date_of_birth"], unique=False)
    op.create_index("ix_child_tenant_id_search_name", "child", ["tenant_id", "search_name"], unique=False)
    op.create_table(
        "access_reason",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_access_reason_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_access_reason_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "seen_by"], ["person.tenant_id", "person.id"], name=op.f("fk_access_reason_tenant_id_seen_by")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_access_reason_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_access_reason")),
    )
    op.create_index(
        "ix_access_reason_tenant_id_child_id", "access_reason", ["tenant_id", "child_id", "person_id"], unique=False
    )
    op.create_table(
        "carer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("relationship_to_child", sa.Text(), nullable=False),
        sa.Column("parental_responsibility", sa.Boolean(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("email_is_safe", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("telephone_is_safe", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("post_is_safe", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("contact_note", sa.Text(), nullable=True),
        sa.Column("interpreter", sa.Text(), nullable=True),
        sa.Column("format_needs", sa.Text(), nullable=True),
        sa.Column("main_contact", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_carer_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_carer_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_carer")),
    )
    op.create_index("ix_carer_tenant_id_child_id", "carer", ["tenant_id", "child_id"], unique=False)
    op.create_table(
        "caseload",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('allocated', 'cover', 'assessor')", name=op.f("ck_caseload_kind_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_caseload_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"], ["person.tenant_id", "person.id"], name=op.f("fk_caseload_tenant_id_person_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_caseload_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_caseload")),
    )
    op.create_index("ix_caseload_tenant_id_child_id", "caseload", ["tenant_id", "child_id"], unique=False)
    op.create_index("ix_caseload_tenant_id_person_id", "caseload", ["tenant_id", "person_id", "until_on"], unique=False)
    op.create_table(
        "child_mark",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('looked-after', 'social-worker', 'child-protection')", name=op.f("ck_child_mark_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_child_mark_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recorded_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_child_mark_tenant_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_child_mark_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_child_mark")),
    )
    op.create_index("ix_child_mark_tenant_id_child_id", "child_mark", ["tenant_id", "child_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("with_whom", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "how IN ('telephone', 'video', 'in-person', 'email', 'post')", name=op.f("ck_contact_how_known")
        ),
        sa.CheckConstraint(
            "purpose IN ('outcome', 'arrange-visit', 'information', 'other')", name=op.f("ck_contact_purpose_known")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_contact_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "made_by"], ["person.tenant_id", "person.id"], name=op.f("fk_contact_tenant_id_made_by")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_contact_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_tenant_id_child_id", "contact", ["tenant_id", "child_id", "happened_at"], unique=False)
    op.create_table(
        "sharing_permission",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("answer IN ('yes', 'no', 'withdrawn')", name=op.f("ck_sharing_permission_answer_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"],
            ["child.tenant_id", "child.id"],
            name=op.f("fk_sharing_permission_tenant_id_child_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recorded_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_sharing_permission_tenant_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sharing_permission_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sharing_permission")),
    )
    op.create_index(
        "ix_sharing_permission_tenant_id_child_id",
        "sharing_permission",
        ["tenant_id", "child_id", "party"],
        unique=False,
    )
    protect("child", "child_mark", "carer", "caseload", "access_reason")
    protect("sharing_permission", "contact", update=False)


def downgrade() -> None:
    op.drop_index("ix_sharing_permission_tenant_id_child_id", table_name="sharing_permission")
    op.drop_table("sharing_permission")
    op.drop_index("ix_contact_tenant_id_child_id", table_name="contact")
    op.drop_table("contact")
    op.drop_index("ix_child_mark_tenant_id_child_id", table_name="child_mark")
    op.drop_table("child_mark")
    op.drop_index("ix_caseload_tenant_id_person_id", table_name="caseload")
    op.drop_index("ix_caseload_tenant_id_child_id", table_name="caseload")
    op.drop_table("caseload")
    op.drop_index("ix_carer_tenant_id_child_id", table_name="carer")
    op.drop_table("carer")
    op.drop_index("ix_access_reason_tenant_id_child_id", table_name="access_reason")
    op.drop_table("access_reason")
    op.drop_index("ix_child_tenant_id_search_name", table_name="child")
    op.drop_index("ix_child_tenant_id_date_of_birth", table_name="child")
    op.drop_table("child")
