""" "Suggest": a proposal for the children who wait, where the administrator has turned it on."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes
from portage.support.lists import PAGE
from portage.support.operations import allocate, choices
from portage.support.place_page import place_here, place_page
from portage.support.refusals import AlreadySupported, CannotVisit, LengthUnsaid, NoYesYet
from portage.support.schemas import AllocateForm
from portage.support.suggested import suggestion
from portage.support.suggesting import COSTS, solver_installed
from portage.tenants.areas import areas

routes = Routes("suggesting", __name__)


@routes.get(
    "/waiting-list/suggestion",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="waiting-list.suggested",
    rate=Rate.PAGE,
)
def proposal() -> ResponseReturnValue:
    """Who could visit whom, in the order of the list; it is made anew each time, so that no line is out of date."""
    _only_where_it_is_on()
    known, who, page = areas(), viewer(), page_in(request.args)
    shown = request.args.get("area", "") or ("own" if who.areas else "all")
    chosen = {str(area_id): frozenset({area_id}) for area_id, _ in known}.get(shown)
    found = suggestion(chosen or (who.areas if shown == "own" else frozenset()), on=clock.today())
    return render_template(
        "support/suggestion.html",
        found=found,
        lines=list(enumerate(found.lines, 1))[PAGE * (page - 1) : PAGE * page],
        placed=sum(line.visitor is not None for line in found.lines),
        page=page,
        pages=max(1, -(-len(found.lines) // PAGE)),
        page_address=lambda number: url_for("suggesting.proposal", area=shown, page=number),
        areas=known,
        form=Form({"area": shown}),
        today=clock.today(),
        costs=COSTS,
    )


@routes.post(
    "/waiting-list/<uuid:entry_id>/accept",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="suggestion.accepted",
    rate=Rate.WRITE,
)
def accept(entry_id: UUID) -> ResponseReturnValue:
    """Accept one line: the child is given to this visitor as on the page of the place, with every check of it."""
    _only_where_it_is_on()
    entry = place_here(entry_id)
    command, form = read(AllocateForm(), request.form)
    if command is None:
        return place_page(entry, allocating=form), 422
    try:
        allocate(entry.id, command, by=Actor.of(viewer()), at=clock.now())
    except (CannotVisit, AlreadySupported, NoYesYet, LengthUnsaid) as refusal:
        return place_page(entry, allocating=form.refuse("person_id", str(refusal))), 422
    flash("The child has a visitor now, and the visitor was told. The other lines were made anew.", "success")
    return redirect("/waiting-list/suggestion", 303)


def _only_where_it_is_on() -> None:
    if choices().suggests_since is None or not solver_installed():
        raise NotHere
