"""Visits of which nobody has heard: the steps with their numbers, who has taken it on, and what came of each call."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in, pages_of
from portage.core.routes import Routes, concerning
from portage.lone_working import words
from portage.lone_working.lists import (
    PAGE,
    Listed,
    Shown,
    duty_of,
    log_of,
    numbers_of_the_place,
    overdue_visit,
    overdue_visits,
    people_by_id,
)
from portage.lone_working.models import OverdueWatch
from portage.lone_working.operations.answering import ring, take_on
from portage.lone_working.operations.watch import GRACE, gaps, named_at, watch_here
from portage.lone_working.schemas import CallForm
from portage.messages.texts import STATES
from portage.visits.words import MODE_WORDS

routes = Routes("overdue", __name__)


@routes.get("/overdue-visits", can=Can.LOOK_OUT, audience=Audience.STAFF, audit="overdue-visits.seen", rate=Rate.PAGE)
def overdue_now() -> ResponseReturnValue:
    """From whom nobody has heard, with the steps for each, and who is told at this hour."""
    page, now = page_in(request.args), clock.now()
    rows, total = overdue_visits(viewer(), now, page)
    watch = watch_here()
    named = _named(watch)
    people = people_by_id(each for row in rows for each in (row.overdue.taken_by, *_texted(row)))
    return render_template(
        "lone_working/overdue.html",
        rows=rows,
        page=page,
        pages=pages_of(total, PAGE),
        page_address=lambda number: f"/overdue-visits?page={number}",
        watch=watch,
        grace=watch.grace_minutes if watch else GRACE,
        gaps=[gap for gap in gaps(watch) if gap.gone],
        takers=people,
        people=people,
        **_words(watch, named),
    )


@routes.get(
    "/overdue-visits/<uuid:overdue_visit_id>",
    can=Can.LOOK_OUT,
    audience=Audience.STAFF,
    audit="overdue-visit.seen",
    rate=Rate.PAGE,
)
def one(overdue_visit_id: UUID) -> ResponseReturnValue:
    """One overdue visit: the steps in their order, and the log."""
    return _page(overdue_visit_id, Form())


@routes.post(
    "/overdue-visits/<uuid:overdue_visit_id>/take",
    can=Can.LOOK_OUT,
    audience=Audience.STAFF,
    audit="overdue-visit.taken",
    rate=Rate.WRITE,
)
def take(overdue_visit_id: UUID) -> ResponseReturnValue:
    """Take it on, so that the others know that somebody rings."""
    concerning("overdue-visit", overdue_visit_id)
    taken_by = take_on(overdue_visit_id, by=Actor.of(viewer()), at=clock.now())
    if taken_by == viewer().person_id:
        flash("You have taken it on. Please ring now, in the order below.", "success")
    elif taken_by is not None:
        flash("Somebody else has taken it on already. Please ask them whether you can help.", "notice")
    return redirect(f"/overdue-visits/{overdue_visit_id}", 303)


@routes.post(
    "/overdue-visits/<uuid:overdue_visit_id>/calls",
    can=Can.LOOK_OUT,
    audience=Audience.STAFF,
    audit="overdue-visit.rung",
    rate=Rate.WRITE,
)
def save_call(overdue_visit_id: UUID) -> ResponseReturnValue:
    """Keep what came of a call."""
    concerning("overdue-visit", overdue_visit_id)
    command, form = read(CallForm(), request.form)
    if command is None:
        return _page(overdue_visit_id, form), 422
    overdue = ring(overdue_visit_id, command, by=Actor.of(viewer()), at=clock.now())
    settled = overdue.settled_at is not None
    flash("It is settled: they are safe." if settled else "The call is in the log. Please go on.", "success")
    return redirect(f"/overdue-visits/{overdue_visit_id}", 303)


def _page(overdue_id: UUID, form: Form) -> str:
    shown = overdue_visit(overdue_id, viewer(), clock.now())
    watch = watch_here()
    log = log_of(overdue_id)
    named = _named(watch)
    ids = {each.person_id for each in log} | {each.by_id for each in log} | {shown.overdue.taken_by, *_texted(shown)}
    return render_template(
        "lone_working/one.html",
        row=shown,
        form=form,
        place=_place(shown),
        log=log,
        people=people_by_id(ids),
        entry_words=words.ENTRY_WORDS,
        outcomes={**words.SETTLED_WORDS, **words.OUTCOME_WORDS},
        settled_words=words.SETTLED_WORDS,
        choices=list(words.OUTCOME_WORDS.items()),
        whom=list(words.WHOM_WORDS.items()),
        whom_words=words.WHOM_WORDS,
        takers=people_by_id([shown.overdue.taken_by]),
        **_words(watch, named),
    )


def _texted(shown: Shown) -> list[UUID]:
    return [text.person_id for text in shown.texts]


def _named(watch: OverdueWatch | None) -> list[Listed]:
    if watch is None:
        return []
    ids = named_at(watch, clock.now())
    known = people_by_id(ids)
    return [known[each] for each in ids if each in known]


def _place(shown: Shown) -> list[tuple[str, str]]:
    """The family's numbers, for somebody who may open the record, with a line in the trail about the child."""
    if not shown.opens:
        return []
    concerning("child", shown.child_id, overdue=shown.overdue.id)
    return numbers_of_the_place(shown.child_id)


def _words(watch: OverdueWatch | None, named: list[Listed]) -> dict[str, object]:
    return {
        "named": named,
        "duty": duty_of(watch),
        "modes": MODE_WORDS,
        "states": STATES,
        "not_999": words.NOT_999,
    }
