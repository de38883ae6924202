"""Working hours on the clock on the wall in England; bank holidays and the council's closures are out of hours."""

from collections.abc import Sequence
from datetime import date, datetime, time

from portage.core.clock import LONDON
from portage.tenants.working_days import why_closed


def in_hours(hours: Sequence[Sequence[str] | None], at: datetime, closed: frozenset[date]) -> bool:
    """Whether an instant is within the working hours of its weekday; never where no hours are set."""
    local = at.astimezone(LONDON)
    day = hours[local.weekday()] if len(hours) == 7 else None
    if day is None or why_closed(local.date(), closed):
        return False
    opens, closes = (time.fromisoformat(each) for each in day)
    return opens <= local.time() < closes
