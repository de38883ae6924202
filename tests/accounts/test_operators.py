"""Operators sign in on a host of their own, with a second step, and nobody becomes one by signing in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import psycopg
import pytest
from flask import Flask, request, request_started
from werkzeug.test import TestResponse

from portage.accounts import cookies
from portage.accounts.oidc.provider import Relation
from support.oidc import Browser, asked_of, through_ours

from .conftest import LARKSHIRE, OPERATOR_HOST, Real, eventually

pytestmark = pytest.mark.usefixtures("service")


@pytest.fixture
def desk(app: Flask, rp_port: int, operators: Relation, db_admin: psycopg.Connection) -> Browser:
    """A browser on the operators' host; `op` is the one operator whom the platform knows."""
    db_admin.execute(
        "insert into operator (id, name, issuer, subject) values (%s, 'Op Invented', %s, 'op')",
        (uuid4(), operators.issuer),
    )
    db_admin.execute(
        "insert into operator (id, name, issuer, subject) values (%s, 'Weak Invented', %s, 'weak')",
        (uuid4(), operators.issuer),
    )
    return Browser(app.test_client(), f"http://{OPERATOR_HOST}:{rp_port}")


def sign_in(desk: Browser, persona: str = "op") -> TestResponse:
    """Sign in on the operators' host as a persona of the demonstration's provider."""
    started = desk.get("/operator/sign-in")
    assert started.status_code == 302, started.text
    back = through_ours(desk.outside, started.headers["Location"], persona)
    return desk.client.get(back.removeprefix(desk.site), base_url=desk.site)


def is_signed_in(desk: Browser) -> bool:
    """Say whether the page after signing out, which anybody may see, shows an operator's name."""
    return "Op Invented" in desk.get("/operator/signed-out").text


def test_an_operator_signs_in_and_out_on_their_own_host(desk: Browser, sessions: Callable[[], int]) -> None:
    answer = sign_in(desk)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/operator")
    assert is_signed_in(desk)

    token = re.search(r'name="_csrf" value="([0-9a-f]+)"', desk.get("/operator/signed-out").text)
    assert token
    page = desk.post("/operator/sign-out", _csrf=token.group(1)).text
    onward = unescape(str(re.search(r'href="([^"]+/end-session[^"]+)"', page).group(1)))  # type: ignore[union-attr]
    back = desk.outside.get(onward, allow_redirects=False)
    assert back.headers["Location"] == f"{desk.site}/operator/signed-out"
    assert sessions() == 0
    assert not is_signed_in(desk)


def test_somebody_who_is_no_operator_is_refused_whatever_the_provider_says(
    desk: Browser, sessions: Callable[[], int]
) -> None:
    answer = sign_in(desk, "ada")
    assert answer.status_code == 403
    assert "say: not-invited." in answer.text
    assert sessions() == 0


def test_an_operator_without_a_second_step_is_refused(desk: Browser, sessions: Callable[[], int]) -> None:
    answer = sign_in(desk, "weak")
    assert answer.status_code == 403
    assert "say: second-step-needed." in answer.text
    assert 'href="/operator/sign-in"' in answer.text
    assert sessions() == 0


def test_an_operators_session_ends_when_the_provider_says_so(desk: Browser, operators: Relation) -> None:
    sign_in(desk)
    desk.outside.post(f"{operators.issuer}/sign-out-everywhere", data={"sub": "op"}, allow_redirects=False)
    assert eventually(lambda: not is_signed_in(desk))


def test_a_providers_message_about_an_operator_that_comes_again_ends_nothing_more(
    desk: Browser,
    app: Flask,
    operators: Relation,
    sessions: Callable[[], int],
    db_admin: psycopg.Connection,
) -> None:
    tokens: list[str] = []

    def overhear(_app: Flask, **_: object) -> None:
        tokens.extend(request.form.getlist("logout_token"))

    sign_in(desk)
    with request_started.connected_to(overhear, app):
        desk.outside.post(f"{operators.issuer}/sign-out-everywhere", data={"sub": "op"}, allow_redirects=False)
        assert eventually(lambda: not is_signed_in(desk))
    (token,) = tokens
    sign_in(desk)
    again = desk.client.post(
        "/operator/auth/back-channel-logout", base_url=desk.site, data={"logout_token": token}
    )  # fmt: skip
    assert (again.status_code, again.get_json()) == (400, {"error": "invalid_request"})
    assert is_signed_in(desk)
    assert sessions() == 1

    db_admin.execute("update operator_logout_token_seen set expires_at = now() - interval '1 day', jti = 'long ago'")
    desk.outside.post(f"{operators.issuer}/sign-out-everywhere", data={"sub": "op"}, allow_redirects=False)
    assert eventually(lambda: not is_signed_in(desk))
    kept = db_admin.execute("select jti = 'long ago' from operator_logout_token_seen").fetchall()
    assert kept == [(False,)]  # what is over is forgotten


def test_an_operators_session_ends_by_itself_and_with_the_operator(
    desk: Browser, clock: Callable[[datetime], None], db_admin: psycopg.Connection
) -> None:
    sign_in(desk)
    db_admin.execute("update operator set disabled_at = now() where subject = 'op'")
    assert not is_signed_in(desk)
    db_admin.execute("update operator set disabled_at = null")
    sign_in(desk)
    clock(datetime.now(UTC) + timedelta(minutes=31))
    assert not is_signed_in(desk)


def test_an_operators_session_is_worth_nothing_at_a_council_and_the_other_way_round(
    desk: Browser, ours: Real, open_browser: Callable[[str], Browser]
) -> None:
    sign_in(desk)
    council = open_browser(LARKSHIRE)
    council.client.set_cookie("portage-session", str(desk.session), domain=f"{LARKSHIRE}.localhost")
    assert not council.is_signed_in()
    assert council.get("/operator/sign-in").status_code == 404
    assert desk.get("/sign-in").status_code == 404
    assert desk.get(f"/auth/{ours.id}/start").status_code == 404

    asked = council.start(ours.id)
    back = through_ours(council.outside, asked["at"], "ada")
    assert council.get(back).status_code == 303
    other = Browser(desk.client.application.test_client(), desk.site)
    other.client.set_cookie("portage-session", str(council.session), domain=OPERATOR_HOST)
    assert not is_signed_in(other)


def test_an_operators_answer_is_taken_once_and_in_one_browser(desk: Browser, sessions: Callable[[], int]) -> None:
    started = desk.get("/operator/sign-in")
    back = through_ours(desk.outside, started.headers["Location"], "op").removeprefix(desk.site)
    thief = Browser(desk.client.application.test_client(), desk.site)

    assert "say: attempt-not-known." in thief.get(back).text
    assert asked_of(started.headers["Location"])["redirect_uri"] == f"{desk.site}/operator/auth/callback"
    name = f"portage-{cookies.attempt(asked_of(started.headers['Location'])['state'])}"
    kept = desk.client.get_cookie(name, domain=OPERATOR_HOST)
    assert kept
    assert desk.get(back).status_code == 303
    desk.client.set_cookie(name, kept.value, domain=OPERATOR_HOST)
    assert "say: attempt-not-known." in desk.get(back).text
    assert sessions() == 1


def test_a_page_of_the_operators_asks_to_sign_in_on_their_own_host(desk: Browser) -> None:
    answer = desk.get("/operator/signed-out")
    assert 'href="/operator/brand.css?v=' in answer.text
    assert desk.get("/operator/brand.css").mimetype == "text/css"
    assert desk.get("/brand.css").status_code == 404
