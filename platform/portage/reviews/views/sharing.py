"""The log of what was shared about a child, for staff: read it, write into it, keep an entry from the family."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes
from portage.reviews.operations.sharing import (
    BASIS,
    KINDS,
    PAGE,
    disclosure_here,
    hide,
    log_of,
    record_shared,
    show_again,
)
from portage.reviews.schemas import HideForm, SharedForm, VersionForm
from portage.support.lists import child_here
from portage.support.models import Episode
from portage.support.opening import opened
from portage.support.pattern import support_of
from portage.support.refusals import WrongDates

routes = Routes("shared", __name__)
LOG = "/episodes/<uuid:episode_id>/shared"


@routes.get(LOG, can=Can.OPEN_CASE, audience=Audience.STAFF, audit="shared.seen", rate=Rate.PAGE)
def log(episode_id: UUID) -> ResponseReturnValue:
    """What was shared about this child, the newest first."""
    return _page(opened(episode_id), Form({"shared_on": clock.today()}))


@routes.post(LOG, can=Can.WRITE_REVIEW, audience=Audience.STAFF, audit="shared.recorded", rate=Rate.WRITE)
def save(episode_id: UUID) -> ResponseReturnValue:
    """Write down what was shared, or an onward referral."""
    episode = opened(episode_id)
    command, form = read(SharedForm(), request.form)
    if command is None:
        return _page(episode, form), 422
    try:
        record_shared(episode.id, command, by=Actor.of(viewer()), on=clock.today())
    except WrongDates as refusal:
        return _page(episode, form.refuse("shared_on", str(refusal))), 422
    flash("It is in the log. The family can read it in their own space.", "success")
    return redirect(f"/episodes/{episode_id}/shared", 303)


@routes.get(
    f"{LOG}/<uuid:disclosure_id>/hide",
    can=Can.HIDE_DISCLOSURE,
    audience=Audience.STAFF,
    audit="shared.seen",
    rate=Rate.PAGE,
)
def hiding(episode_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """Why an entry is kept from the family."""
    return _hide_page(opened(episode_id), disclosure_id, Form())


@routes.post(
    f"{LOG}/<uuid:disclosure_id>/hide",
    can=Can.HIDE_DISCLOSURE,
    audience=Audience.STAFF,
    audit="shared.hidden",
    rate=Rate.WRITE,
)
def save_hiding(episode_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """Keep an entry from the family, with the reason."""
    episode = opened(episode_id)
    command, form = read(HideForm(), request.form)
    if command is None:
        return _hide_page(episode, disclosure_id, form), 422
    because, version = command
    hide(disclosure_id, episode.child_id, because, version, by=Actor.of(viewer()), at=clock.now())
    flash("The family does not see this entry. Your reason is on record.", "success")
    return redirect(f"/episodes/{episode_id}/shared", 303)


@routes.post(
    f"{LOG}/<uuid:disclosure_id>/show",
    can=Can.HIDE_DISCLOSURE,
    audience=Audience.STAFF,
    audit="shared.shown-again",
    rate=Rate.WRITE,
)
def save_showing(episode_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """Let the family read an entry that was hidden."""
    episode = opened(episode_id)
    disclosure_here(disclosure_id, episode.child_id)
    command, form = read(VersionForm(), request.form)
    if command is None:
        return _page(episode, form), 422
    show_again(disclosure_id, episode.child_id, command)
    flash("The family can read this entry again.", "success")
    return redirect(f"/episodes/{episode_id}/shared", 303)


def _page(episode: Episode, form: Form) -> str:
    page = page_in(request.args)
    rows, total = log_of(episode.child_id, page=page)
    support = support_of(episode, on=clock.today())
    leaving = support.policy.arrangements(support.terms).leaving
    return render_template(
        "reviews/shared.html",
        episode=episode,
        child=child_here(episode.child_id),
        rows=rows,
        kinds=KINDS,
        basis=list(BASIS.items()),
        basis_words=BASIS,
        onward=leaving.onward if leaving else (),
        page=page,
        pages=max(1, -(-total // PAGE)),
        page_address=lambda number: url_for("shared.log", episode_id=episode.id, page=number),
        form=form,
    )


def _hide_page(episode: Episode, disclosure_id: UUID, form: Form) -> str:
    return render_template(
        "reviews/hide.html",
        episode=episode,
        child=child_here(episode.child_id),
        entry=disclosure_here(disclosure_id, episode.child_id),
        form=form,
    )
