"""A whole host stops at once: each process ends although what it works with has gone before it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from portage.demo.places import server_account, socket_folder
from portage.demo.processes import Processes
from portage.demo.valkey import Valkey
from support.run import Servers, enterable_folder


@pytest.fixture
def state() -> Iterator[Path]:
    """A folder that a server's account can enter."""
    folder = enterable_folder("portage-stopping-")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def broker(state: Path) -> Iterator[tuple[Valkey, Processes]]:
    """A Valkey that the test may kill, and its supervisor."""
    account = server_account()
    valkey = Valkey(state / "valkey", socket_folder(state, account), account, durable=False)
    processes = Processes(state / "logs")
    processes.start(valkey.program())
    yield valkey, processes
    processes.stop()


@pytest.fixture
def worker(servers: Servers, state: Path, broker: tuple[Valkey, Processes]) -> Iterator[subprocess.Popen[bytes]]:
    """`portage worker` as a host starts it, waiting for work."""
    valkey, _ = broker
    told = {
        "PORTAGE_WORKER_DATABASE_URL": servers.roles["worker"],
        "PORTAGE_TENANT_KEY": servers.tenant_key,
        "PORTAGE_SECRET_KEY": servers.secret_key,
        "PORTAGE_REDIS_URL": valkey.url,
        "PORTAGE_FILES": str(state),
    }
    command = [sys.executable, "-m", "portage.cli", "worker"]
    with (state / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **told}, stderr=log)
    with redis.Redis.from_url(valkey.url) as asked:
        until = time.monotonic() + 60
        # Named first and only then deaf to the usual end of a signal: it has begun when it says that it is idle.
        while {asked.hget(name, "state") for name in asked.smembers("rq:workers")} != {b"idle"}:
            assert process.poll() is None, "the worker ended by itself"
            assert time.monotonic() < until, "the worker never began"
            time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


def test_the_worker_ends_when_it_is_asked_to(worker: subprocess.Popen[bytes], state: Path) -> None:
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0, (state / "worker.log").read_text(encoding="utf-8")


def test_the_worker_ends_although_the_queue_has_gone_before_it(
    worker: subprocess.Popen[bytes], broker: tuple[Valkey, Processes], state: Path
) -> None:
    os.kill(broker[1].process_id("valkey"), signal.SIGKILL)
    time.sleep(0.5)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0, (state / "worker.log").read_text(encoding="utf-8")


def test_the_worker_ends_while_it_waits_for_the_queue_to_come_back(
    worker: subprocess.Popen[bytes], broker: tuple[Valkey, Processes], state: Path
) -> None:
    os.kill(broker[1].process_id("valkey"), signal.SIGKILL)
    time.sleep(8)  # longer than the worker tries to reach it again before it begins afresh
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0, (state / "worker.log").read_text(encoding="utf-8")
