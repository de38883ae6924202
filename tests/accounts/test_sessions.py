"""Sessions: of this browser, for a while, as long as the person may; and what forms and cookies promise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from portage.accounts.connection import Connection
from portage.accounts.operations import people
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor
from portage.tenants.models import Area
from support.oidc import Browser, Misbehaving

from .conftest import LARKSHIRE, Within
from .test_logout_tokens import sign_in

BY = Actor(None, "system")


@pytest.fixture
def ada(
    open_browser: Callable[[str], Browser], liar: Misbehaving, add_provider: Callable[..., UUID]
) -> tuple[Browser, UUID]:
    """Somebody who is signed in, and the provider through which."""
    provider_id = add_provider(LARKSHIRE, liar.issuer)
    browser = open_browser(LARKSHIRE)
    sign_in(browser, liar, provider_id)
    return browser, provider_id


def person_of(db_admin: psycopg.Connection) -> UUID:
    """The one person there is."""
    row = db_admin.execute("select id from person").fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def test_the_database_holds_no_token_that_opens_anything(
    ada: tuple[Browser, UUID], db_admin: psycopg.Connection
) -> None:
    browser, _ = ada
    stored = db_admin.execute("select token_hash from web_session").fetchone()
    assert stored is not None
    assert len(stored[0]) == 32
    assert str(browser.session).encode() not in bytes(stored[0])
    assert len(str(browser.session)) >= 43


def test_a_session_ends_after_half_an_hour_without_a_click(
    ada: tuple[Browser, UUID], clock: Callable[[datetime], None]
) -> None:
    browser, _ = ada
    began = datetime.now(UTC)
    clock(began + timedelta(minutes=29))
    assert browser.is_signed_in()
    clock(began + timedelta(minutes=58))
    assert browser.is_signed_in(), "a click keeps it open"
    clock(began + timedelta(minutes=58 + 31))
    assert not browser.is_signed_in()


def test_a_session_ends_after_twelve_hours_however_busy(
    ada: tuple[Browser, UUID], clock: Callable[[datetime], None]
) -> None:
    browser, _ = ada
    began = datetime.now(UTC)
    for quarter in range(1, 48):
        clock(began + timedelta(minutes=15 * quarter))
        assert browser.is_signed_in()
    clock(began + timedelta(hours=12, seconds=5))
    assert not browser.is_signed_in()


def test_a_page_that_needs_a_session_asks_to_sign_in_and_keeps_where_one_was_going(
    ada: tuple[Browser, UUID], clock: Callable[[datetime], None]
) -> None:
    browser, _ = ada
    clock(datetime.now(UTC) + timedelta(hours=1))
    answer = browser.get("/start?from=mail")

    assert answer.status_code == 401
    assert "Sign in to continue" in answer.text
    assert "/sign-in?next=/start%3Ffrom%3Dmail" in answer.text


def test_a_disabled_person_is_out_at_the_next_click_and_stays_out(
    ada: tuple[Browser, UUID], liar: Misbehaving, council: Within, db_admin: psycopg.Connection
) -> None:
    browser, provider_id = ada
    with council():
        people.disable(person_of(db_admin), by=BY, at=datetime.now(UTC))
        db.session.commit()

    assert not browser.is_signed_in()
    asked = browser.start(provider_id)
    liar.nonce = asked["nonce"]
    query = f"code=a&state={asked['state']}&iss={liar.issuer}"
    answer = browser.get(f"/auth/{provider_id}/callback?{query}")
    assert answer.status_code == 403
    assert "Your place in this service was closed" in answer.text
    with council():
        people.enable(person_of(db_admin), by=BY)
        db.session.commit()
    sign_in(browser, liar, provider_id)
    assert browser.is_signed_in()


def test_a_place_that_was_closed_and_opened_again_needs_a_new_sign_in(
    ada: tuple[Browser, UUID], council: Within, db_admin: psycopg.Connection
) -> None:
    browser, _ = ada
    with council():
        people.disable(person_of(db_admin), by=BY, at=datetime.now(UTC))
        people.enable(person_of(db_admin), by=BY)
        db.session.commit()
    assert not browser.is_signed_in()


def test_a_session_of_a_disabled_person_opens_nothing_even_while_it_is_open(
    ada: tuple[Browser, UUID], council: Within, db_admin: psycopg.Connection, sessions: Callable[[], int]
) -> None:
    browser, _ = ada
    with council():
        people.find_person(person_of(db_admin)).disabled_at = datetime.now(UTC)
        db.session.commit()
    assert sessions() == 1
    assert not browser.is_signed_in()


def test_a_change_of_roles_ends_the_session_at_the_next_click(
    ada: tuple[Browser, UUID], council: Within, db_admin: psycopg.Connection
) -> None:
    browser, _ = ada
    with council():
        access = people.Access(person_of(db_admin), ("auditor",), version=1)
        people.set_access(access, by=BY, at=datetime.now(UTC))
        db.session.commit()
        assert people.roles_of(person_of(db_admin)) == [("auditor", "administrator"), ("service-manager", "group")]
    assert not browser.is_signed_in()


def test_an_administrator_cannot_shut_themself_out(council: Within, db_admin: psycopg.Connection) -> None:
    with council():
        invited = people.invite(
            people.Invite("Di Invented", None, None, ("tenant-administrator",)), by=BY, at=datetime.now(UTC)
        )
        me = Actor(invited.person.id, "person")
        with pytest.raises(people.NotYourself):
            people.disable(invited.person.id, by=me, at=datetime.now(UTC))
        with pytest.raises(people.NotYourself):
            people.set_access(people.Access(invited.person.id, ("auditor",), version=1), by=me, at=datetime.now(UTC))


def test_signing_in_gives_a_new_token_and_the_old_one_dies(
    ada: tuple[Browser, UUID], liar: Misbehaving, open_browser: Callable[[str], Browser], sessions: Callable[[], int]
) -> None:
    browser, provider_id = ada
    old = str(browser.session)
    sign_in(browser, liar, provider_id)

    assert browser.session != old
    assert sessions() == 1
    thief = open_browser(LARKSHIRE)
    thief.client.set_cookie("portage-session", old, domain=f"{LARKSHIRE}.localhost")
    assert not thief.is_signed_in()


def test_a_token_that_was_planted_before_signing_in_is_worth_nothing(
    liar: Misbehaving, open_browser: Callable[[str], Browser], add_provider: Callable[..., UUID]
) -> None:
    planted = "p" * 43
    victim, thief = open_browser(LARKSHIRE), open_browser(LARKSHIRE)
    for browser in (victim, thief):
        browser.client.set_cookie("portage-session", planted, domain=f"{LARKSHIRE}.localhost")
    sign_in(victim, liar, add_provider(LARKSHIRE, liar.issuer))

    assert victim.session != planted
    assert not thief.is_signed_in()


def test_signing_out_needs_the_form_of_this_very_session(
    ada: tuple[Browser, UUID], open_browser: Callable[[str], Browser], sessions: Callable[[], int]
) -> None:
    browser, _ = ada
    assert browser.post("/sign-out").status_code == 403
    assert browser.post("/sign-out", _csrf="0" * 64).status_code == 403
    assert browser.get("/sign-out").status_code == 405
    assert sessions() == 1
    assert browser.post("/sign-out", _csrf=browser.csrf()).status_code == 200
    assert sessions() == 0


def test_in_production_cookies_are_for_this_host_over_https_alone(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    add_provider: Callable[..., UUID],
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider_id, browser = add_provider(LARKSHIRE, liar.issuer), open_browser(LARKSHIRE)
    secure = Connection(connection.directory, connection.store, True, None)
    monkeypatch.setitem(browser.client.application.extensions, "portage.connection", secure)
    site = browser.site.replace("http:", "https:")

    page = browser.client.get("/signed-out", base_url=site)
    started = browser.client.get(f"/auth/{provider_id}/start", base_url=site)

    for answer, name in ((page, "__Host-portage-visitor"), (started, "__Host-portage-attempt")):
        line = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(name))
        parts = {part.strip() for part in line.split(";")}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
        assert not any(part.startswith("Domain") for part in parts)
    assert "redirect_uri=https%3A%2F%2F" in started.headers["Location"]


def test_looking_at_pages_writes_no_session_row_each_time(
    ada: tuple[Browser, UUID], db_admin: psycopg.Connection
) -> None:
    browser, _ = ada
    before = db_admin.execute("select xmin::text, seen_at from web_session").fetchall()
    for _ in range(5):
        assert browser.is_signed_in()
    assert db_admin.execute("select xmin::text, seen_at from web_session").fetchall() == before


def test_an_area_team_of_another_council_cannot_be_given(council: Within) -> None:
    with council("mossborough"):
        there = Area(key="north", name="North", postcode_districts=[])
        db.session.add(there)
        db.session.commit()
        area_id = there.id
    with council():
        command = people.Invite("Di Invented", None, None, ("home-visitor",), (area_id,))
        with pytest.raises(NotHere):
            people.invite(command, by=BY, at=datetime.now(UTC))
