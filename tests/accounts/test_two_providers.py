"""Two councils sign in through two real providers: the demonstration's own and npm's certified one."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import psycopg
import pytest

from support.oidc import Browser, form_of, through_ours, through_peer

from .conftest import LARKSHIRE, MOSSBOROUGH, Real, eventually

pytestmark = pytest.mark.usefixtures("service")


def sign_in_at_ours(browser: Browser, provider: Real, persona: str = "ada", **query: str) -> str:
    """Sign in fully and give where the service leads to."""
    asked = browser.start(provider.id, **query)
    answer = browser.get(through_ours(browser.outside, asked["at"], persona))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def sign_in_at_peer(browser: Browser, provider: Real, person: str = "visitors.bo") -> str:
    asked = browser.start(provider.id)
    answer = browser.get(through_peer(browser.outside, asked["at"], browser.site, person))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_people_of_two_councils_sign_in_through_two_providers_and_only_at_their_own(
    open_browser: Callable[[str], Browser], ours: Real, independent: Real
) -> None:
    ada, bo = open_browser(LARKSHIRE), open_browser(MOSSBOROUGH)

    sign_in_at_ours(ada, ours)
    sign_in_at_peer(bo, independent)

    assert "You are signed in as Ada Invented" in ada.get("/sign-in").text
    assert "You are signed in as Invented visitors.bo" in bo.get("/sign-in").text
    for stolen, slug in ((ada, MOSSBOROUGH), (bo, LARKSHIRE)):
        elsewhere = open_browser(slug)
        elsewhere.client.set_cookie("portage-session", str(stolen.session), domain=f"{slug}.localhost")
        assert not elsewhere.is_signed_in()


def test_the_request_to_a_provider_carries_proof_key_nonce_and_a_redirect_of_this_very_provider(
    open_browser: Callable[[str], Browser], ours: Real
) -> None:
    asked = open_browser(LARKSHIRE).start(ours.id)

    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["nonce"]) >= 43
    assert len(asked["state"]) >= 43
    assert asked["scope"].split()[0] == "openid"
    assert asked["redirect_uri"].endswith(f"/auth/{ours.id}/callback")
    assert "client_secret" not in asked["at"]


def test_with_one_provider_sign_in_leads_straight_to_it_and_with_two_it_asks(
    open_browser: Callable[[str], Browser], ours: Real, add_provider: Callable[..., object]
) -> None:
    visitor = open_browser(LARKSHIRE)
    answer = visitor.get("/sign-in?next=/worklist")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"/auth/{ours.id}/start")

    add_provider(LARKSHIRE, "http://127.0.0.1:1", name="Volunteers' account")
    page = visitor.get("/sign-in?next=/worklist").text
    assert "Council account" in page
    assert "Volunteers&#39; account" in page
    assert "next=/worklist" in page


def test_signing_in_leads_to_where_the_person_was_going(open_browser: Callable[[str], Browser], ours: Real) -> None:
    assert sign_in_at_ours(open_browser(LARKSHIRE), ours, next="/worklist?page=2") == "/worklist?page=2"
    assert sign_in_at_ours(open_browser(LARKSHIRE), ours, next="//evil.example/") == "/start"


def test_signing_out_ends_the_session_here_and_at_our_provider(
    open_browser: Callable[[str], Browser], ours: Real, sessions: Callable[[], int]
) -> None:
    ada = open_browser(LARKSHIRE)
    sign_in_at_ours(ada, ours)
    old = str(ada.session)

    page = ada.post("/sign-out", _csrf=ada.csrf()).text
    onward = unescape(str(re.search(r'<a class="govuk-link" href="([^"]+/end-session[^"]+)"', page).group(1)))  # type: ignore[union-attr]
    back = ada.outside.get(onward, allow_redirects=False)

    assert sessions() == 0
    assert ada.session is None
    assert back.headers["Location"] == f"{ada.site}/signed-out"
    assert "You are signed out" in ada.get(back.headers["Location"]).text
    silently = ada.outside.get(f"{ada.start(ours.id)['at']}&prompt=none", allow_redirects=False)
    assert "error=login_required" in silently.headers["Location"]
    ada.client.set_cookie("portage-session", old, domain=f"{LARKSHIRE}.localhost")
    assert not ada.is_signed_in()


def test_signing_out_ends_the_session_here_and_at_the_independent_provider(
    open_browser: Callable[[str], Browser], independent: Real, sessions: Callable[[], int]
) -> None:
    bo = open_browser(MOSSBOROUGH)
    sign_in_at_peer(bo, independent)

    page = bo.post("/sign-out", _csrf=bo.csrf()).text
    onward = unescape(str(re.search(r'<a class="govuk-link" href="([^"]+/session/end[^"]+)"', page).group(1)))  # type: ignore[union-attr]
    asks = bo.outside.get(onward)
    action, fields = form_of(asks)
    back = bo.outside.post(action, data={**fields, "logout": "yes"}, allow_redirects=False)

    assert sessions() == 0
    assert back.headers["Location"].startswith(f"{bo.site}/signed-out")


def test_our_provider_ends_a_session_by_back_channel(
    open_browser: Callable[[str], Browser], ours: Real, sessions: Callable[[], int]
) -> None:
    ada, bo = open_browser(LARKSHIRE), open_browser(LARKSHIRE)
    sign_in_at_ours(ada, ours)
    sign_in_at_ours(bo, ours, "bo")

    ada.outside.post(f"{ours.issuer}/sign-out-everywhere", data={"sub": "ada"}, allow_redirects=False)

    assert eventually(lambda: sessions() == 1)
    assert not ada.is_signed_in()
    assert bo.is_signed_in()


def test_the_independent_provider_ends_sessions_by_back_channel(
    open_browser: Callable[[str], Browser], independent: Real, sessions: Callable[[], int], db_admin: psycopg.Connection
) -> None:
    first, second = open_browser(MOSSBOROUGH), open_browser(MOSSBOROUGH)
    second.outside = first.outside  # the same browser session at the provider, two devices here
    sign_in_at_peer(first, independent)
    asked = second.start(independent.id)
    second.get(through_peer(second.outside, asked["at"], second.site, "visitors.bo"))
    assert sessions() == 2

    page = first.post("/sign-out", _csrf=first.csrf()).text
    onward = unescape(str(re.search(r'href="([^"]+/session/end[^"]+)"', page).group(1)))  # type: ignore[union-attr]
    action, fields = form_of(first.outside.get(onward))
    first.outside.post(action, data={**fields, "logout": "yes"}, allow_redirects=False)

    assert eventually(lambda: sessions() == 0)
    assert not second.is_signed_in()
    reasons = db_admin.execute("select end_reason from web_session order by created_at").fetchall()
    assert reasons == [("signed-out",), ("ended-by-provider",)]
    assert db_admin.execute("select count(*) from logout_token_seen").fetchone() == (1,)


def test_cancelling_at_the_provider_is_a_helpful_page(
    open_browser: Callable[[str], Browser], ours: Real, sessions: Callable[[], int]
) -> None:
    cy = open_browser(LARKSHIRE)
    answer = cy.get(through_ours(cy.outside, cy.start(ours.id)["at"], ""))

    assert answer.status_code == 400
    assert "You stopped signing in" in answer.text
    assert 'href="/sign-in"' in answer.text
    assert sessions() == 0


def test_somebody_without_a_group_or_an_invitation_gets_no_session(
    open_browser: Callable[[str], Browser], ours: Real, sessions: Callable[[], int], db_admin: psycopg.Connection
) -> None:
    cy = open_browser(LARKSHIRE)
    answer = cy.get(through_ours(cy.outside, cy.start(ours.id)["at"], "cy"))

    assert answer.status_code == 403
    assert "ask your service manager to invite you" in answer.text.lower()
    assert sessions() == 0
    assert db_admin.execute("select count(*) from person").fetchone() == (0,)
