"""The whole panel: outcomes of items, attendance, conflicts of interest, locked minutes, the first visit afterwards."""

import sqlalchemy as sa
from alembic import op
from protection import protect

revision = "0027_panel"
down_revision = "0026_setting_support"
branch_labels = None
depends_on = None

NEW = ("panel_attendance", "panel_correction", "conflict", "introductory_visit")
RETENTION = "{retain_until,legal_hold,disposed_at}"
MEETING = {
    "status_known": "status IN ('planned', 'held', 'cancelled')",
    "cancelled_with_a_reason": "(status = 'cancelled') = (cancelled_because IS NOT NULL)",
}
OUTCOMES = "'accepted', 'declined', 'signposted', 'information', 'deferred', 'moved', 'ratified', 'not-ratified'"
ITEM = {
    "kind_known": "kind IN ('request', 'chairs-action')",
    "outcome_known": f"outcome IN ({OUTCOMES})",
    "action_is_a_decision": "kind <> 'chairs-action' OR decision_id IS NOT NULL",
    "deferred_with_a_reason": "outcome <> 'deferred' OR length(btrim(note)) > 0",
}


def upgrade() -> None:
    op.add_column("person", sa.Column("organisation", sa.Text(), nullable=True))
    _meetings()
    _items()
    _attendance()
    _corrections()
    _conflicts()
    _introductions()
    protect("panel_attendance", "conflict", "introductory_visit")
    protect("panel_correction", update=False)
    op.execute(
        "grant update (retain_until, legal_hold, disposed_at) on panel_correction to portage_app, portage_worker"
    )
    _what_is_there()
    _keep_minutes()


def _meetings() -> None:
    op.add_column("panel_meeting", sa.Column("also_present", sa.Text(), nullable=True))
    op.add_column("panel_meeting", sa.Column("cancelled_by", sa.Uuid(), nullable=True))
    op.add_column("panel_meeting", sa.Column("cancelled_because", sa.Text(), nullable=True))
    _to("panel_meeting", "person", "cancelled_by")
    op.drop_constraint(op.f("ck_panel_meeting_status_known"), "panel_meeting", type_="check")
    for name, rule in MEETING.items():
        op.create_check_constraint(op.f(f"ck_panel_meeting_{name}"), "panel_meeting", rule)


