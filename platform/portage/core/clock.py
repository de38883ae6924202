"""The only place that asks what time it is, so that a test or a preview can answer instead."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """This instant, aware and in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Today's date on a calendar in England."""
    return now().astimezone(LONDON).date()


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Let `now` and `today` answer with one instant, which must be aware."""
    if instant.tzinfo is None:
        raise ValueError("a frozen clock needs an instant with a time zone")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
