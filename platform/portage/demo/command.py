"""`portage demo`: the whole service on this machine, from nothing to a page, and away again with Ctrl-C."""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from portage.demo import keeper
from portage.demo.logins import Logins, owned_database, role_logins
from portage.demo.places import repository, server_account, socket_folder, state_folder
from portage.demo.postgres import Postgres
from portage.demo.processes import CannotStart, Processes, ready_at_once
from portage.demo.service import Ports, environment, programs
from portage.demo.table import table
from portage.demo.valkey import Valkey

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 40.0


@click.command()
@click.option("--fresh", is_flag=True, help="Throw the demo's data away and start over.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1024, 65000), help="Port of the pages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that the pages listen on.")
@click.option(
    "--families", default=60, show_default=True, type=click.IntRange(0), help="Families to invent for each new council."
)
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), help="Folder for the demo's data.")
def demo(fresh: bool, port: int, host: str, families: int, state: Path | None) -> None:
    """Run the whole service here, with invented families.

    Starts PostgreSQL and Valkey (or uses DATABASE_URL, the login of the database's owner, and REDIS_URL), brings the
    schema up to date, loads the councils, invents families, and starts the pages, the workers, a mail catcher and an
    identity provider. Ctrl-C stops all of it; the next start keeps the data.
    """
    try:
        folder = state or state_folder(repository(), server_account())
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        with one_run(folder) as lock:
            Demo(folder.resolve(), Ports(host, port), families).run(lock, fresh=fresh)
    except (CannotStart, PermissionError) as problem:
        raise click.ClickException(str(problem)) from problem


@contextmanager
def one_run(state: Path) -> Iterator[int]:
    """Hold the state's lock, which the keeper holds too until everything of a killed run has stopped."""
    with (state / "lock").open("a+", encoding="ascii") as lock:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip()
                if not holder or keeper.is_running(int(holder)) or time.monotonic() > deadline:
                    raise CannotStart(
                        f"The demo already runs here (process {holder}): stop it with Ctrl-C where it was started."
                    ) from None
                time.sleep(0.1)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


