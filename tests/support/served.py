"""The application over a test's own database, served to a browser that enters with a session already begun."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from support import councils
from support.people import Hired


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """Where the application listens, at every council's host."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()


def enter(page: Page, slug: str, person: Hired) -> None:
    """Give a browser the session of a person who signed in."""
    cookie = person.client.get_cookie("portage-session", domain=councils.host(slug))
    assert cookie is not None
    page.context.add_cookies(
        [{"name": "portage-session", "value": cookie.value, "domain": councils.host(slug), "path": "/"}]
    )
