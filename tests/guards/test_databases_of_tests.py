"""The suite's own promise: tests commit as the service does, and none finds another's rows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from portage.core.db import db
from portage.tenants.models import Area
from support.database import Database

Council = Callable[..., AbstractContextManager[UUID]]


def area(key: str) -> Area:
    """A new area team."""
    return Area(key=key, name="North", postcode_districts=["ZZ1"])


def count(connection: psycopg.Connection, table: str) -> int:
    """All rows of a table, whoever owns them."""
    row = connection.execute(f"select count(*) from {table}").fetchone()  # type: ignore[arg-type]  # noqa: S608  our own
    assert row is not None
    return int(row[0])


def test_the_application_connects_as_the_app_role(app: Flask) -> None:
    with app.app_context():
        assert db.session.execute(text("select current_user")).scalar_one() == "portage_app"


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_finds_nothing_that_another_committed(turn: str, council: Council, db_admin: psycopg.Connection) -> None:
    shown = "area where key in ('first', 'second')"
    assert count(db_admin, shown) == 0
    with council():
        db.session.add(area(turn))
        db.session.commit()
    assert count(db_admin, shown) == 1


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_row_from_before_that_was_changed_is_put_back(turn: str, db_admin: psycopg.Connection) -> None:
    assert db_admin.execute("select count(*) from tenant where name = 'Changed'").fetchone() == (0,)
    db_admin.execute("update tenant set name = 'Changed' where slug = 'fernley'")


def test_what_is_added_is_deleted_and_what_is_changed_is_put_back(database: Database) -> None:
    with psycopg.connect(database.at.superuser, autocommit=True) as connection:
        before = connection.execute("select * from tenant_host order by host").fetchall()
        connection.execute("insert into tenant_host select 'more.example', id from tenant limit 1")
    assert database.restore() == "as it was"
    for change in (
        "delete from tenant_host",
        "update tenant_host set host = 'other-' || host",
        "insert into tenant_host select 'more.example', tenant_id from tenant_host limit 1; "
        "delete from tenant_host where host <> 'more.example'",
    ):
        with psycopg.connect(database.at.superuser, autocommit=True) as connection:
            assert connection.execute("select * from tenant_host order by host").fetchall() == before
            connection.execute(change.encode())
        assert database.restore() == "rows put back"
    with psycopg.connect(database.at.superuser) as connection:
        assert connection.execute("select * from tenant_host order by host").fetchall() == before
    assert database.restore() == "as it was"


def test_every_row_from_before_is_put_back_as_it_was(database: Database) -> None:
    with psycopg.connect(database.at.superuser, autocommit=True) as connection:
        before = everything(connection)
        assert len(before) > 10
        connection.execute("set session_replication_role = replica")
        for table in before:
            connection.execute(f"delete from {table}".encode())  # noqa: S608  our own
    assert database.restore() == "rows put back"
    with psycopg.connect(database.at.superuser, autocommit=True) as connection:
        assert everything(connection) == before


def everything(connection: psycopg.Connection) -> dict[str, list[str]]:
    """Every row of every table that has any, as text."""
    named = "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    found = {}
    for (table,) in connection.execute(named).fetchall():
        rows = connection.execute(f"select {table}::text from {table}".encode()).fetchall()  # noqa: S608  our own
        found[table] = sorted(row for (row,) in rows)
    return {table: rows for table, rows in found.items() if rows}


def test_a_new_table_or_a_lock_left_behind_has_the_database_cloned_anew(database: Database) -> None:
    with psycopg.connect(database.at.superuser, autocommit=True) as connection:
        connection.execute("create table of_a_test (id int)")
    assert database.restore() == "cloned anew"
    holding = psycopg.connect(database.at.superuser)
    with psycopg.connect(database.at.superuser, autocommit=True) as connection:
        connection.execute("insert into tenant_host select 'more.example', id from tenant limit 1")
    holding.execute("lock table tenant_host in share row exclusive mode")
    assert database.restore() == "cloned anew"
    holding.close()


def test_the_application_answers(client: FlaskClient) -> None:
    assert client.get("/health").text == "ok\n"
