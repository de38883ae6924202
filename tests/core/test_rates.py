"""Limits on calls count a caller as what one caller is; ceilings count a whole council."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import redis
import time_machine

from portage.core import rates
from portage.core.access import Rate
from portage.core.errors import TooManyRequests
from portage.core.rates import Ceiling, RateLimiter


def test_one_network_of_ipv6_addresses_is_one_caller() -> None:
    limiter = RateLimiter(None, {Rate.SIGN_IN: 2})
    limiter.check(None, Rate.SIGN_IN, "2001:db8:1:2::1")
    limiter.check(None, Rate.SIGN_IN, "2001:db8:1:2:ffff::2")
    with pytest.raises(TooManyRequests):
        limiter.check(None, Rate.SIGN_IN, "2001:db8:1:2:abcd::3")
    limiter.check(None, Rate.SIGN_IN, "2001:db8:1:3::1")


@pytest.mark.parametrize(
    "neighbours",
    [
        ("192.0.2.1", "192.0.2.2"),
        ("0190a1b2-0000-7000-8000-000000000001", "0190a1b2-0000-7000-8000-000000000002"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2"),
    ],
)
def test_addresses_of_ipv4_and_sessions_are_counted_one_by_one(neighbours: tuple[str, str]) -> None:
    limiter = RateLimiter(None, {Rate.SIGN_IN: 1})
    for caller in neighbours:
        limiter.check(None, Rate.SIGN_IN, caller)
    with pytest.raises(TooManyRequests):
        limiter.check(None, Rate.SIGN_IN, neighbours[0])


@pytest.fixture
def three_an_hour(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """At most three files an hour and five a day, beginning at the start of a day."""
    monkeypatch.setitem(rates.CEILINGS, Ceiling.PUBLIC_FILES, {3600: 3, 86400: 5})
    with time_machine.travel("2026-03-02 00:00:00+00:00", tick=False) as travelled:
        yield travelled


@pytest.mark.parametrize("shared", [False, True])
def test_a_ceiling_holds_for_a_council_by_the_hour_and_by_the_day(
    three_an_hour: time_machine.Traveller, shared: bool, valkey: redis.Redis
) -> None:
    processes = [RateLimiter(valkey), RateLimiter(valkey)] if shared else [RateLimiter(None)]
    council, other = uuid4(), uuid4()
    first, last = processes[0], processes[-1]
    assert first.takes(council, Ceiling.PUBLIC_FILES, 2)
    assert not last.takes(council, Ceiling.PUBLIC_FILES, 2)
    assert last.takes(council, Ceiling.PUBLIC_FILES, 1)  # what was refused is not counted
    assert not first.takes(council, Ceiling.PUBLIC_FILES, 1)
    assert first.takes(other, Ceiling.PUBLIC_FILES, 3)
    three_an_hour.shift(3600)
    assert first.takes(council, Ceiling.PUBLIC_FILES, 2)
    three_an_hour.shift(3600)
    assert not last.takes(council, Ceiling.PUBLIC_FILES, 1)  # five that day
    three_an_hour.shift(22 * 3600)
    assert last.takes(council, Ceiling.PUBLIC_FILES, 3)
