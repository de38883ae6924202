"""Texts by GOV.UK Notify: once each, with no word about anybody, and what became of each (lone working)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from lone_working.conftest import Lookouts, at
from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.demo.texts import StandIn
from portage.lone_working.operations.telling import look_round
from portage.messages.models import TextMessage
from portage.messages.notify import ApiKey
from portage.messages.texts import text_to
from support.background import WorkOff
from support.episodes import Council, SignIn, Supported
from support.forms import form_to, send
from support.texts import KEY, GiveTexts


def again(connection: psycopg.Connection) -> None:
    """Let every waiting row be due now."""
    connection.execute(
        "update outbox set not_before = now() - interval '1 second' where done_at is null and dead_at is null"
    )


def asked_for_at(council: Council, moment: datetime) -> None:
    """Let every text have been asked for at a moment."""
    with council("leeds"):
        for text in db.session.scalars(scoped(TextMessage)):
            text.created_at = moment
        db.session.commit()


def states(connection: psycopg.Connection) -> list[str]:
    return [row[0] for row in connection.execute("select status from text_message order by created_at, id")]


def one_id(connection: psycopg.Connection) -> UUID:
    found: UUID = connection.execute("select id from overdue_visit").fetchall()[0][0]
    return found


@pytest.fixture
def ask(case: Supported, lookouts: Lookouts, council: Council, texts: GiveTexts) -> Callable[[], UUID]:
    """`ask()` asks for a text to the first of the two."""

    def one() -> UUID:
        with council("leeds") as tenant_id:
            texts(tenant_id)
            asked = text_to(lookouts.first.id, kind="test", reference="V-1A2B3C", path="/overdue-visits")
            db.session.commit()
            assert asked is not None
            return asked

    return one


def test_a_text_holds_a_reference_and_a_link_and_nothing_else(
    ask: Callable[[], UUID], work_off: WorkOff, notify: StandIn, db_admin: psycopg.Connection
) -> None:
    ask()
    work_off()
    (sent,) = notify.sent
    link = "http://leeds.localhost/overdue-visits"
    assert sent["body"] == f"Portage: something waits for you. Reference V-1A2B3C. Sign in: {link}"
    assert sent["phone_number"] == "+447700900101"
    again(db_admin)
    work_off()
    assert states(db_admin) == ["delivered"]


def test_the_texts_of_an_overdue_visit_name_no_visitor_child_or_address(
    case: Supported,
    visit_id: UUID,
    lookouts: Lookouts,
    council: Council,
    texts: GiveTexts,
    work_off: WorkOff,
    notify: StandIn,
    db_admin: psycopg.Connection,
) -> None:
    with council("leeds") as tenant_id:
        texts(tenant_id)
        for hour, minute in ((11, 20), (11, 30), (11, 45), (12, 0)):
            look_round(at(hour, minute))
        db.session.commit()
    db_admin.execute("update outbox set done_at = now() where kind not like 'text.%'")
    again(db_admin)
    work_off()
    assert [each["phone_number"][-3:] for each in notify.sent] == ["103", "101", "102", "102", "104"]
    for sent in notify.sent:
        for private in ("Vera", "Canarychild", "Kit", "Sample", "LS1", "Fay", "visitor", "child"):
            assert private not in sent["body"], private


def test_a_worker_that_dies_after_sending_sends_nothing_twice(
    ask: Callable[[], UUID],
    work_off: WorkOff,
    worker_app: Flask,
    notify: StandIn,
    db_admin: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Killed(BaseException):
        """As if the process had ended between Notify's answer and the commit."""

    def die(*_: object) -> None:
        raise Killed

    ask()
    with monkeypatch.context() as until:
        until.setattr("portage.messages.text_jobs._noted", die)
        with pytest.raises(Killed):
            work_off()
    with worker_app.app_context():
        db.session.remove()
    assert len(notify.sent) == 1
    assert states(db_admin) == ["waiting"]
    again(db_admin)
    db_admin.execute("update outbox set leased_until = null")
    assert "done" in work_off()
    assert len(notify.sent) == 1
    assert notify.calls[:2] == ["POST /v2/notifications/sms", "GET /v2/notifications"]


