"""A provider may end sessions by a signed message; nobody else may, and no message counts twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.test import TestResponse

from support.oidc import LOGOUT_EVENT, Browser, Misbehaving

from .conftest import LARKSHIRE, MOSSBOROUGH


@pytest.fixture
def signed_in(
    open_browser: Callable[[str], Browser], liar: Misbehaving, add_provider: Callable[..., UUID]
) -> tuple[Browser, UUID]:
    """Somebody who is signed in through the misbehaving provider, in its session `sid-1`."""
    provider_id = add_provider(LARKSHIRE, liar.issuer)
    browser = open_browser(LARKSHIRE)
    sign_in(browser, liar, provider_id)
    return browser, provider_id


def sign_in(browser: Browser, liar: Misbehaving, provider_id: UUID, sub: str = "somebody", sid: str = "sid-1") -> None:
    """Sign somebody in through the misbehaving provider."""
    asked = browser.start(provider_id)
    liar.nonce, liar.claims = asked["nonce"], {"sub": sub, "sid": sid}
    query = {"code": "a", "state": asked["state"], "iss": liar.issuer}
    answer = browser.client.get(f"/auth/{provider_id}/callback", base_url=browser.site, query_string=query)
    assert answer.status_code == 303


def tell(browser: Browser, provider_id: UUID, token: str) -> TestResponse:
    """Send a logout token as a provider would: without cookies and without a form's token."""
    address = f"/auth/{provider_id}/back-channel-logout"
    caller = browser.client.application.test_client()
    return caller.post(address, base_url=browser.site, data={"logout_token": token})


def test_a_good_message_ends_the_session_and_says_nothing(
    signed_in: tuple[Browser, UUID], liar: Misbehaving, sessions: Callable[[], int], db_admin: psycopg.Connection
) -> None:
    browser, provider_id = signed_in
    answer = tell(browser, provider_id, liar.logout_token())

    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["Cache-Control"] == "no-store"
    assert sessions() == 0
    assert not browser.is_signed_in()
    assert db_admin.execute("select id_token, end_reason from web_session").fetchall() == [(None, "ended-by-provider")]
    trail = db_admin.execute("select action from audit_event order by at").fetchall()
    assert trail[-1] == ("sessions-ended-by-provider",)


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ({"sid": "sid-1", "sub": None}, {"phone", "other"}),
        ({"sid": None}, {"other"}),
        ({}, {"phone", "other"}),
        ({"sid": "sid-1", "sub": "other"}, {"laptop", "phone", "other"}),
        ({"sid": "unknown", "sub": None}, {"laptop", "phone", "other"}),
    ],
    ids=["by session", "by person", "by both", "a session that is another's", "an unknown session"],
)
def test_a_message_ends_what_it_names_and_nothing_else(
    signed_in: tuple[Browser, UUID],
    liar: Misbehaving,
    open_browser: Callable[[str], Browser],
    named: dict[str, Any],
    left: set[str],
) -> None:
    laptop, provider_id = signed_in
    browsers = {"laptop": laptop, "phone": open_browser(LARKSHIRE), "other": open_browser(LARKSHIRE)}
    sign_in(browsers["phone"], liar, provider_id, sid="sid-2")
    sign_in(browsers["other"], liar, provider_id, sub="other", sid="sid-3")

    assert tell(laptop, provider_id, liar.logout_token(**named)).status_code == 200
    assert {name for name, browser in browsers.items() if browser.is_signed_in()} == left


