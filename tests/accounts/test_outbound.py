"""Calls to addresses that somebody else typed reach public hosts alone, end in time, and go nowhere else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from portage.accounts.oidc import provider
from portage.accounts.outbound import OutboundFailed, OutboundRefused, Reach, addresses_of, check_address, fetch
from portage.accounts.paths import safe_next
from portage.accounts.refusals import ProviderAway
from support.oidc import free_port

PRODUCTION, DEVELOPMENT = Reach(), Reach(loopback=True, seconds=0.6)


@pytest.fixture
def trap() -> Iterator[tuple[int, list[str]]]:
    """A port on 127.0.0.1 which notes every connection."""
    port, seen = free_port(), []
    with socket.create_server(("127.0.0.1", port)) as listening:
        listening.settimeout(0.05)
        over = threading.Event()

        def note() -> None:
            while not over.is_set():
                try:
                    connection, peer = listening.accept()
                except OSError:
                    continue
                seen.append(str(peer))
                connection.close()

        thread = threading.Thread(target=note)
        thread.start()
        yield port, seen
        over.set()
        thread.join()


INSIDE = [
    "https://127.0.0.1:{port}/",
    "https://127.1:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f.1:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://0.0.0.0:{port}/",
    "https://[::1]:{port}/",
    "https://[::]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[64:ff9b::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://localhost:{port}/",
    "https://LOCALHOST:{port}/",
    "https://localhost.:{port}/",
    "https://anything.localhost:{port}/",
    "https://10.0.0.1:{port}/",
    "https://172.16.0.1:{port}/",
    "https://192.168.1.1:{port}/",
    "https://169.254.169.254:{port}/latest/meta-data",
    "https://[fd00:ec2::254]:{port}/",
    "https://[fe80::1]:{port}/",
    "https://100.64.0.1:{port}/",
    "https://224.0.0.1:{port}/",
    "https://240.0.0.1:{port}/",
    "https://255.255.255.255:{port}/",
    "http://127.0.0.1:{port}/",
    "http://council.example:{port}/",
    "http://localhost:{port}/",
    "ftp://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "https://user@127.0.0.1:{port}/",
    "https://user:word@council.example:{port}/",
    "https://council.example\\@127.0.0.1:{port}/",
    "https://council.example\r\nHost: x:{port}/",
    "https://council.example:{port}/#fragment",
    "https://:{port}/",
    "https://council.example:port/",
    "https:///path",
    "//127.0.0.1:{port}/",
    "/path",
    "",
    "https://\u2460\u2461\u2466.0.0.1:{port}/",
]


@pytest.mark.parametrize("address", INSIDE)
def test_in_production_no_address_leads_inside(address: str, trap: tuple[int, list[str]]) -> None:
    port, seen = trap
    with pytest.raises((OutboundRefused, OutboundFailed)):
        fetch(address.replace("{port}", str(port)), PRODUCTION)
    assert seen == []


def test_a_name_that_leads_to_a_public_and_an_inner_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> list[object]:
        return [(2, 1, 6, "", (address, 443)) for address in ("93.184.215.14", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(OutboundRefused):
        addresses_of("rebinding.example", 443, PRODUCTION)


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connected: list[object] = []

    def resolve(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        return [(2, 1, 6, "", ("93.184.215.14" if len(asked) == 1 else "127.0.0.1", 443))]

    def connect(address: object, *_: object, **__: object) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OutboundFailed):
        fetch("https://rebinding.example/", PRODUCTION)
    assert asked == ["rebinding.example"]
    assert connected == [("93.184.215.14", 443)]


def test_a_pinned_host_is_called_where_it_was_pinned() -> None:
    assert addresses_of("inner.example", 443, Reach(pins={"inner.example": "10.1.2.3"})) == [("10.1.2.3", 443)]


def test_in_development_http_is_for_this_machine_alone() -> None:
    check_address("http://idp.localhost:8090/a", DEVELOPMENT)
    check_address("http://127.0.0.1:8090/a", DEVELOPMENT)
    assert addresses_of("idp.localhost", 8090, DEVELOPMENT) == [("127.0.0.1", 8090)]
    with pytest.raises(OutboundRefused):
        check_address("http://council.example/", DEVELOPMENT)
    with pytest.raises(OutboundRefused):
        addresses_of("10.0.0.1", 80, DEVELOPMENT)


@pytest.fixture
def dripping() -> Iterator[int]:
    """A server which sends one byte now and then, for ever."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as listening:
        over = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                while not over.wait(0.1):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        yield port
        over.set()
        thread.join()


def test_a_server_that_drips_holds_nobody_longer_than_the_limit(dripping: int) -> None:
    began = time.monotonic()
    with pytest.raises(OutboundFailed):
        fetch(f"http://127.0.0.1:{dripping}/", DEVELOPMENT)
    assert time.monotonic() - began < 20 * DEVELOPMENT.seconds


REDIRECTS = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "https:evil.example",
    "http://evil.example/worklist",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "mailto:a@evil.example",
    "evil.example",
    "@evil.example",
    "/@evil.example//evil.example",
    "/./\\evil.example",
    "/.//evil.example",
    "/%2f/evil.example",
    "/%2F%2Fevil.example",
    "/%5cevil.example",
    "/a/../..//evil.example",
    "/a/../b",
    "/\u2215/evil.example",
    "/\uff0f/evil.example",
    " /worklist",
    "/worklist ",
    "/work\r\nSet-Cookie: a=b",
    "/work\x00list",
    "/work<script>",
    '/work"onload',
    "?next=//evil.example",
    "#/evil",
    "/worklist#//evil.example",
    "/sign-in",
    "/sign-in?next=/sign-in",
    "/sign-out",
    "/auth/x/start",
    "/signed-out",
    "/invitation/x",
    "/" + "a" * 600,
    "",
    "/",
]


@pytest.mark.parametrize("asked", REDIRECTS)
def test_nobody_is_sent_anywhere_but_to_a_page_of_this_site(asked: str) -> None:
    assert safe_next(asked) == "/start"


@pytest.mark.parametrize(
    "asked", ["/worklist", "/worklist?area=north&page=2", "/referrals/01a2-b/facts", "/visits/2026-01-02", "/a%20b"]
)
def test_a_page_of_this_site_is_kept(asked: str) -> None:
    assert safe_next(asked) == asked


def test_nothing_asked_for_leads_to_the_start() -> None:
    keep: Callable[[str | None], str] = safe_next
    assert keep(None) == "/start"


def test_a_provider_that_does_not_answer_is_left_alone_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    now = [1000.0]

    def silent(address: str, _reach: Reach) -> None:
        calls.append(address)
        raise OutboundFailed("The host does not answer.")

    monkeypatch.setattr(provider, "fetch", silent)
    directory = provider.Directory(Reach(), monotonic=lambda: now[0])
    for _ in range(5):
        with pytest.raises(ProviderAway):
            directory.metadata("https://id.example")
    assert len(calls) == 1
    with pytest.raises(ProviderAway):
        directory.metadata("https://other.example")
    assert len(calls) == 2
    now[0] += 11
    with pytest.raises(ProviderAway):
        directory.metadata("https://id.example")
    assert len(calls) == 3
