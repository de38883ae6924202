"""Councils, the signed tenant context, the change log and the chained trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_ground"
down_revision = None
branch_labels = None
depends_on = None

TENANT = "tenant_id = (select verified_tenant())"


def upgrade() -> None:
    _councils()
    _context()
    _trail()
    _change_log()


def _councils() -> None:
    op.execute("revoke create on schema public from public")
    op.execute("grant usage on schema public to portage_app, portage_worker, portage_operator, portage_backup")
    op.execute("do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$")
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("profile", postgresql.JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.UniqueConstraint("slug", name="uq_tenant_slug"),
    )
    op.create_table(
        "tenant_host",
        sa.Column("host", sa.Text(), primary_key=True),
        sa.Column("tenant_id", sa.Uuid(), sa.ForeignKey("tenant.id", name="fk_tenant_host_tenant_id"), nullable=False),
    )
    op.create_index("ix_tenant_host_tenant_id", "tenant_host", ["tenant_id"])
    for table in ("tenant", "tenant_host"):
        op.execute(f"grant select on {table} to portage_app, portage_worker, portage_operator, portage_backup")


def _context() -> None:
    """HMAC-SHA-256 (RFC 2104) on the core sha256(): the key's pads are rows that the owner alone reads."""
    op.execute("create table tenant_key (inner_pad bytea not null, outer_pad bytea not null)")
    op.execute("revoke all on tenant_key from public")
    op.execute(
        """
        create function verified_tenant() returns uuid
        language sql stable parallel restricted security definer set search_path = pg_catalog, public, pg_temp
        as $$
            select case
                when split_part(c.value, '.', 2) = pg_backend_pid()::text
                 and split_part(c.value, '.', 3) = encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(
                        split_part(c.value, '.', 1) || '.' || split_part(c.value, '.', 2), 'UTF8'))), 'hex')
                then split_part(c.value, '.', 1)::uuid
            end
            from public.tenant_key k, (select nullif(current_setting('app.tenant', true), '') as value) c
        $$
        """
    )
    op.execute("revoke all on function verified_tenant() from public")
    op.execute("grant execute on function verified_tenant() to portage_app, portage_worker, portage_operator")


def _trail() -> None:
    op.create_table(
        "audit_event",
        sa.Column("tenant_id", sa.Uuid(), sa.ForeignKey("tenant.id", name="fk_audit_event_tenant_id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text()),
        sa.Column("subject_id", sa.Uuid()),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_tenant_id_at", "audit_event", ["tenant_id", "at"])
    op.create_index("ix_audit_event_tenant_id_subject_id", "audit_event", ["tenant_id", "subject_id", "at"])
    op.create_index("ix_audit_event_tenant_id_actor", "audit_event", ["tenant_id", "actor", "at"])
    op.create_table(
        "audit_seal",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "seq", name="pk_audit_seal"),
        sa.UniqueConstraint("tenant_id", "event_id", name="uq_audit_seal_tenant_id_event_id"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"], ["audit_event.tenant_id", "audit_event.id"], name="fk_audit_seal_event"
        ),
    )
    op.create_table(
        "audit_head",
        sa.Column("tenant_id", sa.Uuid(), sa.ForeignKey("tenant.id", name="fk_audit_head_tenant_id"), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
    )
    for table in ("audit_event", "audit_seal", "audit_head"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy one_tenant on {table} as restrictive using ({TENANT}) with check ({TENANT})")
        op.execute(f"create policy rows on {table} as permissive using (true) with check (true)")
        op.execute(f"grant select on {table} to portage_app, portage_worker, portage_backup")
    op.execute("grant insert on audit_event to portage_app, portage_worker")
    _seal()


def _seal() -> None:
    """Events are chained at commit, so that the chain's head is locked for an instant and not for a whole request."""
    op.execute(
        """
        create function audit_text(e audit_event) returns text language sql stable
        set search_path = pg_catalog, public, pg_temp
        as $$
            select jsonb_build_array(e.tenant_id, e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                                     e.actor, e.action, e.subject_kind, e.subject_id, e.detail)::text
        $$
        """
    )
    op.execute(
        """
        create function seal_event() returns trigger language plpgsql security definer
        set search_path = pg_catalog, public, pg_temp
        as $$
        declare head audit_head;
        begin
            insert into audit_head (tenant_id, seq, digest) values (new.tenant_id, 0, ''::bytea) on conflict do nothing;
            select * into head from audit_head h where h.tenant_id = new.tenant_id for update;
            head.seq := head.seq + 1;
            head.digest := sha256(head.digest || convert_to(audit_text(new), 'UTF8'));
            insert into audit_seal (tenant_id, seq, event_id, digest)
                values (new.tenant_id, head.seq, new.id, head.digest);
            update audit_head h set seq = head.seq, digest = head.digest where h.tenant_id = new.tenant_id;
            return null;
        end
        $$
        """
    )
    op.execute(
        "create constraint trigger seal after insert on audit_event deferrable initially deferred "
        "for each row execute function seal_event()"
    )
    op.execute(
        """
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception 'the trail is only ever added to' using errcode = 'insufficient_privilege';
        end
        $$
        """
    )
    for table in ("audit_event", "audit_seal"):
        op.execute(
            f"create trigger append_only before update or delete on {table} "
            "for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger no_truncate before truncate on {table} for each statement execute function refuse_change()"
        )


def _change_log() -> None:
    """One line in the trail for each changed row: who, which row, which fields; never a value."""
    op.execute(
        """
        create function log_row_change() returns trigger language plpgsql
        set search_path = pg_catalog, public, pg_temp
        as $$
        declare
            was jsonb := case when tg_op = 'INSERT' then '{}'::jsonb else to_jsonb(old) end;
            now_is jsonb := case when tg_op = 'DELETE' then '{}'::jsonb else to_jsonb(new) end;
            fields jsonb := '[]'::jsonb;
        begin
            if tg_op = 'UPDATE' then
                select coalesce(jsonb_agg(n.key order by n.key), '[]'::jsonb) into fields
                from jsonb_each(now_is) n where n.value is distinct from was -> n.key;
            end if;
            insert into audit_event (tenant_id, id, at, actor, action, subject_kind, subject_id, detail)
            values (coalesce(now_is ->> 'tenant_id', was ->> 'tenant_id')::uuid, gen_random_uuid(), clock_timestamp(),
                    coalesce(nullif(current_setting('app.actor', true), ''), 'unknown'), 'row.' || lower(tg_op),
                    tg_table_name, coalesce(now_is ->> 'id', was ->> 'id')::uuid, jsonb_build_object('fields', fields));
            return null;
        end
        $$
        """
    )


def downgrade() -> None:
    op.execute("drop function audit_text(audit_event)")
    for table in ("audit_seal", "audit_head", "audit_event"):
        op.drop_table(table)
    for function in ("log_row_change()", "refuse_change()", "seal_event()", "verified_tenant()"):
        op.execute(f"drop function if exists {function} cascade")
    op.execute("drop table tenant_key")
    op.drop_table("tenant_host")
    op.drop_table("tenant")
