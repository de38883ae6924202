"""Planning a Moving Forwards meeting, inviting, sending the SEND Support Plan out, and recording what was agreed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, FieldRefused, NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.messages.operations import alert
from portage.moving_forwards.models import ForwardMeeting, MeetingAgreement, MeetingGuest
from portage.referrals.models import Referral
from portage.referrals.operations import move
from portage.referrals.operations.clocks import stop_every_clock
from portage.referrals.stage_words import OPEN_STAGES

ROUTE = "moving-forwards"
HELD = "The Moving Forwards meeting took place"


class MeetingRefused(FieldRefused):
    """Something that does not fit the meeting as it stands."""

    code = "meeting-refused"


@dataclass(frozen=True, slots=True)
class PlanMeeting:
    """When and where."""

    held_on: date
    held_at: time
    place: str
    version: int


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody to invite."""

    kind: str
    name: str
    organisation: str | None


@dataclass(frozen=True, slots=True)
class PlanSent:
    """When and how the SEND Support Plan went out to the family."""

    sent_on: date
    how: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Who of the family said that the plan came, when, and what they wish to say about it."""

    by: str
    on: date
    thoughts: str | None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Why a planned meeting does not take place."""

    because: str
    version: int


@dataclass(frozen=True, slots=True)
class Held:
    """What happened in the meeting, and the ids of the guests who came."""

    summary: str
    came: frozenset[UUID]
    version: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Something agreed, and who delivers it."""

    kind: str
    what: str
    delivered_by: str
    due_on: date | None


def meeting_of(referral_id: UUID, *, lock: bool = False) -> ForwardMeeting | None:
    """The meeting of a request, if one is planned."""
    wanted = scoped(ForwardMeeting).where(ForwardMeeting.referral_id == referral_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return db.session.execute(wanted).scalar_one_or_none()


def route_of(referral_id: UUID) -> str | None:
    """By which route a request came."""
    wanted = select(Referral.route).where(Referral.tenant_id == current_tenant_id(), Referral.id == referral_id)
    return db.session.execute(wanted).scalar_one_or_none()


def guests_of(meeting_id: UUID) -> list[MeetingGuest]:
    """Everybody who is invited."""
    wanted = scoped(MeetingGuest).where(MeetingGuest.meeting_id == meeting_id, MeetingGuest.taken_off_on.is_(None))
    return list(db.session.scalars(wanted.order_by(MeetingGuest.created_at, MeetingGuest.id)))


def agreements_of(meeting_id: UUID) -> list[MeetingAgreement]:
    """Everything that was agreed."""
    wanted = scoped(MeetingAgreement).where(MeetingAgreement.meeting_id == meeting_id)
    return list(db.session.scalars(wanted.order_by(MeetingAgreement.created_at, MeetingAgreement.id)))


def plan_meeting(referral: Referral, plan: PlanMeeting, *, parents: Collection[str], by: Actor) -> ForwardMeeting:
    """Plan the meeting, move it, or plan it again after it was cancelled; the parents are invited from the first.

    Another day needs a new invitation.
    """
    meeting = meeting_of(referral.id, lock=True)
    if meeting is None:
        meeting = ForwardMeeting(referral_id=referral.id, coordinator_id=by.person_id)
        _when(meeting, plan)
        db.session.add(meeting)
        db.session.flush()
        db.session.add_all(MeetingGuest(meeting_id=meeting.id, kind="parent", name=name) for name in parents)
    else:
        _planned(meeting, or_cancelled=True)
        if meeting.version != plan.version:
            raise ChangedMeanwhile(
                theirs=[("Meeting", f"{meeting.held_on} {meeting.held_at:%H:%M}, {meeting.place}")],
                yours=[("Meeting", f"{plan.held_on} {plan.held_at:%H:%M}, {plan.place}")],
                back=f"/referrals/{referral.id}/meeting",
            )
        if meeting.plan_sent_on and meeting.plan_sent_on >= plan.held_on:
            raise MeetingRefused("held_on", "The SEND Support Plan went out on that day or later. Choose a later day.")
        _when(meeting, plan)
        meeting.invited_on = None
        meeting.status, meeting.cancelled_on, meeting.cancelled_because = "planned", None, None
    db.session.flush()
    return meeting


def cancel(meeting: ForwardMeeting, cancelled: Cancelled, *, on: date) -> None:
    """Keep why a planned meeting does not take place; the request stays open, and another day can be planned."""
    _planned(meeting)
    if meeting.version != cancelled.version:
        raise ChangedMeanwhile(
            theirs=[("Meeting", f"{meeting.held_on} {meeting.held_at:%H:%M}, {meeting.place}")],
            yours=[("Why it is cancelled", cancelled.because)],
            back=f"/referrals/{meeting.referral_id}/meeting",
        )
    meeting.status, meeting.cancelled_on, meeting.cancelled_because = "cancelled", on, cancelled.because
    db.session.flush()


def add_guest(meeting: ForwardMeeting, guest: Guest) -> MeetingGuest:
    """Put somebody on the list of those who are invited."""
    _planned(meeting)
    row = MeetingGuest(meeting_id=meeting.id, kind=guest.kind, name=guest.name, organisation=guest.organisation)
    db.session.add(row)
    db.session.flush()
    return row


def take_off(meeting: ForwardMeeting, guest_id: UUID, *, on: date) -> None:
    """Take somebody off the list."""
    _planned(meeting)
    guest = next((each for each in guests_of(meeting.id) if each.id == guest_id), None)
    if guest is None:
        raise NotHere
    guest.taken_off_on = on
    db.session.flush()


def send_plan(meeting: ForwardMeeting, sent: PlanSent, *, on: date) -> None:
    """Write down that the SEND Support Plan went out: before the meeting, never on its day."""
    _planned(meeting)
    if sent.sent_on > on:
        raise MeetingRefused("sent_on", "This day is in the future.")
    if sent.sent_on >= meeting.held_on:
        raise MeetingRefused("sent_on", "The family gets the plan before the day of the meeting. Move the meeting.")
    meeting.plan_sent_on, meeting.plan_sent_how = sent.sent_on, sent.how
    db.session.flush()


def acknowledge(meeting: ForwardMeeting, said: Acknowledged, *, on: date) -> None:
    """Write down that the family has the plan, with what they think of it."""
    _planned(meeting)
    if meeting.plan_sent_on is None:
        raise MeetingRefused("acknowledged_by", "First write down when the plan went out.")
    if not meeting.plan_sent_on <= said.on <= on:
        raise MeetingRefused("acknowledged_on", "Enter a day from the one on which the plan went out until today.")
    meeting.plan_acknowledged_by, meeting.plan_acknowledged_on = said.by, said.on
    meeting.plan_thoughts = said.thoughts
    db.session.flush()


def acknowledged_by_family(meeting: ForwardMeeting, by: str, thoughts: str, *, on: date) -> None:
    """A parent says themselves that the plan came, and perhaps what they think; the coordinator hears of it.

    Whoever says it again adds to what the family thinks: nothing that was written before is lost.
    """
    before = meeting.plan_thoughts if meeting.plan_acknowledged_on else None
    said = "\n".join(filter(None, (before, thoughts))) or None
    acknowledge(meeting, Acknowledged(by, meeting.plan_acknowledged_on or on, said), on=on)
    alert(
        kind="support-plan-came",
        path=f"/referrals/{meeting.referral_id}/meeting",
        sentence="A family told us that they have the SEND Support Plan. Please read what they think of it.",
        person_id=meeting.coordinator_id,
        dedupe=f"support-plan-came:{meeting.id}:{meeting.version}",
    )


def hold(referral: Referral, meeting: ForwardMeeting, held: Held, *, by: Actor, at: datetime) -> None:
    """Record the meeting; what was asked for has happened, so the request closes. Raises `MeetingRefused`."""
    _planned(meeting)
    today = at.astimezone(LONDON).date()
    if meeting.version != held.version:
        raise ChangedMeanwhile(
            theirs=[("Meeting", str(meeting.held_on))],
            yours=[("Record", held.summary)],
            back=f"/referrals/{referral.id}/meeting",
        )
    if meeting.held_on > today:
        raise MeetingRefused("summary", "The meeting has not taken place yet.")
    if meeting.plan_sent_on is None:
        raise MeetingRefused("summary", "The SEND Support Plan goes out before the meeting. Write down when it went.")
    invited = guests_of(meeting.id)
    if not held.came <= {guest.id for guest in invited}:
        raise NotHere
    for guest in invited:
        guest.came = guest.id in held.came
    meeting.status, meeting.summary = "held", held.summary
    meeting.recorded_by, meeting.recorded_at = by.person_id, at
    if referral.stage in OPEN_STAGES:
        stop_every_clock(referral, today)
        move(referral, "closed", by=by, at=at, note=HELD)
        referral.closed_reason = HELD
    db.session.flush()


def agree(meeting: ForwardMeeting, agreement: Agreement) -> MeetingAgreement:
    """Keep something that the meeting agreed."""
    if meeting.status != "held":
        raise MeetingRefused("what", "Record the meeting first.")
    row = MeetingAgreement(
        meeting_id=meeting.id,
        kind=agreement.kind,
        what=agreement.what,
        delivered_by=agreement.delivered_by,
        due_on=agreement.due_on,
    )
    db.session.add(row)
    db.session.flush()
    return row


def deliver(meeting: ForwardMeeting, agreement_id: UUID, *, on: date) -> None:
    """Note the day on which the linked professional had delivered something; the first day stays."""
    found = next((each for each in agreements_of(meeting.id) if each.id == agreement_id), None)
    if found is None:
        raise NotHere
    found.delivered_on = found.delivered_on or on
    db.session.flush()


def _when(meeting: ForwardMeeting, plan: PlanMeeting) -> None:
    meeting.held_on, meeting.held_at, meeting.place = plan.held_on, plan.held_at, plan.place


def _planned(meeting: ForwardMeeting, *, or_cancelled: bool = False) -> None:
    if meeting.status == "held":
        raise MeetingRefused("_form", "This meeting has taken place already.")
    if meeting.status == "cancelled" and not or_cancelled:
        raise MeetingRefused("_form", "This meeting was cancelled. Plan another day first.")
