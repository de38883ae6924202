"""Every council's table is closed, keyed and logged: read from the database's catalogue, so a new one is covered."""

import psycopg
import pytest

GLOBAL = {  # tables that hold no council's rows, each with why it may
    "alembic_version": "the schema's own revision",
    "tenant": "which councils there are",
    "tenant_host": "which host is whose, asked before a council is known",
    "tenant_key": "the owner's secret",
    "operator": "people who run the platform",
    "operator_session": "their sessions",
    "operator_login_attempt": "their sign-in",
    "operator_logout_token_seen": "what their provider said already",
    "published_edition": "what councils published, for every other council to read",
}
TRAIL = {"audit_event", "audit_seal", "audit_head"}
KEYED_OTHERWISE = {"audit_seal": ["tenant_id", "seq"], "audit_head": ["tenant_id"]}
UNLOGGED = {  # machinery whose every change would be noise in the trail
    "outbox",
    "idempotency_key",
    "tenant_counter",
    "web_session",
    "login_attempt",
    "logout_token_seen",
    "ask_draft",
    "preview",  # its steps; who asked for one and who stopped it stands in the trail
    "preview_change",  # what was only imagined, and can be imagined again
    "phone",  # its every contact; who ended one, and which children's visits it got, stands in the trail
}
MAY_DELETE = {"role_grant", "area_membership", "ask_draft", "target_tried", "family_note"}
FORGOTTEN = {"outbox", "login_attempt", "logout_token_seen", "web_session", "idempotency_key", "preview_change"}


def tables(db_admin: psycopg.Connection) -> list[str]:
    rows = db_admin.execute(
        "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1"
    )
    return [name for (name,) in rows if name not in GLOBAL]


def test_row_level_security_is_enabled_and_forced_on_every_councils_table(db_admin: psycopg.Connection) -> None:
    rows = db_admin.execute(
        "select relname, relrowsecurity, relforcerowsecurity from pg_class where relname = any(%s)", (tables(db_admin),)
    ).fetchall()
    assert len(rows) > 40
    assert [name for name, enabled, forced in rows if not (enabled and forced)] == []


def test_every_councils_table_has_one_permissive_and_a_restrictive_policy_on_the_verified_council(
    db_admin: psycopg.Connection,
) -> None:
    wrong = []
    for table in tables(db_admin):
        rows = db_admin.execute(
            "select polname, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) "
            "from pg_policy where polrelid = %s::regclass",
            (table,),
        ).fetchall()
        permissive = [row for row in rows if row[1]]
        restrictive = [row for row in rows if not row[1]]
        closed = [row for row in restrictive if row[2] and row[2] == row[3] and "verified_tenant()" in row[2]]
        if len(permissive) != 1 or len(closed) != 1:
            wrong.append(table)
    assert wrong == []


# What operators see of every council beside its name: columns that no family is in, nor an id that leads to one.
SEEN_BY_OPERATORS = {
    "outbox": {"tenant_id", "kind", "not_before", "attempts", "done_at", "dead_at", "created_at"},
    "policy_use": {"tenant_id", "plugin", "plugin_version", "rules_digest", "created_at"},
    "policy_trouble": {
        "tenant_id", "plugin", "plugin_version", "rules_digest", "how", "what", "settled_at", "created_at",
    },
}  # fmt: skip
PUBLISHED_SEEN = {"council_id", "plugin", "effective_from", "revision", "source"}  # a copy that holds no council's row


def test_the_restrictive_policy_binds_every_role_except_the_worker_on_the_outbox_and_operators_on_what_is_theirs(
    db_admin: psycopg.Connection,
) -> None:
    rows = db_admin.execute(
        "select polrelid::regclass::text, polroles::regrole[]::text[] from pg_policy where not polpermissive"
    ).fetchall()
    partial = {(table, tuple(sorted(roles))) for table, roles in rows if roles != ["-"]}
    assert {table for table, _ in partial} == {*SEEN_BY_OPERATORS}
    assert ("outbox", ("portage_worker",)) in partial
    others = ("portage_app", "portage_backup", "portage_owner", "portage_worker")
    assert {each for each in partial if each[0] != "outbox"} == {
        (f"policy_{name}", others) for name in ("use", "trouble")
    }


def test_operators_see_named_columns_of_councils_tables_and_write_none(db_admin: psycopg.Connection) -> None:
    rows = db_admin.execute(
        "select table_name, column_name, privilege_type from information_schema.column_privileges "
        "where grantee = 'portage_operator' and table_schema = 'public'"
    ).fetchall()
    seen: dict[str, set[str]] = {}
    for table, column, verb in rows:
        if table not in GLOBAL or table == "published_edition":
            assert verb == "SELECT", (table, column)
            seen.setdefault(table, set()).add(column)
    assert seen == {**SEEN_BY_OPERATORS, "published_edition": PUBLISHED_SEEN}


