"""What the provider knows: its issuers, their clients and their invented people, read from one JSON file.

The file looks like this; every issuer is `<base address>/<key>`::

    {"realms": {"a-council": {
        "name": "A Council",
        "clients": [{"client_id": "portage", "client_secret": "...", "redirect_uris": ["..."],
                     "post_logout_redirect_uris": ["..."], "backchannel_logout_uri": "..."}],
        "personas": [{"sub": "manager", "name": "...", "role": "Service manager", "groups": ["..."], "try": "..."}]}}}

A client has either a `client_secret` or, for `private_key_jwt`, public `jwks`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from secrets import compare_digest
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin
from joserfc.jwk import KeySet, RSAKey

SCOPES = ("openid", "profile", "email", "groups")


@dataclass(frozen=True, slots=True)
class Persona:
    """An invented person who can be chosen on the sign-in page."""

    sub: str
    name: str
    role: str
    email: str = ""
    groups: tuple[str, ...] = ()
    amr: tuple[str, ...] = ("pwd", "mfa")
    acr: str = "urn:portage:demo:two-steps"
    email_verified: bool = True
    hint: str = ""

    def claims(self, scope: str) -> dict[str, Any]:
        """The claims about this person that a scope (words between spaces) asks for."""
        asked = scope.split()
        claims: dict[str, Any] = {"sub": self.sub}
        if "profile" in asked:
            claims["name"] = self.name
        if "email" in asked and self.email:
            claims |= {"email": self.email, "email_verified": self.email_verified}
        if "groups" in asked or "profile" in asked:
            claims["groups"] = list(self.groups)
        return claims


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):  # type: ignore[misc]  # Authlib publishes no types
    """A service that may ask this provider who somebody is; the questions are Authlib's."""

    client_id: str
    redirect_uris: tuple[str, ...]
    client_secret: str = ""
    jwks: dict[str, Any] | None = None
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""

    @property
    def auth_method(self) -> str:
        """How the client proves itself at the token endpoint."""
        return "private_key_jwt" if self.jwks else "client_secret_basic"

    @property
    def client_metadata(self) -> dict[str, Any]:
        """What Authlib's endpoints read about a client."""
        return {"post_logout_redirect_uris": list(self.post_logout_redirect_uris)}

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(word for word in (scope or "").split() if word in SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.client_secret) and compare_digest(self.client_secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True, slots=True)
class Realm:
    """One issuer: the provider of one council, or of the operators."""

    key: str
    name: str
    issuer: str
    clients: dict[str, Client]
    personas: dict[str, Persona]
    signing_key: RSAKey = field(repr=False)

    @property
    def public_keys(self) -> dict[str, Any]:
        """The key set that clients read."""
        return dict(KeySet([self.signing_key]).as_dict(private=False))


def _persona(told: dict[str, Any]) -> Persona:
    known = {key: value for key, value in told.items() if key in ("email", "acr", "email_verified")}
    known |= {key: tuple(told[key]) for key in ("groups", "amr") if key in told}
    return Persona(sub=told["sub"], name=told["name"], role=told["role"], hint=told.get("try", ""), **known)


def _client(told: dict[str, Any]) -> Client:
    known = {key: value for key, value in told.items() if key in ("client_secret", "jwks", "backchannel_logout_uri")}
    return Client(
        client_id=told["client_id"],
        redirect_uris=tuple(told["redirect_uris"]),
        post_logout_redirect_uris=tuple(told.get("post_logout_redirect_uris", ())),
        **known,
    )


def signing_key(folder: Path, name: str) -> RSAKey:
    """The RSA key of one issuer, made at first use and kept in `folder` for its owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}.jwk.json"
    if not path.exists():
        made = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(made.as_dict(private=True), file)
    return RSAKey.import_key(json.loads(path.read_text(encoding="utf-8")))


def read_realms(settings: Path, state: Path, base_url: str) -> dict[str, Realm]:
    """Read the file of issuers; signing keys live in `state`, addresses begin with `base_url` (no slash at its end)."""
    told = json.loads(settings.read_text(encoding="utf-8"))["realms"]
    realms = {}
    for key, realm in told.items():
        clients = [_client(client) for client in realm["clients"]]
        personas = [_persona(persona) for persona in realm["personas"]]
        realms[key] = Realm(
            key=key,
            name=realm["name"],
            issuer=f"{base_url}/{key}",
            clients={client.client_id: client for client in clients},
            personas={persona.sub: persona for persona in personas},
            signing_key=signing_key(state, key),
        )
    return realms
