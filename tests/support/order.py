"""The order of a run in several processes: which files stay together, and which begin first.

A process takes whole files. One that takes minutes and begins last keeps the others waiting, so the long ones begin
first; and files that stand on the same running service share a process, which then starts it once.
"""

from collections.abc import Iterable

import pytest
from xdist.scheduler import LoadScopeScheduling

# Each line is one piece of work for a process, the longest first; files that are not named follow in their usual order.
PIECES: tuple[tuple[str, ...], ...] = (
    # One running service, and a browser.
    (
        "tests/journeys/test_main_job.py",
        "tests/journeys/test_asking.py",
        "tests/journeys/test_public_pages.py",
        "tests/journeys/test_signing_in.py",
        "tests/journeys/test_notifying.py",
        "tests/journeys/test_programme_road.py",
        "tests/journeys/test_offline_app.py",
    ),
    # One seeded world, and the service over it.
    (
        "tests/guards/test_prober.py",
        "tests/guards/test_prober_rules.py",
        "tests/guards/test_canaries.py",
        "tests/guards/test_isolation_mutants.py",
    ),
    ("tests/journeys/test_crawl.py",),
    ("tests/faults/test_kills.py",),
    ("tests/demo/test_demo.py",),
    ("tests/journeys/test_programme_pages.py",),
    ("tests/referrals/test_ask.py",),
    ("tests/journeys/test_deciding_pages.py",),
    ("tests/journeys/test_policy_pages.py",),
    ("tests/deploy/test_nginx.py",),
    ("tests/deploy/test_stopping.py",),
    ("tests/demo/test_seed.py",),
    ("tests/policies/test_terms.py",),
    ("tests/journeys/test_panel_pages.py",),
    ("tests/journeys/test_profile_pages.py",),
    ("tests/journeys/test_waiting_pages.py",),
    ("tests/journeys/test_visit_pages.py",),
    ("tests/journeys/test_policy_road.py",),
    ("tests/previews/test_bands.py",),
    ("tests/previews/test_carrying_out.py",),
    ("tests/guards/test_bad_input.py",),
    ("tests/settings/test_publishing_pages.py",),
    ("tests/settings/test_policy_pages.py",),
    ("tests/messages/test_letters.py",),
    ("tests/settings/test_council_files.py",),
    ("tests/settings/test_check_council.py",),
    ("tests/visits/test_concerns.py",),
)
_PLACE = {file: place for place, files in enumerate(PIECES) for file in files}


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests of a process, those of long pieces first."""
    return sorted(items, key=lambda item: _PLACE.get(_file(item.nodeid), len(PIECES)))


class LongestFirst(LoadScopeScheduling):
    """Gives each process that is free the next piece, in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        file = _file(nodeid)
        return PIECES[_PLACE[file]][0] if file in _PLACE else file


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
