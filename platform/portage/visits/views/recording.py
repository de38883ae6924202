"""One visit: what is planned, recording it in a few taps, and correcting the record."""

from datetime import date, datetime, time
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.families.operations import carers_of
from portage.plans.models import Target
from portage.plans.operations import current_targets, target_here
from portage.plans.operations.seen import practised, seen_on_visit
from portage.policy.dates import when_in_words
from portage.support.lists import child_here
from portage.support.models import Episode
from portage.support.opening import opened
from portage.support.operations import episode_here
from portage.support.pattern import support_of
from portage.support.refusals import FirstThingsFirst
from portage.support.visitors import names_of
from portage.visits.last_time import last_times
from portage.visits.lists import Rows, visits_of
from portage.visits.misses import SAFEGUARDING, UNSTATED, considered, missed, rule_of
from portage.visits.models import Visit
from portage.visits.operations import record_visit, tried_in, visit_here
from portage.visits.operations.safety import SAFETY_WORDS, safety_of
from portage.visits.refusals import NotInThePolicy, NotThatDay
from portage.visits.schemas import record_form
from portage.visits.words import ACTIVITY, CANCELLED_BY, MODE_WORDS, RESULTS, STATUS_WORDS, TARGET

routes = Routes("recording", __name__)


@routes.get("/visits/<uuid:visit_id>", can=Can.OPEN_CASE, audience=Audience.STAFF, audit="visit.seen", rate=Rate.PAGE)
def show(visit_id: UUID) -> ResponseReturnValue:
    """A visit as planned and as recorded, and how to reach the family."""
    visit = visit_here(visit_id)
    episode = opened(visit.episode_id)
    tried = tried_in(visit.id)
    return render_template(
        "visits/visit.html",
        visit=visit,
        episode=episode,
        child=child_here(visit.child_id),
        carers=carers_of(visit.child_id),
        element_names=_element_names(visit, episode),
        tried=[(target_here(key).does_what, RESULTS[result]) for key, result in tried.items()],
        seen=[(wording, words) for _, wording, words in seen_on_visit(visit.id)],
        names=names_of({visit.visitor_id} | ({visit.recorded_by} if visit.recorded_by else set())),
        modes=MODE_WORDS,
        statuses=STATUS_WORDS,
        cancelled_by=CANCELLED_BY,
        today=clock.today(),
        safety=[(SAFETY_WORDS[note.kind], note.note) for note in safety_of(visit.child_id)],
    )


def _element_names(visit: Visit, episode: Episode) -> list[str] | None:
    """The parts of a visit as the policy of its child names them, None where it names none; an older key stands."""
    names = {each.key: each.name for each in support_of(episode, on=clock.today()).pattern.elements}
    return [names.get(key, key) for key in visit.elements] if names or visit.elements else None


@routes.get(
    "/visits/<uuid:visit_id>/record",
    can=Can.RECORD_VISIT,
    audience=Audience.STAFF,
    audit="visit.seen",
    rate=Rate.PAGE,
)
def recording(visit_id: UUID) -> ResponseReturnValue:
    """The form of one visit."""
    visit = visit_here(visit_id)
    opened(visit.episode_id)
    return _page(visit, Form(_values(visit, clock.today())))


@routes.post(
    "/visits/<uuid:visit_id>/record",
    can=Can.RECORD_VISIT,
    audience=Audience.STAFF,
    audit="visit.recorded",
    rate=Rate.WRITE,
)
def save_record(visit_id: UUID) -> ResponseReturnValue:
    """Record the visit, or correct its record."""
    visit = visit_here(visit_id)
    opened(visit.episode_id)
    asked = record_form([target.id for target in _targets(visit)], [key for key, _ in _activities(visit)])
    command, form = read(asked, request.form)
    if command is None:
        return _page(visit, form), 422
    try:
        record_visit(visit.id, command, by=Actor.of(viewer()), at=clock.now())
    except NotInThePolicy as refusal:
        return _page(visit, form.refuse("elements", str(refusal))), 422
    except NotThatDay as refusal:
        return _page(visit, form.refuse("done_on", str(refusal))), 422
    except FirstThingsFirst as refusal:
        return _page(visit, form.refuse("_form", str(refusal))), 422
    flash("The visit is recorded.", "success")
    return redirect(f"/visits/{visit_id}", 303)


def _targets(visit: Visit) -> list[Target]:
    """What can be tried: the targets worked on now, and those that this visit's record names already."""
    now = current_targets(visit.episode_id)
    known = {target.id for target in now}
    return now + [target_here(key) for key in tried_in(visit.id) if key not in known]


