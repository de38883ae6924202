"""The demonstration's own provider keeps to the protocol, so that what works with it works with a council's."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.test import TestResponse

from portage.demo.provider.app import create_provider
from portage.demo.provider.realms import signing_key

BASE, BACK, OUT = "http://idp.localhost:8090", "http://anytown.localhost:8080/back", "http://anytown.localhost:8080/out"
VERIFIER = "v" * 64
KEY = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
REALM = {
    "name": "Anytown Council",
    "clients": [
        {
            "client_id": "secret-client",
            "client_secret": "word",
            "redirect_uris": [BACK],
            "post_logout_redirect_uris": [OUT],
        },
        {"client_id": "key-client", "jwks": KeySet([KEY]).as_dict(private=False), "redirect_uris": [BACK]},
    ],
    "personas": [
        {
            "sub": "manager",
            "name": "Mo Invented",
            "role": "Service manager",
            "email": "mo@anytown.example",
            "groups": ["managers"],
            "try": "Decide a request",
        }
    ],
}


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The file with two issuers; the second knows other people."""
    file = tmp_path / "realms.json"
    other = {**REALM, "name": "Othertown Council", "personas": []}
    file.write_text(json.dumps({"realms": {"anytown": REALM, "othertown": other}}), encoding="utf-8")
    return file


@pytest.fixture
def app(settings: Path, tmp_path: Path) -> Flask:
    """The provider with its keys in an empty folder."""
    return create_provider(settings, tmp_path / "keys", BASE)


@pytest.fixture
def browser(app: Flask) -> Iterator[FlaskClient]:
    """A browser at the provider."""
    with app.test_client() as client:
        yield client


def question(**changed: str | None) -> str:
    """An authorization request, some of it changed (None leaves a part out)."""
    honest = {
        "response_type": "code",
        "client_id": "secret-client",
        "redirect_uri": BACK,
        "scope": "openid profile email",
        "state": "state",
        "nonce": "nonce",
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
    }
    return urlencode({name: value for name, value in {**honest, **changed}.items() if value is not None})


