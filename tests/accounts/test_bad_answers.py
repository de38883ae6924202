"""Every way in which a provider, or somebody between, can answer badly: a helpful page, and never a session."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.test import TestResponse

from portage.accounts import cookies
from portage.accounts.connection import Connection
from portage.accounts.outbound import Reach
from support.oidc import Browser, Misbehaving

from .conftest import LARKSHIRE, MOSSBOROUGH

NOT_TRUSTED, AWAY, MISCONFIGURED = "answer-not-trusted", "provider-away", "provider-misconfigured"
UNKNOWN, STOPPED, REFUSED = "attempt-not-known", "sign-in-stopped", "provider-refused"


@pytest.fixture
def provider_id(liar: Misbehaving, add_provider: Callable[..., UUID]) -> UUID:
    """The misbehaving provider, set up for the first council."""
    return add_provider(LARKSHIRE, liar.issuer)


@dataclass
class Attempt:
    """A sign-in at the misbehaving provider, from the start to the answer."""

    browser: Browser
    liar: Misbehaving
    provider_id: UUID

    def begin(self) -> dict[str, str]:
        """Start, and let the provider know the nonce that it was asked with."""
        asked = self.browser.start(self.provider_id)
        self.liar.nonce = asked["nonce"]
        return asked

    def come_back(self, asked: dict[str, str], **changed: str | None) -> TestResponse:
        """Come back with a good answer, some of it changed (None leaves a part out)."""
        honest = {"code": "a-code", "state": asked["state"], "iss": self.liar.issuer}
        query = {name: value for name, value in {**honest, **changed}.items() if value is not None}
        address = f"/auth/{self.provider_id}/callback"
        return self.browser.client.get(address, base_url=self.browser.site, query_string=query)

    def whole(self, **changed: str | None) -> TestResponse:
        """Start and come back."""
        return self.come_back(self.begin(), **changed)


@pytest.fixture
def attempt(open_browser: Callable[[str], Browser], liar: Misbehaving, provider_id: UUID) -> Attempt:
    """A browser at the first council that signs in at the misbehaving provider."""
    return Attempt(open_browser(LARKSHIRE), liar, provider_id)


@pytest.fixture
def expect_refusal(sessions: Callable[[], int]) -> Callable[[TestResponse, str], None]:
    """See that an answer is a helpful page with this reason, and that nobody got a session."""

    def expect(answer: TestResponse, code: str) -> None:
        assert 400 <= answer.status_code < 500 or answer.status_code == 502, answer.text
        assert "You are not signed in" in answer.text
        assert f"say: {code}." in answer.text
        assert "portage-session=" not in str(answer.headers.getlist("Set-Cookie"))
        assert sessions() == 0

    return expect


def test_an_honest_answer_opens_a_session(attempt: Attempt, sessions: Callable[[], int]) -> None:
    """The foil of this file: what every test below changes by one thing is good as it stands."""
    assert attempt.whole().status_code == 303
    assert sessions() == 1
    assert attempt.browser.is_signed_in()


# ------------------------------------------------------------------------------------------------ the identity token


def unsigned(claims: dict[str, Any], alg: str = "none") -> str:
    """A token without a signature."""
    parts = (json.dumps(part).encode() for part in ({"alg": alg, "typ": "JWT"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def by_hand(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """A token that no decent library would make."""
    head, _, rest = unsigned(claims).partition(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    signed = f"{head}.{rest.removesuffix('.')}"
    return f"{signed}.{base64.urlsafe_b64encode(sign(signed.encode())).rstrip(b'=').decode()}"


def now() -> int:
    return int(time.time())


CLAIMS: dict[str, dict[str, Any]] = {
    "an issuer that is another's": {"iss": "http://127.0.0.1:1"},
    "an issuer that only begins like ours": {"iss": "{issuer}.evil.example"},
    "an issuer with a slash more": {"iss": "{issuer}/"},
    "no issuer": {"iss": None},
    "an audience that is another client": {"aud": "somebody-else"},
    "another audience beside ours": {"aud": ["portage-test", "somebody-else"], "azp": "portage-test"},
    "an empty audience": {"aud": []},
    "no audience": {"aud": None},
    "another authorised party": {"azp": "somebody-else"},
    "an end in the past": {"exp": now() - 3600},
    "no end": {"exp": None},
    "an end that is text": {"exp": "tomorrow"},
    "an end that is no number": {"exp": float("nan")},
    "a beginning in the future": {"iat": now() + 3600},
    "no beginning": {"iat": None},
    "not before tomorrow": {"nbf": now() + 86400},
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "a nonce that is a list": {"nonce": ["a"]},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is a number": {"sub": 7},
    "a subject that is too long": {"sub": "s" * 256},
    "a subject with a line break": {"sub": "some\nbody"},
    "a hash of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("changed", CLAIMS.values(), ids=CLAIMS.keys())
def test_a_token_with_a_bad_claim_opens_no_session(
    attempt: Attempt, changed: dict[str, Any], expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    fill = {
        name: value.format(issuer=attempt.liar.issuer) if name == "iss" and value else value
        for name, value in changed.items()
    }
    attempt.liar.claims = fill
    expect_refusal(attempt.whole(), NOT_TRUSTED)


STRANGER = RSAKey.generate_key(2048, {"kid": "good"})
Forge = Callable[[Misbehaving, dict[str, Any]], str]
FORGERIES: dict[str, Forge] = {
    "alg none": lambda liar, claims: unsigned(claims),
    "alg None with a capital": lambda liar, claims: unsigned(claims, "None"),
    "no alg": lambda liar, claims: unsigned(claims).replace("eyJhbGciOiAibm9uZSIs", "e30"),
    "HS256 with the public key as the secret": lambda liar, claims: by_hand(
        {"alg": "HS256", "kid": "good"},
        claims,
        lambda signed: hmac.digest(liar.key.as_pem(private=False), signed, "sha256"),
    ),
    "HS256 with the client's secret": lambda liar, claims: jwt.encode(
        {"alg": "HS256"}, claims, OctKey.import_key("an-invented-secret"), ["HS256"]
    ),
    "RS512, which is not on the list": lambda liar, claims: jwt.encode(
        {"alg": "RS512", "kid": "good"}, claims, liar.key, ["RS512"]
    ),
    "another key under the same name": lambda liar, claims: jwt.encode(
        {"alg": "RS256", "kid": "good"}, claims, STRANGER
    ),
    "a key that is not published": lambda liar, claims: jwt.encode(
        {"alg": "RS256", "kid": "unknown"}, claims, STRANGER
    ),
    "its own key in the header": lambda liar, claims: jwt.encode(
        {"alg": "RS256", "jwk": dict(STRANGER.as_dict(private=False))}, claims, STRANGER
    ),
    "an address of keys in the header": lambda liar, claims: jwt.encode(
        {"alg": "RS256", "kid": "good", "jku": "http://127.0.0.1:1/keys"}, claims, STRANGER
    ),
    "conditions that nobody knows": lambda liar, claims: by_hand(
        {"alg": "RS256", "kid": "good", "crit": ["x"], "x": 1},
        claims,
        lambda signed: JWSRegistry.algorithms["RS256"].sign(signed, liar.key),
    ),
    "a logout token's type": lambda liar, claims: liar.signed(claims, {"typ": "logout+jwt"}),
    "an access token's type": lambda liar, claims: liar.signed(claims, {"typ": "at+jwt"}),
    "a changed payload under the old signature": lambda liar, claims: ".".join(
        part if place != 1 else unsigned({**claims, "sub": "admin"}).split(".")[1]
        for place, part in enumerate(liar.signed(claims).split("."))
    ),
    "a cut signature": lambda liar, claims: liar.signed(claims)[:-20],
    "no signature": lambda liar, claims: liar.signed(claims).rpartition(".")[0] + ".",
    "not a token at all": lambda liar, claims: "hello",
    "an enormous token": lambda liar, claims: liar.signed({**claims, "x": "y" * 40000}),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_opens_no_session(
    attempt: Attempt, forge: Forge, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    attempt.liar.id_token = lambda claims: forge(attempt.liar, claims)
    expect_refusal(attempt.whole(), NOT_TRUSTED)


@pytest.mark.parametrize("kind", ["ES256", "Ed25519"])
def test_tokens_with_the_other_allowed_algorithms_are_accepted(
    attempt: Attempt, kind: str, sessions: Callable[[], int]
) -> None:
    key = (
        ECKey.generate_key("P-256", {"kid": "other"})
        if kind == "ES256"
        else OKPKey.generate_key("Ed25519", {"kid": "other"})
    )
    attempt.liar.published = [key.as_dict(private=False)]
    attempt.liar.metadata = {"id_token_signing_alg_values_supported": [kind]}
    attempt.liar.id_token = lambda claims: jwt.encode({"alg": kind, "kid": "other"}, claims, key, [kind])
    assert attempt.whole().status_code == 303
    assert sessions() == 1


def test_a_token_signed_by_the_older_name_of_ed25519_is_accepted(attempt: Attempt, sessions: Callable[[], int]) -> None:
    key = OKPKey.generate_key("Ed25519", {"kid": "other"})
    attempt.liar.published = [key.as_dict(private=False)]
    attempt.liar.metadata = {"id_token_signing_alg_values_supported": ["EdDSA"]}
    attempt.liar.id_token = lambda claims: by_hand(
        {"alg": "EdDSA", "kid": "other"}, claims, lambda signed: JWSRegistry.algorithms["EdDSA"].sign(signed, key)
    )
    assert attempt.whole().status_code == 303
    assert sessions() == 1


def test_a_key_that_the_provider_changed_since_is_read_again_once(
    attempt: Attempt, sessions: Callable[[], int]
) -> None:
    attempt.whole()
    renewed = RSAKey.generate_key(2048, {"kid": "renewed"})
    attempt.liar.published = [renewed.as_dict(private=False)]
    attempt.liar.id_token = lambda claims: jwt.encode({"alg": "RS256", "kid": "renewed"}, claims, renewed)
    read_before = attempt.liar.calls.count("/keys")

    assert attempt.whole().status_code == 303
    assert attempt.liar.calls.count("/keys") == read_before + 1
    assert attempt.liar.calls.count("/.well-known/openid-configuration") == 1


def test_a_shared_secret_among_the_published_keys_signs_nothing(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    secret = OctKey.generate_key(256, {"kid": "good"})
    attempt.liar.published = [secret.as_dict(private=True)]
    attempt.liar.id_token = lambda claims: jwt.encode({"alg": "HS256", "kid": "good"}, claims, secret, ["HS256"])
    expect_refusal(attempt.whole(), NOT_TRUSTED)


# ---------------------------------------------------------------------------------- the answer through the browser


def test_an_answer_that_names_another_issuer_is_a_mix_up(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    expect_refusal(attempt.whole(iss="http://127.0.0.1:1"), NOT_TRUSTED)
    assert "/token" not in attempt.liar.calls, "a code must not be shown to a provider after a mix-up"


def test_an_answer_that_names_another_issuer_is_a_mix_up_even_when_none_was_announced(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    attempt.liar.metadata = {"authorization_response_iss_parameter_supported": None}
    expect_refusal(attempt.whole(iss="http://127.0.0.1:1"), NOT_TRUSTED)


def test_an_answer_without_the_announced_issuer_is_refused(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    expect_refusal(attempt.whole(iss=None), NOT_TRUSTED)


def test_a_provider_that_announces_no_issuer_may_leave_it_out(attempt: Attempt, sessions: Callable[[], int]) -> None:
    attempt.liar.metadata = {"authorization_response_iss_parameter_supported": None}
    assert attempt.whole(iss=None).status_code == 303
    assert sessions() == 1


def test_an_answer_without_a_code_is_refused(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    expect_refusal(attempt.whole(code=None), NOT_TRUSTED)


@pytest.mark.parametrize("state", [None, "", "guessed", "s" * 5000])
def test_an_answer_without_the_right_state_is_refused(
    attempt: Attempt, state: str | None, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    expect_refusal(attempt.whole(state=state), UNKNOWN)


def test_a_state_that_comes_twice_is_refused(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    asked = attempt.begin()
    address = f"/auth/{attempt.provider_id}/callback?code=a&state={asked['state']}&state={asked['state']}"
    expect_refusal(attempt.browser.get(address), UNKNOWN)


def test_an_answer_is_taken_once(attempt: Attempt, sessions: Callable[[], int]) -> None:
    asked = attempt.begin()
    kept = [attempt.browser.client.get_cookie(name, domain="larkshire.localhost") for name in cookie_names(asked)]
    assert attempt.come_back(asked).status_code == 303
    for cookie in kept:
        assert cookie is not None
        attempt.browser.client.set_cookie(cookie.key, cookie.value, domain="larkshire.localhost")

    again = attempt.come_back(asked)

    assert f"say: {UNKNOWN}." in again.text
    assert sessions() == 1


def test_an_answer_that_failed_cannot_be_tried_again(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    asked = attempt.begin()
    attempt.liar.claims = {"nonce": "wrong"}
    expect_refusal(attempt.come_back(asked), NOT_TRUSTED)
    attempt.liar.claims = {}
    expect_refusal(attempt.come_back(asked), UNKNOWN)


def cookie_names(asked: dict[str, str]) -> list[str]:
    """The name of the cookie that binds this attempt to its browser."""
    return [f"portage-{cookies.attempt(asked['state'])}"]


def test_an_answer_in_another_browser_is_refused_and_the_right_one_can_still_use_it(
    attempt: Attempt, open_browser: Callable[[str], Browser], sessions: Callable[[], int]
) -> None:
    asked = attempt.begin()
    thief = Attempt(open_browser(LARKSHIRE), attempt.liar, attempt.provider_id)

    assert f"say: {UNKNOWN}." in thief.come_back(asked).text
    assert sessions() == 0
    assert attempt.come_back(asked).status_code == 303


def test_an_attempt_is_over_after_ten_minutes(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None], clock: Callable[[datetime], None]
) -> None:
    asked = attempt.begin()
    clock(datetime.now(UTC) + timedelta(minutes=10, seconds=1))
    expect_refusal(attempt.come_back(asked), UNKNOWN)


def test_an_answer_at_another_provider_of_the_same_council_is_refused(
    attempt: Attempt, add_provider: Callable[..., UUID], expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    other = add_provider(LARKSHIRE, attempt.liar.issuer, client_id="another")
    asked = attempt.begin()
    attempt.provider_id = other
    expect_refusal(attempt.come_back(asked), UNKNOWN)


def test_an_answer_at_another_council_is_refused(
    attempt: Attempt,
    open_browser: Callable[[str], Browser],
    add_provider: Callable[..., UUID],
    sessions: Callable[[], int],
) -> None:
    other = add_provider(MOSSBOROUGH, attempt.liar.issuer)
    asked = attempt.begin()
    elsewhere = Attempt(open_browser(MOSSBOROUGH), attempt.liar, other)
    for name in cookie_names(asked):
        cookie = attempt.browser.client.get_cookie(name, domain="larkshire.localhost")
        assert cookie is not None
        elsewhere.browser.client.set_cookie(name, cookie.value, domain="mossborough.localhost")

    assert f"say: {UNKNOWN}." in elsewhere.come_back(asked).text
    elsewhere.provider_id = attempt.provider_id
    assert elsewhere.come_back(asked).status_code == 404
    assert sessions() == 0


ERRORS = {
    "access_denied": STOPPED,
    "login_required": STOPPED,
    "interaction_required": STOPPED,
    "server_error": AWAY,
    "temporarily_unavailable": AWAY,
    "invalid_scope": MISCONFIGURED,
    "unauthorized_client": MISCONFIGURED,
    "invalid_request": REFUSED,
    "<script>alert(1)</script>": REFUSED,
}


@pytest.mark.parametrize(("error", "code"), ERRORS.items())
def test_an_error_of_the_provider_is_a_helpful_page(
    attempt: Attempt, error: str, code: str, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    answer = attempt.whole(code=None, error=error, error_description="<b>secret words</b>")
    expect_refusal(answer, code)
    assert "alert(1)" not in answer.text
    assert "secret words" not in answer.text


def test_an_error_from_another_issuer_is_not_believed(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    expect_refusal(attempt.whole(code=None, error="access_denied", iss="http://127.0.0.1:1"), NOT_TRUSTED)


# ----------------------------------------------------------------------------------------------- the provider's servers


def answer_with(status: int, body: bytes, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """An answer of the misbehaving provider's server."""
    return status, {"Content-Type": "application/json", **{n.replace("_", "-"): v for n, v in headers.items()}}, body


