"""A family says that it has the SEND Support Plan, and what it thinks of it, behind the link of an e-mail (WNC-12)."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Viewer
from portage.core.routes import ANYONE, Routes
from portage.core.sections import Entry, Section, adds_to
from portage.core.tenancy import current_tenant_id
from portage.families.models import Carer
from portage.messages.council import sender
from portage.messages.models import OneTimeLink
from portage.messages.opened import as_family, link_to
from portage.moving_forwards import words
from portage.moving_forwards.models import ForwardMeeting
from portage.moving_forwards.operations import acknowledged_by_family, meeting_of
from portage.moving_forwards.schemas import ThoughtsSchema
from portage.policy.dates import in_words

routes = Routes("plan_by_link", __name__)
HERE = "/opened/<uuid:link_id>/plan"


@routes.get(HERE, can=ANYONE, audience=Audience.LINK, audit="meeting.plan-read-about", rate=Rate.PAGE)
def plan(link_id: UUID) -> ResponseReturnValue:
    """When the plan went out and when the meeting is, and the button that says that it came."""
    link, meeting, _ = _opened(link_id)
    return _page(link, meeting, Form())


@routes.post(
    HERE, can=ANYONE, audience=Audience.LINK, audit="meeting.plan-acknowledged-by-family", rate=Rate.PUBLIC_WRITE
)
def say_it_came(link_id: UUID) -> ResponseReturnValue:
    """The family has the plan; whoever coordinates the meeting hears of it."""
    link, meeting, carer = _opened(link_id)
    thoughts, form = read(ThoughtsSchema(), request.form)
    if thoughts is None:
        return _page(link, meeting, form), 422
    acknowledged_by_family(meeting, carer.name, thoughts, on=clock.today())
    flash("Thank you. Your team knows that you have the plan, and reads what you wrote.", "success")
    return redirect(f"/opened/{link_id}/plan", 303)


@adds_to("request-link", order=5)
def way_to_plan(_who: Viewer, referral_id: UUID | None) -> Section | None:
    """The way to that page from the page of a request, while the meeting is ahead."""
    meeting = _with_plan(referral_id)
    if meeting is None or meeting.plan_sent_on is None:
        return None
    sent = f"We sent you the SEND Support Plan on {in_words(meeting.plan_sent_on)}, {meeting.plan_sent_how}."
    on = meeting.plan_acknowledged_on
    do = "Tell us that you have it" if on is None else f"You told us on {in_words(on)} that you have it"
    return Section("Your Moving Forwards meeting", (Entry(sent), Entry(do, "plan")))


def _with_plan(referral_id: UUID | None, *, lock: bool = False) -> ForwardMeeting | None:
    """The planned meeting of a request whose plan went out."""
    meeting = meeting_of(referral_id, lock=lock) if referral_id else None
    return meeting if meeting is not None and meeting.status == "planned" and meeting.plan_sent_on else None


def _opened(link_id: UUID) -> tuple[OneTimeLink, ForwardMeeting, Carer]:
    link = link_to(link_id, "request")
    meeting = _with_plan(link.subject_id, lock=request.method == "POST")
    if meeting is None or link.recipient_kind != "carer":
        raise NotHere
    carer = db.session.get_one(Carer, (current_tenant_id(), link.recipient_id))
    as_family(link, carer.child_id)
    return link, meeting, carer


def _page(link: OneTimeLink, meeting: ForwardMeeting, form: Form) -> str:
    council = sender(clock.today(), None)
    return render_template(
        "moving_forwards/plan_by_link.html",
        link=link,
        meeting=meeting,
        form=form,
        words=words,
        sendiass=words.sendiass(council),
    )
