"""`portage demo` as a person runs it: from nothing to pages, Ctrl-C, and back again with the data."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from portage.demo import keeper
from support.councils import shipped
from support.lengths import AT_LENGTH
from support.run import enterable_folder

PORT = 21_080
PATIENCE = 400
FAMILIES = 60 if AT_LENGTH else 9  # for each council; nine stand once on every step of the road
PAGES, READY = "What to try", "Ready after"
RUNS = count()
Start = Callable[..., "Started"]


class Started:
    """One run of the command."""

    def __init__(self, state: Path, port: int = PORT, *options: str) -> None:
        self.began = time.monotonic()
        command = [sys.executable, "-m", "portage.cli", "demo", "--port", str(port), "--state", str(state), *options]
        command += ["--families", str(FAMILIES)]
        told = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.output = state.with_name(f"{state.name}-{next(RUNS)}.txt")
        with self.output.open("w", encoding="utf-8") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=told)

    def text(self) -> str:
        """What it has printed so far."""
        return self.output.read_text(encoding="utf-8")

    def until(self, told: str) -> float:
        """Wait until it has told something; gives the seconds since it began."""
        while told not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() - self.began < PATIENCE, self.text()
            time.sleep(0.05)
        return time.monotonic() - self.began

    def end(self, with_signal: int = signal.SIGINT) -> int:
        """Send a signal and wait; gives the return code."""
        self.process.send_signal(with_signal)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """The folder of the demo's data, kept from one test of this file to the next."""
    folder = enterable_folder("portage-demo-")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def start(state: Path) -> Iterator[Start]:
    """Start the command on the data of this file; a run that the test did not end is ended after it."""
    runs: list[Started] = []

    def started(port: int = PORT, *options: str) -> Started:
        runs.append(Started(state, port, *options))
        return runs[-1]

    yield started
    for run in runs:
        if run.process.poll() is None:
            run.end()
        run.output.unlink()


def status(host: str, path: str = "/", port: int = PORT) -> int:
    """The status of a page, asked as a browser would, without a name lookup and without following a redirect."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


def listed(state: Path) -> list[int]:
    """The ids of the processes that the run has started."""
    return [pid for pid, _ in keeper.listed(state / "logs" / "processes")]


def test_from_nothing_to_pages_and_away_again_with_ctrl_c(state: Path, start: Start) -> None:
    demo = start()
    assert demo.until(PAGES) < 60
    for council in ("leeds", "lancashire", "west-northants"):
        assert status(f"{council}.localhost:{PORT}") == 200
        assert status(f"{council}.localhost:{PORT}", "/sign-in") == 302
        assert f"http://{council}.localhost:{PORT}" in demo.text()
    assert status("127.0.0.1", port=PORT + 1) == 200
    assert status("idp.localhost", "/leeds/.well-known/openid-configuration", port=PORT + 10) == 200
    demo.until(READY)
    prepared = (state / "logs" / "prepare.log").read_text(encoding="utf-8")
    assert prepared.count(f": {FAMILIES} invented families, and ") == len(shipped())
    started = listed(state)
    assert len(started) == 8
    assert demo.end() == 0
    assert [pid for pid in started if keeper.is_running(pid)] == []
    assert demo.text().endswith("Stopped; the data are kept.\n")


def test_the_next_start_takes_seconds_and_a_killed_run_leaves_nothing_behind(state: Path, start: Start) -> None:
    demo = start()
    assert demo.until(PAGES) < 30
    demo.until(READY)
    assert "loading the councils" not in demo.text()
    again = start(PORT + 100)
    assert again.process.wait(30) == 1
    assert f"The demo already runs here (process {demo.process.pid})" in again.text()
    started = listed(state)
    demo.end(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(map(keeper.is_running, started)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_start_that_was_stopped_while_families_were_invented_begins_anew(state: Path, start: Start) -> None:
    """A council that has some of its families would never get the others."""
    (state / "prepared").unlink(missing_ok=True)
    (state / "inventing").touch()
    demo = start()
    demo.until("beginning anew")
    demo.until("Starting PostgreSQL")
    assert not (state / "inventing").exists()
    assert demo.end() == 0


def test_a_used_port_gets_one_sentence(start: Start) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", PORT))
        taken.listen()
        demo = start()
        assert demo.process.wait(30) == 1
    lines = demo.text().strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"Error: Port {PORT} for the pages cannot be used")
