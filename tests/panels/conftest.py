"""Requests, background work and a chair for the tests of this folder."""

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
