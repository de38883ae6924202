"""Who visits: a change of visitor, and somebody who covers between two days."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.support.lists import child_here, covers_of
from portage.support.models import Episode
from portage.support.opening import opened
from portage.support.operations import change_visitor, end_cover, name_cover, open_episode_here, visitor_of, why_not
from portage.support.pattern import support_of
from portage.support.refusals import CannotVisit, WrongDates
from portage.support.schemas import AllocateForm, CoverForm
from portage.support.visitors import candidates

routes = Routes("visitors", __name__)


@routes.get(
    "/episodes/<uuid:episode_id>/visitor",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="episode.seen",
    rate=Rate.PAGE,
)
def changing(episode_id: UUID) -> ResponseReturnValue:
    """Who could visit instead, and from when."""
    return _page("support/visitor.html", opened(episode_id), Form({"from_on": clock.today().isoformat()}))


@routes.post(
    "/episodes/<uuid:episode_id>/visitor",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="visitor.changed",
    rate=Rate.WRITE,
)
def save_visitor(episode_id: UUID) -> ResponseReturnValue:
    """Give the child to another visitor."""
    episode = opened(episode_id)
    command, form = read(AllocateForm(), request.form)
    if command is None:
        return _page("support/visitor.html", episode, form), 422
    try:
        change_visitor(episode.id, command, by=Actor.of(viewer()), at=clock.now())
    except CannotVisit as refusal:
        return _page("support/visitor.html", episode, form.refuse("person_id", str(refusal))), 422
    except WrongDates as refusal:
        return _page("support/visitor.html", episode, form.refuse("from_on", str(refusal))), 422
    flash("The child has another visitor. Visits planned from that day on are in the new visitor's name.", "success")
    return redirect(f"/episodes/{episode_id}", 303)


@routes.get(
    "/episodes/<uuid:episode_id>/cover",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="episode.seen",
    rate=Rate.PAGE,
)
def covering(episode_id: UUID) -> ResponseReturnValue:
    """Who covers for the visitor, and between which days."""
    return _page("support/cover.html", opened(episode_id), Form({"from_on": clock.today().isoformat()}))


@routes.post(
    "/episodes/<uuid:episode_id>/cover",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="cover.named",
    rate=Rate.WRITE,
)
def save_cover(episode_id: UUID) -> ResponseReturnValue:
    """Name somebody who covers."""
    episode = opened(episode_id)
    command, form = read(CoverForm(), request.form)
    if command is None:
        return _page("support/cover.html", episode, form), 422
    try:
        name_cover(episode.id, command, by=Actor.of(viewer()), at=clock.now())
    except CannotVisit as refusal:
        return _page("support/cover.html", episode, form.refuse("person_id", str(refusal))), 422
    except WrongDates as refusal:
        return _page("support/cover.html", episode, form.refuse("until_on", str(refusal))), 422
    flash("The cover is named. It begins and ends by itself with the two days.", "success")
    return redirect(f"/episodes/{episode_id}", 303)


@routes.post(
    "/episodes/<uuid:episode_id>/cover/<uuid:caseload_id>/end",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="cover.ended",
    rate=Rate.WRITE,
)
def save_cover_end(episode_id: UUID, caseload_id: UUID) -> ResponseReturnValue:
    """Let a cover end now."""
    end_cover(opened(episode_id).id, caseload_id, on=clock.today())
    flash("The cover has ended.", "success")
    return redirect(f"/episodes/{episode_id}", 303)


def _page(template: str, episode: Episode, form: Form) -> str:
    open_episode_here(episode.id)
    today = clock.today()
    child = child_here(episode.child_id)
    support = support_of(episode, on=today)
    return render_template(
        template,
        episode=episode,
        child=child,
        support=support,
        people=[(each, why_not(each, support)) for each in candidates(child.area_id, on=today)],
        visitor=visitor_of(episode.id),
        covers=covers_of(child.id, today),
        form=form,
        today=today,
    )
