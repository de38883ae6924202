"""Volunteers as their team knows them: the list, one record, and the ways in and out."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.accounts.operations.clearance import LEVEL_WORDS, NotCleared, latest_checks, renew_by, rules_on, standing
from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.incoming import page_in
from portage.core.routes import Routes, concerning
from portage.core.sections import Entry, Section, adds_to
from portage.policy.dates import when_in_words
from portage.support.operations import visitor_of
from portage.support.visitors import names_of
from portage.volunteers import lists
from portage.volunteers.models import Volunteer
from portage.volunteers.operations.lapsing import flagged
from portage.volunteers.operations.offering import (
    begin_record,
    end,
    take_on,
    unknown_volunteers,
    volunteer_of,
    volunteers_here,
)
from portage.volunteers.operations.preparing import let_visit, missing, references_of, suspend, trained_on
from portage.volunteers.operations.supervising import hours_of, in_hours, records_of, sessions_of, supervised, to_read
from portage.volunteers.refusals import NotAtThisStage
from portage.volunteers.schemas import ReasonForm, TakeOnForm
from portage.volunteers.words import HOW_WORDS, SESSION_WORDS, STATUS_COLOURS, STATUS_WORDS

routes = Routes("volunteers", __name__)


@routes.get(
    "/volunteers", can=Can.SUPERVISE_VOLUNTEERS, audience=Audience.STAFF, audit="volunteers.seen", rate=Rate.PAGE
)
def listed() -> ResponseReturnValue:
    """Everybody for managers; for a supervisor those whom they supervise."""
    today, who, page = clock.today(), viewer(), page_in(request.args)
    volunteers_here(today)
    manages = Can.MANAGE_VOLUNTEERS in who.can
    rows, total = lists.volunteers(None if manages else who.person_id, on=today, page=page)
    return render_template(
        "volunteers/list.html",
        rows=rows,
        total=total,
        page=page,
        pages=max(1, -(-total // lists.PAGE)),
        unknown=unknown_volunteers() if manages else [],
        unread=to_read(who),
        manages=manages,
        statuses=STATUS_WORDS,
        colours=STATUS_COLOURS,
        page_address=lambda number: f"/volunteers?page={number}",
        today=today,
    )


@routes.post(
    "/volunteers/people/<uuid:person_id>",
    can=Can.MANAGE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.begun",
    rate=Rate.WRITE,
)
def begin(person_id: UUID) -> ResponseReturnValue:
    """Begin the record of somebody who signs in as a volunteer already."""
    volunteers_here(clock.today())
    volunteer = begin_record(person_id, by=Actor.of(viewer()), on=clock.today())
    concerning("volunteer", volunteer.id)
    return redirect(f"/volunteers/{volunteer.id}", 303)


@routes.get(
    "/volunteers/<uuid:volunteer_id>",
    can=Can.SUPERVISE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.seen",
    rate=Rate.PAGE,
)
def show(volunteer_id: UUID) -> ResponseReturnValue:
    """Where a volunteer stands, what is missing, what was logged."""
    return record_page(opened(volunteer_id), Form())


@routes.post(
    "/volunteers/<uuid:volunteer_id>/take-on",
    can=Can.MANAGE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.taken-on",
    rate=Rate.WRITE,
)
def save_taking_on(volunteer_id: UUID) -> ResponseReturnValue:
    """Take an offer on."""
    volunteer = opened(volunteer_id)
    if volunteer.status != "interested":
        raise NotAtThisStage  # its page has no such form any more
    command, form = read(TakeOnForm(), request.form)
    if command is None:
        return record_page(volunteer, form), 422
    take_on(volunteer.id, person_id=command[0], by=Actor.of(viewer()), on=clock.today())
    flash("The offer is taken on. Nobody visits yet: the list below says what is missing.", "success")
    return redirect(f"/volunteers/{volunteer_id}", 303)


@routes.post(
    "/volunteers/<uuid:volunteer_id>/let-visit",
    can=Can.MANAGE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.let-visit",
    rate=Rate.WRITE,
)
def save_letting_visit(volunteer_id: UUID) -> ResponseReturnValue:
    """Let a volunteer visit, for the first time or again."""
    volunteer = opened(volunteer_id)
    try:
        let_visit(volunteer.id, by=Actor.of(viewer()), on=clock.today())
    except NotCleared as refusal:
        return record_page(volunteer, Form(errors={"_missing": list(refusal.missing)})), 422
    flash("The volunteer may visit, and can be given families.", "success")
    return redirect(f"/volunteers/{volunteer_id}", 303)


@routes.get(
    "/volunteers/<uuid:volunteer_id>/suspend",
    can=Can.SUPERVISE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.seen",
    rate=Rate.PAGE,
)
def suspending(volunteer_id: UUID) -> ResponseReturnValue:
    """Why visiting is suspended."""
    return _reason_page(opened(volunteer_id), "suspend", Form())


@routes.post(
    "/volunteers/<uuid:volunteer_id>/suspend",
    can=Can.SUPERVISE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.suspended",
    rate=Rate.WRITE,
)
def save_suspension(volunteer_id: UUID) -> ResponseReturnValue:
    """Suspend visiting; it holds from this moment."""
    volunteer = opened(volunteer_id)
    reason, form = read(ReasonForm(), request.form)
    if reason is None:
        return _reason_page(volunteer, "suspend", form), 422
    suspend(volunteer.id, reason, by=Actor.of(viewer()), on=clock.today())
    flash("Visiting is suspended. The volunteer sees no family from this moment.", "success")
    return redirect(f"/volunteers/{volunteer_id}", 303)


@routes.get(
    "/volunteers/<uuid:volunteer_id>/end",
    can=Can.MANAGE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.seen",
    rate=Rate.PAGE,
)
def ending(volunteer_id: UUID) -> ResponseReturnValue:
    """Why an offer is declined, or volunteering ends."""
    return _reason_page(opened(volunteer_id), "end", Form())


@routes.post(
    "/volunteers/<uuid:volunteer_id>/end",
    can=Can.MANAGE_VOLUNTEERS,
    audience=Audience.STAFF,
    audit="volunteer.ended",
    rate=Rate.WRITE,
)
def save_end(volunteer_id: UUID) -> ResponseReturnValue:
    """Decline an offer, or end volunteering."""
    volunteer = opened(volunteer_id)
    reason, form = read(ReasonForm(), request.form)
    if reason is None:
        return _reason_page(volunteer, "end", form), 422
    end(volunteer.id, reason, by=Actor.of(viewer()), on=clock.today())
    flash("It is on record. Families of this volunteer need another visitor.", "success")
    return redirect(f"/volunteers/{volunteer_id}", 303)


def opened(volunteer_id: UUID) -> Volunteer:
    """The volunteer behind an address, for managers and their supervisor; the trail names them."""
    volunteers_here(clock.today())
    volunteer = supervised(volunteer_id, viewer())
    concerning("volunteer", volunteer.id)
    return volunteer


def record_page(volunteer: Volunteer, form: Form) -> str:
    """The record of a volunteer, with what was typed and refused."""
    who, today = viewer(), clock.today()
    manages = Can.MANAGE_VOLUNTEERS in who.can
    rules = volunteers_here(today)
    person_id = volunteer.person_id
    state = standing(person_id, on=today) if person_id else None
    held = latest_checks(person_id, today) if person_id else {}
    checks = [
        (terms, held.get(key), renew_by(terms, held[key]) if key in held else None)
        for key, terms in rules.checks.items()
    ]
    references = references_of(volunteer.id) if manages else []
    people = {volunteer.supervisor_id, volunteer.taken_on_by, *(check.seen_by for check in held.values())} - {None}
    return render_template(
        "volunteers/record.html",
        volunteer=volunteer,
        form=form,
        manages=manages,
        rules=rules,
        state=state,
        checks=checks,
        gaps=missing(volunteer, today) if volunteer.status in ("preparing", "active") else [],
        references=references,
        trained_on=trained_on(person_id),
        flagged=flagged(person_id, today) if person_id and volunteer.status == "active" else [],
        families=lists.families_of(person_id, today) if person_id else [],
        records=records_of(volunteer),
        sessions=sessions_of(volunteer.id),
        hours=[(label, in_hours(minutes)) for label, minutes in _hours(volunteer)],
        names=names_of({key for key in people if key is not None}),
        unknown=unknown_volunteers() if manages and volunteer.status == "interested" else [],
        statuses=STATUS_WORDS,
        colours=STATUS_COLOURS,
        session_words=SESSION_WORDS,
        how_words=HOW_WORDS,
        levels=LEVEL_WORDS,
        today=today,
    )


def _hours(volunteer: Volunteer) -> list[tuple[str, int]]:
    hours = hours_of(volunteer, since=clock.today().replace(month=1, day=1))
    return [("At families", hours.visiting), ("Supervision", hours.supervision), ("Training", hours.training)]


def _reason_page(volunteer: Volunteer, verb: str, form: Form) -> str:
    return render_template("volunteers/reason.html", volunteer=volunteer, verb=verb, form=form)


@adds_to("episode", order=5)
def visits_to_give(who: Viewer, episode_id: UUID | None) -> Section | None:
    """The planned visits of a child's volunteer on days on which they may not visit, for whoever allocates."""
    today = clock.today()
    if episode_id is None or Can.ALLOCATE not in who.can or rules_on(today) is None:
        return None
    allocation = visitor_of(episode_id)
    if allocation is None or volunteer_of(allocation.person_id) is None:
        return None
    rows = [row for row in flagged(allocation.person_id, today) if row.episode_id == episode_id]
    if not rows:
        return None
    entries = tuple(Entry(when_in_words(row.planned_on, row.planned_at), f"/visits/{row.id}") for row in rows)
    change = Entry("Change the visitor", f"/episodes/{episode_id}/visitor")
    return Section("Visits that need another visitor", entries, more=change)
