"""The council's own list of areas and steps: brought in from a spreadsheet, looked at, and only then taken."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.files import shown_name
from portage.core.forms import Form, read
from portage.core.identity import viewer
from portage.core.routes import Routes, concerning
from portage.core.spreadsheet import LARGEST, NotASpreadsheet
from portage.profiles import sheet
from portage.profiles.operations import (
    example_areas,
    in_force,
    instrument_here,
    instruments,
    keep_read,
    put_away,
    steps_of,
    take,
)
from portage.profiles.operations.instruments import as_read
from portage.profiles.schemas import SeenForm, SheetForm, TakeForm
from portage.profiles.sheet import Problem, ReadArea
from portage.profiles.words import STATUSES, ages

routes = Routes("profile_instruments", __name__)
SEES: dict[str, Any] = {
    "can": Can.PUBLISH_POLICY, "audience": Audience.STAFF, "audit": "profile-lists.seen", "rate": Rate.PAGE,
}  # fmt: skip
WRITES: dict[str, Any] = {"can": Can.PUBLISH_POLICY, "audience": Audience.STAFF}


@routes.get("/profiles", **SEES)
def listed() -> ResponseReturnValue:
    """Which list the council profiles with, the lists before, and how to bring in another."""
    return _page(Form())


@routes.post("/profiles", audit="profile-list.read", rate=Rate.UPLOAD, **WRITES)
def bring_in() -> ResponseReturnValue:
    """Read a spreadsheet; every problem is shown at once, and nothing is kept of a file that has any."""
    command, form = read(SheetForm(), request.form)
    sent: FileStorage | None = request.files.get("sheet")
    if sent is None or not sent.filename:
        form.refuse("sheet", "Choose a file.")
    if form.errors or command is None or sent is None:
        return _page(form), 422
    try:
        areas, problems = sheet.read_sheet(sent.stream.read(LARGEST + 1), shown_name(sent.filename or ""))
    except NotASpreadsheet as refused:
        return _page(form.refuse("sheet", str(refused))), 422
    if problems:
        number = len(problems)
        said = "There is 1 problem" if number == 1 else f"There are {number} problems"
        return _page(form.refuse("sheet", f"{said} in the file. Nothing was kept; see the list below."), problems), 422
    kept = keep_read(command["name"], command["source"], areas, by=_person())
    concerning("profile_instrument", kept.id)
    return redirect(f"/profiles/{kept.id}", 303)


@routes.get("/profiles/example.csv", **SEES)
def example() -> ResponseReturnValue:
    """The platform's own list as a spreadsheet to change and send back."""
    return _as_file(example_areas(), "profile.csv")


@routes.get("/profiles/<uuid:profile_instrument_id>", **SEES)
def one(profile_instrument_id: UUID) -> ResponseReturnValue:
    """A list as it would be used, and how to take it or put it away."""
    found = instrument_here(profile_instrument_id)
    concerning("profile_instrument", found.id)
    return _one(found.id, Form({"in_use_from": clock.today().isoformat()}))


@routes.get("/profiles/<uuid:profile_instrument_id>/list.csv", **SEES)
def as_file(profile_instrument_id: UUID) -> ResponseReturnValue:
    """A list as the spreadsheet that can be changed and brought in as the next version."""
    found = instrument_here(profile_instrument_id)
    concerning("profile_instrument", found.id)
    return _as_file(as_read(steps_of(found.id)), "profile.csv")


@routes.post("/profiles/<uuid:profile_instrument_id>/take", audit="profile-list.taken", rate=Rate.WRITE, **WRITES)
def save_take(profile_instrument_id: UUID) -> ResponseReturnValue:
    """Let new profiles follow the list from a day."""
    found = instrument_here(profile_instrument_id)
    concerning("profile_instrument", found.id)
    command, form = read(TakeForm(), request.form)
    if command is None:
        return _one(found.id, form), 422
    if command.in_use_from < clock.today():
        return _one(found.id, form.refuse("in_use_from", "Choose today or a later day: the past stays as it was.")), 422
    take(found.id, command, by=_person(), at=clock.now())
    flash("The list is taken. Profiles that were begun stay with the list that they were begun with.", "success")
    return redirect("/profiles", 303)


@routes.post(
    "/profiles/<uuid:profile_instrument_id>/put-away", audit="profile-list.put-away", rate=Rate.WRITE, **WRITES
)
def save_put_away(profile_instrument_id: UUID) -> ResponseReturnValue:
    """Use nothing of what was read."""
    found = instrument_here(profile_instrument_id)
    concerning("profile_instrument", found.id)
    command, _ = read(SeenForm(), request.form)
    put_away(found.id, version=command["version"] if command else 0)
    flash("The list is put away. Nothing follows it.", "success")
    return redirect("/profiles", 303)


def _page(form: Form, problems: list[Problem] | None = None) -> str:
    return render_template(
        "profiles/instruments.html",
        form=form,
        problems=problems or [],
        instruments=instruments(),
        current=in_force(clock.today()),
        statuses=STATUSES,
        columns=sheet.COLUMNS,
    )


def _one(instrument_id: UUID, form: Form) -> str:
    found = instrument_here(instrument_id)
    return render_template(
        "profiles/instrument.html",
        instrument=found,
        areas=as_read(steps_of(found.id)),
        statuses=STATUSES,
        ages=ages,
        form=form,
        current=in_force(clock.today()),
    )


def _as_file(areas: "tuple[ReadArea, ...] | list[ReadArea]", name: str) -> Response:
    answer = Response(sheet.as_csv(areas), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _person() -> UUID:
    person_id = viewer().person_id
    if person_id is None:
        raise TypeError("a route of staff has a person")
    return person_id
