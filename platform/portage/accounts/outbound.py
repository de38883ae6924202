"""Calls to a council's identity provider, kept from reaching anything else.

An address in a provider's settings or metadata was typed by somebody else. So a call goes to public addresses only,
to the very address that was checked, never follows a redirect, and ends after a fixed time and a fixed size.
"""

from __future__ import annotations

import contextlib
import io
import ipaddress
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

# Names for which a resolver may give away an address inside: translations of IPv4 into IPv6.
_TRANSLATED = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("2001::/32"),
)


class OutboundRefused(Exception):
    """The address may not be called at all."""


class OutboundFailed(Exception):
    """The address was called and did not give a usable answer."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far calls may go: public https alone, or also this machine when the service runs in development.

    `pins` are hosts whose address whoever runs the service has settled, such as a provider inside a council's network.
    """

    loopback: bool = False
    seconds: float = 5.0
    most_bytes: int = 1024 * 1024
    pins: Mapping[str, str] = field(default_factory=dict)


def is_local_name(host: str) -> bool:
    """Say whether a host name means this machine by definition (RFC 6761): `localhost` and all names below it."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return is_local_name(host)


def check_address(url: str, reach: Reach) -> None:
    """Refuse an address that is not plain https, or http on this machine in development; raises OutboundRefused."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise OutboundRefused("The address cannot be read.") from error
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise OutboundRefused("The address must hold a host and no user, password or fragment.")
    if any(character in url for character in "\\\r\n\t ") or not url.isascii():
        raise OutboundRefused("The address holds a character that addresses do not have.")
    if parts.scheme == "https" and (reach.loopback or not _is_local(host)):
        return
    if parts.scheme == "http" and reach.loopback and _is_local(host):
        return
    raise OutboundRefused("The address must begin with https and be public.")


def _is_allowed(address: str, reach: Reach) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return _is_allowed(str(ip.ipv4_mapped), reach)
        if any(ip in network for network in _TRANSLATED):
            return False
    if ip.is_loopback:
        return reach.loopback
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def addresses_of(host: str, port: int, reach: Reach) -> list[tuple[str, int]]:
    """Resolve a host once and return the addresses to connect to; one that is not allowed refuses them all."""
    if pinned := reach.pins.get(host):
        return [(pinned, port)]
    if is_local_name(host):
        if not reach.loopback:
            raise OutboundRefused("The address is on this machine.")
        return [("127.0.0.1", port)]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutboundFailed("The name of the host is not known.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(_is_allowed(address, reach) for address in addresses):
        raise OutboundRefused("The host is not at a public address.")
    return [(address, port) for address in addresses]


def _connect(host: str, port: int, reach: Reach) -> socket.socket:
    """Connect to a checked address, and close the connection after the time that the whole call may take."""
    failure: OSError | None = None
    for address in addresses_of(host, port, reach):
        try:
            connection = socket.create_connection(address, timeout=reach.seconds)
        except OSError as error:
            failure = error
            continue
        _close_after(connection, reach.seconds)
        return connection
    raise OutboundFailed("The host does not answer.") from failure


def _close_after(connection: socket.socket, seconds: float) -> None:
    # A time limit on each read is not enough: one byte every few seconds would hold a worker for hours.
    handle = connection.dup()

    def close() -> None:
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)
        handle.close()

    timer = threading.Timer(seconds, close)
    timer.daemon = True
    timer.start()


def _pools(reach: Reach) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self._dns_host, self.port, reach)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self._dns_host, self.port or 443, reach)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class GuardedAdapter(HTTPAdapter):
    """Carries requests under a Reach: checked address, no redirect, limited time and size."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Use connections that go to the checked address only."""
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self._reach)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request and read its whole answer within the limits; raises OutboundRefused or OutboundFailed."""
        check_address(request.url or "", self._reach)
        request.headers["Accept-Encoding"] = "identity"
        request.headers["Connection"] = "close"
        deadline = time.monotonic() + self._reach.seconds
        try:
            response = super().send(request, stream=True, timeout=self._reach.seconds, verify=verify, cert=cert)
            with response.raw:
                return self._read(response, deadline)
        except requests.RequestException as error:
            raise OutboundFailed("The host did not answer as it should.") from error

    def _read(self, response: requests.Response, deadline: float) -> requests.Response:
        if response.is_redirect or 300 <= response.status_code < 400:
            raise OutboundFailed("The host sent us to another address.")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise OutboundFailed("The host packed its answer, which was not asked for.")
        try:
            body = response.raw.read(self._reach.most_bytes + 1, decode_content=False)
        except Exception as error:
            raise OutboundFailed("The host stopped in the middle of its answer.") from error
        if len(body) > self._reach.most_bytes:
            raise OutboundFailed("The host sent too much.")
        if time.monotonic() > deadline or len(body) < int(response.headers.get("Content-Length") or 0):
            raise OutboundFailed("The host stopped in the middle of its answer.")
        response.raw = io.BytesIO(body)
        return response


def guard(session: requests.Session, reach: Reach) -> None:
    """Make a session send all of its requests through GuardedAdapter and nothing of this machine's proxy settings."""
    session.trust_env = False
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, GuardedAdapter(reach))


def fetch(url: str, reach: Reach, headers: Mapping[str, str] | None = None) -> requests.Response:
    """Read one address with GET under the limits of `reach`."""
    check_address(url, reach)  # as it stands, before the library mends it
    with requests.Session() as session:
        guard(session, reach)
        return session.get(url, headers={"Accept": "application/json", **(headers or {})}, allow_redirects=False)


def post_form(url: str, fields: Mapping[str, str], reach: Reach) -> requests.Response:
    """Send one form with POST under the limits of `reach`."""
    check_address(url, reach)
    with requests.Session() as session:
        guard(session, reach)
        return session.post(url, data=dict(fields), allow_redirects=False)
