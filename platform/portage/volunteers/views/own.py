"""What a volunteer sees: their families, and of each no more than a visit needs."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.accounts.operations.clearance import rules_on, standing
from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes, concerning
from portage.core.sections import Entry, Section, adds_to
from portage.support.visitors import names_of
from portage.visits.operations import raise_concern, who_handles
from portage.visits.operations.safety import SAFETY_WORDS
from portage.visits.schemas import WorryForm
from portage.visits.views.concerns import ALERTED, NOBODY_ALERTED
from portage.visits.words import MODE_WORDS, STATUS_WORDS
from portage.volunteers.operations.offering import volunteer_of, volunteers_here
from portage.volunteers.operations.own import Family, families_of, family_for, own_visits
from portage.volunteers.operations.supervising import hours_of, in_hours

routes = Routes("volunteering", __name__)


@routes.get(
    "/my-families", can=Can.SEE_OWN_VOLUNTEERING, audience=Audience.STAFF, audit="my-families.seen", rate=Rate.PAGE
)
def families() -> ResponseReturnValue:
    """Today's visits, the families, hours given; without clearance the reason why there are none."""
    who, today = viewer(), clock.today()
    volunteers_here(today)
    volunteer = volunteer_of(who.person_id) if who.person_id else None
    hours = hours_of(volunteer, since=today.replace(month=1, day=1)) if volunteer else None
    given = (
        [("At families", hours.visiting), ("Supervision", hours.supervision), ("Training", hours.training)]
        if hours
        else []
    )
    return render_template(
        "volunteers/own.html",
        state=standing(who.person_id, on=today) if who.person_id else None,
        families=families_of(who, today),
        visits=[row for row in own_visits(who, today) if row.planned_on >= today or row.status == "planned"],
        supervisor=names_of({volunteer.supervisor_id} if volunteer and volunteer.supervisor_id else set()),
        hours=[(label, in_hours(minutes)) for label, minutes in given],
        modes=MODE_WORDS,
        statuses=STATUS_WORDS,
        today=today,
    )


@routes.get(
    "/my-families/<uuid:child_id>",
    can=Can.VISIT_AS_VOLUNTEER,
    audience=Audience.STAFF,
    audit="family.seen-by-volunteer",
    rate=Rate.PAGE,
)
def family(child_id: UUID) -> ResponseReturnValue:
    """One family."""
    return render_template(
        "volunteers/family.html",
        family=_family(child_id),
        safety_words=SAFETY_WORDS,
        modes=MODE_WORDS,
        statuses=STATUS_WORDS,
        today=clock.today(),
    )


@routes.get(
    "/my-families/<uuid:child_id>/concern",
    can=Can.VISIT_AS_VOLUNTEER,
    audience=Audience.STAFF,
    audit="concern.begun",
    rate=Rate.PAGE,
)
def worried(child_id: UUID) -> ResponseReturnValue:
    """Whom to call, and the note."""
    return render_template("volunteers/worried.html", family=_family(child_id), form=Form())


@routes.post(
    "/my-families/<uuid:child_id>/concern",
    can=Can.VISIT_AS_VOLUNTEER,
    audience=Audience.STAFF,
    audit="concern.raised",
    rate=Rate.WRITE,
)
def save_worry(child_id: UUID) -> ResponseReturnValue:
    """Write the worry down; those who handle worries are alerted in the same moment."""
    found = _family(child_id)
    command, form = read(WorryForm(), request.form)
    if command is None:
        return render_template("volunteers/worried.html", family=found, form=form), 422
    raise_concern(child_id, command, by=Actor.of(viewer()), at=clock.now())
    flash(ALERTED if who_handles(child_id) else NOBODY_ALERTED, "success")
    return redirect(f"/my-families/{child_id}", 303)


def _family(child_id: UUID) -> Family:
    found = family_for(child_id, viewer(), at=clock.now())
    concerning("child", child_id)
    return found


@adds_to("today", order=4)
def own_families(who: Viewer, _subject: UUID | None) -> Section | None:
    """The way from the start page to a volunteer's families."""
    if Can.SEE_OWN_VOLUNTEERING not in who.can or rules_on(clock.today()) is None:
        return None
    return Section("Volunteering", (), "", Entry("My families and visits", "/my-families"), comes_first=True)