def _activities(visit: Visit) -> list[tuple[UUID, str]]:
    """What the family may speak of: what they practise now, and what this visit's record names already."""
    now = [(row.id, row.wording) for row in practised(visit.episode_id)]
    known = {key for key, _ in now}
    return now + [(key, wording) for key, wording, _ in seen_on_visit(visit.id) if key not in known]


def _values(visit: Visit, today: date) -> dict[str, object]:
    return {
        "status": _happened(visit),
        "done_on": visit.done_on or min(visit.planned_on, today),
        "mode": visit.mode,
        "elements": visit.elements,
        "who_was_there": visit.who_was_there,
        "time_in": _typed(visit.time_in) or _on_the_clock(visit.arrived_at),
        "time_out": _typed(visit.time_out) or _on_the_clock(visit.left_at),
        "how_it_went": visit.how_it_went,
        "parents_words": visit.parents_words,
        "next_activity": visit.next_activity,
        "cancelled_by": visit.cancelled_by,
        "reason_cancelled": visit.reason if visit.status == "cancelled" else None,
        "reason_not_available": visit.reason if visit.status == "not-available" else None,
        "version": visit.version,
        **{f"{TARGET}{key}": result for key, result in tried_in(visit.id).items()},
        **{f"{ACTIVITY}{key}": words for key, _, words in seen_on_visit(visit.id)},
    }


def _happened(visit: Visit) -> str:
    """Nothing is chosen for a visit to come; whoever said that they are there will hardly say that it was cancelled."""
    if visit.status == "planned":
        return "done" if visit.arrived_at else ""
    return visit.status


def _typed(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""


def _on_the_clock(at: datetime | None) -> str:
    """What was said on the doorstep is a first answer to when the visit began and ended."""
    return _typed(at.astimezone(clock.LONDON).time()) if at else ""


def _page(visit: Visit, form: Form) -> str:
    pattern = support_of(episode_here(visit.episode_id), on=clock.today()).pattern
    return render_template(
        "visits/record.html",
        visit=visit,
        child=child_here(visit.child_id),
        form=form,
        elements=[(each.key, each.name, each.explanation) for each in pattern.elements],
        modes=[(key, MODE_WORDS[key]) for key in dict.fromkeys((*pattern.modes, visit.mode))],
        targets=_targets(visit),
        activities=[(f"{ACTIVITY}{key}", wording) for key, wording in _activities(visit)],
        last=last_times([visit.episode_id]).get(visit.episode_id),
        results=list(RESULTS.items()),
        cancelled_by=list(CANCELLED_BY.items()),
    )


@adds_to("episode", order=10)
def in_the_episode(who: Viewer, episode_id: UUID | None) -> Section | None:
    """The visits of an episode on its page, with a prompt for the manager after so many missed as the policy says."""
    if episode_id is None:
        return None
    rows = visits_of(episode_id)
    entries = [
        Entry(
            f"{when_in_words(row.planned_on, row.planned_at)}, {MODE_WORDS[row.mode].lower()}",
            f"/visits/{row.id}",
            f"{STATUS_WORDS[row.status]}, {row.visitor}",
        )
        for row in rows[:30]
    ]
    if Can.CLOSE_EPISODE in who.can and missed(rows, UNSTATED):
        entries = [*_prompt(episode_id, rows), *entries]
    return Section("Visits", tuple(entries), "No visit is planned or recorded yet.")


def _prompt(episode_id: UUID, rows: Rows) -> list[Entry]:
    """What a manager reads once so many visits were missed as the policy speaks of; safeguarding stands first."""
    rule = rule_of(support_of(episode_here(episode_id), on=clock.today()))
    count = missed(rows, rule)
    if count < rule.threshold:
        return []
    which = f"the last {count}" if rule.counted == "in-a-row" else f"{count}"
    said = f"The family missed {which} visits. Nothing follows by itself: ask how they are."
    return [Entry(said, None, f"{SAFEGUARDING} {considered(rule)}")]


@adds_to("episode-closing", order=10)
def still_planned(_: Viewer, episode_id: UUID | None) -> Section | None:
    """Which visits would be cancelled when the support ends."""
    if episode_id is None:
        return None
    rows = [row for row in reversed(visits_of(episode_id)) if row.status == "planned"]
    if not rows:
        return None
    entries = tuple(Entry(when_in_words(row.planned_on, row.planned_at)) for row in rows)
    return Section("Visits still planned", entries)
