"""Requests, background work and a chair for the tests of this folder."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import psycopg
import pytest

from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.panels import SLUG
from support.people import Hired
from support.requests import request_of
from support.staff import SignIn

__all__ = ["mail_server", "request_of", "work_off", "worker_app", "worker_app_of_process"]


@pytest.fixture
def chair(sign_in: SignIn) -> Hired:
    """The chair of the panel."""
    return sign_in(SLUG, "panel-chair", name="Cleo Chair")


@pytest.fixture
def on_day(clock: Callable[[datetime], None], db_admin: psycopg.Connection) -> Callable[[date], None]:
    """`on_day(day)`: eleven o'clock of that day; whoever signed in on another day is signed in still."""

    def comes(day: date) -> None:
        clock(datetime(day.year, day.month, day.day, 11, tzinfo=UTC))
        db_admin.execute("set session_replication_role = replica")
        db_admin.execute("update web_session set seen_at = '2099-01-01', expires_at = '2099-01-02'")
        db_admin.execute("set session_replication_role = origin")

    return comes
