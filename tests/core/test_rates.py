"""Limits on calls count a caller as what one caller is."""

import pytest

from portage.core.access import Rate
from portage.core.errors import TooManyRequests
from portage.core.rates import RateLimiter


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
