"""People and roles, as the council's administrator keeps them."""

from urllib.parse import urlencode
from uuid import UUID

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.accounts.models import ROLES, Training
from portage.accounts.operations import people as accounts
from portage.accounts.operations.people import WhereNotChosen
from portage.accounts.operations.staff_checks import mark_check, staff_check_of
from portage.core import audit, clock
from portage.core.access import AREA_ROLES, Audience, Can, Rate
from portage.core.db import db
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes, concerning
from portage.core.tenancy import scoped
from portage.panels.rules import panel_rules
from portage.settings import queries
from portage.settings.schemas import AccessSchema, InviteSchema, StaffCheckSchema, TrainingSchema
from portage.settings.words import ROLE_HINTS, ROLE_NAMES
from portage.support.operations.checks import tell_of_checks

routes = Routes("people", __name__)
PORTAGE_TRAINING = "portage"


def _role_choices() -> list[tuple[str, str, str]]:
    return [(role, ROLE_NAMES[role], ROLE_HINTS[role]) for role in ROLES]


def _area_choices() -> list[tuple[str, str]]:
    return [(str(area.id), area.name) for area in queries.areas()]


@routes.get("/people", can=Can.MANAGE_PEOPLE, audience=Audience.STAFF, audit="people.seen", rate=Rate.PAGE)
def listed() -> ResponseReturnValue:
    """Everybody with a place in the council's service."""
    search, page = " ".join(request.args.get("q", "").split())[:100], page_in(request.args)
    found, total = queries.people(search, page)
    return render_template(
        "settings/people.html",
        people=found,
        total=total,
        form=Form({"q": search}),
        page=page,
        pages=max(1, -(-total // queries.PAGE)),
        page_address=lambda number: f"/people?{urlencode({'q': search, 'page': number})}",
        role_names=ROLE_NAMES,
    )


@routes.get("/people/invite", can=Can.MANAGE_PEOPLE, audience=Audience.STAFF, audit="people.seen", rate=Rate.PAGE)
def invite_form() -> ResponseReturnValue:
    """The form for a new person."""
    return _invite_page(Form())


def _invite_page(form: Form) -> str:
    return render_template(
        "settings/invite.html",
        form=form,
        roles=_role_choices(),
        areas=_area_choices(),
        panel=panel_rules(clock.today()) is not None,
    )


@routes.post("/people/invite", can=Can.MANAGE_PEOPLE, audience=Audience.STAFF, audit="person.invited", rate=Rate.WRITE)
def invite() -> ResponseReturnValue:
    """Give somebody a place; the link for their first sign-in is shown once."""
    command, form = read(InviteSchema(), request.form)
    if command is None:
        return _invite_page(form), 422
    try:
        invited = accounts.invite(command, by=Actor.of(viewer()), at=clock.now())
    except WhereNotChosen as refused:
        return _invite_page(form.refuse("areas", str(refused))), 422
    concerning("person", invited.person.id)
    return render_template("settings/invited.html", person=invited.person, link=_link(invited.token))


def _link(token: str) -> str:
    return f"{request.host_url}invitation/{token}"


@routes.get(
    "/people/<uuid:person_id>", can=Can.MANAGE_PEOPLE, audience=Audience.STAFF, audit="person.seen", rate=Rate.PAGE
)
def person(person_id: UUID) -> ResponseReturnValue:
    """One person: roles, area teams, training, and closing their place."""
    return _person_page(person_id, Form())


def _person_page(person_id: UUID, form: Form) -> str:
    found = accounts.find_person(person_id)
    concerning("person", found.id)
    row = queries.person_row(person_id)
    held = accounts.roles_of(person_id)
    if "version" not in form.values:  # nothing was chosen on this page yet
        everywhere = not row.areas and any(role in AREA_ROLES for role, _ in held)
        form.values |= {
            "version": found.version,
            "roles": [role for role, source in held if source == "administrator"],
            "areas": [str(area.id) for area in queries.areas() if area.name in row.areas],
            "whole_council": "yes" if everywhere else "",
            "organisation": found.organisation or "",
        }
    return render_template(
        "settings/person.html",
        person=found,
        row=row,
        form=form,
        roles=_role_choices(),
        areas=_area_choices(),
        by_group=[ROLE_NAMES[role] for role, source in held if source == "group"],
        training=queries.training_of(person_id),
        check=staff_check_of(person_id),
        today=clock.today(),
        panel=panel_rules(clock.today()) is not None,
    )


@routes.post(
    "/people/<uuid:person_id>/access",
    can=Can.MANAGE_PEOPLE,
    audience=Audience.STAFF,
    audit="person.access-changed",
    rate=Rate.WRITE,
)
def change_access(person_id: UUID) -> ResponseReturnValue:
    """Change what a person may do; it holds from their next click."""
    chosen, form = read(AccessSchema(), request.form)
    if chosen is None:
        return _person_page(person_id, form), 422
    known = {area.id for area in queries.areas()}
    if not set(chosen.areas) <= known:
        return _person_page(person_id, form.refuse("areas", "Choose area teams of your council.")), 422
    try:
        accounts.set_access(chosen.of(person_id), by=Actor.of(viewer()), at=clock.now())
    except WhereNotChosen as refused:
        return _person_page(person_id, form.refuse("areas", str(refused))), 422
    concerning("person", person_id)
    flash("The roles are saved. They hold from the person's next click.", "success")
    return redirect(f"/people/{person_id}", 303)


@routes.post(
    "/people/<uuid:person_id>/training",
    can=Can.MANAGE_PEOPLE,
    audience=Audience.STAFF,
    audit="person.training-recorded",
    rate=Rate.WRITE,
)
def record_training(person_id: UUID) -> ResponseReturnValue:
    """Record that a person completed the Portage workshop, which allocation asks for."""
    completed_on, form = read(TrainingSchema(), request.form)
    if completed_on is None:
        return _person_page(person_id, form), 422
    if completed_on > clock.today():
        return _person_page(person_id, form.refuse("completed_on", "The day is in the future. Enter a past day.")), 422
    found = accounts.find_person(person_id)
    known = db.session.scalars(
        scoped(Training).where(Training.person_id == found.id, Training.kind == PORTAGE_TRAINING)
    ).one_or_none()
    record = known or Training(person_id=found.id, kind=PORTAGE_TRAINING)
    record.completed_on, record.recorded_by = completed_on, viewer().person_id
    db.session.add(record)
    concerning("person", person_id)
    flash("The training is recorded.", "success")
    return redirect(f"/people/{person_id}", 303)


@routes.post(
    "/people/<uuid:person_id>/check",
    can=Can.MANAGE_PEOPLE,
    audience=Audience.STAFF,
    audit="person.check-marked",
    rate=Rate.WRITE,
)
def record_check(person_id: UUID) -> ResponseReturnValue:
    """Mark whether HR's check of a member of staff is current, which allocation asks for."""
    command, form = read(StaffCheckSchema(), request.form)
    if command is None:
        return _person_page(person_id, form), 422
    if command.current_until is not None and command.current_until < clock.today():
        sentence = "The day is in the past. Enter a day to come, or say that the check is not current."
        return _person_page(person_id, form.refuse("current_until", sentence)), 422
    mark_check(person_id, command, by=Actor.of(viewer()))
    tell_of_checks(clock.today())
    concerning("person", person_id)
    flash("HR’s check is marked.", "success")
    return redirect(f"/people/{person_id}", 303)


@routes.post(
    "/people/<uuid:person_id>/place",
    can=Can.MANAGE_PEOPLE,
    audience=Audience.STAFF,
    audit="person.place-changed",
    rate=Rate.WRITE,
)
def change_place(person_id: UUID) -> ResponseReturnValue:
    """Close a person's place, open it again, or make a new link for the first sign-in."""
    verb, by = request.form.get("verb", ""), Actor.of(viewer())
    accounts.find_person(person_id)
    concerning("person", person_id, verb=verb if verb in ("close", "open", "invite") else "unknown")
    if verb == "close":
        accounts.disable(person_id, by=by, at=clock.now())
        flash("The place is closed. The person is signed out at their next click.", "success")
    elif verb == "open":
        accounts.enable(person_id, by=by)
        flash("The place is open again.", "success")
    elif verb == "invite":
        invited = accounts.invite_again(person_id, by=by, at=clock.now())
        return render_template("settings/invited.html", person=invited.person, link=_link(invited.token))
    else:
        abort(422)
    audit.record("person.place", actor=by.label, subject=("person", person_id), verb=verb)
    return redirect(f"/people/{person_id}", 303)
