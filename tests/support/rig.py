"""The service's own processes, as the demonstration starts them, with somebody who kills them and people who ask.

Web, relay, worker, scheduler and Valkey are killed with SIGKILL and started again by the demonstration's supervisor.
The mail server and PostgreSQL live: losing what those hold is another matter.
"""

import http.client
import os
import random
import re
import secrets
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlencode

import psutil
import psycopg
import redis

from portage.app import create_app
from portage.config import Settings
from portage.core.db import db
from portage.demo import service
from portage.demo.logins import Logins
from portage.demo.places import server_account, socket_folder
from portage.demo.processes import Processes, answers
from portage.demo.valkey import Valkey
from portage.referrals.operations.drafts import browser_hash
from support import councils
from support.asking import walk
from support.browsers import browser
from support.database import Database
from support.forms import FormOnPage, forms_in
from support.run import Servers

BLOCKS = range(21_200, 21_400, 20)
LEASE = 3  # seconds: what was handed on, or begun by a worker that is gone, is taken again this soon
SOON = 2.5  # a program that dies younger than this several times is given up by the supervisor
SLUG, ROUTE = "leeds", "request-form"
REFERENCE = re.compile(r'id="reference">([A-Z0-9]{4}-[A-Z0-9]{4})<')


@dataclass
class Rig:
    """A running service and everything that a test of faults asks of it."""

    ports: service.Ports
    processes: Processes
    database: Database
    state: Path
    broker: redis.Redis
    told: dict[str, str]
    kills: Counter[str] = field(default_factory=Counter)
    _born: dict[str, float] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    # --------------------------------------------------------------------------------------------- breaking things

    def kill(self, victim: str) -> None:
        """SIGKILL one process: `web-worker` is one of gunicorn's own, `flush` empties Valkey instead."""
        if victim == "flush":
            with suppress(redis.RedisError):
                self.broker.flushall()
        elif victim == "web-worker":
            with suppress(psutil.NoSuchProcess, IndexError):
                random.choice(psutil.Process(self.processes.process_id("web")).children()).kill()
        else:
            with suppress(ProcessLookupError):
                os.kill(self.processes.process_id(victim), signal.SIGKILL)
        self.kills[victim] += 1

    def may_die(self, victim: str) -> bool:
        """Whether killing it now leaves the supervisor willing to start it again."""
        if victim in ("flush", "web-worker"):
            return True
        with suppress(psutil.NoSuchProcess):
            return time.time() - psutil.Process(self.processes.process_id(victim)).create_time() > SOON
        return False

    def hold(self, name: str) -> None:
        """Stop a process as if its machine slept: it neither answers nor ends."""
        os.kill(self.processes.process_id(name), signal.SIGSTOP)

    def let_go(self, name: str) -> None:
        """Let a held process go on."""
        os.kill(self.processes.process_id(name), signal.SIGCONT)

    def kill_at_random(self, times: int, pause: float, chance: random.Random) -> None:
        """Kill now this, now that, so many times."""
        victims = ("web-worker", "web-worker", "web", "relay", "relay", "worker", "worker", "valkey", "flush")
        while sum(self.kills.values()) < times:
            victim = chance.choice(victims)
            if self.may_die(victim):
                self.kill(victim)
                time.sleep(chance.uniform(0.2, 1.8) * pause)
            else:
                time.sleep(0.02)

    # ------------------------------------------------------------------------------------------ looking at the result

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """What the database holds, of every council."""
        with psycopg.connect(self.database.at.superuser, autocommit=True) as connection:
            return connection.execute(question.encode()).fetchall()

    def wait_until(self, happened: Callable[[], bool], patience: float) -> None:
        """Wait until something is so; fails when it does not become so."""
        deadline = time.monotonic() + patience
        while not happened():
            assert time.monotonic() < deadline, f"this did not happen within {patience:.0f} s"
            time.sleep(0.05)

    def wait_until_idle(self, patience: float) -> None:
        """Wait until nothing is left to do; fails with what is left."""
        left: list[tuple[object, ...]] = []
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            left = self.ask("select kind, attempts, last_error from outbox where done_at is null")
            if not left:
                return
            time.sleep(0.2)
        raise AssertionError(f"after {patience:.0f} s these were still to do: {left}")

    def mails(self) -> dict[str, list[str]]:
        """The Message-IDs of the mails that each address got."""
        got: dict[str, list[str]] = {}
        for file in (self.state / "mails").rglob("*.eml"):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            got.setdefault(str(mail["To"]), []).append(str(mail["Message-ID"]))
        return got

    def forget(self) -> None:
        """Take away what a test left, once nothing is left to do: rows, e-mails, keys of Valkey, and kills."""
        self.wait_until_idle(60 + 5 * LEASE)
        self.database.restore()
        for file in (self.state / "mails").rglob("*.eml"):
            file.unlink()
        self.broker.flushall()
        self.kills.clear()

    def stop(self) -> None:
        self._over.set()

    @property
    def over(self) -> bool:
        return self._over.is_set()


