"""One step of a child's profile: its marks with who and when, a mark with a note, and a correction."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.profiles.history import history_of
from portage.profiles.models import ChildProfile
from portage.profiles.opening import opened_child
from portage.profiles.operations import correct, mark_one, profile_of, steps_of
from portage.profiles.operations.instruments import Step
from portage.profiles.operations.marking import NotThatDay, mark_here
from portage.profiles.schemas import CorrectForm, MarkForm
from portage.profiles.words import EVIDENCE, STAGES, ages
from portage.support.operations.episodes import episode_of

routes = Routes("profile_steps", __name__)
HERE = "/children/<uuid:child_id>/profile/steps/<uuid:profile_item_id>"
READS: dict[str, Any] = {"can": Can.OPEN_CASE, "audience": Audience.STAFF, "audit": "profile.seen", "rate": Rate.PAGE}
WRITES: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "rate": Rate.WRITE}


@dataclass(frozen=True, slots=True)
class _Here:
    """What an address names: the child, the profile and the step."""

    child: Any
    profile: ChildProfile
    step: Step

    @property
    def path(self) -> str:
        return f"/children/{self.child.id}/profile/steps/{self.step.id}"


@routes.get(HERE, **READS)
def step(child_id: UUID, profile_item_id: UUID) -> ResponseReturnValue:
    """One step with its whole history."""
    here = _here(child_id, profile_item_id)
    return _page(here, Form({"seen_on": clock.today().isoformat(), "evidence": "visit"}))


@routes.post(HERE, audit="profile.marked", **WRITES)
def save(child_id: UUID, profile_item_id: UUID) -> ResponseReturnValue:
    """Mark the step."""
    here = _here(child_id, profile_item_id)
    command, form = read(MarkForm(), request.form)
    if command is None:
        return _page(here, form), 422
    by, at, on = Actor.of(viewer()), clock.now(), clock.today()
    try:
        mark_one(here.profile.id, here.step.id, command, by=by, at=at, on=on)
    except NotThatDay as refusal:
        return _page(here, form.refuse("seen_on", str(refusal))), 422
    flash("The step is marked.", "success")
    return redirect(here.path, 303)


@routes.post(f"{HERE}/marks/<uuid:profile_mark_id>/correct", audit="profile.corrected", **WRITES)
def save_correction(child_id: UUID, profile_item_id: UUID, profile_mark_id: UUID) -> ResponseReturnValue:
    """Say that a mark does not hold."""
    here = _here(child_id, profile_item_id)
    mark_here(here.profile.id, here.step.id, profile_mark_id)
    command, form = read(CorrectForm(), request.form)
    if command is None:
        return _page(here, form), 422
    correct(here.profile.id, here.step.id, profile_mark_id, command, by=Actor.of(viewer()), at=clock.now())
    flash("The mark is taken back. It stays in the history with your name.", "success")
    return redirect(here.path, 303)


def _here(child_id: UUID, item_id: UUID) -> _Here:
    child, profile = opened_child(child_id), profile_of(child_id)
    steps = steps_of(profile.instrument_id) if profile else []
    found = next((each for each in steps if each.id == item_id), None)
    if profile is None or found is None:
        raise NotHere
    return _Here(child, profile, found)


def _page(here: _Here, form: Form) -> str:
    return render_template(
        "profiles/step.html",
        child=here.child,
        step=here.step,
        history=history_of(here.profile.id, here.step.id),
        form=form,
        path=here.path,
        episode=episode_of(here.child.id),
        ages=ages,
        stages=STAGES,
        evidence=EVIDENCE,
        may_mark=Can.WRITE_PLAN in viewer().can,
    )
