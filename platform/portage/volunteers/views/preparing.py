"""Getting a volunteer ready: references, HR's decision, training and supervisor, checks that somebody saw."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.accounts.operations.clearance import LEVEL_WORDS, checks_of
from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.support.visitors import names_of
from portage.volunteers.models import Volunteer
from portage.volunteers.operations.offering import volunteers_here
from portage.volunteers.operations.preparing import (
    ask_reference,
    check_seen,
    decide_level,
    prepare,
    receive_reference,
    references_of,
    supervisors,
    trained_on,
)
from portage.volunteers.refusals import NotYourOwn, WrongDay, WrongLevel
from portage.volunteers.schemas import CameForm, LevelForm, PreparationForm, ReferenceForm, check_form
from portage.volunteers.views.records import opened
from portage.volunteers.words import HOW_WORDS

routes = Routes("volunteer_preparing", __name__)
READS: dict[str, Any] = {
    "can": Can.MANAGE_VOLUNTEERS,
    "audience": Audience.STAFF,
    "audit": "volunteer.seen",
    "rate": Rate.PAGE,
}
WRITES: dict[str, Any] = {"can": Can.MANAGE_VOLUNTEERS, "audience": Audience.STAFF, "rate": Rate.WRITE}


def _done(volunteer: Volunteer, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(f"/volunteers/{volunteer.id}", 303)


@routes.get("/volunteers/<uuid:volunteer_id>/references", **READS)
def references(volunteer_id: UUID) -> ResponseReturnValue:
    """Who was asked about a volunteer, and a form for another."""
    return _references(opened(volunteer_id), Form())


@routes.post("/volunteers/<uuid:volunteer_id>/references", audit="volunteer.reference-asked", **WRITES)
def save_reference(volunteer_id: UUID) -> ResponseReturnValue:
    """Write down that a reference was asked for."""
    volunteer = opened(volunteer_id)
    command, form = read(ReferenceForm(), request.form)
    if command is None:
        return _references(volunteer, form), 422
    try:
        ask_reference(volunteer.id, command, by=Actor.of(viewer()), on=clock.today())
    except WrongDay as refusal:
        return _references(volunteer, form.refuse("asked_on", str(refusal))), 422
    return _done(volunteer, "The reference is on record.")


@routes.post(
    "/volunteers/<uuid:volunteer_id>/references/<uuid:reference_id>", audit="volunteer.reference-came", **WRITES
)
def save_coming(volunteer_id: UUID, reference_id: UUID) -> ResponseReturnValue:
    """Write down that a reference came."""
    volunteer = opened(volunteer_id)
    command, form = read(CameForm(), request.form)
    if command is None:
        return _references(volunteer, form, came=reference_id), 422
    try:
        receive_reference(volunteer.id, reference_id, command, by=Actor.of(viewer()), on=clock.today())
    except WrongDay as refusal:
        return _references(volunteer, form.refuse("received_on", str(refusal)), came=reference_id), 422
    return _done(volunteer, "The reference has come.")


def _references(volunteer: Volunteer, form: Form, came: UUID | None = None) -> str:
    rows = references_of(volunteer.id)
    return render_template(
        "volunteers/references.html",
        volunteer=volunteer,
        references=rows,
        came=came,
        form=Form() if came else form,
        came_form=form if came else Form(),
        summary=form,
    )


@routes.get("/volunteers/<uuid:volunteer_id>/level", **READS)
def level(volunteer_id: UUID) -> ResponseReturnValue:
    """HR's decision on the level of check."""
    volunteer = opened(volunteer_id)
    known = {name: getattr(volunteer, name) for name in ("level", "regulated", "version")} | {
        "reason": volunteer.level_reason,
        "decided_by": volunteer.level_decided_by,
        "decided_on": volunteer.level_decided_on,
    }
    return _level(volunteer, Form(known))


