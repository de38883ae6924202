"""Planning visits: the dates are shown before they are booked, with those left out and why."""

from urllib.parse import urlencode
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import PortageError
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.policy.arrangements import keeps_to_terms
from portage.policy.dates import in_words
from portage.support.lists import child_here
from portage.support.models import Episode
from portage.support.opening import opened
from portage.support.operations import goes_on_until, open_episode_here
from portage.support.pattern import support_of
from portage.visits.council_calendar import council_calendar
from portage.visits.operations import PlanVisits, Prospect, plan_visits, prospect
from portage.visits.operations.dates import block_terms
from portage.visits.refusals import EndsBeforeItBegins, NothingToPlan, NotInThePolicy, NotThatDay
from portage.visits.schemas import BY_NEED, CHANGE, PlanForm
from portage.visits.words import FREQUENCIES, MODE_WORDS, block_in_words

routes = Routes("planning", __name__)
DAYS = ("starts_on", "ends_on")  # each made of three fields


@routes.get(
    "/episodes/<uuid:episode_id>/visits/plan",
    can=Can.PLAN_VISITS,
    audience=Audience.STAFF,
    audit="episode.seen",
    rate=Rate.PAGE,
)
def planning(episode_id: UUID) -> ResponseReturnValue:
    """The form; with answers in the address, what planning would come to. Nothing is booked here."""
    episode = open_episode_here(opened(episode_id).id)
    if "starts_on-day" not in request.args:
        return _page(episode, Form(_usual(episode)))
    command, form = read(PlanForm(), request.args)
    if command is None:
        return _page(episode, form), 422
    if CHANGE in request.args:
        return _page(episode, form)
    found, form = _prospect(episode, command, form)
    return (_page(episode, form, command, found), 200 if found else 422)


@routes.post(
    "/episodes/<uuid:episode_id>/visits/plan",
    can=Can.PLAN_VISITS,
    audience=Audience.STAFF,
    audit="visits.planned",
    rate=Rate.WRITE,
)
def save_plan(episode_id: UUID) -> ResponseReturnValue:
    """Book the visits."""
    episode = opened(episode_id)
    command, form = read(PlanForm(), request.form)
    if command is None:
        return _page(episode, form), 422
    found, form = _prospect(episode, command, form)
    if found is None:
        return _page(episode, form), 422
    booked = plan_visits(episode.id, command, by=Actor.of(viewer()), on=clock.today())
    count = len(booked)
    flash("The visit is planned." if count == 1 else f"{count} visits are planned.", "success")
    return redirect(f"/episodes/{episode_id}", 303)


def _prospect(episode: Episode, command: PlanVisits, form: Form) -> tuple[Prospect | None, Form]:
    """What planning would come to, or the form with the reason why it cannot be."""
    try:
        found = prospect(episode, command, viewer=viewer(), on=clock.today())
    except NotInThePolicy as refusal:
        return None, form.refuse("mode", str(refusal))
    except EndsBeforeItBegins as refusal:
        return None, form.refuse("ends_on", str(refusal))
    except NotThatDay as refusal:
        return None, form.refuse("starts_on", str(refusal))
    except PortageError as refusal:
        return None, form.refuse("_form", str(refusal))
    if not found.dates.planned:
        reasons = "; ".join(sorted({why for _, why in found.dates.skipped}))
        limit = " The support reaches its limit before." if found.dates.ended_by_limit else ""
        if known := found.dates.ended_by_terms:
            limit = f" School terms are known until {in_words(known)}."
        sentence = f"{NothingToPlan()}{f' ({reasons})' if reasons else ''}{limit}"
        return None, form.refuse("starts_on", sentence)
    return found, form


def _usual(episode: Episode) -> dict[str, str]:
    support = support_of(episode, on=clock.today())
    pattern = support.pattern
    weeks = pattern.frequency.every_weeks if pattern.frequency else ()
    in_terms = keeps_to_terms(support.policy, support.terms)
    return {
        "minutes": str(pattern.visit_minutes or 60),
        "visits": "1",
        "every_weeks": str(weeks[0] if weeks else BY_NEED if pattern.frequency else 2),
        "mode": pattern.modes[0] if len(pattern.modes) == 1 else "home" if "home" in pattern.modes else "",
        "in_school_holidays": "" if in_terms else "yes",
        "cadence": "term" if in_terms else "calendar",
        "extent": "block" if block_terms(support) else "number",
    }


def _page(episode: Episode, form: Form, command: PlanVisits | None = None, found: Prospect | None = None) -> str:
    support = support_of(episode, on=clock.today())
    calendar = council_calendar()
    return render_template(
        "visits/plan.html",
        episode=episode,
        child=child_here(episode.child_id),
        support=support,
        modes=[(key, MODE_WORDS[key]) for key in support.pattern.modes],
        mode_words=MODE_WORDS,
        frequencies=FREQUENCIES,
        form=form,
        command=command,
        found=found,
        until=goes_on_until(episode),
        in_terms=keeps_to_terms(support.policy, support.terms),
        block=block_in_words(block_terms(support)),
        terms_known=calendar.known_until,
        term_of=calendar.term_of,
        typed=urlencode({**{name: said for name, said in form.values.items() if name not in DAYS}, CHANGE: "yes"}),
    )
