"""Connections to the database are kept, tried after idleness, and never thrown away for a page's sake."""

from collections.abc import Callable

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portage.core import pool
from portage.core.db import db

ClientOf = Callable[[str], FlaskClient]


def backends(app: Flask, db_admin: psycopg.Connection) -> set[int]:
    """The process numbers of the application's connections."""
    with app.app_context():
        name = db.engine.url.username
    found = db_admin.execute(
        "select pid from pg_stat_activity where usename = %s and datname = current_database()", (name,)
    )
    return {pid for (pid,) in found}


def test_a_connection_that_ended_while_idle_is_replaced(
    app: Flask, client_of: ClientOf, db_admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("leeds")
    assert client.get("/").status_code == 200
    before = backends(app, db_admin)
    assert before
    db_admin.execute("select pg_terminate_backend(pid) from unnest(%s::int[]) as pid", (list(before),))
    monkeypatch.setattr(pool, "TRUSTED", 0.0)
    assert client.get("/").status_code == 200
    assert backends(app, db_admin).isdisjoint(before)


def test_a_connection_that_was_just_used_is_not_tried_again(
    app: Flask, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, tried = client_of("leeds"), []
    with app.app_context():
        dialect = db.engine.dialect
    ping = dialect.do_ping
    monkeypatch.setattr(dialect, "do_ping", lambda connection: tried.append(1) or ping(connection))
    monkeypatch.setattr(pool, "TRUSTED", 60.0)
    for _ in range(3):
        assert client.get("/").status_code == 200
    assert not tried
    monkeypatch.setattr(pool, "TRUSTED", 0.0)
    assert client.get("/").status_code == 200
    assert tried


def test_the_database_keeps_what_it_prepared_for_pages(app: Flask, client_of: ClientOf) -> None:
    """At a ROLLBACK the driver forgets every prepared statement, and planning them again is half a page's time."""
    client = client_of("leeds")
    with app.app_context():
        db.engine.dispose()  # tests before may have left several connections, which would share these pages
    for _ in range(8):
        assert client.get("/").status_code == 200
    with app.app_context(), db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        prepared = connection.exec_driver_sql("select count(*) from pg_prepared_statements").scalar_one()
    assert prepared >= 2, "pages prepare their statements anew each time"
