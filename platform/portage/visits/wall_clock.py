"""Visits on the clock on the wall in England: ten o'clock stays ten o'clock when the clock changes."""

from datetime import UTC, date, datetime, time, timedelta

from portage.core.clock import LONDON


def starts_at(day: date, at: time) -> datetime | None:
    """The instant at which a visit starts: the first where a time comes twice, None where the clock jumps over it."""
    start = datetime.combine(day, at, LONDON)
    there_and_back = start.astimezone(UTC).astimezone(LONDON)
    return start if there_and_back.replace(tzinfo=None) == start.replace(tzinfo=None) else None


def ends_at(start: datetime, minutes: int) -> datetime:
    """The instant so many minutes later in real time, as the clock on the wall shows it then."""
    return (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(LONDON)
