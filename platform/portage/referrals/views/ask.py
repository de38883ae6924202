"""Asking for support, page by page: for anyone, without an account, without JavaScript; a draft keeps the answers."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form
from portage.core.identity import Actor, viewer
from portage.core.routes import ANYONE, UNAUDITED, Routes, concerning
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
from portage.referrals.operations.evidence import add_evidence
from portage.referrals.operations.judging import FactsRefused
from portage.referrals.operations.receive import receive
from portage.referrals.schemas.ask_answers import as_request
from portage.referrals.schemas.ask_journey import Journey, flags_of, journey_of, names_on, sentences_of, typed_under
from portage.referrals.schemas.ask_questions import read_questions
from portage.referrals.views._papers import ACCEPT, paper_kinds, read_papers
from portage.referrals.views._routes import Asked, asked_route, browser, contacts_of, notified_today

routes = Routes("ask", __name__)
READ: dict[str, Any] = {"can": ANYONE, "audience": Audience.PUBLIC, "audit": UNAUDITED, "rate": Rate.PAGE}
WRITE: dict[str, Any] = {"can": ANYONE, "audience": Audience.PUBLIC, "audit": UNAUDITED, "rate": Rate.PUBLIC_WRITE}
# Pages of a draft may be sent again after going back: saving the same answers twice does no harm.
AGAIN: dict[str, Any] = {**WRITE, "once": False}
FORGOTTEN = "We keep answers for two hours, and yours were older or had been sent. Please go through the pages again."


@routes.get("/ask/<route_key>", **READ)
def start(route_key: str) -> ResponseReturnValue:
    """What this way to ask is for, what we do with what is told, and the button that begins."""
    if (notified := notified_today()) and notified.route == route_key:
        return redirect("/notify", 303)  # it was a way to ask once, and may be linked from elsewhere
    asked = asked_route(route_key)
    draft = find_draft(browser(), route_key, at=clock.now())
    under_way = draft is not None and sent_as(draft) is None
    return render_template("referrals/ask/start.html", asked=asked, under_way=under_way)


@routes.post("/ask/<route_key>", **AGAIN)
def begin(route_key: str) -> ResponseReturnValue:
    """Begin, or go on where an earlier visit of this browser stopped."""
    asked = asked_route(route_key)
    now = clock.now()
    draft = find_draft(browser(), route_key, at=now)
    if draft is None or sent_as(draft) or request.form.get("afresh"):
        draft = open_draft(browser(), route_key, at=now)
    return redirect(_url(asked, journey_of(asked.route, draft.answers, clock.today()).first_open), 303)


@routes.post("/ask/<route_key>/forget", **AGAIN)
def forget(route_key: str) -> ResponseReturnValue:
    """Forget everything that was answered in this browser."""
    asked = asked_route(route_key)
    if draft := find_draft(browser(), route_key, at=clock.now()):
        forget_draft(draft)
    flash("Your answers are deleted from this form.", "success")
    return redirect(url_for("ask.start", route_key=asked.key), 303)


@routes.get("/ask/<route_key>/check", **READ)
def check(route_key: str) -> ResponseReturnValue:
    """Every answer with a link to change it, before anything is sent."""
    asked = asked_route(route_key)
    draft = find_draft(browser(), route_key, at=clock.now())
    if draft is None:
        return _start_again(asked)
    if sent_as(draft):
        return redirect(url_for("ask.done", route_key=route_key), 303)
    journey = journey_of(asked.route, draft.answers, clock.today())
    if journey.first_open != "check":
        return redirect(_url(asked, journey.first_open), 303)
    return _checked(asked, journey, list(papers_of(draft)), Form())


@routes.post("/ask/<route_key>/check", **{**WRITE, "audit": "referral.asked"})
def send(route_key: str) -> ResponseReturnValue:
    """Send the request; a second sending of the same draft leads to the first one's page."""
    asked = asked_route(route_key)
    now = clock.now()
    draft = find_draft(browser(), route_key, at=now, lock=True)
    if draft is None:
        return _start_again(asked)
    if sent := sent_as(draft):
        concerning("referral", sent.became_id)
        return redirect(url_for("ask.done", route_key=route_key), 303)
    journey = journey_of(asked.route, draft.answers, clock.today())
    if journey.first_open != "check":
        return redirect(_url(asked, journey.first_open), 303)
    papers = list(papers_of(draft))
    kinds = tuple(kind for _, kind in papers)
    command = as_request(
        asked.route,
        journey.answers,
        received_on=clock.today(),
        papers=kinds,
        flags=flags_of(
            asked.route, journey.answers, kinds, trap=request.form.get("website", ""), took=now - draft.created_at
        ),
    )
    by = Actor(viewer().person_id, viewer().actor if viewer().signed_in else command.referrer.kind)
    try:
        referral = receive(command, by=by, at=now)
    except FactsRefused as refused:
        return _checked(asked, journey, papers, Form({}, sentences_of(asked.route, refused.problems))), 422
    for kept, kind in papers:
        add_evidence(referral, kept, kind, by=by)
    mark_sent(draft, Sent(referral.id, referral.reference, referral.area_id), at=now)
    concerning("referral", referral.id)
    return redirect(url_for("ask.done", route_key=route_key), 303)


@routes.get("/ask/<route_key>/done", **READ)
def done(route_key: str) -> ResponseReturnValue:
    """The reference, and what happens next."""
    asked = asked_route(route_key)
    sent = sent_as(find_draft(browser(), route_key, at=clock.now()))
    if sent is None:
        return redirect(url_for("ask.start", route_key=route_key), 303)
    return _thanked(asked, sent)