NOW = int(time.time())
CHANGES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "somebody-else"},
    "two audiences": {"aud": ["portage-test", "somebody-else"]},
    "no audience": {"aud": None},
    "no events": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "an event that is text": {"events": {LOGOUT_EVENT: "yes"}},
    "events that are a list": {"events": [LOGOUT_EVENT]},
    "a nonce": {"nonce": "n"},
    "no number of its own": {"jti": None},
    "an empty number of its own": {"jti": ""},
    "no session and no person": {"sid": None, "sub": None},
    "a session that is a list": {"sid": ["sid-1"], "sub": None},
    "an end in the past": {"exp": NOW - 3600},
    "no end": {"exp": None},
    "a beginning in the future": {"iat": NOW + 3600},
    "no beginning": {"iat": None},
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES.keys())
def test_a_message_with_a_bad_claim_ends_nothing(
    signed_in: tuple[Browser, UUID], liar: Misbehaving, sessions: Callable[[], int], changed: dict[str, Any]
) -> None:
    browser, provider_id = signed_in
    answer = tell(browser, provider_id, liar.logout_token(**changed))

    assert answer.status_code == 400
    assert answer.get_json() == {"error": "invalid_request"}
    assert sessions() == 1
    assert browser.is_signed_in()


STRANGER = RSAKey.generate_key(2048, {"kid": "good"})


def claims_of(liar: Misbehaving) -> dict[str, Any]:
    """The claims of a good logout token."""
    return jwt.decode(liar.logout_token(), liar.key).claims


FORGERIES: dict[str, Callable[[Misbehaving], str]] = {
    "HS256 with the client's secret": lambda liar: jwt.encode(
        {"alg": "HS256", "typ": "logout+jwt"}, claims_of(liar), OctKey.import_key("an-invented-secret"), ["HS256"]
    ),
    "alg none": lambda liar: "eyJhbGciOiJub25lIiwidHlwIjoibG9nb3V0K2p3dCJ9." + liar.logout_token().split(".")[1] + ".",
    "another key under the same name": lambda liar: jwt.encode(
        {"alg": "RS256", "kid": "good", "typ": "logout+jwt"}, claims_of(liar), STRANGER
    ),
    "an access token's type": lambda liar: liar.logout_token(header={"typ": "at+jwt"}),
    "an identity token": lambda liar: liar.signed(liar.honest_claims()),
    "no token": lambda liar: "",
    "not a token": lambda liar: "hello",
    "an enormous token": lambda liar: liar.logout_token(x="y" * 40000),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_message_ends_nothing(
    signed_in: tuple[Browser, UUID],
    liar: Misbehaving,
    sessions: Callable[[], int],
    forge: Callable[[Misbehaving], str],
) -> None:
    browser, provider_id = signed_in
    assert tell(browser, provider_id, forge(liar)).status_code == 400
    assert sessions() == 1


def test_a_message_that_comes_again_ends_nothing_more(
    signed_in: tuple[Browser, UUID], liar: Misbehaving, sessions: Callable[[], int]
) -> None:
    browser, provider_id = signed_in
    token = liar.logout_token()
    assert tell(browser, provider_id, token).status_code == 200
    sign_in(browser, liar, provider_id)

    assert tell(browser, provider_id, token).status_code == 400
    assert sessions() == 1


def test_a_message_for_one_council_ends_nothing_at_another(
    signed_in: tuple[Browser, UUID],
    liar: Misbehaving,
    open_browser: Callable[[str], Browser],
    add_provider: Callable[..., UUID],
    sessions: Callable[[], int],
) -> None:
    browser, provider_id = signed_in
    there = add_provider(MOSSBOROUGH, liar.issuer, client_id="portage-there")

    elsewhere = open_browser(MOSSBOROUGH)
    assert tell(elsewhere, provider_id, liar.logout_token()).status_code == 404
    assert tell(elsewhere, there, liar.logout_token()).status_code == 400
    assert tell(elsewhere, there, liar.logout_token(aud="portage-there")).status_code == 200
    assert sessions() == 1
    assert browser.is_signed_in()


def test_invented_keys_do_not_make_us_call_the_provider_again_and_again(
    signed_in: tuple[Browser, UUID], liar: Misbehaving, connection: Any
) -> None:
    browser, provider_id = signed_in
    connection.directory._pause = 30.0
    read = liar.calls.count("/keys")
    for number in range(5):
        tell(browser, provider_id, liar.logout_token(header={"kid": f"invented-{number}"}))
    assert liar.calls.count("/keys") == read