def test_every_key_foreign_key_unique_and_index_begins_with_the_council(db_admin: psycopg.Connection) -> None:
    wrong = []
    for table in tables(db_admin):
        for name, kind, columns in db_admin.execute(
            "select c.conname, c.contype, array(select a.attname::text from unnest(c.conkey) with ordinality k(n, o) "
            "join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n order by k.o) "
            "from pg_constraint c where c.conrelid = %s::regclass and c.contype in ('p', 'u', 'f')",
            (table,),
        ):
            expected = KEYED_OTHERWISE.get(table, ["tenant_id", "id"])
            if columns[0] != "tenant_id" or (kind == "p" and columns != expected):
                wrong.append((table, name, columns))
        for name, first in db_admin.execute(
            "select i.indexrelid::regclass::text, a.attname from pg_index i "
            "join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indrelid = %s::regclass",
            (table,),
        ):
            if first != "tenant_id":
                wrong.append((table, name, first))
    assert wrong == []


def test_no_foreign_key_cascades(db_admin: psycopg.Connection) -> None:
    rows = db_admin.execute("select conname from pg_constraint where contype = 'f' and confdeltype not in ('a', 'r')")
    assert rows.fetchall() == []


def test_every_change_of_a_councils_table_is_logged_except_named_machinery(db_admin: psycopg.Connection) -> None:
    logged = {
        name
        for (name,) in db_admin.execute(
            "select tgrelid::regclass::text from pg_trigger where tgname = 'log_change' and tgenabled = 'O'"
        )
    }
    assert set(tables(db_admin)) - logged == UNLOGGED | TRAIL


def test_the_application_owns_nothing_and_holds_no_more_grants_than_it_needs(db_admin: psycopg.Connection) -> None:
    owners = {
        owner for (owner,) in db_admin.execute("select distinct tableowner from pg_tables where schemaname='public'")
    }
    assert owners == {"portage_owner"}
    rows = db_admin.execute(
        "select grantee, table_name, privilege_type from information_schema.role_table_grants "
        "where table_schema = 'public' and grantee in ('portage_app', 'portage_worker', 'PUBLIC')"
    ).fetchall()
    excess = [row for row in rows if row[2] in ("TRUNCATE", "REFERENCES", "TRIGGER") or row[0] == "PUBLIC"]
    assert excess == []
    assert {table for role, table, verb in rows if (role, verb) == ("portage_app", "DELETE")} == MAY_DELETE
    # The worker forgets what was done long ago, council by council; who asks for an effect cannot take it back.
    assert {
        table for role, table, verb in rows if (role, verb) == ("portage_worker", "DELETE")
    } == MAY_DELETE | FORGOTTEN
    assert not [row for row in rows if row[1] == "tenant_key" or row[1].startswith("operator")]


def test_operators_have_no_grant_on_a_familys_table(db_admin: psycopg.Connection) -> None:
    rows = db_admin.execute(
        "select distinct c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' "
        "and (has_table_privilege('portage_operator', c.oid, 'select,insert,update,delete') "
        "or has_any_column_privilege('portage_operator', c.oid, 'select'))"
    )
    assert {name for (name,) in rows} == {
        "tenant",
        "tenant_host",
        "operator",
        "operator_session",
        "operator_login_attempt",
        "operator_logout_token_seen",
        "published_edition",
        *SEEN_BY_OPERATORS,
    }


def test_there_is_no_enum_view_or_partition_that_would_open_or_slow_a_councils_rows(
    db_admin: psycopg.Connection,
) -> None:
    enums = db_admin.execute("select typname from pg_type where typtype = 'e'").fetchall()
    views = db_admin.execute("select viewname from pg_views where schemaname = 'public'").fetchall()
    kinds = db_admin.execute(
        "select relname from pg_class where relkind in ('m', 'p') and relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert (enums, views, kinds) == ([], [], [])


def test_definer_functions_are_the_known_ones_and_pin_their_search_path(db_admin: psycopg.Connection) -> None:
    rows = db_admin.execute(
        "select proname, proconfig from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
    ).fetchall()
    assert {name for name, _ in rows} == {"verified_tenant", "seal_event", "shelve_edition"}
    assert all(config and config[0].startswith("search_path=pg_catalog") for _, config in rows)


@pytest.mark.parametrize("role", ["app", "worker"])
def test_no_role_of_a_process_can_make_functions_or_temporary_tables(role: str, database: object) -> None:
    address = getattr(database.at, role)  # type: ignore[attr-defined]  # support.database.Database
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in ("create function f() returns int language sql as 'select 1'", "create temp table t (i int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_every_indexed_column_compares_by_an_operator_that_does_not_leak(db_admin: psycopg.Connection) -> None:
    leaky = db_admin.execute(
        """
        select distinct i.indexrelid::regclass::text, p.proname
        from pg_index i
        join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
        cross join lateral unnest(i.indclass::oid[]) opclass
        join pg_opclass o on o.oid = opclass
        join pg_amop a on a.amopfamily = o.opcfamily and a.amoplefttype = o.opcintype and a.amoprighttype = o.opcintype
        join pg_operator op on op.oid = a.amopopr
        join pg_proc p on p.oid = op.oprcode
        where not p.proleakproof
        """
    ).fetchall()
    assert leaky == []
