"""Notifying the council of a child: a short form for health professionals, without an account or JavaScript."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form
from portage.core.identity import Actor, viewer
from portage.core.routes import ANYONE, UNAUDITED, Routes, concerning
from portage.notifications.operations.receive import receive_notification
from portage.notifications.schemas.form import as_notification, flags_of, journey_of, pages_of
from portage.notifications.taken import SENDER, Taken
from portage.notifications.views._taken import taken_today
from portage.referrals.operations.drafts import (
    Sent,
    drop_paper,
    find_draft,
    forget_draft,
    keep_answers,
    mark_sent,
    open_draft,
    papers_of,
    sent_as,
)
from portage.referrals.operations.judging import FactsRefused
from portage.referrals.schemas.ask_journey import Journey, sentences_of, typed_under
from portage.referrals.schemas.ask_questions import read_questions
from portage.referrals.views._papers import ACCEPT, paper_kinds, read_papers
from portage.referrals.views._routes import browser, contacts_of

routes = Routes("notify", __name__)
READ: dict[str, Any] = {"can": ANYONE, "audience": Audience.PUBLIC, "audit": UNAUDITED, "rate": Rate.PAGE}
WRITE: dict[str, Any] = {"can": ANYONE, "audience": Audience.PUBLIC, "audit": UNAUDITED, "rate": Rate.PUBLIC_WRITE}
# Pages of a draft may be sent again after going back: saving the same answers twice does no harm.
AGAIN: dict[str, Any] = {**WRITE, "once": False}
DRAFT = "/notify"  # what its drafts are kept under: no route of a policy has such a key
FORGOTTEN = "We keep answers for two hours, and yours were older or had been sent. Please go through the pages again."


@routes.get("/notify", **READ)
def start() -> ResponseReturnValue:
    """What a notification is, what we do with what is told, and the button that begins."""
    taken = taken_today()
    draft = find_draft(browser(), DRAFT, at=clock.now())
    under_way = draft is not None and sent_as(draft) is None
    return render_template("notifications/start.html", asked=taken, under_way=under_way)


@routes.post("/notify", **AGAIN)
def begin() -> ResponseReturnValue:
    """Begin, or go on where an earlier visit of this browser stopped."""
    taken, now = taken_today(), clock.now()
    draft = find_draft(browser(), DRAFT, at=now)
    if draft is None or sent_as(draft) or request.form.get("afresh"):
        draft = open_draft(browser(), DRAFT, at=now)
    return redirect(_url(journey_of(taken, draft.answers, clock.today()).first_open), 303)


@routes.post("/notify/forget", **AGAIN)
def forget() -> ResponseReturnValue:
    """Forget everything that was answered in this browser."""
    taken_today()
    if draft := find_draft(browser(), DRAFT, at=clock.now()):
        forget_draft(draft)
    flash("Your answers are deleted from this form.", "success")
    return redirect(DRAFT, 303)


@routes.get("/notify/check", **READ)
def check() -> ResponseReturnValue:
    """Every answer with a link to change it, before anything is sent."""
    taken = taken_today()
    draft = find_draft(browser(), DRAFT, at=clock.now())
    if draft is None:
        return _start_again()
    if sent_as(draft):
        return redirect("/notify/done", 303)
    journey = journey_of(taken, draft.answers, clock.today())
    if journey.first_open != "check":
        return redirect(_url(journey.first_open), 303)
    return _checked(taken, journey, list(papers_of(draft)), Form())


@routes.post("/notify/check", **{**WRITE, "audit": "notification.sent"})
def send() -> ResponseReturnValue:
    """Send the notification; a second sending of the same draft leads to the first one's page."""
    taken, now = taken_today(), clock.now()
    draft = find_draft(browser(), DRAFT, at=now, lock=True)
    if draft is None:
        return _start_again()
    if sent := sent_as(draft):
        concerning("notification", sent.became_id)
        return redirect("/notify/done", 303)
    journey = journey_of(taken, draft.answers, clock.today())
    if journey.first_open != "check":
        return redirect(_url(journey.first_open), 303)
    papers = list(papers_of(draft))
    flags = flags_of(trap=request.form.get("website", ""), took=now - draft.created_at)
    command = as_notification(taken, journey.answers, arrived_on=clock.today(), papers=papers, flags=flags)
    by = Actor(viewer().person_id, viewer().actor if viewer().signed_in else SENDER)
    try:
        notification = receive_notification(command, by=by, at=now)
    except FactsRefused as refused:
        return _checked(taken, journey, papers, Form({}, sentences_of(taken.route, refused.problems))), 422
    mark_sent(draft, Sent(notification.id, notification.reference, notification.area_id), at=now)
    concerning("notification", notification.id)
    return redirect("/notify/done", 303)


@routes.get("/notify/done", **READ)
def done() -> ResponseReturnValue:
    """The reference, the link that is on its way, and what happens next."""
    taken = taken_today()
    sent = sent_as(find_draft(browser(), DRAFT, at=clock.now()))
    if sent is None:
        return redirect(DRAFT, 303)
    return render_template("notifications/done.html", asked=taken, sent=sent, team=contacts_of(sent.area_id))


