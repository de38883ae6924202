"""One seeded world, and the service running over it, for the prober and for the search for canaries."""

from collections.abc import Iterator

import pytest

from portage.editions.operations import forget_compiled
from support import canaries, live
from support.probed import World, world
from support.run import Servers, enterable_folder


@pytest.fixture(scope="session")
def seeded(servers: Servers, worker_name: str) -> Iterator[World]:
    """Three councils full of families, whose every free text holds a word of the council's own."""
    folder = enterable_folder("portage-probed-")
    with world(servers, f"portage_probed_{worker_name}", folder) as made:
        made.legend = canaries.plant(made)
        yield made


@pytest.fixture(scope="module", autouse=True)
def nothing_stays_compiled() -> Iterator[None]:
    """The editions of the seeded world have the ids of those that other tests read, and other words in them."""
    yield
    forget_compiled()


@pytest.fixture(scope="session")
def served(servers: Servers, seeded: World) -> Iterator[live.Live]:
    """The processes of the service, as the demonstration starts them, over the seeded world."""
    service = live.start(servers, seeded.database, seeded.settings.files.parent, beside=5)
    yield service
    service.processes.stop()
