"""The meeting's page: planned, prepared, recorded, and what became of what was agreed."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.carrying_out import carry_out
from portage.core.errors import NotHere
from portage.core.forms import Form, FormSchema
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to
from portage.editions.programmes import MOVING_FORWARDS, programme_on
from portage.families.operations import carers_of
from portage.messages.council import sender
from portage.moving_forwards import operations, words
from portage.moving_forwards.invitations import (
    ask_for_word,
    cancelled_sections,
    invite,
    sections_of,
    tell_of_cancelling,
)
from portage.moving_forwards.models import ForwardMeeting
from portage.moving_forwards.operations import ROUTE, agreements_of, guests_of, meeting_of
from portage.moving_forwards.schemas import (
    AcknowledgedSchema,
    AgreementSchema,
    CancelledSchema,
    GuestSchema,
    HeldSchema,
    PlanSchema,
    SentSchema,
)
from portage.policy.dates import in_words, when_in_words
from portage.referrals.queries_case import Head
from portage.referrals.views.case import opened_for

routes = Routes("moving_forwards", __name__)
_opened = partial(opened_for, MOVING_FORWARDS, ROUTE)
HERE = "/referrals/<uuid:referral_id>/meeting"
SEES: dict[str, Any] = {
    "can": Can.SEE_WORKLIST, "audience": Audience.STAFF, "audit": "meeting.seen", "rate": Rate.PAGE,
}  # fmt: skip
TOLD = "The family gets a letter. Print the same words for the others."
NOBODY_TOLD = "Nobody was invited by letter yet, so no letter is written."
WRITES: dict[str, Any] = {"can": Can.RECORD_FACTS, "audience": Audience.STAFF, "rate": Rate.WRITE}


@adds_to("referral", order=20)
def way_to_meeting(_who: Viewer, referral_id: UUID | None) -> Section | None:
    """The way from a request for a meeting to the meeting, where the council holds such meetings."""
    if referral_id is None or programme_on(MOVING_FORWARDS, clock.today()) is None or not _asked_for(referral_id):
        return None
    meeting = meeting_of(referral_id)
    said = "Not planned yet" if meeting is None else f"{in_words(meeting.held_on)}, {meeting.place}"
    said = f"Cancelled: {said}" if meeting is not None and meeting.status == "cancelled" else said
    return Section("Moving Forwards meeting", (Entry("The meeting", f"/referrals/{referral_id}/meeting", said),))


@routes.get(HERE, **SEES)
def meeting(referral_id: UUID) -> ResponseReturnValue:
    """Everything about the meeting."""
    return _page(_opened(referral_id), Form())


@routes.get(f"{HERE}/invitation", **SEES)
def invitation(referral_id: UUID) -> ResponseReturnValue:
    """The invitation to print, for school staff and others who are invited; or the word that it is cancelled."""
    known = _opened(referral_id)
    planned = _planned(referral_id)
    council = sender(clock.today(), known.referral.area_id)
    when = f"It is on {when_in_words(planned.held_on, planned.held_at)}, {planned.place}."
    cancelled = planned.status == "cancelled"
    return render_template(
        "moving_forwards/invitation.html",
        known=known,
        cancelled=cancelled,
        sections=cancelled_sections(planned, council) if cancelled else sections_of(planned, council, when),
    )


@routes.post(HERE, audit="meeting.planned", **WRITES)
def plan(referral_id: UUID) -> ResponseReturnValue:
    """Plan the meeting, or move it."""
    known = _opened(referral_id)
    parents = [carer.name for carer in carers_of(known.child.id)[:2]]

    def do(command: Any) -> str:
        operations.plan_meeting(known.referral, command, parents=parents, by=Actor.of(viewer()))
        return "The meeting is planned. Next, say who is invited and send the invitation."

    return _done(known, PlanSchema(), do)


@routes.post(f"{HERE}/guests", audit="meeting.guest-added", **WRITES)
def add_guest(referral_id: UUID) -> ResponseReturnValue:
    """Put somebody on the list."""

    def do(command: Any) -> str:
        operations.add_guest(_planned(referral_id), command)
        return f"{command.name} is on the list."

    return _done(_opened(referral_id), GuestSchema(), do)


@routes.post(f"{HERE}/guests/<uuid:guest_id>/off", audit="meeting.guest-taken-off", **WRITES)
def take_off(referral_id: UUID, guest_id: UUID) -> ResponseReturnValue:
    """Take somebody off the list."""
    _opened(referral_id)
    operations.take_off(_planned(referral_id), guest_id, on=clock.today())
    return redirect(f"/referrals/{referral_id}/meeting#guests", 303)


@routes.post(f"{HERE}/invite", audit="meeting.invited", **WRITES)
def send_invitation(referral_id: UUID) -> ResponseReturnValue:
    """Write the invitation to the family and send it the safe way."""
    known = _opened(referral_id)
    invite(known.referral, known.child, _planned(referral_id), by=Actor.of(viewer()), at=clock.now())
    flash("The invitation is written. It is with the letters of this request. Print it for the others.", "success")
    return redirect(f"/referrals/{referral_id}/meeting", 303)


@routes.post(f"{HERE}/plan-sent", audit="meeting.plan-sent", **WRITES)
def plan_sent(referral_id: UUID) -> ResponseReturnValue:
    """Write down that the SEND Support Plan went out, and let the family say when it came."""
    known = _opened(referral_id)

    def do(command: Any) -> str:
        found = _planned(referral_id)
        operations.send_plan(found, command, on=clock.today())
        if ask_for_word(known.referral, known.child, found):
            return "Noted. The family gets an e-mail with a link on which they can say that they have the plan."
        return "Noted. E-mail is not possible or not safe: ask the family yourself whether the plan came."

    return _done(known, SentSchema(), do)


@routes.post(f"{HERE}/cancel", audit="meeting.cancelled", **WRITES)
def cancel(referral_id: UUID) -> ResponseReturnValue:
    """The meeting does not take place; the family is told."""
    known = _opened(referral_id)

    def do(command: Any) -> str:
        found = _planned(referral_id)
        operations.cancel(found, command, on=clock.today())
        told = tell_of_cancelling(known.referral, known.child, found, by=Actor.of(viewer()), at=clock.now())
        return "The meeting is cancelled. " + (TOLD if told else NOBODY_TOLD)

    return _done(known, CancelledSchema(), do)


@routes.post(f"{HERE}/acknowledged", audit="meeting.plan-acknowledged", **WRITES)
def acknowledged(referral_id: UUID) -> ResponseReturnValue:
    """Write down that the family has the plan."""

    def do(command: Any) -> str:
        operations.acknowledge(_planned(referral_id), command, on=clock.today())
        return "Noted: the family has the plan."

    return _done(_opened(referral_id), AcknowledgedSchema(), do)


@routes.post(f"{HERE}/held", audit="meeting.recorded", **WRITES)
def held(referral_id: UUID) -> ResponseReturnValue:
    """Record the meeting."""
    known = _opened(referral_id)

    def do(command: Any) -> str:
        operations.hold(known.referral, _planned(referral_id), command, by=Actor.of(viewer()), at=clock.now())
        return "The meeting is recorded. Next, write down what was agreed."

    return _done(known, HeldSchema(), do)


@routes.post(f"{HERE}/agreements", audit="meeting.agreed", **WRITES)
def agree(referral_id: UUID) -> ResponseReturnValue:
    """Keep something that was agreed."""

    def do(command: Any) -> str:
        operations.agree(_planned(referral_id), command)
        return "What was agreed is kept."

    return _done(_opened(referral_id), AgreementSchema(), do)


@routes.post(f"{HERE}/agreements/<uuid:meeting_agreement_id>/done", audit="meeting.delivered", **WRITES)
def delivered(referral_id: UUID, meeting_agreement_id: UUID) -> ResponseReturnValue:
    """The linked professional has delivered it."""
    _opened(referral_id)
    operations.deliver(_planned(referral_id), meeting_agreement_id, on=clock.today())
    return redirect(f"/referrals/{referral_id}/meeting#agreed", 303)


def _done(known: Head, schema: FormSchema, do: Callable[[Any], str]) -> ResponseReturnValue:
    return carry_out(schema, do, page=partial(_page, known), back=f"/referrals/{known.referral.id}/meeting")


def _asked_for(referral_id: UUID) -> bool:
    return operations.route_of(referral_id) == ROUTE


def _planned(referral_id: UUID) -> ForwardMeeting:
    found = meeting_of(referral_id, lock=True)
    if found is None:
        raise NotHere
    return found


def _page(known: Head, form: Form) -> str:
    found = meeting_of(known.referral.id)
    council = sender(clock.today(), known.referral.area_id)
    if found is not None and "held_on" not in form.values:
        when = {"held_on": found.held_on, "held_at": f"{found.held_at:%H:%M}"} if found.status == "planned" else {}
        form.values |= {**when, "place": found.place}
    return render_template(
        "moving_forwards/meeting.html",
        known=known,
        referral=known.referral,
        child=known.child,
        meeting=found,
        guests=guests_of(found.id) if found else [],
        agreements=agreements_of(found.id) if found else [],
        form=form,
        words=words,
        health=words.health_services(),
        sendiass=words.sendiass(council),
        asked=known.referral.answers,
        today=clock.today(),
        may_record=Can.RECORD_FACTS in viewer().can,
    )
