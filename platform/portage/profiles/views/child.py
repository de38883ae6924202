"""One child's profile: where it stands, an area to mark on a phone, and the picture of progress."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.families.models import Child
from portage.profiles import picture
from portage.profiles.models import ChildProfile
from portage.profiles.opening import opened_child
from portage.profiles.operations import MarkArea, Saved, begin, in_force, profile_of, save_area, steps_of
from portage.profiles.operations.instruments import instrument_here
from portage.profiles.operations.marking import NotThatDay
from portage.profiles.schemas import AreaForm, steps_in, unknown_in
from portage.profiles.standing import Standing, held_marks, progress, standings
from portage.profiles.words import EVIDENCE, STAGES, ages
from portage.profiles.words import steps as counted
from portage.support.opening import opened
from portage.support.operations.episodes import episode_of

routes = Routes("profile", __name__)
HERE = "/children/<uuid:child_id>/profile"
READS: dict[str, Any] = {"can": Can.OPEN_CASE, "audience": Audience.STAFF, "audit": "profile.seen", "rate": Rate.PAGE}
WRITES: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "rate": Rate.WRITE}
ASKS: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "audit": "profile.seen", "rate": Rate.PAGE}


@routes.get(HERE, **READS)
def profile(child_id: UUID) -> ResponseReturnValue:
    """Each area with what the child can do, the gaps and the next steps; or how to begin."""
    child, found = opened_child(child_id), profile_of(child_id)
    if found is None:
        return render_template("profiles/none.html", child=child, instrument=in_force(clock.today()))
    instrument, newest = instrument_here(found.instrument_id), in_force(clock.today())
    return render_template(
        "profiles/profile.html",
        child=child,
        profile=found,
        instrument=instrument,
        newer=newest if newest is not None and newest.id != instrument.id else None,
        areas=_standings(found),
        counted=counted,
        episode=episode_of(child_id),
        evidence=EVIDENCE,
        ages=ages,
        may_mark=Can.WRITE_PLAN in viewer().can,
    )


@routes.post(f"{HERE}/begin", audit="profile.begun", **WRITES)
def begin_profile(child_id: UUID) -> ResponseReturnValue:
    """Begin the profile by the council's list in force."""
    opened_child(child_id)
    begin(child_id, by=Actor.of(viewer()), on=clock.today())
    flash("The profile is begun. Choose an area and mark what the child can do.", "success")
    return redirect(f"/children/{child_id}/profile", 303)


@routes.get(f"{HERE}/areas/<uuid:profile_area_id>", **ASKS)
def area(child_id: UUID, profile_area_id: UUID) -> ResponseReturnValue:
    """One area, step by step."""
    child, found = opened_child(child_id), _profile(child_id)
    return _area_page(child, found, profile_area_id, Form({"seen_on": clock.today().isoformat(), "evidence": "visit"}))


@routes.post(f"{HERE}/areas/<uuid:profile_area_id>", audit="profile.marked", **WRITES)
def save(child_id: UUID, profile_area_id: UUID) -> ResponseReturnValue:
    """Save what was changed on an area's page, and go on to the next area where that was asked for."""
    child, found = opened_child(child_id), _profile(child_id)
    areas = _standings(found)
    place = _place(areas, profile_area_id)
    command, form = _marked()
    if command is None:
        return _area_page(child, found, profile_area_id, form), 422
    try:
        saved = save_area(found.id, profile_area_id, command, by=Actor.of(viewer()), at=clock.now(), on=clock.today())
    except NotThatDay as refusal:
        return _area_page(child, found, profile_area_id, form.refuse("seen_on", str(refusal))), 422
    flash(_said(saved.steps), "success")
    _say_missed(areas[place], saved)
    on_to_next = request.form.get("go") == "next" and place + 1 < len(areas)
    if saved.missed:
        return redirect(f"/children/{child_id}/profile/areas/{profile_area_id}", 303)
    return redirect(f"/children/{child_id}/profile{f'/areas/{areas[place + 1].id}' if on_to_next else ''}", 303)


def _marked() -> tuple[MarkArea | None, Form]:
    """What was sent from an area's page, and the form with every answer as it was given."""
    rest = request.form.copy()
    for name in [name for name in rest if name.startswith(("step-", "was-")) or name == "go"]:
        rest.pop(name)
    command, form = read(AreaForm(), rest)
    sent = request.form.to_dict()
    form.values.update(sent)
    for name in unknown_in(sent):
        form.refuse(name, "Choose one of the answers.")
    if command is None or form.errors:
        return None, form
    return MarkArea(command.seen_on, command.evidence, steps_in(sent)), form


def _say_missed(area: Standing, saved: Saved) -> None:
    for each in area.places:
        if each.step.id in saved.missed:
            flash(f"A colleague marked this meanwhile, so look at it again: {each.step.wording}.", "notice")


@routes.get("/episodes/<uuid:episode_id>/profile", **READS)
def of_episode(episode_id: UUID) -> ResponseReturnValue:
    """From a child's support to the profile."""
    return redirect(f"/children/{opened(episode_id).child_id}/profile", 303)


@routes.get(f"{HERE}/progress", **READS)
def progress_page(child_id: UUID) -> ResponseReturnValue:
    """How the profile filled over time, as bars and as tables."""
    child, found = opened_child(child_id), _profile(child_id)
    marks = held_marks(found.id)
    areas, moments = standings(steps_of(found.instrument_id), marks), progress(marks)
    return render_template(
        "profiles/progress.html",
        child=child,
        profile=found,
        areas=areas,
        moments=moments,
        over_time=picture.over_time(moments),
        by_area=picture.by_area(areas),
        sizes=picture,
    )


@adds_to("child", order=25)
def in_the_record(_: Viewer, child_id: UUID | None) -> Section | None:
    """The way from a child's record to the profile."""
    return _way(f"/children/{child_id}/profile") if child_id else None


@adds_to("episode", order=19)
def in_the_episode(_: Viewer, episode_id: UUID | None) -> Section | None:
    """The way from a child's support to the profile; it asks the database nothing."""
    return _way(f"/episodes/{episode_id}/profile") if episode_id else None


def _way(path: str) -> Section:
    return Section("Developmental profile", (Entry("What the child can do, area by area", path),))


def _said(steps: int) -> str:
    if steps == 0:
        return "Nothing was changed."
    return f"{counted(steps)} {'is' if steps == 1 else 'are'} marked."


def _profile(child_id: UUID) -> ChildProfile:
    found = profile_of(child_id)
    if found is None:
        raise NotHere
    return found


def _standings(found: ChildProfile) -> list[Standing]:
    return standings(steps_of(found.instrument_id), held_marks(found.id))


def _place(areas: list[Standing], area_id: UUID) -> int:
    place = next((number for number, each in enumerate(areas) if each.id == area_id), None)
    if place is None:
        raise NotHere
    return place


def _area_page(child: Child, found: ChildProfile, area_id: UUID, form: Form) -> str:
    areas = _standings(found)
    place = _place(areas, area_id)
    return render_template(
        "profiles/area.html",
        child=child,
        area=areas[place],
        place=place + 1,
        areas=areas,
        last=place + 1 == len(areas),
        form=form,
        stages=STAGES,
        evidence=list(EVIDENCE.items()),
        ages=ages,
    )
