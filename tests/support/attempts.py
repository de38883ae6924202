"""A sign-in at a provider that answers as a test tells it to."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from support.oidc import Browser, Misbehaving

LARKSHIRE, MOSSBOROUGH = "larkshire", "mossborough"
# What a page of refusal says to whoever asks for help.
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
