"""Providers for the tests: the demonstration's own, npm's certified one, and one that misbehaves on request."""

from __future__ import annotations

import json
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import TestResponse

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on, below the range that the system gives out by itself."""
    for _ in range(200):
        port = random.randint(21000, 32000)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")


class Silent(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


@contextmanager
def served(app: Flask, port: int) -> Iterator[None]:
    """Serve an application on 127.0.0.1 while the block runs."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


# ------------------------------------------------------------------------------------------------------- the browser


class Local(requests.adapters.HTTPAdapter):
    """Sends *.localhost to 127.0.0.1, as browsers do and Python on Debian does not."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """Send one request, with the host's name in its header."""
        parts = urlsplit(request.url or "")
        request.headers["Host"] = parts.netloc
        request.url = parts._replace(netloc=f"127.0.0.1:{parts.port}").geturl()
        return super().send(request, **options)


def outside() -> requests.Session:
    """A browser's cookies and connections for providers."""
    session = requests.Session()
    session.mount("http://", Local())
    return session


@dataclass
class Browser:
    """One person's browser: cookies for the service under test, others for the providers, which are real servers."""

    client: FlaskClient
    site: str
    outside: requests.Session = field(default_factory=outside)

    def get(self, path: str) -> TestResponse:
        """Open a page of the service; `path` may be a full address of it."""
        return self.client.get(path.removeprefix(self.site), base_url=self.site)

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form of the service."""
        return self.client.post(path, base_url=self.site, data=fields)

    def start(self, provider_id: object, **query: str) -> dict[str, str]:
        """Begin a sign-in and give what the provider is asked; `at` is the address without its query."""
        answer = self.client.get(f"/auth/{provider_id}/start", base_url=self.site, query_string=query)
        assert answer.status_code == 302, answer.text
        return asked_of(answer.headers["Location"])

    def csrf(self) -> str:
        """The token for forms, from the header's sign-out form."""
        found = re.search(r'name="_csrf" value="([0-9a-f]+)"', self.get("/sign-in").text)
        assert found, "no form on the page"
        return found.group(1)

    @property
    def session(self) -> str | None:
        """The session cookie, if there is one."""
        kept = self.client.get_cookie("portage-session", domain=urlsplit(self.site).hostname or "")
        return kept.value if kept else None

    def is_signed_in(self) -> bool:
        """Ask the service: is anybody signed in here?"""
        return "You are signed in as" in self.get("/sign-in").text


def asked_of(address: str) -> dict[str, str]:
    """The query of an authorization request, and `at`, the address itself."""
    parts = urlsplit(address)
    return {"at": address, **{name: values[0] for name, values in parse_qs(parts.query).items()}}


# --------------------------------------------------------------------------------------------- a provider that lies


@dataclass
class Misbehaving:
    """A provider on 127.0.0.1 which tells what a test makes it tell. It is honest until a test changes something.

    `metadata` and `claims` are laid over the honest ones (None removes an entry); `answers` replaces what
    a path answers: (status, headers, body) or a callable that gives one, which may wait.
    """

    port: int = field(default_factory=free_port)
    client_id: str = "portage-test"
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    token_answer: dict[str, Any] = field(default_factory=dict)
    id_token: Callable[[dict[str, Any]], str] | None = None
    nonce: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "good", "use": "sig"}))
    calls: list[str] = field(default_factory=list)
    published: list[Any] | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def honest_claims(self) -> dict[str, Any]:
        """An identity token's claims as a good provider would give them now."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "somebody",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "name": "Invented Somebody",
            "groups": ["managers"],
        }

    def signed(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        """Sign claims with the good key."""
        return jwt.encode({"alg": "RS256", "kid": "good", **(header or {})}, claims, self.key)

    def logout_token(self, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """A logout token with some claims changed (None removes one)."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 120,
            "jti": f"jti-{secrets.token_hex(8)}",
            "sub": "somebody",
            "sid": "sid-1",
            "events": {LOGOUT_EVENT: {}},
        }
        return self.signed(_laid_over(claims, changed), {"typ": "logout+jwt", **(header or {})})

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """What this provider answers at a path."""
        self.calls.append(path)
        replaced = self.answers.get(path)
        if replaced is not None:
            answer: tuple[int, dict[str, str], bytes] = replaced() if callable(replaced) else replaced
            return answer
        told = {
            "/.well-known/openid-configuration": self._metadata,
            "/keys": lambda: {"keys": self.published if self.published is not None else self._keys()},
            "/token": self._tokens,
        }[path]()
        return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()

    def _keys(self) -> list[Any]:
        return list(KeySet([self.key]).as_dict(private=False)["keys"])

    def _metadata(self) -> dict[str, Any]:
        honest = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return _laid_over(honest, self.metadata)

    def _tokens(self) -> dict[str, Any]:
        claims = _laid_over(self.honest_claims(), self.claims)
        id_token = self.id_token(claims) if self.id_token else self.signed(claims, self.header)
        return _laid_over({"access_token": "a", "token_type": "Bearer", "id_token": id_token}, self.token_answer)


def _laid_over(honest: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**honest, **changed}.items() if value is not None}


@contextmanager
def misbehaving(provider: Misbehaving) -> Iterator[Misbehaving]:
    """Serve such a provider while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._answer()

        def _answer(self) -> None:
            status, headers, body = provider.answer(self.path.partition("?")[0])
            try:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the service stopped listening, as it should

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", provider.port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def through_ours(outside: requests.Session, address: str, persona: str) -> str:
    """Choose a persona on our provider's page and give the address at which the service is called back."""
    answer = outside.post(address, data={"persona": persona}, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


# ------------------------------------------------------------------------------------------- npm's certified provider


def node() -> str:
    """The Node that came with the environment, else the machine's."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    assert found, "Node is needed for the independent provider: run `make bootstrap`"
    return found


@contextmanager
def peer(folder: Path, port: int, client: dict[str, Any]) -> Iterator[str]:
    """Run npm's `oidc-provider` with one client, and give its issuer."""
    program = Path(__file__).with_name("oidc_peer.mjs")
    settings = folder / "peer.json"
    settings.write_text(json.dumps({"port": port, "client": client}), encoding="utf-8")
    with (folder / "peer.log").open("wb") as log:
        # A session of its own: Node from a wheel is started by a script, and both must end.
        process = subprocess.Popen(
            [node(), str(program), str(settings)], stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_for(port, process, folder / "peer.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the peer stopped: {log.read_text(encoding='utf-8')}"
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"the peer is not ready: {log.read_text(encoding='utf-8')}")


def form_of(page: requests.Response) -> tuple[str, dict[str, str]]:
    """The address of a page's first form, and its hidden fields."""
    found = re.search(r'action="([^"]+)"', page.text)
    address = urljoin(page.url, found.group(1).replace("&amp;", "&")) if found else page.url
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text)
    return address, dict(hidden)


def through_peer(outside: requests.Session, address: str, site: str, person: str) -> str:
    """Sign in on the peer's own pages as `person`, and give the address at which the service is called back."""
    page = outside.get(address, allow_redirects=False)
    for _ in range(12):
        if page.is_redirect:
            onward = urljoin(page.url, page.headers["Location"])
            if onward.startswith(site):
                return onward
            page = outside.get(onward, allow_redirects=False)
            continue
        assert page.status_code == 200, page.text
        action, fields = form_of(page)
        if fields.get("prompt") == "login":
            fields |= {"login": person, "password": "anything"}
        page = outside.post(action, data=fields, allow_redirects=False)
    raise AssertionError(f"the peer did not lead back: {page.status_code} {page.text[:500]}")
