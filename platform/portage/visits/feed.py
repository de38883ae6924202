"""A person's visits as an iCalendar file (RFC 5545): initials and an area, and nothing else of a child.

Calendars of other companies keep what they fetch, so a feed holds no name, no address, no link, no reason, and not how
a visit takes place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from portage.core.clock import LONDON

if TYPE_CHECKING:
    from icalendar import Event

_STATUS = {"cancelled": "CANCELLED"}  # every other visit is confirmed, whatever became of it
_OFTEN = timedelta(hours=1)


def written(rows: Iterable[Any], *, name: str, at: datetime) -> bytes:
    """The feed of these visits: rows with `id`, `version`, `planned_on` and so on. `at` is when it was asked for."""
    from icalendar import Calendar  # only where a calendar asks: it takes a fifth of a second to load

    calendar = Calendar()
    calendar.add("prodid", "-//Portage platform//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _OFTEN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for row in rows:
        calendar.add_component(_event(row, at))
    content: bytes = calendar.to_ical()
    return content


def _event(row: Any, at: datetime) -> Event:
    """One visit. Its times are written in UTC, which every calendar shows on the clock on the wall of that day."""
    from icalendar import Event

    event = Event()
    start = datetime.combine(row.planned_on, row.planned_at, LONDON).astimezone(UTC)
    event.add("uid", f"{row.id}@visits.portage")
    event.add("sequence", row.version - 1)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=row.minutes))
    event.add("summary", summary(row.given_name, row.family_name, row.area or district(row.postcode)))
    event.add("status", _STATUS.get(row.status, "CONFIRMED"))
    event.add("class", "PRIVATE")
    return event


def summary(given_name: str, family_name: str, area: str | None) -> str:
    """What stands for a child in a calendar, such as `K.C., North`."""
    letters = "".join(f"{name.strip()[:1].upper()}." for name in (given_name, family_name) if name.strip())
    return f"{letters}, {area}" if area else letters


def district(postcode: str | None) -> str | None:
    """The first half of a postcode, for a council without area teams; thousands of homes share it."""
    bare = "".join((postcode or "").upper().split())
    return bare[:-3] if len(bare) > 4 else None
