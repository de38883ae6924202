"""Starts the processes of a run, starts again what dies, and stops all of it in order.

Each process leads a group of its own, so that Ctrl-C at the terminal reaches the supervisor alone and the order of
stopping is ours: web and workers before Valkey, Valkey before PostgreSQL. The keeper does the same when the supervisor
itself is killed.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from portage.demo import keeper
from portage.demo.places import Account, ourselves

TICK = 0.05
SOON = 2.0
MOST_DEATHS_SOON = 5


class CannotStart(RuntimeError):
    """Something that a run needs is missing or refused; the message is a sentence for the person at the terminal."""


class Stage(IntEnum):
    """What a process rests on: it is stopped before everything of a lower stage."""

    DATABASE = 0
    BROKER = 1
    NEIGHBOUR = 2
    SERVICE = 3


def ready_at_once() -> bool:
    """For a program that nobody waits for."""
    return True


@dataclass(frozen=True, slots=True)
class Program:
    """How to run one process and to see that it is ready."""

    name: str
    command: list[str]
    stage: Stage
    ready: Callable[[], bool] = ready_at_once
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account = field(default_factory=ourselves)
    folder: Path = Path("/")
    stop_signal: int = signal.SIGTERM
    patience: float = 30.0


@dataclass(slots=True)
class Running:
    """A program with its present process."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float
    deaths_soon: int = 0


class Processes:
    """The processes of one run, their logs in `folder`, and the keeper that ends them if we cannot.

    `also_open` are file descriptors that the keeper holds too: a lock taken on one lasts until all is stopped.
    """

    def __init__(self, folder: Path, also_open: tuple[int, ...] = ()) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._running: list[Running] = []
        self._list = folder / "processes"
        self._list.unlink(missing_ok=True)
        reader, self._pipe = os.pipe()
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, str(self._list)],
            stdin=reader,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=also_open,
            cwd="/",
        )
        os.close(reader)

    def start(self, program: Program) -> subprocess.Popen[bytes]:
        """Start a program and wait until it is ready; raises `CannotStart` with the end of its log when it is not."""
        running = self._spawn(program)
        self._running.append(running)
        self._write_list()
        self.wait_for(program.name)
        return running.process

    def launch(self, program: Program) -> None:
        """Start a program without waiting, so that several become ready together; `wait_for` each afterwards."""
        self._running.append(self._spawn(program))
        self._write_list()

    def wait_for(self, name: str) -> None:
        """Wait until the program of this name is ready."""
        running = next(running for running in self._running if running.program.name == name)
        program, deadline = running.program, time.monotonic() + running.program.patience
        while not program.ready():
            code = running.process.poll()
            if code is not None:
                raise CannotStart(f"{name} ended with code {code} while it started.{self._last_words(name)}")
            if time.monotonic() > deadline:
                raise CannotStart(f"{name} was not ready after {program.patience:.0f} s.{self._last_words(name)}")
            time.sleep(TICK)

    def process_id(self, name: str) -> int:
        """The id of the present process of a program."""
        return next(running.process.pid for running in self._running if running.program.name == name)

    def watch(self, stopped: Callable[[], bool]) -> None:
        """Start again what dies, until `stopped` says so; raises `CannotStart` for what dies again and again."""
        while not stopped():
            self.revive()
            time.sleep(TICK)

    def revive(self) -> None:
        """Start again what has died; raises `CannotStart` for what dies again and again."""
        for running in self._running:
            if running.process.poll() is not None:
                self._revive(running)

    def stop(self) -> None:
        """Stop everything, the highest stage first, and let the keeper go."""
        for stage in sorted(Stage, reverse=True):
            leaving = [running for running in self._running if running.program.stage is stage]
            for running in reversed(leaving):
                if running.process.poll() is None:
                    running.process.send_signal(running.program.stop_signal)
            for running in leaving:
                _see_it_end(running.process)
        self._running.clear()
        self._list.unlink(missing_ok=True)
        os.close(self._pipe)
        self._keeper.wait(keeper.PATIENCE)

    def _spawn(self, program: Program) -> Running:
        account = program.account
        with self._log(program.name).open("ab") as log:
            process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=program.folder,
                env={**os.environ, **program.environment},
                process_group=0,
                user=account.user,
                group=account.group,
                extra_groups=account.groups,
            )
        return Running(program, process, time.monotonic())

    def _revive(self, running: Running) -> None:
        """Start a program again that ended by itself, unless it never stays."""
        name, code = running.program.name, running.process.returncode
        soon = time.monotonic() - running.started < SOON
        running.deaths_soon = running.deaths_soon + 1 if soon else 0
        if running.deaths_soon >= MOST_DEATHS_SOON:
            raise CannotStart(f"{name} ends as soon as it is started (code {code}).{self._last_words(name)}")
        with self._log("supervisor").open("a", encoding="utf-8") as log:
            log.write(f"{name} ended with code {code} and is started again\n")
        _end_group(running.process.pid)
        # What it left in other groups, such as PostgreSQL's own children, needs a moment to notice and go.
        time.sleep(0.2 * running.deaths_soon)
        fresh = self._spawn(running.program)
        running.process, running.started = fresh.process, fresh.started
        self._write_list()

    def _write_list(self) -> None:
        """Tell the keeper what is running, the lowest stage first."""
        ordered = sorted(self._running, key=lambda running: running.program.stage)
        lines = [f"{running.process.pid} {int(running.program.stop_signal)}\n" for running in ordered]
        unfinished = self._list.with_suffix(".new")
        unfinished.write_text("".join(lines), encoding="ascii")
        unfinished.replace(self._list)

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _last_words(self, name: str) -> str:
        lines = self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
        return "".join(f"\n    {line}" for line in (*lines, f"The whole log: {self._log(name)}"))


def _end_group(pid: int) -> None:
    """End what a process that is gone has left behind in its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _see_it_end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that was asked to stop, and end it and its group when it does not."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(keeper.PATIENCE)
    _end_group(process.pid)
    process.wait()


def answers(host: str, port: int) -> bool:
    """Whether something accepts connections at this address."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def demand_free_port(host: str, port: int, *, purpose: str, remedy: str) -> None:
    """Raise `CannotStart` with one clear sentence when another program listens on the port already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as problem:
            sentence = f"Port {port} for {purpose} cannot be used ({problem.strerror}): {remedy}"
            raise CannotStart(sentence) from problem
    # macOS lets one address be bound beside a program that listens on all of them.
    if answers(host, port):
        raise CannotStart(f"Port {port} for {purpose} cannot be used (another program answers there): {remedy}")
