"""The week and the month of a visitor, and for managers those of everybody, beside the diary of the next days."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from portage.core import clock
from portage.core.access import Can
from portage.core.forms import Form
from portage.core.identity import Viewer, viewer
from portage.families.access import in_own_area
from portage.tenants.areas import areas
from portage.visits.calendar_lists import MOST, Wanted, away_between, counted_between, days_of_page, visits_between
from portage.visits.council_calendar import council_calendar
from portage.visits.lists import visitors_with_children
from portage.visits.words import CANCELLED_BY, MODE_WORDS, STATUS_WORDS

WEEK, MONTH = "week", "month"
SHAPES = (WEEK, MONTH)
_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class _Choices:
    """What a manager can choose from, and what was chosen."""

    areas: list[tuple[UUID, str]]
    people: list[tuple[UUID, str]]
    chosen: dict[str, str]


def page(shape: str) -> str:
    """The page of a week or a month."""
    who, today = viewer(), clock.today()
    start = _start(shape, request.args.get("from", ""), today)
    wanted, choices = _wanted(who, start, _end(shape, start), today)
    calendar = council_calendar()
    whole_team_by_month = shape == MONTH and wanted.person_id is None
    rows = [] if whole_team_by_month else visits_between(wanted)
    counts = counted_between(wanted) if whole_team_by_month else []
    return render_template(
        "visits/calendar.html",
        shape=shape,
        start=start,
        days=days_of_page(wanted, calendar, rows, counts, away_between(wanted)),
        lead=start.weekday() if shape == MONTH else 0,
        tail=6 - wanted.last.weekday() if shape == MONTH else 0,
        terms=[each for each in calendar.terms if each.first_day <= wanted.last and each.last_day >= wanted.first],
        known_until=calendar.known_until if calendar.known_until and calendar.known_until < wanted.last else None,
        most=MOST if len(rows) > MOST else None,
        team=wanted.person_id is None,
        whose=wanted.person_id,
        choices=choices,
        form=Form(choices.chosen if choices else {}),
        address=_address,
        earlier=start - timedelta(days=1),
        later=_end(shape, start) + timedelta(days=1),
        may_read=lambda row: row.visitor_id == who.person_id or in_own_area(who, row.area_id),
        modes=MODE_WORDS,
        statuses=STATUS_WORDS,
        cancelled_by=CANCELLED_BY,
        today=today,
    )


def _start(shape: str, told: str, today: date) -> date:
    """The Monday of a week, or the first of a month; what is no day is today."""
    try:
        day = min(max(date.fromisoformat(told), _EARLIEST), _LATEST)
    except ValueError:
        day = today
    return day.replace(day=1) if shape == MONTH else day - timedelta(days=day.weekday())


def _end(shape: str, start: date) -> date:
    if shape == WEEK:
        return start + timedelta(days=6)
    return start.replace(day=monthrange(start.year, start.month)[1])


def _wanted(who: Viewer, first: date, last: date, today: date) -> tuple[Wanted, _Choices | None]:
    """A visitor's own visits; for managers those of whom they choose, by themselves everybody's of their areas."""
    if Can.ALLOCATE not in who.can:
        return Wanted(first, last, who.person_id), None
    known, people = areas(), visitors_with_children(today)
    area = request.args.get("area", "") or ("own" if who.areas else "all")
    by_key = {str(key): key for key, _ in known}
    chosen = frozenset({by_key[area]}) if area in by_key else who.areas if area == "own" else frozenset()
    person = request.args.get("person", "")
    person_id = {str(key): key for key, _ in people}.get(person) or (who.person_id if person == "me" else None)
    return Wanted(first, last, person_id, chosen), _Choices(known, people, {"area": area, "person": person})


def _address(shape: str, day: date, person: UUID | None = None) -> str:
    """The same choices on other days, or in the other shape."""
    args = request.args
    since: dict[str, Any] = {"from": day.isoformat()}  # a word of Python's own
    return url_for("diary.diary", view=shape, area=args.get("area"), person=person or args.get("person"), **since)
