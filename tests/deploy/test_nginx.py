"""The shipped nginx configuration, checked by nginx and used: a page and an upload go through it to real gunicorn."""

import hashlib
import http.client
import os
import signal
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import redis
from flask import Flask
from werkzeug.test import TestResponse

from portage.demo.keeper import is_running
from portage.demo.processes import answers as port_answers
from support.asking import submit, walk
from support.browsers import Browser
from support.forms import form_to, send
from support.front import BROKER, COUNCIL, Front, checked
from support.run import Servers

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
Answer = tuple[int, http.client.HTTPMessage, str]


class Secure(Browser):
    """A browser that speaks https with nginx."""

    host = COUNCIL

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send a request to the council's host, over TLS."""
        return super().open(*args, **{"base_url": f"https://{self.host}", **options})


def connect(front: Front) -> http.client.HTTPSConnection:
    """A connection that trusts the test's certificate and no other."""
    trust = ssl.create_default_context(cafile=str(front.certificate))
    return http.client.HTTPSConnection("127.0.0.1", front.tls, timeout=60, context=trust)


def ask(front: Front, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """One request to the council through nginx."""
    told = {"Host": COUNCIL, **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection = connect(front)
    try:
        connection.request(method, path, body, told)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


@pytest.fixture
def browser(front: Front) -> Secure:
    """A browser without JavaScript, whose every request goes over the wire to nginx."""

    def forward(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = quote(environ["PATH_INFO"].encode("latin-1")) + ("?" * bool(query := environ["QUERY_STRING"])) + query
        headers = {
            name.removeprefix("HTTP_").replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or (name == "CONTENT_TYPE" and value)
        }
        connection = connect(front)
        connection.request(environ["REQUEST_METHOD"], path, environ["wsgi.input"].read(), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        hop_by_hop = ("connection", "transfer-encoding", "keep-alive")
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in hop_by_hop]
        start_response(f"{answer.status} {answer.reason}", kept)
        return [body]

    app = Flask("nginx")
    app.wsgi_app = forward  # type: ignore[method-assign]  # the answer comes from the wire
    return Secure(app, app.response_class, use_cookies=True)


def test_nginx_accepts_the_configuration(prefix: tuple[Path, int]) -> None:
    said = checked(prefix[0])
    assert said.returncode == 0, said.stderr
    assert "syntax is ok" in said.stderr
    assert "[warn]" not in said.stderr


def test_a_family_asks_and_sends_a_paper_through_it(
    front: Front, browser: Secure, db_admin: psycopg.Connection
) -> None:
    page = walk(browser, "request-for-support", "parent", until="papers", evidence=[])
    path = page.request.path
    added = send(browser, form_to(page, path), {"kind": "asq", "more": "yes"}, [("papers", ("asq.pdf", PDF))])
    assert added.status_code == 303
    onward = send(browser, form_to(browser.get(path), path))
    thanks = submit(browser, browser.get(onward.headers["Location"]))
    assert thanks.status_code == 200
    assert db_admin.execute("select file_name, media_type, size from evidence").fetchall() == [
        ("asq.pdf", "application/pdf", len(PDF))
    ]
    kept = [file for file in (front.folder / "files").rglob("*") if file.is_file()]
    assert [file.read_bytes() for file in kept] == [PDF]


def test_cookies_belong_to_this_host_alone_and_browsers_stay_with_https(front: Front) -> None:
    status, headers, text = ask(front, "/")
    assert status == 200
    assert "<h1" in text
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookies = headers.get_all("Set-Cookie") or []
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie
    assert "nginx/" not in (headers["Server"] or "")  # its version is nobody's business


def test_plain_http_leads_to_https(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=30)
    connection.request("GET", "/ask?x=1", headers={"Host": COUNCIL})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{COUNCIL}/ask?x=1")
    connection.close()


def test_what_a_client_says_of_its_own_address_is_not_believed(front: Front, servers: Servers) -> None:
    forged = "203.0.113.77"
    counted: set[str] = set()
    with redis.Redis.from_url(servers.valkey, db=BROKER) as counts:
        counts.flushdb()
        until = time.monotonic() + 60
        while not counted and time.monotonic() < until:  # on a busy machine the service may count by itself meanwhile
            for name in ("X_Forwarded_For", "X_Real_IP", "Forwarded"):
                value = f"for={forged}" if name == "Forwarded" else forged
                assert ask(front, "/", "GET", None, **{name: value})[0] == 200
            counted = {key.decode().split(":rate:")[1].split(":")[1] for key in counts.keys("*:rate:*")}
    assert counted == {hashlib.sha256(b"127.0.0.1").hexdigest()[:16]}


def test_a_body_that_is_too_large_gets_a_page_at_once(front: Front) -> None:
    status, headers, text = ask(front, "/ask/request-for-support/papers", "POST", b"x" * 13_000_000)
    assert status == 413
    assert headers["Content-Type"].startswith("text/html")
    assert "too large" in text


def test_the_logs_hold_neither_a_links_token_nor_what_was_searched(front: Front) -> None:
    token, name = "kept-for-the-family-alone-0123456789", "canaryname"
    answers = [ask(front, f"/l/{token}")[0], ask(front, f"/l/{token}/again", "POST", b"")[0]]
    assert set(answers) <= {403, 404, 410}
    ask(front, f"/invitation/{token}")
    ask(front, f"/worklist?q={name}")
    stop_web(front)
    assert ask(front, f"/l/{token}")[0] == 503
    ask(front, f"/worklist?q={name}")
    logged = front.log
    assert logged.count('"GET /l/-"') == 1
    assert logged.count('"GET /unavailable.html" 503') == 2
    assert logged.count('"GET /invitation/-"') == 1
    assert "GET /worklist" in logged
    complaints = "".join(file.read_text(errors="replace") for file in (front.folder / "logs").iterdir())
    for secret in (token, name):
        assert secret not in logged
        assert secret not in complaints


def test_slow_clients_keep_nobody_waiting(front: Front) -> None:
    with ExitStack() as held:
        for _ in range(12):
            line = held.enter_context(slow(front))
            line.sendall(f"GET / HTTP/1.1\r\nHost: {COUNCIL}\r\nX-Slow: ".encode())
        for _ in range(20):  # more than gunicorn has threads
            line = held.enter_context(slow(front))
            head = f"POST /sign-out HTTP/1.1\r\nHost: {COUNCIL}\r\nContent-Length: 9000\r\n\r\n_csrf="
            line.sendall(head.encode())
        began = time.monotonic()
        assert [ask(front, "/")[0] for _ in range(3)] == [200] * 3
        assert time.monotonic() - began < 8  # nginx gives up slow ones after ten seconds


def slow(front: Front) -> ssl.SSLSocket:
    """A connection on which little is said."""
    trust = ssl.create_default_context(cafile=str(front.certificate))
    return trust.wrap_socket(socket.create_connection(("127.0.0.1", front.tls), timeout=60), server_hostname=COUNCIL)


def test_a_page_says_so_when_the_service_is_down(front: Front) -> None:
    stop_web(front)
    status, headers, text = ask(front, "/")
    assert status == 503
    assert headers["Retry-After"] == "30"
    assert headers["Content-Type"].startswith("text/html")
    assert "not available right now" in text
    assert "999" in text


def stop_web(front: Front) -> None:
    """End gunicorn and wait until its port is closed."""
    process_id = front.processes.process_id("web")
    os.kill(process_id, signal.SIGTERM)
    for _ in range(600):
        if not port_answers("127.0.0.1", front.plain - 1) and not is_running(process_id):
            return
        time.sleep(0.05)
    raise AssertionError("gunicorn did not end")
