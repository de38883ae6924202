"""Two invented councils, each with a provider of its own, and browsers for their people."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import requests
from flask import Flask
from joserfc.jwk import KeySet, RSAKey

from portage.accounts.connection import Connection
from portage.accounts.models import IdentityProvider
from portage.accounts.oidc.credentials import SecretStore
from portage.accounts.oidc.provider import Directory, Relation
from portage.accounts.outbound import Reach
from portage.core.db import db
from portage.core.ids import new_id
from portage.demo.provider.app import create_provider
from support.attempts import LARKSHIRE, MOSSBOROUGH, attempt, expect_refusal, provider_id
from support.oidc import Browser, Misbehaving, free_port, misbehaving, peer, served

__all__ = ["LARKSHIRE", "MOSSBOROUGH", "attempt", "expect_refusal", "provider_id"]

Within = Callable[..., AbstractContextManager[UUID]]
OPERATOR_HOST = "operator.localhost"
GROUPS = [
    {"value": "managers", "role": "service-manager"},
    {"value": "visitors", "role": "home-visitor"},
    {"value": "administrators", "role": "tenant-administrator"},
]
PERSONAS = [
    {
        "sub": "ada",
        "name": "Ada Invented",
        "role": "Service manager",
        "email": "ada@lark.example",
        "groups": ["managers"],
    },
    {"sub": "bo", "name": "Bo Invented", "role": "Home visitor", "email": "bo@lark.example", "groups": ["visitors"]},
    {"sub": "cy", "name": "Cy Invented", "role": "Nobody here", "email": "cy@lark.example", "groups": []},
    {"sub": "op", "name": "Op Invented", "role": "Operator", "groups": []},
    {"sub": "weak", "name": "Weak Invented", "role": "Operator", "groups": [], "amr": ["pwd"]},
]


@pytest.fixture(scope="session")
def rp_port() -> int:
    """The port under which browsers and providers reach the service."""
    return free_port()


@pytest.fixture(scope="session")
def our_key() -> RSAKey:
    """The key with which the service proves itself by `private_key_jwt`."""
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


@pytest.fixture(autouse=True)
def connection(app: Flask, our_key: RSAKey, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """How the service reaches providers here: this machine only, and with no rest between key reads."""
    secrets = {
        "PORTAGE_SECRET_SHARED": "an-invented-secret",
        "PORTAGE_SECRET_KEY_OF_OURS": json.dumps(our_key.as_dict(private=True)),
    }
    made = Connection(
        directory=Directory(Reach(loopback=True, seconds=20.0), pause=0),
        store=SecretStore(None, secrets),
        https=False,
        operator=None,
    )
    monkeypatch.setitem(app.extensions, "portage.connection", made)
    monkeypatch.setitem(app.extensions, "portage.rates", Unlimited())
    return made


class Unlimited:
    """No limit on calls: these tests knock more often than any person."""

    def check(self, *_: object) -> None:
        """Let everybody in."""


@pytest.fixture
def site(rp_port: int) -> Callable[[str], str]:
    """The address of a council's site."""
    return lambda slug: f"http://{slug}.localhost:{rp_port}"


@pytest.fixture
def open_browser(app: Flask, site: Callable[[str], str]) -> Iterator[Callable[[str], Browser]]:
    """`open_browser("larkshire")` is a new browser at that council."""
    opened: list[requests.Session] = []

    def open_one(slug: str = LARKSHIRE) -> Browser:
        made = Browser(app.test_client(), site(slug))
        opened.append(made.outside)
        return made

    yield open_one
    for session in opened:
        session.close()


@pytest.fixture
def add_provider(council: Within) -> Callable[..., UUID]:
    """Set up a provider for a council and give its id."""

    def add(slug: str, issuer: str, **given: Any) -> UUID:
        provider_id: UUID = given.pop("id", None) or new_id()
        values: dict[str, Any] = {
            "key": f"p{provider_id.hex[-8:]}",
            "name": "Council account",
            "client_id": "portage-test",
            "auth_method": "client_secret_basic",
            "secret_name": "shared",
            "rules": {"claim": "groups", "groups": GROUPS},
            "demands": {},
        }
        with council(slug):
            db.session.add(IdentityProvider(id=provider_id, issuer=issuer, **{**values, **given}))
            db.session.commit()
        return provider_id

    return add


@dataclass(frozen=True, slots=True)
class Real:
    """A real provider of a council: its issuer and its id at the council."""

    issuer: str
    id: UUID