@routes.get("/ask/<route_key>/<page_key>", **READ)
def page(route_key: str, page_key: str) -> ResponseReturnValue:
    """One page of questions, with what was answered before."""
    asked = asked_route(route_key)
    draft = find_draft(browser(), route_key, at=clock.now())
    if draft is None:
        return _start_again(asked)
    if sent_as(draft):
        return redirect(url_for("ask.done", route_key=route_key), 303)
    journey = journey_of(asked.route, draft.answers, clock.today())
    if not journey.has(page_key):
        raise NotHere
    if not journey.reached(page_key):
        return redirect(_url(asked, journey.first_open), 303)
    return _shown(asked, journey, page_key, Form(journey.typed(page_key)), list(papers_of(draft)))


@routes.post("/ask/<route_key>/papers", **{**WRITE, "rate": Rate.UPLOAD})
def papers(route_key: str) -> ResponseReturnValue:
    """Take files in, or go on without any more."""
    asked = asked_route(route_key)
    now = clock.now()
    draft = find_draft(browser(), route_key, at=now)
    if draft is None or sent_as(draft):
        return _start_again(asked)
    journey = journey_of(asked.route, draft.answers, clock.today())
    taken, form = read_papers(draft, paper_kinds(asked.route, journey.referrer), at=now)
    if form.errors and not taken:
        return _shown(asked, journey, "papers", form, list(papers_of(draft))), 422
    keep_answers(draft, "papers", {}, at=now)
    for sentence in form.errors.get("papers", ()):  # beside others that were taken, and stay
        flash(sentence, "info")
    if taken or request.form.get("more"):
        return redirect(_url(asked, "papers", change=_changing()), 303)
    return _onward(asked, journey_of(asked.route, draft.answers, clock.today()), "papers")


@routes.post("/ask/<route_key>/papers/<int:place>/remove", **WRITE)
def remove_paper(route_key: str, place: int) -> ResponseReturnValue:
    """Take a file out again."""
    asked = asked_route(route_key)
    now = clock.now()
    draft = find_draft(browser(), route_key, at=now)
    if draft is None or sent_as(draft):
        return _start_again(asked)
    if name := drop_paper(draft, place, at=now):
        flash(f"{name} is removed.", "success")
    return redirect(_url(asked, "papers"), 303)


@routes.post("/ask/<route_key>/<page_key>", **AGAIN)
def answer(route_key: str, page_key: str) -> ResponseReturnValue:
    """Keep a page's answers, and go on."""
    asked = asked_route(route_key)
    now = clock.now()
    draft = find_draft(browser(), route_key, at=now)
    if draft is not None and sent_as(draft):
        return redirect(url_for("ask.done", route_key=route_key), 303)
    if draft is None:
        return _kept_afresh(asked, page_key, now)
    journey = journey_of(asked.route, draft.answers, clock.today())
    if (asked_page := journey.page(page_key)) is None:
        raise NotHere
    answers, form = read_questions(asked_page.questions, request.form, clock.today(), asked_page.check)
    if answers is None:
        return _shown(asked, journey, page_key, form, []), 422
    keep_answers(draft, page_key, form.values, at=now)
    return _onward(asked, journey_of(asked.route, draft.answers, clock.today()), page_key)


def _kept_afresh(asked: Asked, page_key: str, now: datetime) -> ResponseReturnValue:
    """Answers that came after the draft's time begin a new one, and wait there until the way leads to their page."""
    if not (names := names_on(asked.route, page_key)):
        raise NotHere
    draft = open_draft(browser(), asked.key, at=now)
    keep_answers(draft, page_key, typed_under(names, request.form), at=now)
    flash(FORGOTTEN, "info")
    return redirect(_url(asked, journey_of(asked.route, draft.answers, clock.today()).first_open), 303)


def _start_again(asked: Asked) -> ResponseReturnValue:
    flash(FORGOTTEN, "info")
    return redirect(url_for("ask.start", route_key=asked.key), 303)


def _url(asked: Asked, page_key: str, *, change: bool = False) -> str:
    """The address of a page; `change` leads back to the check afterwards."""
    return f"{url_for('ask.start', route_key=asked.key)}/{page_key}{'?change=1' if change else ''}"


def _changing() -> bool:
    return bool(request.args.get("change"))


def _onward(asked: Asked, journey: Journey, page_key: str) -> ResponseReturnValue:
    """To the next page; after a change, to the first page that is still open, or back to the check."""
    following = journey.first_open if _changing() else journey.after(page_key)
    return redirect(_url(asked, following), 303)


def _shown(asked: Asked, journey: Journey, page_key: str, form: Form, held: list[Any]) -> str:
    shown_page = journey.page(page_key)
    before = "check" if _changing() else journey.before(page_key)
    return render_template(
        "referrals/ask/papers.html" if page_key == "papers" else "referrals/ask/page.html",
        asked=asked,
        page=shown_page,
        form=form,
        action=_url(asked, page_key, change=_changing()),
        back=_url(asked, before) if before else url_for("ask.start", route_key=asked.key),
        step=journey.step(page_key),
        steps=journey.steps,
        papers=held,
        kinds=paper_kinds(asked.route, journey.referrer),
        accept=ACCEPT,
    )


def _checked(asked: Asked, journey: Journey, held: list[Any], form: Form) -> str:
    return render_template(
        "referrals/ask/check.html",
        asked=asked,
        form=form,
        sections=journey.sections(lambda key: _url(asked, key, change=True)),
        papers=held,
        papers_url=_url(asked, "papers", change=True),
        by_asking=journey.agrees_by_asking,
        kinds=dict(paper_kinds(asked.route, journey.referrer)),
        back=_url(asked, "papers"),
    )


def _thanked(asked: Asked, sent: Sent) -> str:
    return render_template("referrals/ask/done.html", asked=asked, sent=sent, team=contacts_of(sent.area_id))