def _items() -> None:
    for column in (
        sa.Column("kind", sa.Text(), server_default=sa.text("'request'"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=True),
        sa.Column("practitioner_id", sa.Uuid(), nullable=True),
        sa.Column("handed_to", sa.Uuid(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("panel_item", column)
    for column in ("practitioner_id", "handed_to", "added_by", "decided_by"):
        _to("panel_item", "person", column)
    for name, rule in ITEM.items():
        op.create_check_constraint(op.f(f"ck_panel_item_{name}"), "panel_item", rule)
    op.drop_constraint(op.f("uq_panel_item_tenant_id_meeting_id_referral_id"), "panel_item", type_="unique")
    op.create_unique_constraint(
        "uq_panel_item_one_for_each",
        "panel_item",
        ["tenant_id", "meeting_id", "referral_id", "kind", "decision_id"],
    )
    op.create_index("ix_panel_item_tenant_id_referral_id", "panel_item", ["tenant_id", "referral_id"])
    op.create_index(
        "uq_panel_item_request",
        "panel_item",
        ["tenant_id", "meeting_id", "referral_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'request'"),
    )


def _attendance() -> None:
    op.create_table(
        "panel_attendance",
        *_keys(),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        *_case_columns(),
        *_reference("panel_attendance", meeting_id="panel_meeting", person_id="person", recorded_by="person"),
        sa.UniqueConstraint(
            "tenant_id", "meeting_id", "person_id", name=op.f("uq_panel_attendance_tenant_id_meeting_id_person_id")
        ),
    )


def _corrections() -> None:
    op.create_table(
        "panel_correction",
        *_keys(),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *_case_columns(),
        *_reference("panel_correction", meeting_id="panel_meeting", referral_id="referral", made_by="person"),
        sa.CheckConstraint(
            "length(btrim(says)) > 0 AND length(btrim(because)) > 0", name=op.f("ck_panel_correction_says_and_why")
        ),
    )
    op.create_index(
        "ix_panel_correction_tenant_id_meeting_id", "panel_correction", ["tenant_id", "meeting_id", "made_at"]
    )


def _conflicts() -> None:
    op.create_table(
        "conflict",
        *_keys(),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=True),
        *_case_columns(),
        *_reference("conflict", child_id="child", person_id="person", lifted_by="person", referral_id="referral"),
        sa.CheckConstraint("length(btrim(nature)) > 0", name=op.f("ck_conflict_has_a_nature")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lifted_because IS NULL)",
            name=op.f("ck_conflict_lifted_whole"),
        ),
        sa.CheckConstraint("lifted_by IS NULL OR lifted_by <> person_id", name=op.f("ck_conflict_lifted_by_another")),
    )
    op.create_index("ix_conflict_tenant_id_person_id", "conflict", ["tenant_id", "person_id", "child_id"])


def _introductions() -> None:
    op.create_table(
        "introductory_visit",
        *_keys(),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("arranged_for", sa.Date(), nullable=False),
        sa.Column("arranged_time", sa.Time(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("arranged_by", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'arranged'"), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        *_case_columns(),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *_reference(
            "introductory_visit",
            referral_id="referral",
            visitor_id="person",
            arranged_by="person",
            recorded_by="person",
        ),
        sa.CheckConstraint(
            "status IN ('arranged', 'done', 'cancelled')", name=op.f("ck_introductory_visit_status_known")
        ),
        sa.CheckConstraint(
            "status <> 'done' OR done_on IS NOT NULL", name=op.f("ck_introductory_visit_done_has_a_day")
        ),
    )
    op.create_index("ix_introductory_visit_tenant_id_referral_id", "introductory_visit", ["tenant_id", "referral_id"])
    op.create_index(
        "ix_introductory_visit_tenant_id_visitor_id", "introductory_visit", ["tenant_id", "visitor_id", "status"]
    )
    op.create_index(
        "uq_introductory_visit_arranged",
        "introductory_visit",
        ["tenant_id", "referral_id"],
        unique=True,
        postgresql_where=sa.text("status = 'arranged'"),
    )


def _what_is_there() -> None:
    """Say of items that were decided or left before what became of them.

    The owner of the tables is bound by row-level security too, and the log of changes wants a council: both rest for
    these statements.
    """
    for table in ("panel_item", "decision", "panel_meeting"):
        op.execute(f"alter table {table} no force row level security")
    op.execute("alter table panel_item disable trigger log_change")
    op.execute(
        "update panel_item i set outcome = d.outcome, decided_by = d.decided_by, decided_at = d.decided_at "
        "from decision d where d.tenant_id = i.tenant_id and d.id = i.decision_id"
    )
    op.execute(
        "update panel_item i set outcome = 'moved' from panel_meeting m "
        "where m.tenant_id = i.tenant_id and m.id = i.meeting_id and m.status = 'held' and i.outcome is null"
    )
    op.execute("alter table panel_item enable trigger log_change")
    for table in ("panel_item", "decision", "panel_meeting"):
        op.execute(f"alter table {table} force row level security")


def _keep_minutes() -> None:
    """The minutes of a meeting that was closed or cancelled stay, whatever the application does."""
    op.execute(
        f"""
        create function keep_meeting() returns trigger language plpgsql
        set search_path = pg_catalog, public, pg_temp
        as $$
        declare of_retention text[] := '{RETENTION[:-1]},version}}';
        begin
            if old.status = 'planned'
                or (tg_op = 'UPDATE' and to_jsonb(new) - of_retention = to_jsonb(old) - of_retention)
            then
                return case tg_op when 'DELETE' then old else new end;
            end if;
            raise exception 'the minutes of a closed meeting stay as they are' using errcode = 'insufficient_privilege';
        end
        $$
        """
    )
    op.execute(
        f"""
        create function keep_minutes() returns trigger language plpgsql
        set search_path = pg_catalog, public, pg_temp
        as $$
        declare
            of_retention text[] := '{RETENTION[:-1]},version}}';
            subject record;
        begin
            subject := case tg_op when 'INSERT' then new else old end;
            if tg_op = 'UPDATE' and to_jsonb(new) - of_retention = to_jsonb(old) - of_retention then
                return new;
            end if;
            if exists (
                select from panel_meeting m
                where m.tenant_id = subject.tenant_id and m.id = subject.meeting_id and m.status <> 'planned'
            ) then
                raise exception 'the minutes of a closed meeting stay as they are'
                    using errcode = 'insufficient_privilege';
            end if;
            return case tg_op when 'DELETE' then old else new end;
        end
        $$
        """
    )
    op.execute(
        "create trigger keep_meeting before update or delete on panel_meeting "
        "for each row execute function keep_meeting()"
    )
    for table in ("panel_item", "panel_attendance"):
        op.execute(
            f"create trigger keep_minutes before insert or update or delete on {table} "
            "for each row execute function keep_minutes()"
        )


def downgrade() -> None:
    """Cancelled meetings become closed ones without items, and outcomes that are no decisions are forgotten."""
    for table in ("panel_item", "panel_attendance"):
        op.execute(f"drop trigger keep_minutes on {table}")
    op.execute("drop trigger keep_meeting on panel_meeting")
    op.execute("drop function keep_minutes()")
    op.execute("drop function keep_meeting()")
    for table in reversed(NEW):
        op.drop_table(table)
    _as_before()
    op.drop_index("uq_panel_item_request", table_name="panel_item")
    op.drop_index("ix_panel_item_tenant_id_referral_id", table_name="panel_item")
    op.drop_constraint("uq_panel_item_one_for_each", "panel_item", type_="unique")
    op.create_unique_constraint(
        op.f("uq_panel_item_tenant_id_meeting_id_referral_id"), "panel_item", ["tenant_id", "meeting_id", "referral_id"]
    )
    for name in ITEM:
        op.drop_constraint(op.f(f"ck_panel_item_{name}"), "panel_item", type_="check")
    for column in (
        "decided_at", "decided_by", "added_by", "handed_to", "practitioner_id", "rationale", "outcome", "kind",
    ):  # fmt: skip
        op.drop_column("panel_item", column)
    for name in MEETING:
        op.drop_constraint(op.f(f"ck_panel_meeting_{name}"), "panel_meeting", type_="check")
    op.create_check_constraint(op.f("ck_panel_meeting_status_known"), "panel_meeting", "status IN ('planned', 'held')")
    for column in ("cancelled_because", "cancelled_by", "also_present"):
        op.drop_column("panel_meeting", column)
    op.drop_column("person", "organisation")


def _as_before() -> None:
    for table in ("panel_item", "panel_meeting"):
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable trigger log_change")
    op.execute("delete from panel_item where kind = 'chairs-action'")
    op.execute("alter table panel_meeting drop constraint ck_panel_meeting_cancelled_with_a_reason")
    op.execute("update panel_meeting set status = 'held', closed_at = now() where status = 'cancelled'")
    op.execute(
        "alter table panel_meeting add constraint ck_panel_meeting_cancelled_with_a_reason check (true) not valid"
    )
    for table in ("panel_item", "panel_meeting"):
        op.execute(f"alter table {table} enable trigger log_change")
        op.execute(f"alter table {table} force row level security")


def _keys() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


def _case_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def _reference(table: str, **columns: str) -> tuple[sa.Constraint, ...]:
    """The key, the council, and references to rows of the same council."""
    return (
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
            )
            for column, to in columns.items()
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )


def _to(table: str, other: str, column: str) -> None:
    op.create_foreign_key(
        op.f(f"fk_{table}_tenant_id_{column}"), table, other, ["tenant_id", column], ["tenant_id", "id"]
    )