def test_a_text_whose_answer_was_lost_is_looked_up_before_it_is_sent_again(
    ask: Callable[[], UUID], work_off: WorkOff, notify: StandIn, db_admin: psycopg.Connection
) -> None:
    ask()
    notify.mode = "drop"
    assert work_off() == ["again"]
    assert states(db_admin) == ["unknown"]
    notify.mode = "take"
    again(db_admin)
    work_off()
    assert len(notify.sent) == 1
    assert states(db_admin) == ["delivered"]


@pytest.mark.parametrize(("mode", "then"), [("limit", "waiting"), ("daily", "waiting"), ("broken", "unknown")])
def test_a_notify_that_cannot_now_gets_it_again(
    ask: Callable[[], UUID],
    work_off: WorkOff,
    notify: StandIn,
    db_admin: psycopg.Connection,
    mode: str,
    then: str,
) -> None:
    ask()
    notify.mode = mode
    assert work_off() == ["again"]
    assert states(db_admin) == [then]
    notify.mode = "take"
    again(db_admin)
    work_off()
    assert len(notify.sent) == 1


def test_a_notify_that_hangs_is_left_after_a_while(
    ask: Callable[[], UUID],
    work_off: WorkOff,
    notify: StandIn,
    db_admin: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portage.messages.text_jobs.PATIENCE", 0.5)
    ask()
    notify.mode = "hang"
    assert work_off() == ["again"]
    assert states(db_admin) == ["unknown"]
    notify.mode = "take"


def test_a_text_that_waited_an_hour_is_no_help_any_more(
    ask: Callable[[], UUID],
    council: Council,
    work_off: WorkOff,
    notify: StandIn,
    db_admin: psycopg.Connection,
) -> None:
    ask()
    asked_for_at(council, datetime.now(UTC) - timedelta(minutes=61))
    work_off()
    assert notify.calls == []
    assert states(db_admin) == ["failed"]


def test_a_refusal_is_told_in_a_sentence_that_repeats_no_number(
    ask: Callable[[], UUID], work_off: WorkOff, notify: StandIn, db_admin: psycopg.Connection
) -> None:
    ask()
    notify.team_only = True
    assert work_off() == ["done"]
    told = db_admin.execute("select status, because from text_message").fetchall()
    assert told == [
        ("failed", "The council's GOV.UK Notify service is still in trial mode and sends to its own team only.")
    ]


@pytest.mark.parametrize(("who", "then"), [("first", "told-again"), ("second", "managers-told")])
def test_a_text_that_does_not_arrive_falls_to_the_next_person(
    case: Supported,
    visit_id: UUID,
    lookouts: Lookouts,
    council: Council,
    texts: GiveTexts,
    work_off: WorkOff,
    notify: StandIn,
    db_admin: psycopg.Connection,
    who: str,
    then: str,
) -> None:
    person = getattr(lookouts, who)
    with council("leeds") as tenant_id:
        texts(tenant_id)
        row = db.session.scalars(scoped(Person).where(Person.id == person.id)).one()
        row.telephone = "07700 900002"  # Notify keeps it for trying a permanent failure
        look_round(at(11, 30))
        db.session.commit()
    db_admin.execute("update outbox set done_at = now() where kind not like 'text.%'")
    again(db_admin)
    work_off()
    again(db_admin)
    work_off()
    kinds = [row[0] for row in db_admin.execute("select kind from overdue_entry order by at, id")]
    assert kinds[:2] == ["told", "told"]
    assert kinds[2:4] == ["text-failed", then]
    failed = db_admin.execute("select because from text_message where status = 'failed'").fetchall()
    assert failed[0] == ("The network does not know this number.",)
    page = case.manager.client.get(f"/overdue-visits/{one_id(db_admin)}").text
    assert "could not be delivered: ring instead" in page


def test_who_left_meanwhile_or_has_a_landline_gets_no_text(
    ask: Callable[[], UUID],
    council: Council,
    lookouts: Lookouts,
    work_off: WorkOff,
    notify: StandIn,
    db_admin: psycopg.Connection,
) -> None:
    for change in ({"disabled_at": at(9)}, {"disabled_at": None, "telephone": "01632 960001"}):
        ask()
        with council("leeds"):
            row = db.session.scalars(scoped(Person).where(Person.id == lookouts.first.id)).one()
            for name, value in change.items():
                setattr(row, name, value)
            db.session.commit()
        work_off()
    assert notify.calls == []
    assert states(db_admin) == ["held", "held"]


def test_without_a_service_or_a_key_people_are_told_by_page_and_e_mail(
    case: Supported,
    visit_id: UUID,
    lookouts: Lookouts,
    council: Council,
    texts: GiveTexts,
    notify: StandIn,
    db_admin: psycopg.Connection,
) -> None:
    db_admin.execute("update tenant set profile = profile - 'texts'")
    assert "No texts go out." in case.manager.client.get("/lone-working").text
    with council("leeds") as tenant_id:
        look_round(at(11, 30))
        db.session.commit()
        texts(tenant_id, "another-key")
    assert states(db_admin) == []
    assert db_admin.execute("select count(*) from message where kind = 'alert'").fetchone() == (2,)
    page = case.manager.client.get("/lone-working").text
    assert "The key for GOV.UK Notify is not there." in page
    assert "Send me a test text" not in page


def test_another_councils_numbers_and_key_are_never_used(
    ask: Callable[[], UUID],
    council: Council,
    sign_in: SignIn,
    lookouts: Lookouts,
    work_off: WorkOff,
    notify: StandIn,
    db_admin: psycopg.Connection,
) -> None:
    stranger = sign_in("lancashire", "service-manager", name="Stella Stranger")
    with council("lancashire"):
        db.session.scalars(scoped(Person).where(Person.id == stranger.id)).one().telephone = "07700 900199"
        assert text_to(stranger.id, kind="test", reference="X", path="/") is None  # this council has no service
        db.session.commit()
    with council("leeds"):
        ask()
        with pytest.raises(Exception, match="fk_text_message_tenant_id_person_id"):
            text_to(stranger.id, kind="test", reference="X", path="/")
        db.session.rollback()
    work_off()
    assert [each["phone_number"] for each in notify.sent] == ["+447700900101"]


def test_the_key_is_in_no_row_no_log_and_no_answer(
    ask: Callable[[], UUID],
    work_off: WorkOff,
    notify: StandIn,
    case: Supported,
    db_admin: psycopg.Connection,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ask()
    work_off()
    key = ApiKey.read(KEY)
    assert key is not None
    assert key.secret not in repr(key)
    assert key.secret not in caplog.text
    assert key.secret not in case.manager.client.get("/lone-working").text
    for table in ("tenant", "text_message", "outbox"):
        rows = db_admin.execute(sql.SQL("select t::text from {} t").format(sql.Identifier(table))).fetchall()
        assert not [row for row in rows if key.secret in row[0]]


def test_the_button_for_a_test_text_sends_one_to_the_reader_and_says_what_became_of_it(
    case: Supported,
    lookouts: Lookouts,
    council: Council,
    texts: GiveTexts,
    work_off: WorkOff,
    notify: StandIn,
    db_admin: psycopg.Connection,
) -> None:
    with council("leeds") as tenant_id:
        texts(tenant_id)
    client = case.manager.client
    assert send(client, form_to(client.get("/lone-working"), "/lone-working/test-text")).status_code == 303
    assert "Your last test text" in client.get("/lone-working").text
    work_off()
    db_admin.execute("update outbox set not_before = now() where done_at is null")
    work_off()
    assert [each["phone_number"] for each in notify.sent] == ["+447700900104"]
    assert "delivered" in client.get("/lone-working").text