def too_late() -> tuple[int, dict[str, str], bytes]:
    """An answer that comes after we have stopped waiting."""
    time.sleep(1.6)
    return answer_with(200, b"{}")


def be_impatient_for(answer: Any, connection: Connection) -> None:
    """Do not wait the usual time for an answer that comes too late."""
    if answer is too_late:
        connection.directory.reach = Reach(loopback=True, seconds=1.0)


SERVERS: dict[str, tuple[Any, str]] = {
    "an error": (answer_with(500, b"oh no"), AWAY),
    "an error in JSON": (answer_with(500, b'{"error": "server_error"}'), AWAY),
    "no JSON": (answer_with(200, b"<html>"), AWAY),
    "a list": (answer_with(200, b"[]"), AWAY),
    "nothing": (answer_with(200, b""), AWAY),
    "too much": (answer_with(200, b" " * 1_200_000), AWAY),
    "less than it said": (answer_with(200, b"{}", Content_Length="5000"), AWAY),
    "a redirect": (answer_with(302, b"", Location="http://127.0.0.1:1/"), AWAY),
    "a permanent redirect": (answer_with(308, b"", Location="http://127.0.0.1:1/"), AWAY),
    "nothing in time": (too_late, AWAY),
    "something packed": (answer_with(200, b"\x1f\x8b", Content_Encoding="gzip"), AWAY),
    "deep nesting": (answer_with(200, b"[" * 100_000), AWAY),
}


