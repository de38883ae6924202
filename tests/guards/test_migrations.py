"""Migrations: one numbered history, there and back again, and in the end the very tables that the models describe."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from portage.core import migrate
from support.database import Database
from support.run import Servers

# Everything that a migration makes, in words that do not depend on the order of making.
CATALOGUE = """
    select 'column', table_name, concat_ws(' ', column_name, data_type, is_nullable, column_default)
      from information_schema.columns where table_schema = 'public'
    union all select 'constraint', conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace
    union all select 'index', tablename, indexdef from pg_indexes where schemaname = 'public'
    union all select 'policy', tablename, concat_ws(' ', policyname, permissive, qual, with_check)
      from pg_policies where schemaname = 'public'
    union all select 'security', relname, concat_ws(' ', relrowsecurity, relforcerowsecurity, relacl)
      from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
    union all select 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all select 'function', proname, pg_get_functiondef(oid)
      from pg_proc where pronamespace = 'public'::regnamespace
    order by 1, 2, 3
"""


@pytest.fixture
def scratch(servers: Servers, worker_name: str) -> Iterator[Database]:
    """A migrated database that the test may take apart."""
    database = Database(servers, f"portage_migrations_{worker_name}")
    yield database
    database.drop()


def catalogue(database: Database) -> list[tuple[str, str, str]]:
    """What is in the database, without its rows."""
    with psycopg.connect(database.at.superuser) as connection:
        return connection.execute(CATALOGUE).fetchall()


def history(database: Database) -> list[str]:
    """The names of the migrations, the first first."""
    scripts = ScriptDirectory.from_config(migrate.configuration(database.at.owner))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def test_migrations_are_one_line_numbered_from_one(scratch: Database) -> None:
    scripts = ScriptDirectory.from_config(migrate.configuration(scratch.at.owner))
    names = history(scratch)
    assert len(scripts.get_heads()) == 1
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert [name for name in names if not re.fullmatch(r"\d{4}_[a-z0-9_]+", name)] == []
    assert sorted(file.stem for file in migrate.migrations_folder().glob("versions/*.py")) == names


def test_the_models_describe_the_tables_that_migrations_make(scratch: Database) -> None:
    command.check(migrate.configuration(scratch.at.owner))


def test_every_migration_can_be_taken_back_and_run_again(scratch: Database) -> None:
    before = catalogue(scratch)
    for name in reversed([*history(scratch)][:-1]):
        migrate.downgrade(scratch.at.owner, name)
    migrate.downgrade(scratch.at.owner)
    left = {(kind, table) for kind, table, _ in catalogue(scratch)}
    assert {table for _, table in left} <= {"alembic_version"}
    migrate.upgrade(scratch.at.owner)
    assert catalogue(scratch) == before


def test_two_processes_may_migrate_at_once(scratch: Database, servers: Servers) -> None:
    before = catalogue(scratch)
    migrate.downgrade(scratch.at.owner)
    told = {"PORTAGE_OWNER_DATABASE_URL": scratch.at.owner, "PORTAGE_TENANT_KEY": servers.tenant_key}
    command_line = [sys.executable, "-m", "portage.cli", "db", "upgrade"]
    both = [subprocess.Popen(command_line, env={**os.environ, **told}, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(120) for process in both] == [0, 0]
    assert catalogue(scratch) == before


def test_what_was_published_before_editions_were_published_here_is_put_on_the_shelf(scratch: Database) -> None:
    kept = "select council_id, effective_from, source, terms::text from published_edition order by 1, 2"
    brought = "select id, seeded_as from policy_edition order by 1"
    with psycopg.connect(scratch.at.superuser, autocommit=True) as connection:
        before = connection.execute(kept).fetchall(), connection.execute(brought).fetchall()
        assert len(before[0]) > 5
    migrate.downgrade(scratch.at.owner, "0011_outbox_without_version")
    migrate.upgrade(scratch.at.owner)
    with psycopg.connect(scratch.at.superuser, autocommit=True) as connection:
        assert (connection.execute(kept).fetchall(), connection.execute(brought).fetchall()) == before
