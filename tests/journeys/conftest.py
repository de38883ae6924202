"""What tests with a real browser stand on: the running service, a phone, a desk, and two checkers of pages."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from support import live as running
from support import nu as checker
from support.axe import assert_accessible_at_every_width
from support.browser import browser_type_launch_args, desktop, fetched, phone, visitor, watch, without_scripts
from support.database import Database
from support.nu import Nu
from support.run import FOLDER, Servers

__all__ = ["browser_type_launch_args", "desktop", "phone", "visitor", "watch", "without_scripts"]


@pytest.fixture(scope="session")
def base_url() -> str:
    """No address is the base: each council has its own. (The plugin's fixture is written as pytest 10 will refuse.)"""
    return ""


@pytest.fixture(scope="session")
def live(servers: Servers, worker_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Live]:
    """The service, running for this test process over a database of its own."""
    database = Database(servers, f"portage_live_{worker_name}")
    service = running.start(servers, database, tmp_path_factory.mktemp("live"))
    yield service
    service.processes.stop()
    database.drop()


@pytest.fixture(scope="session")
def nu() -> Nu:
    """The Nu HTML checker of this run."""
    return checker.shared(Path(os.environ[FOLDER]) / "nu")


@pytest.fixture
def sound(nu: Nu) -> Callable[[Page], None]:
    """`sound(page)` fails unless a page is accessible at both widths, and valid as sent and as it is now."""

    def check(page: Page) -> None:
        if not assert_accessible_at_every_width(page):
            return  # its markup was valid on another page
        status, sent = fetched(page)
        if status == 200:  # where a form was sent may be no page to open, and lead elsewhere
            nu.assert_valid(sent)
        nu.assert_valid(page.content())  # also after a form was refused, and with what scripts added

    return check
