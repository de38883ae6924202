"""The backup that deploy/backup.md describes: its role may read all of it but the key, and it can be put back."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from portage.core.migrate import upgrade
from portage.core.provision import install_key
from portage.core.tenancy import sign
from portage.demo.postgres import installations
from support.database import Database
from support.run import Servers

PAGE = Path(__file__).resolve().parents[2] / "deploy" / "backup.md"
RESTORED = "portage_restored"


def run(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, of the same version as the tests' server, with the options of the page."""
    told = re.search(rf"\b{name}((?: --[a-z-]+(?:=[a-z_]+)?)+) --(?:file|dbname)=", PAGE.read_text(encoding="utf-8"))
    assert told is not None, f"deploy/backup.md names no command with {name}"
    program = str(installations()[0] / "bin" / name)
    ended = subprocess.run([program, *told[1].split(), *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def elsewhere(url: str) -> str:
    """The same login on the database that was put back."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{RESTORED}"))


@pytest.fixture
def empty(servers: Servers) -> Iterator[None]:
    """A database of the owner's with nothing in it."""
    name = sql.Identifier(RESTORED)
    with psycopg.connect(servers.superuser.replace("portage_template", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
        connection.execute(sql.SQL("create database {} owner portage_owner").format(name))
        yield
        connection.execute(sql.SQL("drop database {} with (force)").format(name))


def counted(url: str) -> dict[str, int]:
    """How many rows each table has, past row-level security."""
    tables = "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1"
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(tables)]
        each = [sql.SQL("select {}, count(*) from {}").format(sql.Literal(n), sql.Identifier(n)) for n in names]
        return dict(connection.execute(sql.SQL(" union all ").join(each)).fetchall())


def guarded(url: str) -> list[tuple[str, bool, bool, list[str] | None]]:
    """Which tables are closed to other councils' rows, and who may do what with them."""
    asked = """
        select relname, relrowsecurity, relforcerowsecurity, relacl::text[] from pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1
    """
    with psycopg.connect(url) as connection:
        return [(name, on, forced, acl and sorted(acl)) for name, on, forced, acl in connection.execute(asked)]


def test_a_dump_can_be_put_back(
    database: Database, servers: Servers, shipped: dict[str, UUID], app: Flask, empty: None, tmp_path: Path
) -> None:
    dump, owner = tmp_path / "portage.dump", elsewhere(database.at.owner)
    run("pg_dump", f"--file={dump}", database.at.backup)
    run("pg_restore", f"--dbname={owner}", str(dump))
    upgrade(owner)
    install_key(owner, bytes.fromhex(servers.tenant_key))

    restored = elsewhere(database.at.superuser)
    assert counted(restored) == counted(database.at.superuser)
    assert counted(restored)["policy_edition"] > 0
    assert guarded(restored) == guarded(database.at.superuser)
    some = next(iter(shipped.values()))
    with psycopg.connect(elsewhere(database.at.app)) as connection:
        nothing = connection.execute("select count(*) from policy_edition").fetchone()
        signed = sign(some, connection.info.backend_pid)
        connection.execute("select set_config('app.tenant', %s, true)", (signed,))
        seen = connection.execute("select distinct tenant_id from policy_edition").fetchall()
    assert nothing == (0,)
    assert seen == [(some,)]


def test_nobody_else_may_make_temporary_tables_in_what_was_put_back(
    database: Database, servers: Servers, empty: None, tmp_path: Path
) -> None:
    dump, owner = tmp_path / "portage.dump", elsewhere(database.at.owner)
    run("pg_dump", f"--file={dump}", database.at.backup)
    run("pg_restore", f"--dbname={owner}", str(dump))
    install_key(owner, bytes.fromhex(servers.tenant_key))
    with (
        psycopg.connect(elsewhere(database.at.app)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("create temporary table kept (of text)")
