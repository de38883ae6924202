"""A web process stays small: its memory after a thousand requests, as gunicorn really runs it."""

import http.client
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portage.demo.processes import Processes
from support.cases import FamilyOf, family_of
from support.database import Database
from support.front import environment, prefix, web
from support.people import Hired
from support.run import Servers

__all__ = ["family_of", "prefix"]
REQUESTS, MOST = 1000, 160  # MiB
HOST = "leeds.localhost"
SIGNED_IN = 4  # one person may open six hundred pages a minute


@pytest.fixture
def served(prefix: tuple[Path, int], servers: Servers, database: Database) -> Iterator[tuple[Processes, int]]:
    """One web process of gunicorn, and its port."""
    folder, port = prefix
    told = {**environment(folder, servers, database), "PORTAGE_BIND": f"127.0.0.1:{port}"}
    processes = Processes(folder / "logs")
    try:
        processes.start(web(port, {**told, "PORTAGE_HTTPS": "0", "PORTAGE_WEB_PROCESSES": "1"}))
        yield processes, port
    finally:
        processes.stop()


def test_a_web_process_stays_small(
    served: tuple[Processes, int],
    sign_in: Callable[..., Hired],
    family_of: FamilyOf,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    processes, port = served
    family = family_of("leeds")
    people = [sign_in("leeds", "service-manager") for _ in range(SIGNED_IN)]
    paths = (
        "/worklist", f"/referrals/{family.referral_id}", "/caseload", "/today", f"/children/{family.child_id}",
        "/ask/request-form", "/policy",
    )  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(REQUESTS):
        cookie = people[number % SIGNED_IN].client.get_cookie("portage-session", domain=HOST)
        assert cookie is not None
        told = {"Host": HOST, "Cookie": f"portage-session={cookie.value}"}
        connection.request("GET", paths[number % len(paths)], headers=told)
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (200, 403), (paths[number % len(paths)], answer.status)
    connection.close()
    (child,) = children(processes.process_id("web"))
    used = resident(child)
    if request.config.getoption("--bench", default=False):
        with capsys.disabled():
            sys.stderr.write(f"\nmemory of a web process after {REQUESTS} requests: {used:.0f} MiB\n")
    assert 20 < used <= MOST


def children(parent: int) -> list[int]:
    """The processes that gunicorn started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    return [pid for pid, by in pairs if by == parent]


def resident(process: int) -> float:
    """The memory that a process holds, in MiB."""
    asked = ["ps", "-o", "rss=", "-p", str(process)]
    return int(subprocess.run(asked, capture_output=True, text=True, check=True).stdout) / 1024