@routes.post("/volunteers/<uuid:volunteer_id>/level", audit="volunteer.level-decided", **WRITES)
def save_level(volunteer_id: UUID) -> ResponseReturnValue:
    """Write HR's decision down."""
    volunteer = opened(volunteer_id)
    command, form = read(LevelForm(), request.form)
    if command is None:
        return _level(volunteer, form), 422
    try:
        decide_level(volunteer.id, command, by=Actor.of(viewer()), on=clock.today())
    except WrongLevel as refusal:
        return _level(volunteer, form.refuse("level", str(refusal))), 422
    except WrongDay as refusal:
        return _level(volunteer, form.refuse("decided_on", str(refusal))), 422
    return _done(volunteer, "HR’s decision is on record.")


def _level(volunteer: Volunteer, form: Form) -> str:
    return render_template("volunteers/level.html", volunteer=volunteer, levels=list(LEVEL_WORDS.items()), form=form)


@routes.get("/volunteers/<uuid:volunteer_id>/preparation", **READS)
def preparation(volunteer_id: UUID) -> ResponseReturnValue:
    """Training, induction, supervisor."""
    volunteer = opened(volunteer_id)
    known = {
        "trained_on": trained_on(volunteer.person_id),
        "induction_on": volunteer.induction_on,
        "supervisor_id": volunteer.supervisor_id,
        "version": volunteer.version,
    }
    return _preparation(volunteer, Form(known))


@routes.post("/volunteers/<uuid:volunteer_id>/preparation", audit="volunteer.prepared", **WRITES)
def save_preparation(volunteer_id: UUID) -> ResponseReturnValue:
    """Write them down."""
    volunteer = opened(volunteer_id)
    command, form = read(PreparationForm(), request.form)
    if command is None:
        return _preparation(volunteer, form), 422
    try:
        prepare(volunteer.id, command, by=Actor.of(viewer()), on=clock.today())
    except (WrongDay, NotYourOwn) as refusal:
        field = "induction_on" if isinstance(refusal, WrongDay) else "supervisor_id"
        return _preparation(volunteer, form.refuse(field, str(refusal))), 422
    return _done(volunteer, "The record is saved.")


def _preparation(volunteer: Volunteer, form: Form) -> str:
    return render_template("volunteers/preparation.html", volunteer=volunteer, supervisors=supervisors(), form=form)


@routes.get("/volunteers/<uuid:volunteer_id>/checks", **READS)
def checks(volunteer_id: UUID) -> ResponseReturnValue:
    """Every check that was recorded, and a form for one that was seen."""
    return _checks(opened(volunteer_id), Form({"checked_on": clock.today()}))


@routes.post("/volunteers/<uuid:volunteer_id>/checks", audit="volunteer.check-recorded", **WRITES)
def save_check(volunteer_id: UUID) -> ResponseReturnValue:
    """Write a check down."""
    volunteer = opened(volunteer_id)
    asked = volunteers_here(clock.today()).checks
    schema = check_form(asked, (key for key, terms in asked.items() if terms.dbs))
    command, form = read(schema, request.form)
    if command is None:
        return _checks(volunteer, form), 422
    try:
        check_seen(volunteer.id, command, by=Actor.of(viewer()), on=clock.today())
    except WrongDay as refusal:
        return _checks(volunteer, form.refuse("issued_on", str(refusal))), 422
    except NotYourOwn as refusal:
        return _checks(volunteer, form.refuse("_form", str(refusal))), 422
    return _done(volunteer, "The check is on record.")


def _checks(volunteer: Volunteer, form: Form) -> str:
    rules = volunteers_here(clock.today())
    rows = checks_of(volunteer.person_id) if volunteer.person_id else []
    return render_template(
        "volunteers/checks.html",
        volunteer=volunteer,
        rules=rules,
        kinds=[(key, terms.name) for key, terms in rules.checks.items()],
        titles={key: terms.name for key, terms in rules.checks.items()},
        levels=list(LEVEL_WORDS.items()),
        level_words=LEVEL_WORDS,
        how_words=HOW_WORDS,
        rows=rows,
        names=names_of({row.seen_by for row in rows}),
        form=form,
    )
