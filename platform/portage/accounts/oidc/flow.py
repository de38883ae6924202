"""The two steps of a sign-in: sending a browser to the provider, and exchanging what it brings back for who it is."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from requests import RequestException

from portage.accounts.oidc.credentials import SecretStore
from portage.accounts.oidc.provider import Directory, Metadata, Relation
from portage.accounts.oidc.tokens import SignedIn, verify_id_token
from portage.accounts.outbound import OutboundFailed, OutboundRefused, fetch, guard
from portage.accounts.refusals import (
    AttemptNotKnown,
    NotTrusted,
    PersonDeclined,
    ProviderAway,
    ProviderMisconfigured,
    ProviderRefused,
    SignInRefused,
)

_LONGEST_ANSWER = 4096
_ERRORS: dict[str, type[SignInRefused]] = {
    "access_denied": PersonDeclined,
    "login_required": PersonDeclined,
    "interaction_required": PersonDeclined,
    "consent_required": PersonDeclined,
    "account_selection_required": PersonDeclined,
    "server_error": ProviderAway,
    "temporarily_unavailable": ProviderAway,
    "unauthorized_client": ProviderMisconfigured,
    "invalid_client": ProviderMisconfigured,
    "invalid_scope": ProviderMisconfigured,
    "unsupported_response_type": ProviderMisconfigured,
}


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that has begun: where to send the browser, and what only we and that browser may know."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider sent back through the browser."""

    state: str
    code: str = ""
    issuer: str = ""
    error: str = ""

    @classmethod
    def read(cls, sent: Any) -> Answer:
        """Read the query of a callback (a MultiDict); a parameter that comes twice or is too long makes it unknown."""
        found = {}
        for name, key in (("state", "state"), ("code", "code"), ("issuer", "iss"), ("error", "error")):
            values = sent.getlist(key)
            if len(values) > 1 or any(len(value) > _LONGEST_ANSWER for value in values):
                raise AttemptNotKnown("a parameter came twice or is too long")
            found[name] = values[0] if values else ""
        if not found["state"]:
            raise AttemptNotKnown("no state")
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Flow:
    """Signs people in at one provider: its relation, the directory of what it publishes, and where our secrets are."""

    relation: Relation
    directory: Directory
    store: SecretStore

    def begin(self, redirect_uri: str) -> Begun:
        """Make an authorization request with a fresh state, nonce and PKCE verifier of 256 bits each."""
        metadata = self.directory.metadata(self.relation.issuer)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        extra = {"acr_values": " ".join(self.relation.acr)} if self.relation.acr else {}
        with OAuth2Session(
            client_id=self.relation.client_id,
            scope=_with_openid(self.relation.scope),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        ) as client:
            address, _state = client.create_authorization_url(
                metadata.authorization_endpoint, state=state, code_verifier=verifier, nonce=nonce, **extra
            )
        return Begun(str(address), state, nonce, verifier)

    def finish(self, answer: Answer, *, nonce: str, verifier: str, redirect_uri: str, now: datetime) -> SignedIn:
        """Exchange the code and check everything that comes with it; raises a SignInRefused."""
        metadata = self.directory.metadata(self.relation.issuer)
        self._check_sender(answer, metadata)
        if answer.error:
            raise _ERRORS.get(answer.error, ProviderRefused)(f"the provider said {_shown(answer.error)}")
        if not answer.code:
            raise NotTrusted("the answer holds no code")
        tokens = self._redeem(answer.code, verifier, redirect_uri, metadata)
        signed_in = verify_id_token(
            tokens["id_token"],
            relation=self.relation,
            directory=self.directory,
            nonce=nonce,
            access_token=tokens["access_token"],
            now=now,
        )
        return self._with_wanted_claim(signed_in, tokens["access_token"], metadata)

    def _check_sender(self, answer: Answer, metadata: Metadata) -> None:
        """RFC 9207: the answer says who sent it. One that names another issuer is a mix-up, announced or not."""
        if (answer.issuer or metadata.announces_issuer) and answer.issuer != self.relation.issuer:
            raise NotTrusted("the answer comes from another issuer")

    def _redeem(self, code: str, verifier: str, redirect_uri: str, metadata: Metadata) -> dict[str, str]:
        with self._client(redirect_uri) as client:
            guard(client, self.directory.reach)
            try:
                told = client.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    allow_redirects=False,
                )
            except OAuthError as error:
                raise _TOKEN_ERRORS.get(str(error.error), NotTrusted)(f"token: {_shown(str(error.error))}") from error
            except OutboundRefused as error:
                raise ProviderMisconfigured("the token endpoint is not allowed") from error
            except (OutboundFailed, RequestException, ValueError, RecursionError) as error:
                raise ProviderAway("the token endpoint's answer cannot be read") from error
        tokens = {name: told.get(name) for name in ("id_token", "access_token", "token_type")}
        if not all(isinstance(value, str) and value for value in tokens.values()):
            raise NotTrusted("the answer lacks a token")
        if tokens["token_type"].lower() != "bearer":
            raise NotTrusted("the access token is of another kind")
        return tokens

    def _client(self, redirect_uri: str) -> Any:
        """Authlib's client, which proves itself with a secret or signs with our key."""
        options: dict[str, Any] = {
            "client_id": self.relation.client_id,
            "redirect_uri": redirect_uri,
            "token_endpoint_auth_method": self.relation.auth_method,
        }
        if self.relation.auth_method == "private_key_jwt":
            key, algorithm = self.store.key(self.relation.secret_name)
            client = OAuth2Session(client_secret=key, **options)
            client.register_client_auth_method(PrivateKeyJWT(headers={"kid": key.kid}, alg=algorithm))
            return client
        if self.relation.auth_method == "client_secret_basic":
            return OAuth2Session(client_secret=self.store.text(self.relation.secret_name), **options)
        raise ProviderMisconfigured("the way to prove ourselves is not known")

    def _with_wanted_claim(self, signed_in: SignedIn, access_token: str, metadata: Metadata) -> SignedIn:
        """Ask the userinfo endpoint when the identity token lacks the claim that the council's rules read."""
        wanted = self.relation.wanted_claim
        if not wanted or wanted in signed_in.claims or not metadata.userinfo_endpoint:
            return signed_in
        try:
            headers = {"Authorization": f"Bearer {access_token}"}
            response = fetch(metadata.userinfo_endpoint, self.directory.reach, headers=headers)
            told = response.json() if response.status_code == 200 else None
        except OutboundRefused as error:
            raise ProviderMisconfigured("the userinfo endpoint is not allowed") from error
        except (OutboundFailed, ValueError, RecursionError) as error:
            raise ProviderAway("the userinfo endpoint's answer cannot be read") from error
        if not isinstance(told, dict):
            raise ProviderAway("the userinfo endpoint did not answer")
        if told.get("sub") != signed_in.subject:
            raise NotTrusted("the userinfo endpoint tells of somebody else")
        return replace(signed_in, claims={**told, **signed_in.claims})

    def end_session_address(self, id_token: str | None, back_to: str) -> str | None:
        """Where to send the browser to end the session at the provider too, or None when it offers no such place."""
        try:
            endpoint = self.directory.metadata(self.relation.issuer).end_session_endpoint
        except SignInRefused:
            return None
        if not endpoint:
            return None
        fields = {"client_id": self.relation.client_id, "post_logout_redirect_uri": back_to}
        if id_token:
            fields["id_token_hint"] = id_token
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(fields)}"


_TOKEN_ERRORS: dict[str, type[SignInRefused]] = {
    "invalid_client": ProviderMisconfigured,
    "unauthorized_client": ProviderMisconfigured,
    "invalid_grant": NotTrusted,
    "server_error": ProviderAway,
    "temporarily_unavailable": ProviderAway,
}


def _with_openid(scope: str) -> str:
    words = [word for word in scope.split() if word != "openid"]
    return " ".join(["openid", *words])


def _shown(code: str) -> str:
    """A provider's error code for the log, if it looks like one."""
    return code if code.replace("_", "").isalnum() and len(code) < 60 else "something else"