class Demo:
    """One run over the data in `state`."""

    def __init__(self, state: Path, ports: Ports, families: int) -> None:
        self.state, self.ports, self.families = state, ports, families
        self.began = time.monotonic()

    def run(self, lock: int, *, fresh: bool) -> None:
        """Start everything, tell where it is, keep it running until a signal, stop it."""
        self.ports.demand_free()
        if fresh or self._half_invented():
            if not fresh:
                click.echo("The last start was stopped while families were being invented: beginning anew.")
            self._forget()
        processes = Processes(self.state / "logs", also_open=(lock,))
        _interrupt_once()
        try:
            self._start(processes)
            click.echo(f"Ready after {time.monotonic() - self.began:.1f} s. Ctrl-C stops all of it and keeps the data.")
            processes.watch(lambda: False)
        except KeyboardInterrupt:
            click.echo("\nStopping.")
        finally:
            processes.stop()
        anew = "Stopped; the next start invents the families anew."
        click.echo(anew if self._half_invented() else "Stopped; the data are kept.")

    def _half_invented(self) -> bool:
        """Whether the first families were not all invented: a council that has some of them never gets the others.

        Never of an external database, which is not ours to begin anew.
        """
        begun, done = (self.state / "inventing").exists(), (self.state / "prepared").exists()
        return begun and not done and not os.environ.get("DATABASE_URL")

    def _start(self, processes: Processes) -> None:
        logins, broker = self._servers(processes)
        for note in logins.notes:
            click.echo(note, err=True)
        told = environment(self.state, self.ports, logins, broker)
        (self.state / "files").mkdir(mode=0o700, exist_ok=True)
        mark, present = self.state / "prepared", self._digest()
        new = not mark.exists() or mark.read_text(encoding="ascii") != present
        if new:
            self._prepare({**told, "PORTAGE_OWNER_DATABASE_URL": logins.owner})
        together = programs(self.state, self.ports, told)
        seen = [program for program in together if program.ready is not ready_at_once]
        for program in seen:
            processes.launch(program)
        for program in seen:
            processes.wait_for(program.name)
        click.echo(table(self.state / "realms.json", self.ports))
        if new:
            (self.state / "inventing").touch()
            self._invent(told)
            mark.write_text(present, encoding="ascii")
            (self.state / "inventing").unlink()
        # What works unseen starts last: on two cores it would only delay the first page.
        for program in together:
            if program not in seen:
                processes.launch(program)

    def _servers(self, processes: Processes) -> tuple[Logins, str]:
        """Start PostgreSQL and Valkey, or use those that the environment names."""
        account = server_account()
        sockets = socket_folder(self.state, account)
        database, broker = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
        valkey = Valkey(self.state / "valkey", sockets, account)
        if not broker:
            processes.launch(valkey.program())
        if database:
            logins = role_logins(database.replace("+psycopg", "", 1), self.state)
        else:
            postgres = Postgres(self.state / "postgres", sockets, account)
            click.echo("Starting PostgreSQL and Valkey.")
            processes.start(postgres.program())
            owner = owned_database(postgres.url(), self.state)
            logins = role_logins(owner, self.state, superuser_url=postgres.url())
        if not broker:
            processes.wait_for("valkey")
        return logins, broker or valkey.url

    def _prepare(self, told: Mapping[str, str]) -> None:
        """Bring schema and councils up to date; left out when nothing changed since the last start."""
        click.echo("Bringing the schema up to date and loading the councils.")
        module = ["portage.demo.prepare", str(self.state / "realms.json"), self.ports.provider_base]
        self._run_to_their_end([module], told)

    def _invent(self, told: Mapping[str, str]) -> None:
        """Invent the families of each council, two councils at a time: people are looking at the pages meanwhile."""
        click.echo("The pages are there; inventing families behind them.")
        slugs = sorted(file.parent.name for file in Path(told["PORTAGE_TENANTS"]).glob("*/tenant.toml"))
        for first in range(0, len(slugs), 2):
            self._run_to_their_end(
                [["portage.demo.invent", slug, str(self.families)] for slug in slugs[first : first + 2]], told
            )

    def _run_to_their_end(self, modules: list[list[str]], told: Mapping[str, str]) -> None:
        """Run modules side by side, with one log; raises `CannotStart` with its end when one of them fails."""
        log = self.state / "logs" / "prepare.log"
        started: list[subprocess.Popen[bytes]] = []
        try:
            for module in modules:
                with log.open("ab") as kept:
                    started.append(self._background(module, told, kept))
            failed = [module for module, process in zip(modules, started, strict=True) if process.wait()]
        finally:
            for process in started:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        if failed:
            last = "\n    ".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
            raise CannotStart(f"`{failed[0][0]}` failed:\n    {last}\n    The whole log: {log}")

    def _background(self, module: list[str], told: Mapping[str, str], log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            env={**os.environ, **told},
            cwd=repository(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
        )

    def _digest(self) -> str:
        """What the prepared database was made from: the database, the port, and everything that shapes its content."""
        # The database by its name or place: the folder of its sockets may be another at each start.
        database = os.environ.get("DATABASE_URL", str(self.state))
        made_from = hashlib.sha256(f"{database} {self.ports.pages}".encode())
        home = repository()
        for folder in ("tenants", "policies", "migrations", "platform/portage"):
            for file in sorted((home / folder).rglob("*")):
                if file.suffix in (".py", ".toml", ".md"):
                    made_from.update(f"{file.relative_to(home)}".encode() + file.read_bytes())
        return made_from.hexdigest()

    def _forget(self) -> None:
        """Remove all data of earlier runs; an external database keeps its own."""
        if os.environ.get("DATABASE_URL"):
            raise CannotStart("--fresh throws away the demo's own database, never the one that DATABASE_URL names.")
        for kept in self.state.iterdir():
            if kept.name == "lock":
                continue
            if kept.is_dir() and not kept.is_symlink():
                shutil.rmtree(kept)
            else:
                kept.unlink()


def _interrupt_once() -> None:
    """Let the first signal end the run and those after it change nothing: stopping takes a moment."""

    def interrupt(*_: object) -> None:
        for name in SIGNALS:
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in SIGNALS:
        signal.signal(name, interrupt)
