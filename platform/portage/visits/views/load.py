"""What visitors can take on, now and in the coming weeks; and who covers while somebody is away."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.accounts.operations.people import find_person
from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes, concerning
from portage.support.models import VisitorAbsence
from portage.support.opening import opened
from portage.support.operations import Cover, absence_here, name_cover
from portage.support.refusals import CannotVisit, WrongDates
from portage.support.visitors import said_of_unmarked
from portage.tenants.areas import areas
from portage.visits.covering import left_alone, proposal
from portage.visits.load import PAGE, loads
from portage.visits.schemas import StandInForm

routes = Routes("load", __name__)


@routes.get("/visitors", can=Can.ALLOCATE, audience=Audience.STAFF, audit="visitors.seen", rate=Rate.PAGE)
def visitors() -> ResponseReturnValue:
    """Everybody who visits, with children and the visits of the coming weeks."""
    known, who, page = areas(), viewer(), page_in(request.args)
    shown = request.args.get("area", "") or ("own" if who.areas else "all")
    chosen = {str(area_id): frozenset({area_id}) for area_id, _ in known}.get(shown)
    lacking = request.args.get("check", "") == "unmarked"
    within = chosen or (who.areas if shown == "own" else frozenset())
    found = loads(within, page, on=clock.today(), without_check=lacking)
    return render_template(
        "visits/load.html",
        found=found,
        areas=known,
        form=Form({"area": shown}),
        page=page,
        pages=max(1, -(-found.total // PAGE)),
        lacking=lacking,
        unmarked=said_of_unmarked(found.unmarked) if found.unmarked else "",
        marks=Can.MANAGE_PEOPLE in who.can,
        page_address=lambda number: url_for(
            "load.visitors", area=shown, page=number, check="unmarked" if lacking else None
        ),
    )


@routes.get(
    "/visitors/<uuid:person_id>/absences/<uuid:absence_id>",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="visitor.absence-seen",
    rate=Rate.PAGE,
)
def covering(person_id: UUID, absence_id: UUID) -> ResponseReturnValue:
    """Whose visits fall into an absence, and who could cover each child."""
    return _page(absence_here(person_id, absence_id), Form())


@routes.post(
    "/visitors/<uuid:person_id>/absences/<uuid:absence_id>/cover",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="cover.named",
    rate=Rate.WRITE,
)
def save_cover(person_id: UUID, absence_id: UUID) -> ResponseReturnValue:
    """Accept one line: this person covers for this child on the days of the absence."""
    absence = absence_here(person_id, absence_id)
    command, form = read(StandInForm(), request.form)
    if command is None:
        return _page(absence, form), 422
    if command.episode_id not in {each.episode_id for each in left_alone(absence)}:
        raise NotHere
    episode = opened(command.episode_id)
    cover = Cover(command.person_id, max(absence.from_on, clock.today()), absence.until_on)
    try:
        name_cover(episode.id, cover, by=Actor.of(viewer()), at=clock.now())
    except (CannotVisit, WrongDates) as refusal:
        return _page(absence, form.refuse("person_id", str(refusal))), 422
    flash("The cover is named. It begins and ends by itself with the two days.", "success")
    return redirect(f"/visitors/{person_id}/absences/{absence_id}", 303)


def _page(absence: VisitorAbsence, form: Form) -> str:
    concerning("person", absence.person_id)
    return render_template(
        "visits/covering.html",
        person=find_person(absence.person_id),
        absence=absence,
        lines=proposal(absence, on=clock.today()),
        form=form,
    )
