"""Today's visits and those of the next days, for a phone held in one hand."""

from itertools import groupby
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.identity import Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.policy.dates import clock_in_words
from portage.visits.lists import MOST_IN_DIARY
from portage.visits.lists import diary as diary_of
from portage.visits.views import calendar
from portage.visits.words import MODE_WORDS, STATUS_WORDS

routes = Routes("diary", __name__)


@routes.get("/visits", can=Can.RECORD_VISIT, audience=Audience.STAFF, audit="diary.seen", rate=Rate.PAGE)
def diary() -> ResponseReturnValue:
    """What is without a record, what is today, and what comes in the next two weeks; or a week, or a month."""
    if (shape := request.args.get("view", "")) in calendar.SHAPES:
        return calendar.page(shape)
    who, today = viewer(), clock.today()
    rows = diary_of(who.person_id, today) if who.person_id else []
    return render_template(
        "visits/diary.html",
        unrecorded=[row for row in rows if row.planned_on < today],
        today_rows=[row for row in rows if row.planned_on == today],
        days=[
            (day, list(found))
            for day, found in groupby((r for r in rows if r.planned_on > today), lambda r: r.planned_on)
        ],
        most=MOST_IN_DIARY if len(rows) == MOST_IN_DIARY else None,
        modes=MODE_WORDS,
        statuses=STATUS_WORDS,
        today=today,
    )


@adds_to("today", order=5)
def visits_today(who: Viewer, _subject: UUID | None) -> Section | None:
    """Today's visits, and how many of the past wait for their record."""
    if Can.RECORD_VISIT not in who.can or who.person_id is None:
        return None
    today = clock.today()
    rows = [row for row in diary_of(who.person_id, today) if row.status == "planned" and row.planned_on <= today]
    entries = [
        Entry(
            f"{clock_in_words(row.planned_at)} {row.given_name} {row.family_name}",
            f"/visits/{row.id}",
            MODE_WORDS[row.mode].lower(),
        )
        for row in rows
        if row.planned_on == today
    ]
    if late := sum(row.planned_on < today for row in rows):
        entries.append(Entry(f"Without a record: {late} {'visit' if late == 1 else 'visits'}", "/visits"))
    if not entries and Can.ALLOCATE in who.can:
        return None
    more = Entry("All my visits", "/visits")
    return Section("Visits", tuple(entries), "No visit is planned for today.", more, comes_first=True)
