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


def test_what_is_added_is_deleted_and_what_is_changed_is_cloned_anew(database: Database) -> None:
    with psycopg.connect(database.at.superuser, autocommit=True) as connection:
        before = count(connection, "tenant_host")
        connection.execute("insert into tenant_host select 'more.example', id from tenant limit 1")
    assert database.restore() is False
    with psycopg.connect(database.at.superuser, autocommit=True) as connection:
        assert count(connection, "tenant_host") == before
        connection.execute("delete from tenant_host")
    assert database.restore() is True
    with psycopg.connect(database.at.superuser) as connection:
        assert count(connection, "tenant_host") == before


def test_the_application_answers(client: FlaskClient) -> None:
    assert client.get("/health").text == "ok\n"
