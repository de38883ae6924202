"""Requests, background work and services for the tests of the directory."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from portage.core import clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.directory.operations import Particulars, add_service
from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.requests import request_of

__all__ = ["mail_server", "request_of", "work_off", "worker_app", "worker_app_of_process"]
ServiceOf = Callable[..., UUID]


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
