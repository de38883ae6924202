"""How often one connection or person may call: counted in Redis within 50 ms, else by this process alone."""

import hashlib
import time
from collections import Counter
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

    def check(self, tenant_id: UUID | None, rate: Rate, caller: str) -> None:
        """Count one call of `caller` (an address or a session; kept as a hash only); raises `TooManyRequests`."""
        window = int(time.time()) // _WINDOW
        who = hashlib.sha256(_counted_as(caller).encode()).hexdigest()[:16]
        key = f"t:{tenant_id or 'operator'}:rate:{rate}:{who}:{window}"
        if self._count(key, window) > self._limits[rate]:
            raise TooManyRequests

    def _count(self, key: str, window: int) -> int:
        if self._redis is not None and time.monotonic() >= self._away_until:
            try:
                pipe = self._redis.pipeline(transaction=False)
                pipe.incr(key)
                pipe.expire(key, _WINDOW * 2)
                return int(pipe.execute()[0])
            except (RedisError, OSError):
                self._away_until = time.monotonic() + 5
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
