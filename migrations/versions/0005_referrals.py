"""Requests, determinations and decisions."""

import sqlalchemy as sa
from alembic import op
from protection import protect
from sqlalchemy.dialects import postgresql

revision = "0005_referrals"
down_revision = "0004_families"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ask_draft",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_ask_draft_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ask_draft")),
    )
    op.create_index("ix_ask_draft_tenant_id_browser_hash", "ask_draft", ["tenant_id", "browser_hash"], unique=False)
    op.create_index("ix_ask_draft_tenant_id_expires_at", "ask_draft", ["tenant_id", "expires_at"], unique=False)
    op.create_table(
        "referral",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), server_default=sa.text("'new'"), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_how", sa.Text(), nullable=False),
        sa.Column("received_known_by", sa.Text(), nullable=True),
        sa.Column("form_used", sa.Text(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("referrer", sa.Text(), nullable=False),
        sa.Column("referrer_name", sa.Text(), nullable=False),
        sa.Column("referrer_role", sa.Text(), nullable=True),
        sa.Column("referrer_organisation", sa.Text(), nullable=True),
        sa.Column("referrer_email", sa.Text(), nullable=True),
        sa.Column("referrer_telephone", sa.Text(), nullable=True),
        sa.Column("in_their_words", sa.Text(), nullable=True),
        sa.Column("agreed_by", sa.Text(), nullable=True),
        sa.Column("agreed_relationship", sa.Text(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_how", sa.Text(), nullable=True),
        sa.Column("early_help_reference", sa.Text(), nullable=True),
        sa.Column("early_help_discussed_on", sa.Date(), nullable=True),
        sa.Column("answers", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("flags", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("delayed_areas", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("limit_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.Column("possible_duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "received_how IN ('online', 'paper', 'email', 'telephone')", name=op.f("ck_referral_received_how_known")
        ),
        sa.CheckConstraint(
            "stage IN ('new', 'information', 'assessment', 'panel', 'to-decide', 'to-offer', "
            "'offered', 'waiting', 'supported', 'declined', 'signposted', 'closed')",
            name=op.f("ck_referral_stage_known"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "area_id"], ["area.tenant_id", "area.id"], name=op.f("fk_referral_tenant_id_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "child_id"], ["child.tenant_id", "child.id"], name=op.f("fk_referral_tenant_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "edition_id"],
            ["policy_edition.tenant_id", "policy_edition.id"],
            name=op.f("fk_referral_tenant_id_edition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entered_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_referral_tenant_id_entered_by"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_referral_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_referral")),
        sa.UniqueConstraint("tenant_id", "reference", name=op.f("uq_referral_tenant_id_reference")),
    )
    op.create_index("ix_referral_tenant_id_area_id", "referral", ["tenant_id", "area_id", "stage"], unique=False)
    op.create_index("ix_referral_tenant_id_child_id", "referral", ["tenant_id", "child_id"], unique=False)
    op.create_index("ix_referral_tenant_id_received_on", "referral", ["tenant_id", "received_on"], unique=False)
    op.create_index("ix_referral_tenant_id_stage", "referral", ["tenant_id", "stage", "received_on"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("assessor_id", sa.Uuid(), nullable=False),
        sa.Column("booked_for", sa.Date(), nullable=False),
        sa.Column("booked_time", sa.Time(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("booked_by", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'booked'"), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("what_the_child_can_do", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("visits_would_help", sa.Boolean(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status IN ('booked', 'recorded', 'cancelled')", name=op.f("ck_assessment_status_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assessor_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_assessment_tenant_id_assessor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "booked_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_assessment_tenant_id_booked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recorded_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_assessment_tenant_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_assessment_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_assessment_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_assessment")),
    )
    op.create_index("ix_assessment_tenant_id_referral_id", "assessment", ["tenant_id", "referral_id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_deadline_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_deadline_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("tenant_id", "referral_id", "key", name=op.f("uq_deadline_tenant_id_referral_id_key")),
    )
    op.create_index("ix_deadline_tenant_id_due_on", "deadline", ["tenant_id", "stopped_on", "due_on"], unique=False)
    op.create_table(
        "delay_record",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("months", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("developmental_age_months", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=True),
        sa.Column("assessed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "basis <> 'judgement' OR reason IS NOT NULL", name=op.f("ck_delay_record_judgement_has_a_reason")
        ),
        sa.CheckConstraint("basis IN ('measured', 'judgement')", name=op.f("ck_delay_record_basis_known")),
        sa.CheckConstraint(
            "num_nonnulls(percent, months, developmental_age_months) = 1",
            name=op.f("ck_delay_record_one_form_of_delay"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recorded_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_delay_record_tenant_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_delay_record_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_delay_record_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_delay_record")),
    )
    op.create_index(
        "ix_delay_record_tenant_id_referral_id", "delay_record", ["tenant_id", "referral_id", "area"], unique=False
    )
    op.create_table(
        "determination",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("plugin_version", sa.Text(), nullable=False),
        sa.Column("rules_digest", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "edition_id"],
            ["policy_edition.tenant_id", "policy_edition.id"],
            name=op.f("fk_determination_tenant_id_edition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_determination_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_determination_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_determination")),
    )
    op.create_index(
        "ix_determination_tenant_id_referral_id", "determination", ["tenant_id", "referral_id", "made_at"], unique=False
    )
    op.create_table(
        "evidence",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_evidence_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_evidence_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_tenant_id_referral_id", "evidence", ["tenant_id", "referral_id"], unique=False)
    op.create_table(
        "stage_change",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_stage_change_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_stage_change_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stage_change")),
    )
    op.create_index(
        "ix_stage_change_tenant_id_referral_id", "stage_change", ["tenant_id", "referral_id", "at"], unique=False
    )
    op.create_table(
        "decision",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("determination_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("may_help_instead", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("panel_item_id", sa.Uuid(), nullable=True),
        sa.Column("looks_again_at", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'declined', 'signposted', 'information')", name=op.f("ck_decision_outcome_known")
        ),
        sa.CheckConstraint("length(btrim(reason)) > 0", name=op.f("ck_decision_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decided_by"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_decision_tenant_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "determination_id"],
            ["determination.tenant_id", "determination.id"],
            name=op.f("fk_decision_tenant_id_determination_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "looks_again_at"],
            ["decision.tenant_id", "decision.id"],
            name=op.f("fk_decision_tenant_id_looks_again_at"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_decision_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_decision_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_decision")),
    )
    op.create_index(
        "ix_decision_tenant_id_referral_id", "decision", ["tenant_id", "referral_id", "decided_at"], unique=False
    )
    op.create_table(
        "second_look",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("answered_by_decision", sa.Uuid(), nullable=True),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "answered_by_decision"],
            ["decision.tenant_id", "decision.id"],
            name=op.f("fk_second_look_tenant_id_answered_by_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["decision.tenant_id", "decision.id"],
            name=op.f("fk_second_look_tenant_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"],
            ["referral.tenant_id", "referral.id"],
            name=op.f("fk_second_look_tenant_id_referral_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_second_look_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_second_look")),
    )
    op.create_index("ix_second_look_tenant_id_referral_id", "second_look", ["tenant_id", "referral_id"], unique=False)
    protect("referral", "deadline", "assessment", "second_look")
    protect("stage_change", "delay_record", "determination", "evidence", "decision", update=False)
    protect("ask_draft", log=False, delete=True)


def downgrade() -> None:
    op.drop_index("ix_second_look_tenant_id_referral_id", table_name="second_look")
    op.drop_table("second_look")
    op.drop_index("ix_decision_tenant_id_referral_id", table_name="decision")
    op.drop_table("decision")
    op.drop_index("ix_stage_change_tenant_id_referral_id", table_name="stage_change")
    op.drop_table("stage_change")
    op.drop_index("ix_evidence_tenant_id_referral_id", table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("ix_determination_tenant_id_referral_id", table_name="determination")
    op.drop_table("determination")
    op.drop_index("ix_delay_record_tenant_id_referral_id", table_name="delay_record")
    op.drop_table("delay_record")
    op.drop_index("ix_deadline_tenant_id_due_on", table_name="deadline")
    op.drop_table("deadline")
    op.drop_index("ix_assessment_tenant_id_referral_id", table_name="assessment")
    op.drop_table("assessment")
    op.drop_index("ix_referral_tenant_id_stage", table_name="referral")
    op.drop_index("ix_referral_tenant_id_received_on", table_name="referral")
    op.drop_index("ix_referral_tenant_id_child_id", table_name="referral")
    op.drop_index("ix_referral_tenant_id_area_id", table_name="referral")
    op.drop_table("referral")
    op.drop_index("ix_ask_draft_tenant_id_expires_at", table_name="ask_draft")
    op.drop_index("ix_ask_draft_tenant_id_browser_hash", table_name="ask_draft")
    op.drop_table("ask_draft")