@pytest.mark.parametrize("place", ["/token", "/keys"])
@pytest.mark.parametrize(("answer", "code"), SERVERS.values(), ids=SERVERS.keys())
def test_a_provider_whose_server_fails_is_a_helpful_page(
    attempt: Attempt,
    connection: Connection,
    place: str,
    answer: Any,
    code: str,
    expect_refusal: Callable[[TestResponse, str], None],
) -> None:
    be_impatient_for(answer, connection)
    attempt.liar.answers[place] = answer
    expect_refusal(attempt.whole(), code)


@pytest.mark.parametrize(("answer", "code"), SERVERS.values(), ids=SERVERS.keys())
def test_a_provider_whose_metadata_cannot_be_read_is_a_helpful_page_before_anything_begins(
    attempt: Attempt,
    connection: Connection,
    answer: Any,
    code: str,
    expect_refusal: Callable[[TestResponse, str], None],
) -> None:
    be_impatient_for(answer, connection)
    attempt.liar.answers["/.well-known/openid-configuration"] = answer
    started = attempt.browser.get(f"/auth/{attempt.provider_id}/start")
    expect_refusal(started, code if answer != SERVERS["a list"][0] else MISCONFIGURED)


METADATA: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "http://127.0.0.1:1"},
    "the issuer with a slash more": {"issuer": "{issuer}/"},
    "no issuer": {"issuer": None},
    "no token endpoint": {"token_endpoint": None},
    "no authorization endpoint": {"authorization_endpoint": None},
    "no keys": {"jwks_uri": None},
    "a token endpoint without encryption": {"token_endpoint": "http://council.example/token"},
    "a token endpoint that is a file": {"token_endpoint": "file:///etc/passwd"},
    "an authorization endpoint that is a script": {"authorization_endpoint": "javascript:alert(1)"},
    "keys behind a user name": {"jwks_uri": "https://user:word@council.example/keys"},
    "an end of session that is a script": {"end_session_endpoint": "javascript:alert(1)"},
    "proof keys only in the clear": {"code_challenge_methods_supported": ["plain"]},
    "signatures only without a key": {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    "tokens only through the browser": {"response_types_supported": ["id_token"]},
    "an address that is a number": {"token_endpoint": 7},
}


