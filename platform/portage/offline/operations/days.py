"""Which days a phone carries: today, and the next day on which the council works."""

from datetime import date, timedelta

from portage.tenants.working_days import closures, why_closed

_SATURDAY = 5
_FARTHEST = 31  # no council is closed for longer


def days_carried(today: date) -> tuple[date, date]:
    """Today, also when it is a Sunday, and the next working day after it."""
    closed = closures()
    after = (today + timedelta(days=number) for number in range(1, _FARTHEST))
    working = (day for day in after if day.weekday() < _SATURDAY and why_closed(day, closed) is None)
    return today, next(working, today + timedelta(days=1))
