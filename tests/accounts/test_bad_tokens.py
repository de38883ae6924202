"""Every way in which an identity token can be bad: a helpful page, and never a session."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.test import TestResponse

from support.attempts import (
    NOT_TRUSTED,
    Attempt,
)
from support.oidc import Misbehaving


def test_an_honest_answer_opens_a_session(attempt: Attempt, sessions: Callable[[], int]) -> None:
    """The foil of this file: what every test below changes by one thing is good as it stands."""
    assert attempt.whole().status_code == 303
    assert sessions() == 1
    assert attempt.browser.is_signed_in()


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
