"""An edition written again for another policy: a row of its own, and the row before it kept as it was published."""

import sqlalchemy as sa
from alembic import op

revision = "0019_restated"
down_revision = "0018_directory"
branch_labels = None
depends_on = None

STATUS = {
    "status_known": "status IN ('draft', 'published', 'withdrawn', 'restated')",
    "published_has_a_date": (
        "status = 'withdrawn' OR (status IN ('published', 'restated')) = (effective_from IS NOT NULL)"
    ),
}
STATUS_BEFORE = {
    "status_known": "status IN ('draft', 'published', 'withdrawn')",
    "published_has_a_date": "status = 'withdrawn' OR (status = 'published') = (effective_from IS NOT NULL)",
}
RESTATED_BY_THE_OWNER = """
            if old.status = 'published' and new.status = 'restated'
                and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage')
                and new.terms::text = old.terms::text
                and to_jsonb(new) - '{status,version}'::text[] = to_jsonb(old) - '{status,version}'::text[]
            then
                return new;
            end if;"""

SHELF = """
    create or replace function shelve_edition() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
    begin
        if new.status = 'published' then
            insert into published_edition
                (edition_id, council_id, plugin, effective_from, revision, source, terms, assumptions)
            values (new.id, new.tenant_id, new.plugin, new.effective_from, new.revision, new.source, new.terms,
                    new.assumptions)
            on conflict do nothing;
        elsif new.status in (TAKEN_AWAY) then
            delete from published_edition p where p.edition_id = new.id and p.council_id = new.tenant_id;
        end if;
        return null;
    end
    $$
"""


def upgrade() -> None:
    op.add_column("policy_edition", sa.Column("restates", sa.Uuid(), nullable=True))
    op.add_column("policy_edition", sa.Column("restated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_policy_edition_tenant_id_restates"),
        "policy_edition",
        "policy_edition",
        ["tenant_id", "restates"],
        ["tenant_id", "id"],
    )
    _status(STATUS)
    op.create_check_constraint(
        op.f("ck_policy_edition_restated_whole"), "policy_edition", "(restates IS NULL) = (restated_at IS NULL)"
    )
    _keep_published(RESTATED_BY_THE_OWNER)
    _shelf("'withdrawn', 'restated'")


def _status(rules: dict[str, str]) -> None:
    for name, rule in rules.items():
        op.drop_constraint(op.f(f"ck_policy_edition_{name}"), "policy_edition", type_="check")
        op.create_check_constraint(op.f(f"ck_policy_edition_{name}"), "policy_edition", rule)


def _keep_published(more: str) -> None:
    """What was published stays; only the owner of the tables, who serves no page, puts another row in its place."""
    op.execute(
        f"""
        create or replace function keep_published() returns trigger language plpgsql
        set search_path = pg_catalog, public, pg_temp
        as $$
        declare of_withdrawal text[] := '{{status,version,withdrawn_at,withdrawn_by,withdrawn_reason}}';
        begin
            if old.status = 'draft' and new.authors @> old.authors then
                return new;
            end if;{more}
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


def _shelf(taken_away: str) -> None:
    op.execute(SHELF.replace("TAKEN_AWAY", taken_away))


def downgrade() -> None:
    """Refused by the database where an edition was moved: cases stand on rows that the version before cannot read."""
    _shelf("'withdrawn'")
    _keep_published("")
    op.drop_constraint(op.f("ck_policy_edition_restated_whole"), "policy_edition", type_="check")
    _status(STATUS_BEFORE)
    op.drop_constraint(op.f("fk_policy_edition_tenant_id_restates"), "policy_edition", type_="foreignkey")
    op.drop_column("policy_edition", "restated_at")
    op.drop_column("policy_edition", "restates")