@routes.get("/notify/<page_key>", **READ)
def page(page_key: str) -> ResponseReturnValue:
    """One page of questions, with what was answered before."""
    taken = taken_today()
    draft = find_draft(browser(), DRAFT, at=clock.now())
    if draft is None:
        return _start_again()
    if sent_as(draft):
        return redirect("/notify/done", 303)
    journey = journey_of(taken, draft.answers, clock.today())
    if not journey.has(page_key):
        raise NotHere
    if not journey.reached(page_key):
        return redirect(_url(journey.first_open), 303)
    return _shown(taken, journey, page_key, Form(journey.typed(page_key)), list(papers_of(draft)))


@routes.post("/notify/papers", **{**WRITE, "rate": Rate.UPLOAD})
def papers() -> ResponseReturnValue:
    """Take files in, or go on without any more."""
    taken, now = taken_today(), clock.now()
    draft = find_draft(browser(), DRAFT, at=now)
    if draft is None or sent_as(draft):
        return _start_again()
    journey = journey_of(taken, draft.answers, clock.today())
    added, form = read_papers(draft, paper_kinds(taken.route, taken.referrer), at=now)
    if form.errors and not added:
        return _shown(taken, journey, "papers", form, list(papers_of(draft))), 422
    keep_answers(draft, "papers", {}, at=now)
    for sentence in form.errors.get("papers", ()):  # beside others that were taken, and stay
        flash(sentence, "info")
    if added or request.form.get("more"):
        return redirect(_url("papers", change=_changing()), 303)
    return _onward(journey_of(taken, draft.answers, clock.today()), "papers")


@routes.post("/notify/papers/<int:place>/remove", **WRITE)
def remove_paper(place: int) -> ResponseReturnValue:
    """Take a file out again."""
    taken_today()
    draft = find_draft(browser(), DRAFT, at=clock.now())
    if draft is None or sent_as(draft):
        return _start_again()
    if name := drop_paper(draft, place, at=clock.now()):
        flash(f"{name} is removed.", "success")
    return redirect(_url("papers"), 303)


@routes.post("/notify/<page_key>", **AGAIN)
def answer(page_key: str) -> ResponseReturnValue:
    """Keep a page's answers, and go on."""
    taken, now = taken_today(), clock.now()
    draft = find_draft(browser(), DRAFT, at=now)
    if draft is not None and sent_as(draft):
        return redirect("/notify/done", 303)
    if draft is None:
        return _kept_afresh(taken, page_key, now)
    journey = journey_of(taken, draft.answers, clock.today())
    if (asked_page := journey.page(page_key)) is None:
        raise NotHere
    answers, form = read_questions(asked_page.questions, request.form, clock.today(), asked_page.check)
    if answers is None:
        return _shown(taken, journey, page_key, form, []), 422
    keep_answers(draft, page_key, form.values, at=now)
    return _onward(journey_of(taken, draft.answers, clock.today()), page_key)


def _kept_afresh(taken: Taken, page_key: str, now: datetime) -> ResponseReturnValue:
    """Answers that came after the draft's time begin a new one, and wait there until the way leads to their page."""
    asked = next((each for each in pages_of(taken) if each.key == page_key and each.questions), None)
    if asked is None:
        raise NotHere
    draft = open_draft(browser(), DRAFT, at=now)
    names = frozenset(question.name for question in asked.questions)
    keep_answers(draft, page_key, typed_under(names, request.form), at=now)
    flash(FORGOTTEN, "info")
    return redirect(_url(journey_of(taken, draft.answers, clock.today()).first_open), 303)


def _start_again() -> ResponseReturnValue:
    flash(FORGOTTEN, "info")
    return redirect(DRAFT, 303)


def _url(page_key: str, *, change: bool = False) -> str:
    """The address of a page; `change` leads back to the check afterwards."""
    return f"/notify/{page_key}{'?change=1' if change else ''}"


def _changing() -> bool:
    return bool(request.args.get("change"))


def _onward(journey: Journey, page_key: str) -> ResponseReturnValue:
    """To the next page; after a change, to the first page that is still open, or back to the check."""
    return redirect(_url(journey.first_open if _changing() else journey.after(page_key)), 303)


def _shown(taken: Taken, journey: Journey, page_key: str, form: Form, held: list[Any]) -> str:
    before = "check" if _changing() else journey.before(page_key)
    return render_template(
        "referrals/ask/papers.html" if page_key == "papers" else "referrals/ask/page.html",
        asked=taken,
        page=journey.page(page_key),
        form=form,
        action=_url(page_key, change=_changing()),
        back=_url(before) if before else DRAFT,
        step=journey.step(page_key),
        steps=journey.steps,
        papers=held,
        kinds=paper_kinds(taken.route, taken.referrer),
        accept=ACCEPT,
    )


def _checked(taken: Taken, journey: Journey, held: list[Any], form: Form) -> str:
    return render_template(
        "referrals/ask/check.html",
        asked=taken,
        form=form,
        sections=journey.sections(lambda key: _url(key, change=True)),
        papers=held,
        papers_url=_url("papers", change=True),
        by_asking=False,
        kinds=dict(paper_kinds(taken.route, taken.referrer)),
        back=_url("papers"),
    )
