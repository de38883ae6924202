"""Support in a setting: observed first, then assess, plan, do and review, with the parents."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import zip_longest
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.carrying_out import carry_out
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.forms import Form, FormSchema
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.core.tenancy import scoped
from portage.editions.programmes import SETTING_SUPPORT, programme_on
from portage.plans.models import PlayPlan
from portage.plans.operations import plans_of
from portage.referrals.models import Referral
from portage.reviews.models import Review
from portage.reviews.operations import reviews_of
from portage.setting_support import operations
from portage.setting_support.invitations import invite_parents
from portage.setting_support.models import SettingHelp, SettingWork
from portage.setting_support.operations import helps_of, in_a_setting, observed, work_of
from portage.setting_support.schemas import HelpedSchema, HelpSchema, ObservationSchema, PlaceSchema, ReviewSchema
from portage.support.lists import child_here
from portage.support.models import Episode
from portage.support.opening import opened
from portage.visits.lists import visits_of

routes = Routes("setting_support", __name__)
HERE = "/episodes/<uuid:episode_id>/setting"
SEES: dict[str, Any] = {
    "can": Can.OPEN_CASE, "audience": Audience.STAFF, "audit": "setting.seen", "rate": Rate.PAGE,
}  # fmt: skip
WRITES: dict[str, Any] = {"can": Can.WRITE_PLAN, "audience": Audience.STAFF, "rate": Rate.WRITE}
KINDS = {"modelling": "Modelling of strategies", "training": "Training"}
ANSWERS = {"accepted": "They would like it", "declined": "They do not want it"}


@dataclass(frozen=True, slots=True)
class Cycle:
    """One round of assess, plan, do and review: the next steps, how many visits they took, and the review."""

    plan: PlayPlan
    visits: int
    review: Review | None


@adds_to("episode", order=5)
def way_to_setting(_who: Viewer, episode_id: UUID | None) -> Section | None:
    """The way from a child's support to what belongs to the setting, where the support is in one."""
    if episode_id is None or programme_on(SETTING_SUPPORT, clock.today()) is None or not in_a_setting(episode_id):
        return None
    work = work_of(episode_id)
    said = "Observed" if work and observed(work) else "The observation comes first"
    entry = Entry("Observe, next steps, review", f"/episodes/{episode_id}/setting", said)
    return Section("Support in the setting", (entry,))


@routes.get(HERE, **SEES)
def setting(episode_id: UUID) -> ResponseReturnValue:
    """Where the support stands, step by step."""
    return _page(_opened(episode_id), Form())


@routes.post(HERE, audit="setting.kept", **WRITES)
def keep(episode_id: UUID) -> ResponseReturnValue:
    """Keep the setting."""

    def do(command: Any) -> str:
        operations.keep_place(episode_id, command)
        return "The setting is kept. Next, observe the child there."

    return _done(_opened(episode_id), PlaceSchema(), do)


@routes.post(f"{HERE}/observation", audit="setting.observed", **WRITES)
def observe(episode_id: UUID) -> ResponseReturnValue:
    """Record the observation."""

    def do(command: Any) -> str:
        operations.record_observation(_kept(episode_id), command, by=Actor.of(viewer()), at=clock.now())
        return "The observation is recorded. Next, agree next steps with the staff and the parents."

    return _done(_opened(episode_id), ObservationSchema(), do)


@routes.post(f"{HERE}/help", audit="setting.help-offered", **WRITES)
def offer(episode_id: UUID) -> ResponseReturnValue:
    """Offer modelling or training."""

    def do(command: Any) -> str:
        operations.offer_help(_kept(episode_id), command, by=Actor.of(viewer()), on=clock.today())
        return "The offer is kept."

    return _done(_opened(episode_id), HelpSchema(), do)


@routes.get(f"{HERE}/help/<uuid:setting_help_id>", **SEES)
def helping(episode_id: UUID, setting_help_id: UUID) -> ResponseReturnValue:
    """The form for what became of an offer."""
    episode, offered = _opened(episode_id), _help(episode_id, setting_help_id)
    names = ("answer", "done_on", "how_it_went", "version")
    return _help_page(episode, offered, Form({name: getattr(offered, name) for name in names}))


