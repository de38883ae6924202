"""Requests, background work and services for the tests of the directory."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest

from portage.core import clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.directory.operations import Particulars, add_service
from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.requests import request_of

__all__ = ["mail_server", "request_of", "work_off", "worker_app", "worker_app_of_process"]
ServiceOf = Callable[..., UUID]


@pytest.fixture(autouse=True)
def empty_directory(request: pytest.FixtureRequest) -> None:
    """Directories without what the councils' files begin them with, where a test looks at the database at all."""
    if {"app", "database"} & set(request.fixturenames):
        admin: psycopg.Connection = request.getfixturevalue("db_admin")
        admin.execute("set session_replication_role = replica")  # nobody did this, so nothing is logged
        admin.execute("delete from service")
        admin.execute("set session_replication_role = origin")


@pytest.fixture
def service_of(council: Callable[..., AbstractContextManager[UUID]]) -> ServiceOf:
    """`service_of("leeds", name=..., checked=day)` puts a service into a council's directory."""

    def invent(slug: str = "leeds", *, checked: date | None = None, **said: Any) -> UUID:
        known = {"name": "Speech drop-in", "what_for": "Talking and listening", "telephone": "01632 960 222", **said}
        with council(slug):
            service = add_service(Particulars(**known), by=SYSTEM, on=checked or clock.today())
            db.session.commit()
            return service.id

    return invent
