"""What visitors can take on and when they are away, kept by managers; a council's choices, kept by administrators."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes, concerning
from portage.support.half_days import HALF_DAYS, in_words
from portage.support.operations import (
    absences_of,
    choices,
    plan_absence,
    profile_of,
    take_absence_back,
    why_not,
    write_choices,
    write_profile,
)
from portage.support.pattern import support_by
from portage.support.refusals import WrongDates
from portage.support.schemas import AbsenceForm, ChoicesForm, ProfileForm
from portage.support.suggesting import solver_installed
from portage.support.visitors import VISITING, Candidate, candidate, who_manages

routes = Routes("visitor_profiles", __name__)


@routes.get(
    "/visitors/<uuid:person_id>", can=Can.ALLOCATE, audience=Audience.STAFF, audit="visitor.seen", rate=Rate.PAGE
)
def profile(person_id: UUID) -> ResponseReturnValue:
    """One visitor: what they can take on, whether anything keeps them from visiting, and when they are away."""
    return _page(_visitor(person_id))


@routes.get("/caseload/me", can=Can.RECORD_VISIT, audience=Audience.STAFF, audit="visitor.own-seen", rate=Rate.PAGE)
def own() -> ResponseReturnValue:
    """What is written down of one's own hours, days, areas, skills, capacity and absences, and whom to ask."""
    who, today = viewer(), clock.today()
    if who.person_id is None:
        raise NotHere
    found = _visitor(who.person_id)
    kept = profile_of(found.id)
    return render_template(
        "support/own_profile.html",
        found=found,
        kept=kept,
        hours=f"{kept.weekly_minutes / 60:g}" if kept and kept.weekly_minutes is not None else None,
        half_days=in_words(found.half_days),
        absences=absences_of([found.id], on=today),
        managers=who_manages(found.area_ids),
        problem=why_not(found, support_by(None, on=today)),
    )


@routes.post(
    "/visitors/<uuid:person_id>",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="visitor.profile-changed",
    rate=Rate.WRITE,
)
def save_profile(person_id: UUID) -> ResponseReturnValue:
    """Keep what somebody can take on."""
    found = _visitor(person_id)
    command, form = read(ProfileForm(), request.form)
    if command is None:
        return _page(found, form), 422
    write_profile(found.id, command)
    flash("It is saved.", "success")
    return redirect(f"/visitors/{person_id}", 303)


@routes.post(
    "/visitors/<uuid:person_id>/absences",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="visitor.absence-planned",
    rate=Rate.WRITE,
)
def save_absence(person_id: UUID) -> ResponseReturnValue:
    """Write down that somebody is away; the next page proposes who covers."""
    found = _visitor(person_id)
    command, form = read(AbsenceForm(), request.form)
    if command is None:
        return _page(found, None, form), 422
    try:
        absence = plan_absence(found.id, command, by=Actor.of(viewer()), on=clock.today())
    except WrongDates as refusal:
        return _page(found, None, form.refuse("until_on", str(refusal))), 422
    flash("The absence is written down. Here is who could cover.", "success")
    return redirect(f"/visitors/{person_id}/absences/{absence.id}", 303)


@routes.post(
    "/visitors/<uuid:person_id>/absences/<uuid:absence_id>/end",
    can=Can.ALLOCATE,
    audience=Audience.STAFF,
    audit="visitor.absence-taken-back",
    rate=Rate.WRITE,
)
def save_absence_end(person_id: UUID, absence_id: UUID) -> ResponseReturnValue:
    """Take an absence back."""
    found = _visitor(person_id)
    take_absence_back(found.id, absence_id, at=clock.now())
    flash("The absence is taken back. Cover that was named stays until you end it on the child’s page.", "success")
    return redirect(f"/visitors/{person_id}", 303)


def _visitor(person_id: UUID) -> Candidate:
    found = candidate(person_id, on=clock.today())
    if found is None or not found.roles & {*VISITING}:
        raise NotHere
    concerning("person", person_id)
    return found


def _page(found: Candidate, form: Form | None = None, away: Form | None = None) -> str:
    kept, today = profile_of(found.id), clock.today()
    minutes = kept.weekly_minutes if kept else None
    values = {
        "weekly_hours": f"{minutes / 60:g}" if minutes is not None else "",
        "half_days": kept.half_days if kept else [],
        "most_children": kept.most_children if kept else "",
        "most_visits": kept.most_visits if kept else "",
        "skills": kept.skills if kept else [],
        "district": kept.district if kept else "",
        "version": kept.version if kept else 0,
    }
    return render_template(
        "support/profile.html",
        found=found,
        problem=why_not(found, support_by(None, on=today)),
        kept=Form(values) if form is None else form,
        away=away or Form(),
        form=form or away or Form(),
        version=kept.version if kept else 0,
        absences=absences_of([found.id], on=today),
        half_days=list(HALF_DAYS.items()),
        skills=[(each, each) for each in choices().skills],
    )


@routes.get(
    "/allocation-choices",
    can=Can.MANAGE_PEOPLE,
    audience=Audience.STAFF,
    audit="allocation-choices.seen",
    rate=Rate.PAGE,
)
def council_choices() -> ResponseReturnValue:
    """The skills that visitors may have, and whether "Suggest" is on."""
    kept = choices()
    values = {"skills": "\n".join(kept.skills), "suggests": "yes" if kept.suggests_since else "no"}
    return _choices_page(Form(values))


@routes.post(
    "/allocation-choices",
    can=Can.MANAGE_PEOPLE,
    audience=Audience.STAFF,
    audit="allocation-choices.changed",
    rate=Rate.WRITE,
)
def save_choices() -> ResponseReturnValue:
    """Keep the council's choices."""
    command, form = read(ChoicesForm(), request.form)
    if command is None:
        return _choices_page(form), 422
    if command.suggests and not solver_installed():
        return _choices_page(form.refuse("suggests", "This installation has no solver for suggestions.")), 422
    write_choices(command, by=Actor.of(viewer()), on=clock.today())
    flash("The choices are saved.", "success")
    return redirect("/allocation-choices", 303)


def _choices_page(form: Form) -> str:
    return render_template("support/choices.html", form=form, kept=choices(), solver=solver_installed())
