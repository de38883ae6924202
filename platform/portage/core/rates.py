"""How often one connection or person may call, and how much a council takes from the public in all.

Both are counted in Redis within 50 ms, else by this process alone.
"""

import hashlib
import time
from collections import Counter
from enum import StrEnum
from ipaddress import IPv4Address, ip_address, ip_network
from threading import Lock
from uuid import UUID

from redis import Redis, RedisError

from portage.core.access import Rate
from portage.core.errors import TooManyRequests

LIMITS: dict[Rate, int] = {  # calls a minute
    Rate.PAGE: 600,
    Rate.WRITE: 240,
    Rate.PUBLIC_WRITE: 60,
    Rate.SIGN_IN: 60,
    Rate.UPLOAD: 60,
    Rate.HEALTH: 1200,
}
_WINDOW = 60


class Ceiling(StrEnum):
    """What a council takes a limited number of, whoever sends it."""

    PUBLIC_FILES = "public-files"


CEILINGS: dict[Ceiling, dict[int, int]] = {  # seconds: at most so many in them
    # A council of a million people gets some five requests a day with a handful of papers each. Beyond this a flood
    # of files (at most 10 MB each) would fill the disk; requests themselves still come in, without papers.
    Ceiling.PUBLIC_FILES: {3600: 240, 86400: 720},
}


class RateLimiter:
    """Counts calls for each council, class and caller in windows of one minute.

    After Redis failed once it is left alone for five seconds: a slow broker must not slow every page.
    """

    def __init__(self, redis: "Redis | None", limits: dict[Rate, int] | None = None) -> None:
        self._redis = redis
        self._limits = limits or LIMITS
        self._local: Counter[str] = Counter()
        self._local_window = 0
        self._away_until = 0.0
        self._lock = Lock()
        self._taken: dict[str, tuple[int, str]] = {}

    def check(self, tenant_id: UUID | None, rate: Rate, caller: str) -> None:
        """Count one call of `caller` (an address or a session; kept as a hash only); raises `TooManyRequests`."""
        window = int(time.time()) // _WINDOW
        who = hashlib.sha256(_counted_as(caller).encode()).hexdigest()[:16]
        key = f"t:{tenant_id or 'operator'}:rate:{rate}:{who}:{window}"
        if self._count(key, window) > self._limits[rate]:
            raise TooManyRequests

    def takes(self, tenant_id: UUID, ceiling: Ceiling, amount: int) -> bool:
        """Count so many more for a council, and answer whether all of them are within the ceiling; else none is."""
        now = int(time.time())
        counted: list[tuple[str, int]] = []
        for seconds, most in CEILINGS[ceiling].items():
            key = f"t:{tenant_id}:ceiling:{ceiling}:{seconds}:{now // seconds}"
            counted.append((key, seconds))
            if self._add(key, amount, seconds) > most:
                for added, length in counted:
                    self._add(added, -amount, length)
                return False
        return True

    def _add(self, key: str, amount: int, seconds: int) -> int:
        found = self._asked(key, amount, seconds)
        if found is not None:
            return found
        with self._lock:
            counted, window = key.rsplit(":", 1)
            number, since = self._taken.get(counted, (0, window))
            self._taken[counted] = (number + amount if since == window else max(amount, 0), window)
            return self._taken[counted][0]

    def _asked(self, key: str, amount: int, seconds: int) -> int | None:
        """What Redis counts under this key from now on; None while it is away."""
        if self._redis is None or time.monotonic() < self._away_until:
            return None
        try:
            pipe = self._redis.pipeline(transaction=False)
            pipe.incrby(key, amount)
            pipe.expire(key, seconds)
            return int(pipe.execute()[0])
        except (RedisError, OSError):
            self._away_until = time.monotonic() + 5
            return None

    def _count(self, key: str, window: int) -> int:
        found = self._asked(key, 1, _WINDOW * 2)
        if found is not None:
            return found
        with self._lock:
            if window != self._local_window:
                self._local.clear()
                self._local_window = window
            self._local[key] += 1
            return self._local[key]


def _counted_as(caller: str) -> str:
    """A session or an IPv4 address as it is; of an IPv6 address its network, for a household has 2**64 addresses."""
    try:
        address = ip_address(caller)
    except ValueError:
        return caller
    if isinstance(address, IPv4Address):
        return caller
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address.packed, 64), strict=False))


def limiter(redis_url: str | None, limits: dict[Rate, int] | None = None) -> RateLimiter:
    """A limiter on the Redis at `redis_url` with a 50 ms limit on connecting and on each answer."""
    if not redis_url:
        return RateLimiter(None, limits)
    return RateLimiter(Redis.from_url(redis_url, socket_timeout=0.05, socket_connect_timeout=0.05, retry=None), limits)
