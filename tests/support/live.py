"""The service as a council meets it: gunicorn's own processes over a database of their own."""

import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portage.demo.processes import Processes, Program, Stage, answers
from support.database import Database
from support.run import Servers

ROOT = Path(__file__).resolve().parents[2]
PORTS = range(20_000, 20_400)
OPERATOR = "operator.localhost"


@dataclass(frozen=True, slots=True)
class Live:
    """A running service. Browsers find every council by its host name, Python by 127.0.0.1 and a Host header."""

    port: int
    environment: Mapping[str, str]
    processes: Processes

    def address(self, slug: str, path: str = "/") -> str:
        """Where a browser finds a council's page."""
        return f"http://{slug}.localhost:{self.port}{path}"

    @property
    def operator(self) -> str:
        """Where a browser finds the operator's first page."""
        return f"http://{OPERATOR}:{self.port}/operator"


def environment(servers: Servers, database: Database, folder: Path, port: int) -> dict[str, str]:
    """What the processes of a running service are told."""
    at = database.at
    return {
        "PORTAGE_APP_DATABASE_URL": at.app,
        "PORTAGE_WORKER_DATABASE_URL": at.worker,
        "PORTAGE_OPERATOR_DATABASE_URL": at.operator,
        "PORTAGE_OWNER_DATABASE_URL": at.owner,
        "PORTAGE_REDIS_URL": servers.valkey,
        "PORTAGE_TENANT_KEY": servers.tenant_key,
        "PORTAGE_SECRET_KEY": servers.secret_key,
        "PORTAGE_FILES": str(folder / "files"),
        "PORTAGE_TENANTS": str(ROOT / "tenants"),
        "PORTAGE_HTTPS": "0",
        "PORTAGE_PUBLIC_PORT": str(port),
        "PORTAGE_OPERATOR_HOST": OPERATOR,
    }


def web(port: int, told: Mapping[str, str]) -> Program:
    """The web server with two processes, as the service runs it, without the reverse proxy in front."""
    return Program(
        name="web",
        command=[
            sys.executable,
            "-m",
            "gunicorn",
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            "2",
            "--threads",
            "4",
            "portage.app:create_app()",
        ],
        stage=Stage.SERVICE,
        ready=lambda: _healthy(port),
        environment=told,
        folder=ROOT,
    )


def start(servers: Servers, database: Database, folder: Path) -> Live:
    """Start the web processes over a database and wait until they answer."""
    port = next(port for port in PORTS if not answers("127.0.0.1", port))
    told = environment(servers, database, folder, port)
    (folder / "files").mkdir(parents=True, exist_ok=True)
    processes = Processes(folder / "logs")
    try:
        processes.start(web(port, told))
    except BaseException:
        processes.stop()
        raise
    return Live(port, told, processes)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
