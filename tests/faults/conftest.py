"""A service of its own for the tests that break it."""

import shutil
from collections.abc import Iterator

import pytest

from support.database import Database
from support.rig import Rig, rig
from support.run import Servers, enterable_folder


@pytest.fixture(scope="module")
def breakable(servers: Servers, worker_name: str) -> Iterator[Rig]:
    """The service's own processes over a database of their own."""
    database = Database(servers, f"portage_faults_{worker_name}")
    folder = enterable_folder("portage-faults-")
    with rig(servers, database, folder) as running:
        yield running
    database.drop()
    shutil.rmtree(folder)


@pytest.fixture
def service(breakable: Rig) -> Iterator[Rig]:
    """Those processes with nothing of an earlier test: no request, no e-mail, no kill."""
    yield breakable
    breakable.forget()
