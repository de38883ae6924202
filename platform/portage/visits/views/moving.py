"""Moving and cancelling what is planned: one visit, or this one and the following of its series."""

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.policy.arrangements import keeps_to_terms
from portage.policy.dates import clock_in_words, in_words
from portage.support.lists import child_here
from portage.support.opening import opened
from portage.support.operations import episode_here
from portage.support.pattern import support_of
from portage.visits.models import Visit
from portage.visits.operations import Moved, away_for, cancel_visits, clashes, following, move_visit, visit_here
from portage.visits.operations.clashing import Busy
from portage.visits.refusals import NothingToPlan, NotThatDay
from portage.visits.schemas import CancelForm, MoveForm
from portage.visits.words import CANCELLED_BY

routes = Routes("moving", __name__)


@routes.get(
    "/visits/<uuid:visit_id>/move",
    can=Can.PLAN_VISITS,
    audience=Audience.STAFF,
    audit="visit.seen",
    rate=Rate.PAGE,
)
def moving(visit_id: UUID) -> ResponseReturnValue:
    """Another day and time."""
    visit = visit_here(visit_id)
    opened(visit.episode_id)
    values = {"planned_on": visit.planned_on, "planned_at": f"{visit.planned_at:%H:%M}", "version": visit.version}
    return _move_page(visit, Form({**values, "scope": "one"}))


@routes.post(
    "/visits/<uuid:visit_id>/move",
    can=Can.PLAN_VISITS,
    audience=Audience.STAFF,
    audit="visit.moved",
    rate=Rate.WRITE,
)
def save_move(visit_id: UUID) -> ResponseReturnValue:
    """Move the visit, or this one and the following."""
    visit = visit_here(visit_id)
    opened(visit.episode_id)
    command, form = read(MoveForm(), request.form)
    if command is None:
        return _move_page(visit, form), 422
    try:
        moved = move_visit(visit.id, command, by=Actor.of(viewer()), on=clock.today())
    except (NotThatDay, NothingToPlan) as refusal:
        return _move_page(visit, form.refuse("planned_on", str(refusal))), 422
    _say(moved, clock.today())
    return redirect(f"/visits/{visit_id}", 303)


def _say(moved: Moved, today: date) -> None:
    """What came of it, with what else the visitor has then."""
    if found := clashes(moved.visits, viewer(), today):
        others = ", ".join(_busy(busy, with_day=len(moved.visits) > 1) for busy in found)
        flash(f"The visitor has another visit then: {others}.", "notice")
    if away := away_for(moved.visits):
        days = ", ".join(in_words(day) for day in away)
        flash(f"The visitor is away then: {days}. Move it again, or ask a manager who covers.", "notice")
    if moved.taken_out:
        count = len(moved.taken_out)
        visits = "1 visit was" if count == 1 else f"{count} visits were"
        flash(f"{visits} cancelled: {moved.taken_out[0].reason}", "notice")
    count = len(moved.visits)
    what = "The visit has" if count == 1 else f"{count} visits have"
    flash(f"{what} another day or time. Please tell the family.", "success")


def _busy(busy: Busy, *, with_day: bool) -> str:
    day = f"{busy.on.day} {busy.on:%B} at " if with_day else ""
    return f"{day}{clock_in_words(busy.at)}{f' ({busy.name})' if busy.name else ''}"


def _move_page(visit: Visit, form: Form) -> str:
    support = support_of(episode_here(visit.episode_id), on=clock.today())
    return render_template(
        "visits/move.html",
        visit=visit,
        child=child_here(visit.child_id),
        form=form,
        later=len(following(visit)) - 1,
        in_terms=keeps_to_terms(support.policy, support.terms),
    )


@routes.get(
    "/visits/<uuid:visit_id>/cancel",
    can=Can.PLAN_VISITS,
    audience=Audience.STAFF,
    audit="visit.seen",
    rate=Rate.PAGE,
)
def cancelling(visit_id: UUID) -> ResponseReturnValue:
    """Who cancels, and why."""
    visit = visit_here(visit_id)
    opened(visit.episode_id)
    return _cancel_page(visit, Form({"version": visit.version, "scope": "one"}))


@routes.post(
    "/visits/<uuid:visit_id>/cancel",
    can=Can.PLAN_VISITS,
    audience=Audience.STAFF,
    audit="visit.cancelled",
    rate=Rate.WRITE,
)
def save_cancel(visit_id: UUID) -> ResponseReturnValue:
    """Cancel the visit, or this one and the following."""
    visit = visit_here(visit_id)
    opened(visit.episode_id)
    command, form = read(CancelForm(), request.form)
    if command is None:
        return _cancel_page(visit, form), 422
    gone = cancel_visits(visit.id, command, by=Actor.of(viewer()), at=clock.now(), on=clock.today())
    flash("The visit is cancelled." if len(gone) == 1 else f"{len(gone)} visits are cancelled.", "success")
    return redirect(f"/visits/{visit_id}", 303)


def _cancel_page(visit: Visit, form: Form) -> str:
    return render_template(
        "visits/cancel.html",
        visit=visit,
        child=child_here(visit.child_id),
        form=form,
        later=len(following(visit)) - 1,
        cancelled_by=list(CANCELLED_BY.items()),
    )