@pytest.mark.parametrize("changed", METADATA.values(), ids=METADATA.keys())
def test_metadata_that_cannot_be_trusted_stops_a_sign_in_before_it_begins(
    attempt: Attempt, changed: dict[str, Any], expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    attempt.liar.metadata = {
        name: value.format(issuer=attempt.liar.issuer) if isinstance(value, str) else value
        for name, value in changed.items()
    }
    expect_refusal(attempt.browser.get(f"/auth/{attempt.provider_id}/start"), MISCONFIGURED)


TOKENS: dict[str, tuple[dict[str, Any], str]] = {
    "no identity token": ({"id_token": None}, NOT_TRUSTED),
    "no access token": ({"access_token": None}, NOT_TRUSTED),
    "another kind of access token": ({"token_type": "mac"}, NOT_TRUSTED),
    "an identity token that is a list": ({"id_token": ["a"]}, NOT_TRUSTED),
    "a code that was used before": ({"error": "invalid_grant"}, NOT_TRUSTED),
    "a client that is not known": ({"error": "invalid_client"}, MISCONFIGURED),
    "an error nobody knows": ({"error": "whatever"}, NOT_TRUSTED),
}


@pytest.mark.parametrize(("changed", "code"), TOKENS.values(), ids=TOKENS.keys())
def test_a_token_answer_that_lacks_something_is_refused(
    attempt: Attempt, changed: dict[str, Any], code: str, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    attempt.liar.token_answer = changed
    expect_refusal(attempt.whole(), code)


def test_a_provider_that_is_not_there_is_a_helpful_page(
    open_browser: Callable[[str], Browser],
    add_provider: Callable[..., UUID],
    expect_refusal: Callable[[TestResponse, str], None],
) -> None:
    gone = add_provider(LARKSHIRE, "http://127.0.0.1:1")
    expect_refusal(open_browser(LARKSHIRE).get(f"/auth/{gone}/start"), AWAY)


ISSUERS = (
    "https://login.example/common/v2.0",
    "https://login.example/organizations/v2.0",
    "https://login.example/consumers/v2.0",
    "https://login.example/{tenantid}/v2.0",
    "https://login.example/a?tenant=all",
    "http://login.example/a",
    "ftp://login.example/a",
    "https://someone@login.example/a",
)


@pytest.mark.parametrize("issuer", ISSUERS)
def test_an_issuer_that_answers_for_everybody_or_is_no_https_address_cannot_be_used(
    open_browser: Callable[[str], Browser],
    add_provider: Callable[..., UUID],
    issuer: str,
    expect_refusal: Callable[[TestResponse, str], None],
) -> None:
    provider_id = add_provider(LARKSHIRE, issuer)
    expect_refusal(open_browser(LARKSHIRE).get(f"/auth/{provider_id}/start"), MISCONFIGURED)


@pytest.mark.parametrize("given", [{"secret_name": "nowhere"}, {"secret_name": "../../etc/passwd"}])
def test_a_secret_that_is_not_there_is_a_helpful_page(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    add_provider: Callable[..., UUID],
    given: dict[str, str],
    expect_refusal: Callable[[TestResponse, str], None],
) -> None:
    attempt = Attempt(open_browser(LARKSHIRE), liar, add_provider(LARKSHIRE, liar.issuer, **given))
    expect_refusal(attempt.whole(), MISCONFIGURED)