@pytest.fixture
def service(app: Flask, rp_port: int) -> Iterator[None]:
    """The service as a server, for providers that call it."""
    with served(app, rp_port):
        yield


@pytest.fixture
def ours(tmp_path: Path, site: Callable[[str], str], add_provider: Callable[..., UUID]) -> Iterator[Real]:
    """The demonstration's provider, for the first council, with a shared secret."""
    provider_id, operator = new_id(), f"http://{OPERATOR_HOST}:{site('x').rpartition(':')[2]}"
    client = {
        "client_id": "portage-test",
        "client_secret": "an-invented-secret",
        "redirect_uris": [f"{site(LARKSHIRE)}/auth/{provider_id}/callback"],
        "post_logout_redirect_uris": [f"{site(LARKSHIRE)}/signed-out"],
        "backchannel_logout_uri": f"{site(LARKSHIRE)}/auth/{provider_id}/back-channel-logout",
    }
    for_operators = {
        "client_id": "portage-operators",
        "client_secret": "an-invented-secret",
        "redirect_uris": [f"{operator}/operator/auth/callback"],
        "post_logout_redirect_uris": [f"{operator}/operator/signed-out"],
        "backchannel_logout_uri": f"{operator}/operator/auth/back-channel-logout",
    }
    realms = {
        LARKSHIRE: {"name": "Larkshire Council", "clients": [client], "personas": PERSONAS},
        "operators": {"name": "Operators", "clients": [for_operators], "personas": PERSONAS},
    }
    settings, port = tmp_path / "realms.json", free_port()
    settings.write_text(json.dumps({"realms": realms}), encoding="utf-8")
    app = create_provider(settings, tmp_path / "keys", f"http://idp.localhost:{port}")
    with served(app, port):
        add_provider(LARKSHIRE, f"http://idp.localhost:{port}/{LARKSHIRE}", id=provider_id)
        yield Real(f"http://idp.localhost:{port}/{LARKSHIRE}", provider_id)


@pytest.fixture
def independent(
    tmp_path: Path, our_key: RSAKey, site: Callable[[str], str], add_provider: Callable[..., UUID]
) -> Iterator[Real]:
    """npm's certified provider, for the second council, with `private_key_jwt`."""
    provider_id, port = new_id(), free_port()
    client = {
        "client_id": "portage-test",
        "jwks": KeySet([our_key]).as_dict(private=False),
        "redirect_uris": [f"{site(MOSSBOROUGH)}/auth/{provider_id}/callback"],
        "post_logout_redirect_uris": [f"{site(MOSSBOROUGH)}/signed-out"],
        "backchannel_logout_uri": f"{site(MOSSBOROUGH)}/auth/{provider_id}/back-channel-logout",
    }
    with peer(tmp_path, port, client) as issuer:
        add_provider(MOSSBOROUGH, issuer, id=provider_id, auth_method="private_key_jwt", secret_name="key-of-ours")
        yield Real(issuer, provider_id)


@pytest.fixture(scope="session")
def liar_key() -> RSAKey:
    """The misbehaving provider's own key."""
    return RSAKey.generate_key(2048, {"kid": "good", "use": "sig"})


@pytest.fixture
def liar(liar_key: RSAKey) -> Iterator[Misbehaving]:
    """A provider that misbehaves on request."""
    with misbehaving(Misbehaving(key=liar_key)) as provider:
        yield provider


@pytest.fixture
def sessions(db_admin: psycopg.Connection) -> Callable[[], int]:
    """How many live sessions the database holds, of councils and of operators."""

    def count() -> int:
        row = db_admin.execute(
            "select (select count(*) from web_session where ended_at is null)"
            " + (select count(*) from operator_session where ended_at is null)"
        ).fetchone()
        assert row is not None
        return int(row[0])

    return count


@pytest.fixture
def operators(connection: Connection, ours: Real, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Relation:
    """The operators' relation to their issuer at the demonstration's provider, in force."""
    relation = Relation(
        issuer=ours.issuer.replace(LARKSHIRE, "operators"),
        client_id="portage-operators",
        auth_method="client_secret_basic",
        secret_name="shared",
        amr=("mfa",),
    )
    changed = Connection(connection.directory, connection.store, connection.https, relation)
    monkeypatch.setitem(app.extensions, "portage.connection", changed)
    return relation


def eventually(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Say whether something comes to hold within a few seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return holds()
