"""Every way in which a provider's servers can fail or lie: a helpful page, and never a session."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from portage.accounts.connection import Connection
from portage.accounts.outbound import Reach
from support.attempts import (
    AWAY,
    LARKSHIRE,
    MISCONFIGURED,
    NOT_TRUSTED,
    Attempt,
)
from support.oidc import Browser, Misbehaving


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
