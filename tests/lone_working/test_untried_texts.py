"""A text that cannot even be tried holds nobody up: the next person is told, and the page says whom to ring."""

from uuid import UUID

import psycopg
import pytest

from lone_working.conftest import Lookouts, at
from lone_working.test_texts import again, one_id
from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.demo.texts import StandIn
from portage.lone_working.operations.telling import look_round
from portage.messages.notify import ApiKey
from support.background import WorkOff
from support.episodes import Council, Supported
from support.texts import SECRET, SERVICE, GiveTexts


def spoil_nothing_but(cause: str, council: Council, lookouts: Lookouts, texts: GiveTexts, notify: StandIn) -> None:
    """Leeds has a service for texts, of which one thing is wrong."""
    with council("leeds") as tenant_id:
        texts(tenant_id, "nobody-put-it-there" if cause == "no key" else "council-notify")
        if cause == "no number":
            for person in (lookouts.first, lookouts.second):
                db.session.scalars(scoped(Person).where(Person.id == person.id)).one().telephone = None
        db.session.commit()
    if cause == "key refused":
        another = ApiKey.read(f"other-{SECRET}-{SERVICE}")
        assert another is not None
        notify.key = another


@pytest.mark.parametrize(
    ("cause", "status", "because"),
    [
        ("no key", "held", "The key for GOV.UK Notify is not there."),
        ("no number", "held", "They have no number for texts here, or do not work here any more."),
        ("key refused", "failed", "GOV.UK Notify does not accept our key. Please tell whoever runs the service."),
    ],
)
def test_a_text_that_cannot_even_be_tried_falls_to_the_next_person_and_the_page_says_whom_to_ring(
    case: Supported,
    visit_id: UUID,
    lookouts: Lookouts,
    council: Council,
    texts: GiveTexts,
    work_off: WorkOff,
    notify: StandIn,
    db_admin: psycopg.Connection,
    cause: str,
    status: str,
    because: str,
) -> None:
    spoil_nothing_but(cause, council, lookouts, texts, notify)
    with council("leeds"):
        look_round(at(11, 30))
        db.session.commit()
    db_admin.execute("update outbox set done_at = now() where kind not like 'text.%'")
    for _ in range(3):  # the text to the first, to the second again, to the managers
        again(db_admin)
        work_off()
    log = db_admin.execute("select kind, person_id from overdue_entry").fetchall()
    assert {kind for kind, _ in log} >= {"told", "text-failed", "managers-told"}
    assert ("managers-told", case.manager.id) in log
    assert notify.sent == [] or cause == "no number"  # the manager has a number
    assert (status, because) in db_admin.execute("select status, because from text_message").fetchall()
    for path in ("/overdue-visits", f"/overdue-visits/{one_id(db_admin)}"):
        page = case.manager.client.get(path).text
        told = page.split("Do not rely on a text to these people. Ring them:")[1].split("</ul>")[0]
        assert because in told
        assert "Fay First" in told
        assert "Sol Second" in told
        assert ("tel:07700900101" in told) == (cause != "no number")
