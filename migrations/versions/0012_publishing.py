"""Drafting and publishing of editions: who drafted, who decided, who published, and what never changes afterwards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_publishing"
down_revision = "0011_outbox_without_version"
branch_labels = None
depends_on = None

PEOPLE = ("drafted_by", "edited_by", "submitted_by", "withdrawn_by")
EDITIONS = ("copied_from", "corrects")
INSTANTS = ("drafted_at", "edited_at", "submitted_at", "withdrawn_at")
DAYS = ("decided_on", "call_in_ends_on", "local_offer_on")
TEXTS = (
    "seeded_as",
    "decided_body",
    "decided_by",
    "minute_reference",
    "equality_assessment",
    "source_address",
    "local_offer",
    "correction_reason",
    "withdrawn_reason",
)
LISTS = ("authors", "touched", "waiting_moves")
CHECKS = {
    "decided_body_known": "decided_body IN ('committee', 'officer')",
    "local_offer_known": "local_offer IN ('updated', 'later')",
    "four_eyes": "status <> 'published' OR NOT authors @> to_jsonb(published_by::text)",
    "decided_whole": (
        "published_by IS NULL OR (decided_body IS NOT NULL AND decided_by IS NOT NULL AND decided_on IS NOT NULL "
        "AND minute_reference IS NOT NULL AND equality_assessment IS NOT NULL AND local_offer IS NOT NULL)"
    ),
    "correction_whole": "(corrects IS NULL) = (correction_reason IS NULL)",
    "withdrawn_whole": (
        "(status = 'withdrawn') = (withdrawn_at IS NOT NULL AND withdrawn_by IS NOT NULL "
        "AND withdrawn_reason IS NOT NULL)"
    ),
}


def upgrade() -> None:
    _columns()
    _rules()
    _shelf()
    _what_is_there()
    _keep_published()


def _columns() -> None:
    columns = [
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in (*PEOPLE, *EDITIONS)),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in INSTANTS),
        *(sa.Column(name, sa.Date(), nullable=True) for name in DAYS),
        *(sa.Column(name, sa.Text(), nullable=True) for name in TEXTS),
        *(sa.Column(name, postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False) for name in LISTS),
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
    ]
    for column in columns:
        op.add_column("policy_edition", column)
    for name in PEOPLE:
        op.create_foreign_key(
            op.f(f"fk_policy_edition_tenant_id_{name}"),
            "policy_edition",
            "person",
            ["tenant_id", name],
            ["tenant_id", "id"],
        )
    for name in EDITIONS:
        op.create_foreign_key(
            op.f(f"fk_policy_edition_tenant_id_{name}"),
            "policy_edition",
            "policy_edition",
            ["tenant_id", name],
            ["tenant_id", "id"],
        )


def _rules() -> None:
    """One published edition for a day and its correction; drafts and withdrawn ones do not stand in the way."""
    op.drop_constraint(op.f("uq_policy_edition_tenant_id_effective_from"), "policy_edition", type_="unique")
    op.create_index(
        "uq_policy_edition_published_day",
        "policy_edition",
        ["tenant_id", "effective_from", "revision"],
        unique=True,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.drop_constraint(op.f("ck_policy_edition_status_known"), "policy_edition", type_="check")
    op.drop_constraint(op.f("ck_policy_edition_published_has_a_date"), "policy_edition", type_="check")
    rules = {
        "status_known": "status IN ('draft', 'published', 'withdrawn')",
        "published_has_a_date": "status = 'withdrawn' OR (status = 'published') = (effective_from IS NOT NULL)",
        **CHECKS,
    }
    for name, rule in rules.items():
        op.create_check_constraint(op.f(f"ck_policy_edition_{name}"), "policy_edition", rule)


def _keep_published() -> None:
    """What was published stays, whatever the application does; terms are compared as text, order and all."""
    op.execute(
        """
        create function keep_published() returns trigger language plpgsql
        set search_path = pg_catalog, public, pg_temp
        as $$
        declare of_withdrawal text[] := '{status,version,withdrawn_at,withdrawn_by,withdrawn_reason}';
        begin
            if old.status = 'draft' and new.authors @> old.authors then
                return new;
            end if;
            if old.status = 'published' and new.status = 'withdrawn'
                and old.effective_from > (now() at time zone 'Europe/London')::date
                and new.terms::text = old.terms::text
                and to_jsonb(new) - of_withdrawal = to_jsonb(old) - of_withdrawal
            then
                return new;
            end if;
            raise exception 'a published edition stays as it was published' using errcode = 'insufficient_privilege';
        end
        $$
        """
    )
    op.execute(
        "create trigger keep_published before update on policy_edition for each row execute function keep_published()"
    )


def _shelf() -> None:
    """A copy of what is published, which every council may read and nobody but the trigger may write."""
    op.create_table(
        "published_edition",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("council_id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("assumptions", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["tenant.id"], name=op.f("fk_published_edition_council_id")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_published_edition")),
    )
    op.create_index(op.f("ix_published_edition_council_id"), "published_edition", ["council_id"])
    op.execute("grant select on published_edition to portage_app, portage_backup")
    op.execute(
        """
        create function shelve_edition() returns trigger language plpgsql security definer
        set search_path = pg_catalog, public, pg_temp
        as $$
        begin
            if new.status = 'published' then
                insert into published_edition
                    (edition_id, council_id, plugin, effective_from, revision, source, terms, assumptions)
                values (new.id, new.tenant_id, new.plugin, new.effective_from, new.revision, new.source, new.terms,
                        new.assumptions)
                on conflict do nothing;
            elsif new.status = 'withdrawn' then
                delete from published_edition p where p.edition_id = new.id and p.council_id = new.tenant_id;
            end if;
            return null;
        end
        $$
        """
    )
    op.execute("revoke all on function shelve_edition() from public")
    op.execute(
        "create trigger shelve_edition after insert or update on policy_edition "
        "for each row execute function shelve_edition()"
    )


def _what_is_there() -> None:
    """Put on the shelf what is published already, and mark what files brought, before published rows are closed.

    The owner of the tables is bound by row-level security too, and the log of changes wants a council: both rest for
    this one statement each. Nothing that was published changes by it.
    """
    op.execute("alter table policy_edition no force row level security")
    op.execute("alter table policy_edition disable trigger log_change")
    op.execute(
        "insert into published_edition "
        "(edition_id, council_id, plugin, effective_from, revision, source, terms, assumptions) "
        "select id, tenant_id, plugin, effective_from, revision, source, terms, assumptions "
        "from policy_edition where status = 'published'"
    )
    op.execute(
        "update policy_edition set seeded_as = coalesce(to_char(effective_from, 'YYYY-MM-DD'), 'draft') "
        "where published_by is null"
    )
    op.execute("alter table policy_edition enable trigger log_change")
    op.execute("alter table policy_edition force row level security")


def downgrade() -> None:
    op.execute("drop trigger shelve_edition on policy_edition")
    op.execute("drop function shelve_edition()")
    op.drop_table("published_edition")
    op.execute("drop trigger keep_published on policy_edition")
    op.execute("drop function keep_published()")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_policy_edition_{name}"), "policy_edition", type_="check")
    op.drop_constraint(op.f("ck_policy_edition_published_has_a_date"), "policy_edition", type_="check")
    op.drop_constraint(op.f("ck_policy_edition_status_known"), "policy_edition", type_="check")
    op.create_check_constraint(
        op.f("ck_policy_edition_status_known"), "policy_edition", "status IN ('draft', 'published')"
    )
    op.create_check_constraint(
        op.f("ck_policy_edition_published_has_a_date"),
        "policy_edition",
        "(status = 'published') = (effective_from IS NOT NULL)",
    )
    op.drop_index("uq_policy_edition_published_day", table_name="policy_edition")
    op.create_unique_constraint(
        op.f("uq_policy_edition_tenant_id_effective_from"), "policy_edition", ["tenant_id", "effective_from"]
    )
    for name in ("revision", *LISTS, *TEXTS, *DAYS, *INSTANTS, *EDITIONS, *PEOPLE):
        op.drop_column("policy_edition", name)
