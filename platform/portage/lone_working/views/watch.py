"""The settings of lone working: who is told in hours and out of them, how soon, and whether texts go out."""

from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portage.core.access import Audience, Can, Rate
from portage.core.carrying_out import carry_out
from portage.core.errors import NotHere
from portage.core.forms import Form
from portage.core.identity import Actor, viewer
from portage.core.ids import new_id
from portage.core.routes import Routes
from portage.core.telephones import takes_texts
from portage.lone_working.lists import people_by_id
from portage.lone_working.models import WORKING_WEEK, OverdueWatch
from portage.lone_working.operations.watch import (
    AGAIN,
    GRACE,
    REMIND,
    SETTINGS,
    SLOTS,
    Watch,
    gaps,
    name_watch,
    watch_here,
    watchers,
)
from portage.lone_working.schemas import watch_form
from portage.lone_working.words import NOT_999, WEEKDAYS
from portage.messages.text_jobs import way_out
from portage.messages.texts import STATES, last_text, number_of, text_service, text_to

routes = Routes("lone_working", __name__)
TEST = "test"


@routes.get("/lone-working", can=Can.KEEP_WATCH, audience=Audience.STAFF, audit="lone-working.seen", rate=Rate.PAGE)
def settings() -> ResponseReturnValue:
    """Who is told, when, and how."""
    return _page(None)


@routes.post("/lone-working", can=Can.KEEP_WATCH, audience=Audience.STAFF, audit="lone-working.set", rate=Rate.WRITE)
def save() -> ResponseReturnValue:
    """Name who is told."""

    def keep(command: Watch) -> str:
        name_watch(command, by=Actor.of(viewer()))
        return "They are told from now on."

    return carry_out(watch_form(), keep, page=_page, back="/lone-working")


@routes.post(
    "/lone-working/test-text",
    can=Can.KEEP_WATCH,
    audience=Audience.STAFF,
    audit="lone-working.text-tried",
    rate=Rate.WRITE,
)
def try_text() -> ResponseReturnValue:
    """Send the reader a text, to see that texts arrive."""
    person_id = viewer().person_id
    if person_id is None:
        raise NotHere
    why_not = way_out()
    if isinstance(why_not, str):
        flash(f"No text was sent. {why_not}", "notice")
    elif not takes_texts(number_of(person_id)):
        flash("No text was sent: there is no mobile number of yours here yet. Add it first.", "notice")
    else:
        text_to(person_id, kind=TEST, reference="TEST", path="/lone-working", again=str(new_id()))
        flash("The text is on its way. Reload this page in a minute to see what became of it.", "success")
    return redirect("/lone-working", 303)


def _page(form: Form | None) -> str:
    watch, who = watch_here(), viewer()
    why_not, people = way_out(), watchers()
    return render_template(
        "lone_working/settings.html",
        form=form if form is not None else Form(_values(watch)),
        people=people,
        able={key for key, _ in people},
        gaps=gaps(watch),
        named=people_by_id(getattr(watch, slot) for slot in SLOTS) if watch else {},
        slots=SLOTS,
        watch=watch,
        weekdays=list(enumerate(WEEKDAYS)),
        why_no_texts=why_not if isinstance(why_not, str) else None,
        texts_expected=text_service() is not None,
        tried=last_text(TEST, who.person_id) if who.person_id else None,
        states=STATES,
        not_999=NOT_999,
    )


def _values(watch: OverdueWatch | None) -> dict[str, Any]:
    kept = {name: getattr(watch, name) for name in SETTINGS if name != "hours"} if watch else {}
    hours = watch.hours if watch and len(watch.hours) == 7 else WORKING_WEEK
    for day, times in enumerate(hours):
        kept[f"opens_{day}"], kept[f"closes_{day}"] = times or (None, None)
    return {"grace_minutes": GRACE, "remind_minutes": REMIND, "again_minutes": AGAIN, **kept}