@routes.post(f"{HERE}/help/<uuid:setting_help_id>", audit="setting.help-recorded", **WRITES)
def helped(episode_id: UUID, setting_help_id: UUID) -> ResponseReturnValue:
    """Write down what became of an offer."""
    episode, offered = _opened(episode_id), _help(episode_id, setting_help_id)

    def do(command: Any) -> str:
        operations.record_help(_kept(episode_id), offered.id, command, on=clock.today())
        return "What became of the offer is kept."

    page = partial(_help_page, episode, offered)
    return carry_out(HelpedSchema(), do, page=page, back=f"/episodes/{episode_id}/setting#help")


@routes.post(f"{HERE}/review", audit="setting.review-planned", **WRITES)
def plan_review(episode_id: UUID) -> ResponseReturnValue:
    """Plan the review."""

    def do(command: Any) -> str:
        operations.plan_review(_kept(episode_id), command, on=clock.today())
        return "The review is planned. Next, invite the parents."

    return _done(_opened(episode_id), ReviewSchema(), do)


@routes.post(f"{HERE}/invite", audit="setting.parents-invited", **WRITES)
def invite(episode_id: UUID) -> ResponseReturnValue:
    """Write to the parents, who are part of the review."""
    episode, work = _opened(episode_id), _kept(episode_id)
    if work.review_on is None:
        raise NotHere
    referral = db.session.execute(scoped(Referral).where(Referral.id == episode.referral_id)).scalar_one()
    invite_parents(referral, child_here(episode.child_id), work, by=Actor.of(viewer()), at=clock.now())
    flash("The invitation is written. It is with the letters of the request.", "success")
    return redirect(f"/episodes/{episode_id}/setting", 303)


def _done(episode: Episode, schema: FormSchema, do: Callable[[Any], str]) -> ResponseReturnValue:
    return carry_out(schema, do, page=partial(_page, episode), back=f"/episodes/{episode.id}/setting")


def _opened(episode_id: UUID) -> Episode:
    """Let the viewer in; raises `NotHere` for support elsewhere, and where the council supports in no settings."""
    if programme_on(SETTING_SUPPORT, clock.today()) is None:
        raise NotHere
    episode = opened(episode_id)
    if not in_a_setting(episode_id):
        raise NotHere
    return episode


def _kept(episode_id: UUID) -> SettingWork:
    found = work_of(episode_id, lock=True)
    if found is None:
        raise NotHere
    return found


def _help(episode_id: UUID, help_id: UUID) -> SettingHelp:
    found = next((each for each in helps_of(episode_id) if each.id == help_id), None)
    if found is None:
        raise NotHere
    return found


def _help_page(episode: Episode, offered: SettingHelp, form: Form) -> str:
    return render_template(
        "setting_support/help.html",
        episode=episode,
        child=child_here(episode.child_id),
        help=offered,
        kinds=KINDS,
        answers=list(ANSWERS.items()),
        form=form,
    )


def _cycles(episode_id: UUID, observation_id: UUID | None) -> list[Cycle]:
    """Each plan with the visits after the observation and the review until the next plan, the first first."""
    plans = sorted(plans_of(episode_id), key=lambda plan: (plan.agreed_on, plan.id))
    reviews = sorted(reviews_of(episode_id), key=lambda review: review.held_on)
    visits = (visit for visit in visits_of(episode_id, limit=None) if visit.id != observation_id)
    days = [visit.done_on for visit in visits if visit.status == "done"]
    found = []
    for plan, after in zip_longest(plans, plans[1:]):
        end = after.agreed_on if after else date.max
        within = [review for review in reviews if plan.agreed_on <= review.held_on <= end]
        found.append(Cycle(plan, sum(plan.agreed_on <= day < end for day in days), within[-1] if within else None))
    return found


def _page(episode: Episode, form: Form) -> str:
    work, child, who = work_of(episode.id), child_here(episode.child_id), viewer()
    if "setting_name" not in form.values:
        form.values["setting_name"] = work.setting_name if work else child.setting_name
        form.values["contact"] = work.contact if work else ""
    return render_template(
        "setting_support/setting.html",
        episode=episode,
        child=child,
        work=work,
        observation=observed(work) if work else None,
        cycles=_cycles(episode.id, work.observation_id if work else None),
        helps=helps_of(episode.id),
        kinds=KINDS,
        answers=ANSWERS,
        form=form,
        today=clock.today(),
        may_write=Can.WRITE_PLAN in who.can and episode.status == "open",
    )
