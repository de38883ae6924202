"""Sending a family the link to their own space: their next visits, reviews, and what was shared about their child."""

from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.routes import Routes
from portage.reviews.own_space import carers_with_mailbox, invite
from portage.support.lists import child_here
from portage.support.opening import opened

routes = Routes("inviting", __name__)
HERE = "/episodes/<uuid:episode_id>/own-space"


@routes.get(HERE, can=Can.WRITE_REVIEW, audience=Audience.STAFF, audit="own-space.offered", rate=Rate.PAGE)
def inviting(episode_id: UUID) -> ResponseReturnValue:
    """Who would get a link, and what it opens."""
    episode = opened(episode_id)
    return render_template(
        "reviews/inviting.html",
        episode=episode,
        child=child_here(episode.child_id),
        carers=[carer.name for carer in carers_with_mailbox(episode.child_id)],
    )


@routes.post(HERE, can=Can.WRITE_REVIEW, audience=Audience.STAFF, audit="own-space.sent", rate=Rate.WRITE)
def send(episode_id: UUID) -> ResponseReturnValue:
    """Send every carer whose mailbox is safe a link of their own."""
    names = invite(opened(episode_id), at=clock.now())
    if names:
        flash(f"A link is on its way to {' and '.join(names)}.", "success")
    else:
        flash("No parent has a mailbox that is safe, so no link went out.", "notice")
    return redirect(f"/episodes/{episode_id}/own-space", 303)
