"""What is typed on the public pages is kept for its own browser, as long as it is needed, and sent once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from support.asking import answer, ask, begin, rows, submit, the_referral, walk
from support.forms import form_to, send

Clients = Callable[[str], FlaskClient]
Clock = Callable[[datetime], None]
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _day(clock: Clock, unhurried: None) -> None:
    clock(NOW)


def test_sending_twice_makes_one_request(client_of: Clients, db_admin: psycopg.Connection) -> None:
    client = client_of("leeds")
    check = walk(client, "request-form", "parent")
    again = client.get(check.request.path)
    first, second, third = submit(client, check), submit(client, check), submit(client, again)
    assert str(the_referral(db_admin)["reference"]) in first.text
    assert first.status_code == second.status_code == third.status_code == 200


def test_a_sent_request_leaves_nothing_of_the_family_in_the_draft(
    client_of: Clients, db_admin: psycopg.Connection
) -> None:
    client = client_of("leeds")
    ask(client, "request-form", "parent")
    draft = rows(db_admin, "select answers, files from ask_draft")[0]
    assert "Invented" not in str(draft)
    assert draft["files"] == []
    fresh = walk(client, "request-form", "parent", until="you")
    assert "Robin" not in fresh.text


def test_addresses_and_cookies_hold_nothing_of_the_family(client_of: Clients) -> None:
    client = client_of("leeds")
    seen: list[str] = []
    page = begin(client, "request-form")
    while not page.request.path.endswith("/check"):
        led = answer(client, page, "parent")
        seen += [led.headers["Location"], *led.headers.getlist("Set-Cookie")]
        page = client.get(led.headers["Location"])
        seen += page.headers.getlist("Set-Cookie")
    assert not [text for text in seen if "Invented" in text or "Wren" in text or "Robin" in text]


def test_another_browser_and_another_council_see_nothing_of_a_draft(client_of: Clients) -> None:
    client = client_of("leeds")
    walk(client, "request-form", "parent", until="contact")
    cookie = client.get_cookie("portage-visitor", domain="leeds.localhost")
    assert cookie is not None
    other = client_of("west-northants")
    other.set_cookie("portage-visitor", cookie.value, domain="west-northants.localhost")
    for stranger, path in ((client_of("leeds"), "/ask/request-form/you"), (other, "/ask/request-for-support/you")):
        led = stranger.get(path)
        assert led.status_code == 303
        assert "Robin" not in stranger.get(led.headers["Location"]).text
    assert other.get("/ask/request-form").status_code == 404


def test_what_was_typed_after_the_draft_was_forgotten_is_kept(
    client_of: Clients, clock: Clock, db_admin: psycopg.Connection
) -> None:
    client = client_of("leeds")
    page = walk(client, "request-form", "parent", until="contact")
    clock(NOW + timedelta(hours=3))
    led = answer(client, page, "parent", carer_contact_note="Ring only after four")
    assert led.headers["Location"] == "/ask/request-form/who"
    assert "We keep answers for two hours" in client.get("/ask/request-form/who").text
    assert "Ring only after four" in walk_on(client, "contact")


def walk_on(client: FlaskClient, until: str) -> str:
    page = client.get("/ask/request-form/who")
    while not page.request.path.endswith(until):
        page = client.get(answer(client, page, "parent").headers["Location"])
    return page.text


def test_a_draft_can_be_deleted_from_any_page(client_of: Clients, db_admin: psycopg.Connection) -> None:
    client = client_of("leeds")
    page = walk(client, "request-form", "parent", until="home")
    send(client, form_to(page, "/ask/request-form/forget"))
    assert rows(db_admin, "select id from ask_draft") == []


def test_drafts_whose_time_is_over_are_deleted(
    client_of: Clients, council: Callable[..., object], db_admin: psycopg.Connection
) -> None:
    from portage.core.db import db
    from portage.referrals.operations.drafts import forget_expired

    walk(client_of("leeds"), "request-form", "parent", until="home")
    with council("leeds"):  # type: ignore[attr-defined]  # a context manager
        assert forget_expired(at=NOW + timedelta(hours=1)) == 0
        assert forget_expired(at=NOW + timedelta(hours=3)) == 1
        db.session.commit()
    assert rows(db_admin, "select id from ask_draft") == []


def test_a_page_cannot_be_jumped_to_before_the_ones_that_lead_there(client_of: Clients) -> None:
    client = client_of("leeds")
    walk(client, "request-form", "parent", until="contact")
    for path in ("/ask/request-form/check", "/ask/request-form/papers"):
        assert client.get(path).headers["Location"] == "/ask/request-form/contact"
    assert client.get("/ask/request-form/no-such-page").status_code == 404


def test_a_changed_answer_leads_back_to_the_check(client_of: Clients) -> None:
    client = client_of("leeds")
    check = walk(client, "request-form", "parent")
    assert 'href="/ask/request-form/child?change=1"' in check.text
    page = client.get("/ask/request-form/child?change=1")
    changed = send(client, form_to(page, "/ask/request-form/child"), {"given_name": "Jay"})
    assert changed.headers["Location"] == "/ask/request-form/check"
    assert "Jay" in client.get("/ask/request-form/check").text


def test_somebody_else_asking_gets_the_pages_for_them(client_of: Clients) -> None:
    client = client_of("leeds")
    walk(client, "request-form", "parent")
    page = client.get("/ask/request-form/who?change=1")
    led = send(client, form_to(page, "/ask/request-form/who"), {"referrer": "practitioner"})
    assert led.headers["Location"] == "/ask/request-form/you"
    assert "Where you work" in client.get("/ask/request-form/you").text
