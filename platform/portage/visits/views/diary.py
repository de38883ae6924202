"""Today's visits and those of the next days, for a phone held in one hand."""

from itertools import groupby

from flask import render_template
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.identity import viewer
from portage.core.routes import Routes
from portage.visits.lists import diary as diary_of
from portage.visits.words import MODE_WORDS, STATUS_WORDS

routes = Routes("diary", __name__)


@routes.get("/visits", can=Can.RECORD_VISIT, audience=Audience.STAFF, audit="diary.seen", rate=Rate.PAGE)
def diary() -> ResponseReturnValue:
    """What is without a record, what is today, and what comes in the next two weeks."""
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
        modes=MODE_WORDS,
        statuses=STATUS_WORDS,
        today=today,
    )
