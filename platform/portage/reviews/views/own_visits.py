"""A visit that is to come, in the family's own space: they can ask for another day, with a word or without."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.routes import ANYONE, Routes
from portage.core.tenancy import here
from portage.families.models import Child
from portage.messages.council import sender
from portage.messages.models import OneTimeLink
from portage.messages.opened import as_family, link_to
from portage.reviews.own_space import FAMILY, carer_of
from portage.reviews.schemas import AnotherDayForm
from portage.visits.models import Visit
from portage.visits.operations.another_day import ask_for_another_day
from portage.visits.operations.planning import visit_here
from portage.visits.refusals import NotPlannedAnyMore
from portage.visits.words import MODE_WORDS

routes = Routes("own_visits", __name__)
HERE = "/opened/<uuid:link_id>/visits/<uuid:visit_id>"


@routes.get(HERE, can=ANYONE, audience=Audience.LINK, audit="visit.read-by-family", rate=Rate.PAGE)
def another_day(link_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Ask for another day."""
    link, visit = _visit(link_id, visit_id)
    return _page(link, visit, Form({"words": visit.another_day_words}))


@routes.post(HERE, can=ANYONE, audience=Audience.LINK, audit="visit.another-day-asked", rate=Rate.PUBLIC_WRITE)
def save_another_day(link_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Keep that the day does not suit the family, and tell whoever goes there."""
    link, visit = _visit(link_id, visit_id)
    command, form = read(AnotherDayForm(), request.form)
    if command is None:
        return _page(link, visit, form), 422
    try:
        ask_for_another_day(visit, command, name=carer_of(link), at=clock.now())
    except NotPlannedAnyMore as refusal:
        return _page(link, visit, form.refuse("_form", str(refusal))), 422
    flash("Thank you. Your team knows, and will tell you about another day.", "success")
    return redirect(f"/opened/{link.id}", 303)


def _visit(link_id: UUID, visit_id: UUID) -> tuple[OneTimeLink, Visit]:
    """A visit of the support that this browser's link is about; the trail names its child."""
    link, visit = link_to(link_id, FAMILY), visit_here(visit_id)
    if visit.episode_id != link.subject_id or visit.disposed_at is not None:
        raise NotHere
    as_family(link, visit.child_id)
    return link, visit


def _page(link: OneTimeLink, visit: Visit, form: Form) -> str:
    today = clock.today()
    return render_template(
        "reviews/another_day.html",
        link=link,
        visit=visit,
        form=form,
        planned=visit.status == "planned" and visit.planned_on >= today,
        modes=MODE_WORDS,
        team=sender(today, here(Child, visit.child_id).area_id).team,
        until=link.open_until,
    )
