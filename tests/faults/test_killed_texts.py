"""A worker that is killed while GOV.UK Notify has its call: no text is lost, and none goes out twice."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
import pytest

from portage.accounts.models import Person
from portage.app import create_app
from portage.config import Settings
from portage.core.db import db
from portage.core.tenancy import tenant_scope
from portage.demo.texts import Answer, StandIn, in_background
from portage.messages.notify import ApiKey
from portage.messages.texts import text_to
from support.database import Database
from support.rig import Rig, rig
from support.run import Servers, enterable_folder
from support.texts import KEY, TEMPLATE_ID

KEY_NAME = "council-notify"
SENDS = "POST /v2/notifications/sms"


@dataclass
class Deadly(StandIn):
    """A Notify during whose calls the worker is killed: before it takes the first text, and after it took the third."""

    service: Rig | None = None
    asked: dict[str, list[str]] = field(default_factory=dict)  # by our reference, the calls about it
    sends: int = 0

    def handle(self, verb: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a call, or let the caller end with SIGKILL meanwhile."""
        if verb != "POST":
            return super().handle(verb, address, headers, body)
        self.sends += 1
        assert self.service is not None
        if self.sends == 1:
            self.service.kill("worker")
            return 500, {}  # nobody is there to read it
        answer = super().handle(verb, address, headers, body)
        if self.sends == 3:
            self.service.kill("worker")
        return answer


@pytest.fixture
def notify() -> StandIn:
    """GOV.UK Notify with the council's service."""
    key = ApiKey.read(KEY)
    assert key is not None
    return Deadly(key, TEMPLATE_ID)


@pytest.fixture
def service(servers: Servers, worker_name: str, notify: Deadly) -> Iterator[Rig]:
    """The relay and the worker over a database of their own, and Notify beside them."""
    database = Database(servers, f"portage_faults_{worker_name}")
    folder = enterable_folder("portage-faults-")
    (folder / "secrets").mkdir()
    (folder / "secrets" / KEY_NAME).write_text(KEY, encoding="ascii")
    with rig(servers, database, folder, without=("provider", "mails", "web", "scheduler"), lease=1) as running:
        notify.service = running
        serving = in_background(notify, running.ports.texts)
        yield running
        serving.shutdown()
        serving.server_close()
    database.drop()
    shutil.rmtree(folder)


def texts_to(service: Rig, number: int) -> list[str]:
    """Ask for so many texts, each to somebody else; answers their ids, which are the references at Notify."""
    profile = f'{{"texts": {{"secret_name": "{KEY_NAME}", "template_id": "{TEMPLATE_ID}"}}}}'
    with psycopg.connect(service.database.at.superuser, autocommit=True) as connection:
        tenant_id: UUID = connection.execute(
            "update tenant set profile = profile || %s::jsonb where slug = 'leeds' returning id", (profile,)
        ).fetchall()[0][0]
    app = create_app(Settings.from_environment(service.told))
    with app.app_context():
        with tenant_scope(tenant_id, "test"):
            people = [Person(name=f"Person {count}", telephone=f"07700 900{100 + count}") for count in range(number)]
            db.session.add_all(people)
            db.session.flush()
            ids = [text_to(each.id, kind="test", reference="V-1A2B3C", path="/overdue-visits") for each in people]
            db.session.commit()
        for engine in db.engines.values():
            engine.dispose()
    return [str(each) for each in ids]


def test_a_worker_that_is_killed_while_it_sends_loses_no_text_and_doubles_none(service: Rig, notify: Deadly) -> None:
    asked = texts_to(service, 5)
    states = "select count(*) from text_message where status in ('sent', 'delivered')"
    service.wait_until(lambda: service.ask(states) == [(5,)], 60)
    assert service.kills == {"worker": 2}
    went = [each["reference"] for each in notify.sent]
    assert sorted(went) == sorted(asked), "a text was lost or doubled"
    assert len({each["phone_number"] for each in notify.sent}) == 5
    # The text that had been taken was found again instead of sent again; the one that had not was sent anew.
    assert notify.calls.count(SENDS) == 5
    assert notify.sends == 6
    tries = service.ask("select attempts from outbox where kind = 'text.send' order by 1")
    assert tries == [(1,), (1,), (1,), (2,), (2,)]