@contextmanager
def rig(
    servers: Servers, database: Database, folder: Path, without: tuple[str, ...] = ("provider",), lease: int = LEASE
) -> Iterator[Rig]:
    """Start everything over a database and a Valkey of its own, with a supervisor that starts again what dies."""
    ports = service.Ports(
        "127.0.0.1", next(b for b in BLOCKS if not any(answers("127.0.0.1", b + n) for n in range(4)))
    )
    for name in ("files", "mails", "secrets"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "tenant_key.secret").write_text(servers.tenant_key, encoding="ascii")
    (folder / "secret_key.secret").write_text(servers.secret_key, encoding="ascii")
    at, account = database.at, server_account()
    valkey = Valkey(folder / "valkey", socket_folder(folder, account), account, durable=False)
    logins = Logins(at.owner, {"app": at.app, "worker": at.worker, "operator": at.operator, "backup": at.backup})
    told = {**service.environment(folder, ports, logins, valkey.url), "PORTAGE_LEASE": str(lease)}
    processes = Processes(folder / "logs")
    made = Rig(ports, processes, database, folder, redis.Redis.from_url(valkey.url, socket_timeout=2), told)
    watching = threading.Thread(target=processes.watch, args=(lambda: made.over,))
    try:
        processes.start(valkey.program())
        for program in service.programs(folder, ports, told):
            if program.name not in without:
                processes.start(replace(program, patience=90))
        watching.start()
        yield made
    finally:
        made.stop()
        if watching.is_alive():
            watching.join(30)
        made.broker.close()
        processes.stop()


# ------------------------------------------------------------------------------------------------------- people who ask


@dataclass
class Family:
    """Somebody who has answered every question and is about to send: their browser's cookie, and their address."""

    cookie: str
    email: str
    sender: str  # the near end of their connections, so that each counts as a connection of its own
    reference: str = ""
    tries: int = 0

    def send(self, port: int, chance: random.Random, patience: float) -> None:
        """Press send until the service says thank you, as people do; sometimes twice, with the same form."""
        form = self._form(self._persist(port, "GET", f"/ask/{ROUTE}/check", None, patience))
        for _ in range(chance.choice((1, 1, 2))):
            self._persist(
                port, "POST", form.action, {name: form.typed(name)[0] for name in ("_csrf", "_key")}, patience
            )
        thanks = self._persist(port, "GET", f"/ask/{ROUTE}/done", None, patience)
        found = REFERENCE.search(thanks)
        assert found, "the page of thanks has no reference"
        self.reference = found[1]

    def _form(self, page: str) -> FormOnPage:
        return next(form for form in forms_in(page) if form.action == f"/ask/{ROUTE}/check")

    def _persist(self, port: int, method: str, path: str, data: dict[str, str] | None, patience: float) -> str:
        """Ask until the service answers well; a broken connection or an excuse of it is tried again."""
        deadline, last = time.monotonic() + patience, ""
        while time.monotonic() < deadline:
            self.tries += 1
            try:
                status, body = self._once(port, method, path, data)
            except (OSError, http.client.HTTPException) as broken:
                last = repr(broken)
                time.sleep(0.1)
                continue
            if status < 400:
                return body
            assert status >= 500 or status == 409, (status, body)
            last = f"{status}: {body[:2000]}"
            time.sleep(0.1)
        raise AssertionError(f"no answer to {method} {path} in {patience:.0f} s, at last {last}")

    def _once(self, port: int, method: str, path: str, data: dict[str, str] | None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15, source_address=(self.sender, 0))
        headers = {"Host": f"{councils.host(SLUG)}:{port}", "Cookie": f"portage-visitor={self.cookie}"}
        body = urlencode(data) if data else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def families(made: Rig, number: int) -> list[Family]:
    """Families who have answered everything: one really did, page by page; the others' drafts are its copies."""
    app = create_app(Settings.from_environment(made.told))
    first = browser(app, councils.host(SLUG))
    walk(first, ROUTE, "parent", carer_email="family-x@families.example", carer_safe=["email", "post"])
    people = []
    with psycopg.connect(made.database.at.superuser, autocommit=True) as connection:
        for count in range(number):
            cookie = f"family-{count:04d}-{secrets.token_hex(16)}"  # never one of an earlier test, whose draft was sent
            visitor = browser(app, councils.host(SLUG))
            visitor.set_cookie("portage-visitor", cookie, domain=councils.host(SLUG))
            mark = _mark(forms_in(visitor.get(f"/ask/{ROUTE}").text))
            connection.execute(
                "insert into ask_draft (tenant_id, id, browser_hash, route, answers, files, expires_at) "
                "select tenant_id, gen_random_uuid(), %s, route, replace(answers::text, 'family-x@', %s)::jsonb, "
                "files, expires_at from ask_draft where answers::text like '%%family-x@%%' limit 1",
                (mark, f"family-{count}@"),
            )
            people.append(
                Family(cookie, f"family-{count}@families.example", f"127.0.{1 + count // 200}.{1 + count % 200}")
            )
        connection.execute("delete from ask_draft where answers::text like '%family-x@%'")
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    return people


def send_all(
    made: Rig, people: list[Family], chance: random.Random, *, over: float, patience: float = 150
) -> list[str]:
    """Let everybody send within `over` seconds, a few at once; answers what went wrong for whom."""
    waiting, wrong, lock = list(people), [], threading.Lock()
    chance.shuffle(waiting)
    threads, begun = 4, time.monotonic()

    def queue_up(seed: int) -> None:
        own = random.Random(seed)
        while True:
            with lock:
                if not waiting:
                    return
                position, family = len(people) - len(waiting), waiting.pop()
            time.sleep(max(0.0, begun + over * position / len(people) - time.monotonic()))
            try:
                family.send(made.ports.pages, own, patience)
            except Exception as error:
                wrong.append(f"{family.email}: {error!r}")

    running = [threading.Thread(target=queue_up, args=(chance.random(),)) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return wrong


def _mark(forms: list[FormOnPage]) -> bytes:
    """How the service marks the drafts of the browser that got these forms."""
    return browser_hash(next(form.typed("_csrf")[0] for form in forms if form.typed("_csrf")))
