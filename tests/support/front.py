"""nginx as it is shipped, in front of gunicorn as it is shipped, on this machine alone."""

import http.client
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portage.core import clock
from portage.demo.processes import Processes, Program, Stage, answers
from support import programs
from support.database import Database
from support.run import Servers, enterable_folder

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
PORTS = range(21_000, 21_600, 10)
COUNCIL = "west-northants.localhost"
BROKER = 15  # the Valkey database in which this service counts calls


@dataclass(frozen=True, slots=True)
class Front:
    """The running pair: nginx's folder and ports, the certificate that browsers trust, and what runs."""

    folder: Path
    plain: int
    tls: int
    certificate: Path
    processes: Processes
    logged: int = 0  # bytes of nginx's log that belong to earlier tests

    @property
    def log(self) -> str:
        """What nginx wrote of this test's requests so far; it writes a line when the answer has gone out."""
        time.sleep(0.2)
        return (self.folder / "access.log").read_bytes()[self.logged :].decode("utf-8")


def nginx() -> str:
    """The system's nginx; `make test` installs it."""
    found = programs.found("NGINX")
    assert found is not None, "nginx is missing: install it, for example with `apt-get install nginx-light`"
    return found


def certify(folder: Path) -> Path:
    """Write a certificate for the council's host that is good for an hour, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, COUNCIL)])
    names = x509.SubjectAlternativeName([x509.DNSName(COUNCIL), x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(hours=1))
        .not_valid_after(clock.now() + timedelta(hours=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    tls = folder / "tls"
    tls.mkdir()
    (tls / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (tls / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return tls / "fullchain.pem"


def place(folder: Path, port: int) -> None:
    """Copy the configuration, with its three addresses moved to ports of this test on the loopback."""
    configuration = (DEPLOY / "nginx" / "nginx.conf").read_text(encoding="utf-8")
    for shipped, here in (
        ("server web:8000 ", f"server 127.0.0.1:{port} "),
        ("listen 8080 ", f"listen 127.0.0.1:{port + 1} "),
        ("listen 8443 ", f"listen 127.0.0.1:{port + 2} "),
    ):
        assert configuration.count(shipped) == 1, shipped
        configuration = configuration.replace(shipped, here)
    (folder / "nginx.conf").write_text(configuration, encoding="utf-8")


def free_block() -> int:
    """The first of three free ports; workers that start at the same moment begin at different ones."""
    own = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) * 200
    blocks = sorted(PORTS, key=lambda block: (block - PORTS.start - own) % (PORTS.stop - PORTS.start))
    return next(block for block in blocks if not any(answers("127.0.0.1", block + more) for more in range(3)))


def healthy(port: int) -> bool:
    """Whether a web process has started behind gunicorn's port, which is open before that."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def environment(folder: Path, servers: Servers, database: Database) -> dict[str, str]:
    """What a web process reads, as in production; its files are kept under the folder."""
    (folder / "files").mkdir()
    return {
        "PORTAGE_APP_DATABASE_URL": database.at.app,
        "PORTAGE_REDIS_URL": f"{servers.valkey}?db={BROKER}",
        "PORTAGE_TENANT_KEY": servers.tenant_key,
        "PORTAGE_SECRET_KEY": servers.secret_key,
        "PORTAGE_FILES": str(folder / "files"),
        "PORTAGE_TENANTS": str(DEPLOY.parent / "tenants"),
        "PORTAGE_HTTPS": "1",
    }


def web(port: int, told: Mapping[str, str]) -> Program:
    """gunicorn with its shipped configuration."""
    command = [sys.executable, "-m", "gunicorn", "--config", str(DEPLOY / "gunicorn.conf.py")]
    return Program("web", command, Stage.SERVICE, partial(healthy, port), told, patience=150)


@pytest.fixture(scope="module")
def prefix() -> Iterator[tuple[Path, int]]:
    """nginx's folder, which its own account can enter, and the first port."""
    folder, port = enterable_folder("portage-nginx-"), free_block()
    certify(folder)
    place(folder, port)
    yield folder, port
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def pair(prefix: tuple[Path, int], servers: Servers, database_of_process: Database) -> Iterator[Front]:
    """Both running, once for the tests of a file."""
    folder, port = prefix
    told = {**environment(folder, servers, database_of_process), "PORTAGE_BIND": f"127.0.0.1:{port}"}
    processes = Processes(folder / "logs")
    proxy = [nginx(), "-p", str(folder), "-c", "nginx.conf", "-g", "daemon off;"]
    try:
        processes.start(web(port, told))
        processes.start(Program("nginx", proxy, Stage.SERVICE, partial(answers, "127.0.0.1", port + 2), patience=30))
        yield Front(folder, port + 1, port + 2, folder / "tls" / "fullchain.pem", processes)
    finally:
        processes.stop()


@pytest.fixture
def front(pair: Front, prefix: tuple[Path, int], database: Database) -> Front:
    """Both running, over a database that is put back afterwards; a web process that a test ended is started again."""
    pair.processes.revive()
    pair.processes.wait_for("web")
    return replace(pair, logged=(pair.folder / "access.log").stat().st_size)


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    """What `nginx -t` says of the configuration."""
    return subprocess.run(
        [nginx(), "-t", "-p", str(folder), "-c", "nginx.conf"], capture_output=True, text=True, check=False
    )