def answered(response: TestResponse) -> dict[str, str]:
    """The query of a redirect back to the client."""
    assert response.status_code == 302, response.text
    assert response.headers["Location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def choose(browser: FlaskClient, persona: str = "manager", **changed: str | None) -> dict[str, str]:
    """Choose somebody on the sign-in page."""
    return answered(browser.post(f"/anytown/authorize?{question(**changed)}", data={"persona": persona}))


def redeem(browser: FlaskClient, code: str, realm: str = "anytown", **changed: str) -> TestResponse:
    """Exchange a code with the client's secret."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **changed,
    }
    return browser.post(f"/{realm}/token", data=form, auth=("secret-client", "word"))


def test_the_sign_in_page_lists_the_people_of_the_council_that_asks_and_says_that_they_are_invented(
    browser: FlaskClient,
) -> None:
    page = browser.get(f"/anytown/authorize?{question()}").text
    assert "Service manager" in page
    assert "Mo Invented (invented)" in page
    assert "To try: Decide a request" in page
    assert "Mo Invented" not in browser.get(f"/othertown/authorize?{question()}").text
    assert "<script" not in page


def test_a_choice_leads_back_with_a_code_and_the_issuers_name_and_the_code_to_a_signed_token(
    browser: FlaskClient,
) -> None:
    answer = choose(browser)
    assert (answer["state"], answer["iss"]) == ("state", f"{BASE}/anytown")
    tokens = redeem(browser, answer["code"]).get_json()

    published = browser.get("/anytown/keys").get_json()
    assert "d" not in published["keys"][0]
    token = jwt.decode(tokens["id_token"], KeySet.import_key_set(published), algorithms=["RS256"])
    expected = {
        "iss": f"{BASE}/anytown",
        "aud": "secret-client",
        "sub": "manager",
        "nonce": "nonce",
        "name": "Mo Invented",
        "email": "mo@anytown.example",
        "groups": ["managers"],
        "amr": ["pwd", "mfa"],
    }
    assert {name: token.claims.get(name) for name in expected} == expected
    assert token.claims["exp"] - token.claims["iat"] == 300
    about = browser.get("/anytown/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}).get_json()
    assert (about["sub"], about["groups"]) == ("manager", ["managers"])


def test_a_browser_that_asks_for_an_icon_is_not_told_of_a_missing_page(browser: FlaskClient) -> None:
    answer = browser.get("/favicon.ico")
    assert (answer.status_code, answer.data) == (204, b"")


def test_the_metadata_tells_what_the_provider_does(browser: FlaskClient) -> None:
    told = browser.get("/anytown/.well-known/openid-configuration").get_json()
    assert told["issuer"] == f"{BASE}/anytown"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["backchannel_logout_supported"] is True
    for name, address in told.items():
        if name.endswith(("_endpoint", "_uri")):
            assert address.startswith(f"{BASE}/anytown/")


SENT_BACK: dict[str, tuple[dict[str, str | None], str]] = {
    "no proof key": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "a proof key in the clear": ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request"),
    "no nonce": ({"nonce": None}, "invalid_request"),
    "a token at once": ({"response_type": "token"}, "unsupported_response_type"),
    "nobody may be asked": ({"prompt": "none"}, "login_required"),
    "an unknown scope": ({"scope": "openid everything"}, "invalid_scope"),
}


@pytest.mark.parametrize(("changed", "error"), SENT_BACK.values(), ids=SENT_BACK.keys())
def test_a_bad_request_of_a_known_client_is_sent_back_with_the_issuers_name(
    browser: FlaskClient, changed: dict[str, str | None], error: str
) -> None:
    answer = answered(browser.get(f"/anytown/authorize?{question(**changed)}"))
    assert (answer["error"], answer["iss"], answer["state"]) == (error, f"{BASE}/anytown", "state")


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": "http://evil.example/"},
        {"redirect_uri": BACK + "/more"},
        {"redirect_uri": None},
    ],
)
def test_a_request_of_an_unknown_client_or_for_another_address_is_never_sent_on(
    browser: FlaskClient, changed: dict[str, str | None]
) -> None:
    for answer in (
        browser.get(f"/anytown/authorize?{question(**changed)}"),
        browser.post(f"/anytown/authorize?{question(**changed)}", data={"persona": "manager"}),
    ):
        if "redirect_uri" in changed and changed["redirect_uri"] is None:
            assert not answer.headers.get("Location") or answer.headers["Location"].startswith(BACK)
        else:
            assert answer.status_code == 400
            assert "Location" not in answer.headers


def test_cancelling_is_told_to_the_client(browser: FlaskClient) -> None:
    assert choose(browser, "")["error"] == "access_denied"
    assert choose(browser, "nobody-here")["error"] == "access_denied"


def test_a_code_works_once_for_its_client_address_verifier_and_issuer(browser: FlaskClient) -> None:
    def code() -> str:
        return choose(browser)["code"]

    assert redeem(browser, code(), code_verifier="w" * 64).get_json()["error"] == "invalid_grant"
    assert redeem(browser, code(), redirect_uri=OUT).get_json()["error"] == "invalid_grant"
    assert redeem(browser, code(), "othertown").get_json()["error"] == "invalid_grant"
    used = code()
    assert redeem(browser, used).status_code == 200
    assert redeem(browser, used).get_json()["error"] == "invalid_grant"


def test_a_client_must_prove_itself_in_its_own_way(browser: FlaskClient) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}

    def ask(**options: Any) -> int:
        code = choose(browser)["code"]
        return browser.post(
            "/anytown/token", data={**form, "code": code, **options.pop("form", {})}, **options
        ).status_code

    assert ask() == 401
    assert ask(auth=("secret-client", "wrong")) == 401
    assert ask(auth=("key-client", "")) == 401
    assert ask(form={"client_id": "secret-client", "client_secret": "word"}) == 401
    assert ask(auth=("secret-client", "word")) == 200


def assertion(**changed: Any) -> dict[str, str]:
    """A client's signed assertion as form fields."""
    now = int(time.time())
    claims = {"iss": "key-client", "sub": "key-client", "aud": f"{BASE}/anytown", "exp": now + 60, "jti": str(now)}
    token = jwt.encode({"alg": "RS256", "kid": KEY.kid}, {**claims, **changed}, changed.pop("key", KEY))
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    return {"client_assertion_type": kind, "client_assertion": token}


def test_a_client_with_a_key_signs_and_each_assertion_counts_once(browser: FlaskClient) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}

    def ask(proof: dict[str, str]) -> int:
        code = choose(browser, client_id="key-client")["code"]
        return browser.post("/anytown/token", data={**form, "code": code, **proof}).status_code

    good = assertion(jti="one")
    assert ask(good) == 200
    assert ask(good) in (400, 401)
    assert ask(assertion(jti="two", aud="http://evil.example/token")) in (400, 401)
    assert ask(assertion(jti="three", exp=1)) in (400, 401)


def test_ending_a_session_leads_back_only_to_a_registered_address(browser: FlaskClient) -> None:
    id_token = redeem(browser, choose(browser)["code"]).get_json()["id_token"]
    assert "signed in now" in browser.get(f"/anytown/authorize?{question()}").text

    def end(address: str) -> TestResponse:
        fields = {"id_token_hint": id_token, "post_logout_redirect_uri": address, "state": "s"}
        return browser.get(f"/anytown/end-session?{urlencode(fields)}")

    assert "Location" not in end("http://evil.example/").headers
    assert end(OUT).headers["Location"] == f"{OUT}?state=s"
    assert "signed in now" not in browser.get(f"/anytown/authorize?{question()}").text
    assert browser.get("/anytown/end-session?id_token_hint=forged").status_code == 400


def test_keys_survive_a_restart_and_only_their_owner_can_read_them(settings: Path, tmp_path: Path) -> None:
    first, again = (create_provider(settings, tmp_path / "keys", BASE).test_client() for _ in range(2))
    assert first.get("/anytown/keys").get_json() == again.get("/anytown/keys").get_json()
    assert first.get("/anytown/keys").get_json() != first.get("/othertown/keys").get_json()
    file = next((tmp_path / "keys").glob("anytown*"))
    assert file.stat().st_mode & 0o077 == 0
    assert signing_key(tmp_path / "keys", "anytown").is_private


def test_a_changed_file_is_read_again(settings: Path, browser: FlaskClient) -> None:
    assert "Mo Invented" in browser.get("/anytown/").text
    told = json.loads(settings.read_text(encoding="utf-8"))
    told["realms"]["anytown"]["personas"][0]["name"] = "Ro Invented"
    settings.write_text(json.dumps(told), encoding="utf-8")
    assert "Ro Invented" in browser.get("/anytown/").text
    assert browser.get("/nowhere/").status_code == 404
