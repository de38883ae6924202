"""The service as `make demo` starts it, over a database of its own: pages, relay, worker, scheduler, mails, sign-in."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from portage.demo import service
from portage.demo.logins import Logins
from portage.demo.processes import Processes, Program, answers
from support.database import Database
from support.run import Servers

# Pages listen on the first port of each block, mails and sign-in on others of it (`portage.demo.service.Ports`).
BLOCKS = range(20_000, 20_800, 20)
# Every test process has a Valkey database of its own, so that no worker takes another's jobs; 0 is for other tests.
VALKEY_DATABASES = 16
PATIENCE = 120.0  # other test processes may keep every core busy


@dataclass(frozen=True, slots=True)
class Live:
    """A running service. Browsers find each council by its host name."""

    ports: service.Ports
    environment: Mapping[str, str]
    processes: Processes
    state: Path

    def address(self, slug: str, path: str = "/") -> str:
        """Where a browser finds a council's page; `operator` is the operator's host."""
        return f"http://{slug}.localhost:{self.ports.pages}{path}"

    @property
    def mails(self) -> list[Path]:
        """Every e-mail that was sent so far, in the order of sending."""
        return sorted((self.state / "mails").rglob("*.eml"), key=lambda file: file.stat().st_mtime_ns)

    def command(self, *words: str) -> str:
        """What the command `portage` prints when it is run beside the service."""
        done = subprocess.run(
            [sys.executable, "-m", "portage.cli", *words],
            env={**os.environ, **self.environment},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    @contextmanager
    def later(self, by: timedelta) -> Iterator[None]:
        """Let the clock of the pages and of the identity providers be ahead while the block runs."""
        ahead = _clock_of(self.state)
        ahead.write_text(str(by.total_seconds()), encoding="ascii")
        try:
            yield
        finally:
            ahead.unlink()

    def sign_in(self, page: Page, slug: str, role: str, then: str = "/start", *, provider: str = "") -> None:
        """Sign a persona in through the council's first identity provider or one named, by the title of the role."""
        page.goto(self.address(slug, f"/sign-in?next={then}"))
        if service.PROVIDER_HOST not in page.url:  # a council with several providers asks which
            ways = page.get_by_role("main").get_by_role("button")
            (ways.filter(has_text=provider) if provider else ways).first.click()
        page.get_by_role("button").filter(has_text=role).first.click()
        page.wait_for_url(self.address(slug, "/**"))


def start(servers: Servers, database: Database, folder: Path, *, beside: int = 0) -> Live:
    """Start everything and wait until it answers; `beside` keeps a second service of one test process apart."""
    state = _state(folder, servers)
    at = database.at
    ports = service.Ports("127.0.0.1", _free_block(beside))
    logins = Logins(at.owner, {"app": at.app, "worker": at.worker, "operator": at.operator, "backup": at.backup})
    broker = f"{servers.valkey}?db={1 + (_number_of_worker() + beside) % (VALKEY_DATABASES - 1)}"
    told = {**service.environment(state, ports, logins, broker), "PORTAGE_OWNER_DATABASE_URL": at.owner}
    _prepare(told, state, ports)
    processes = Processes(state / "logs")
    try:
        programs = [_under_moved_clock(program, state) for program in service.programs(state, ports, told)]
        for program in programs:
            processes.launch(program)
        for program in programs:
            processes.wait_for(program.name)
    except BaseException:
        processes.stop()
        raise
    return Live(ports, told, processes, state)


def _state(folder: Path, servers: Servers) -> Path:
    """The folder of one running service, with the keys that the database of the tests was made with."""
    for name in ("files", "mails", "secrets"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "tenant_key.secret").write_text(servers.tenant_key, encoding="ascii")
    (folder / "secret_key.secret").write_text(servers.secret_key, encoding="ascii")
    return folder


def _clock_of(state: Path) -> Path:
    """The file that says by how many seconds the clock is ahead."""
    return state / "clock"


def _under_moved_clock(program: Program, state: Path) -> Program:
    """The same program for a test: with patience, and, where it answers people, with a clock that can be moved."""
    patient = replace(program, patience=PATIENCE)
    if program.name not in ("web", "provider"):
        return patient
    python, module, *words = program.command
    return replace(
        patient,
        command=[python, module, "support.moved_clock", str(_clock_of(state)), *words],
        environment={**program.environment, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
    )


def _prepare(told: Mapping[str, str], state: Path, ports: service.Ports) -> None:
    """Point the councils to the demo's own identity providers, in a process that has the environment of the service."""
    done = subprocess.run(
        [sys.executable, "-m", "support.live_realms", str(state / "realms.json"), ports.provider_base],
        env={**os.environ, **told, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the identity providers could not be prepared:\n{done.stderr[-3000:]}")


def _free_block(beside: int) -> int:
    taken = (0, 1, 2, 3, 10)
    own = (_number_of_worker() + beside) * 100  # workers that start at the same moment do not choose the same block
    blocks = sorted(BLOCKS, key=lambda block: (block - BLOCKS.start - own) % (BLOCKS.stop - BLOCKS.start))
    return next(block for block in blocks if not any(answers("127.0.0.1", block + more) for more in taken))


def _number_of_worker() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0)
