"""Background work in a test: the application as the worker's role, and everything that is due carried out at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from portage.app import create_app
from portage.config import Settings
from portage.core.db import db
from portage.core.worker import carry_out
from support.database import Database
from support.mailserver import MailServer

WorkOff = Callable[[], list[str]]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server of this test's own, which takes everything until it is told otherwise."""
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def worker_app_of_process(settings: Settings, database_of_process: Database) -> Iterator[Flask]:
    """The application as the worker runs it, made once for each process; tests use `worker_app`."""
    url = database_of_process.at.worker.replace("postgresql://", "postgresql+psycopg://", 1)
    made = create_app(replace(settings, database_url=url), role="worker")
    yield made
    with made.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def worker_app(worker_app_of_process: Flask, database: Database, mail_server: MailServer) -> Flask:
    """The application as the worker's own database role, with the test's mail server.

    A database that was cloned anew has ended the connections from before.
    """
    told = worker_app_of_process.extensions
    if told.get("tests.clones", 1) != database.clones:
        with worker_app_of_process.app_context():
            for engine in db.engines.values():
                engine.dispose()
    told["tests.clones"] = database.clones
    told["portage.settings"] = replace(told["portage.settings"], smtp_url=mail_server.url)
    return worker_app_of_process


@pytest.fixture
def work_off(worker_app: Flask, db_admin: psycopg.Connection) -> WorkOff:
    """`work_off()` carries out whatever is due in any council, and what that asks for; answers how each row went."""

    def work() -> list[str]:
        went: list[str] = []
        while rows := due(db_admin):
            with worker_app.app_context():
                went += [carry_out(tenant_id, outbox_id) for tenant_id, outbox_id in rows]
        return went

    return work


def due(connection: psycopg.Connection) -> list[tuple[UUID, UUID]]:
    """Every outbox row that is due, of any council."""
    return connection.execute(
        "select tenant_id, id from outbox where done_at is null and dead_at is null and not_before <= now() "
        "order by not_before, id"
    ).fetchall()
