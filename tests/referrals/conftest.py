"""What the tests of requests share."""

import pytest
from flask import Flask

from portage.core.access import Rate
from portage.core.rates import RateLimiter
from support.requests import request_of

__all__ = ["request_of"]


@pytest.fixture
def unhurried(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """No limit on how often one address may call: all tests come from one, and go through many pages a minute."""
    monkeypatch.setitem(app.extensions, "portage.rates", RateLimiter(None, dict.fromkeys(Rate, 100_000)))
