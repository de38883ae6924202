"""One child's time with the service: the page, extending it, and ending it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to, sections
from portage.families.operations import carers_of
from portage.policy.dates import in_words
from portage.support.lists import child_here, story_of, who_visits
from portage.support.models import Episode
from portage.support.opening import opened, opened_whole
from portage.support.operations import (
    CLOSING_REASONS,
    close_episode,
    closing_reasons,
    extend,
    goes_on_until,
)
from portage.support.pattern import support_of
from portage.support.refusals import ReasonNotInPolicy, WrongDates
from portage.support.schemas import CloseForm, ExtendForm

routes = Routes("episodes", __name__)


@routes.get(
    "/episodes/<uuid:episode_id>", can=Can.OPEN_CASE, audience=Audience.STAFF, audit="episode.seen", rate=Rate.PAGE
)
def show(episode_id: UUID) -> ResponseReturnValue:
    """The whole of a child's support: visitor, limit, visits, plan and reviews."""
    found, today = opened_whole(episode_id), clock.today()
    episode = found.episode
    visitors, covers = who_visits(episode.id, episode.child_id, today)
    return render_template(
        "support/episode.html",
        episode=episode,
        child=found.child,
        carers=carers_of(episode.child_id),
        support=support_of(episode, on=today),
        visitors=visitors,
        covers=covers,
        extended=found.extended,
        closed_by=found.closed_by,
        until=found.until,
        reasons=CLOSING_REASONS,
        sections=sections("episode", viewer(), episode.id),
        today=today,
    )


@routes.get(
    "/episodes/<uuid:episode_id>/extend",
    can=Can.CLOSE_EPISODE,
    audience=Audience.STAFF,
    audit="episode.seen",
    rate=Rate.PAGE,
)
def extending(episode_id: UUID) -> ResponseReturnValue:
    """Until when support goes on, and why."""
    return _extend_page(opened(episode_id), Form())


@routes.post(
    "/episodes/<uuid:episode_id>/extend",
    can=Can.CLOSE_EPISODE,
    audience=Audience.STAFF,
    audit="episode.extended",
    rate=Rate.WRITE,
)
def save_extension(episode_id: UUID) -> ResponseReturnValue:
    """Extend the support."""
    episode = opened(episode_id)
    command, form = read(ExtendForm(), request.form)
    if command is None:
        return _extend_page(episode, form), 422
    try:
        extend(episode.id, command, by=Actor.of(viewer()), on=clock.today())
    except WrongDates as refusal:
        return _extend_page(episode, form.refuse("until_on", str(refusal))), 422
    flash("The support goes on. Your reason is on record.", "success")
    return redirect(f"/episodes/{episode_id}", 303)


@routes.get(
    "/episodes/<uuid:episode_id>/close",
    can=Can.CLOSE_EPISODE,
    audience=Audience.STAFF,
    audit="episode.seen",
    rate=Rate.PAGE,
)
def closing(episode_id: UUID) -> ResponseReturnValue:
    """Why and when support ends."""
    episode = opened(episode_id)
    return _close_page(episode, Form({"closed_on": clock.today().isoformat(), "version": episode.version}))


@routes.post(
    "/episodes/<uuid:episode_id>/close",
    can=Can.CLOSE_EPISODE,
    audience=Audience.STAFF,
    audit="episode.closed",
    rate=Rate.WRITE,
)
def save_close(episode_id: UUID) -> ResponseReturnValue:
    """End the support."""
    episode = opened(episode_id)
    command, form = read(CloseForm(), request.form)
    if command is None:
        return _close_page(episode, form), 422
    try:
        close_episode(episode.id, command, by=Actor.of(viewer()), at=clock.now())
    except WrongDates as refusal:
        return _close_page(episode, form.refuse("closed_on", str(refusal))), 422
    except ReasonNotInPolicy as refusal:
        return _close_page(episode, form.refuse("reason", str(refusal))), 422
    flash("The support has ended. The visits that were still planned are cancelled.", "success")
    return redirect(f"/episodes/{episode_id}", 303)


def _extend_page(episode: Episode, form: Form) -> str:
    return render_template(
        "support/extend.html",
        episode=episode,
        child=child_here(episode.child_id),
        form=form,
        until=goes_on_until(episode),
    )


def _close_page(episode: Episode, form: Form) -> str:
    return render_template(
        "support/close.html",
        episode=episode,
        child=child_here(episode.child_id),
        form=form,
        reasons=list(closing_reasons(episode, on=clock.today()).items()),
        report_to=_report_to(episode),
        sections=sections("episode-closing", viewer(), episode.id),
    )


def _report_to(episode: Episode) -> tuple[str, ...]:
    """Who gets a report on leaving, as far as the policy says so."""
    support = support_of(episode, on=clock.today())
    stated = support.policy.arrangements(support.terms).leaving
    return stated.report_to if stated else ()


@adds_to("child", order=20)
def in_the_record(who: Viewer, child_id: UUID | None) -> Section | None:
    """The child's support, and the place on the waiting list, on the child's record."""
    found = story_of(child_id) if child_id else []
    return Section("Support", tuple(_entry(row, who) for row in found)) if found else None


def _entry(row: Row[*tuple[Any, ...]], who: Viewer) -> Entry:
    before = ", before recorded policy" if row.before else ""
    if row.place:
        path = f"/waiting-list/{row.id}" if Can.ALLOCATE in who.can else None
        return Entry(f"On the waiting list since {in_words(row.since)}", path, f"Waits{before}")
    state = f"Ended on {in_words(row.ended)}" if row.ended else "Open"
    return Entry(f"Support since {in_words(row.since)}", f"/episodes/{row.id}", f"{state}{before}")
