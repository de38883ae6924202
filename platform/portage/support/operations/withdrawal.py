"""A family no longer wants what was asked for: a named person closes the request, and nothing of it goes on."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.messages.operations import alert
from portage.policy.dates import in_words, when_in_words
from portage.referrals.models import Assessment, Referral
from portage.referrals.operations import move
from portage.referrals.operations.assessments import call_off
from portage.referrals.operations.clocks import stop_every_clock
from portage.referrals.operations.decisions import NotOpened, has_opened
from portage.referrals.operations.facts import case_for_change
from portage.referrals.operations.telling import tell_family, tell_requester
from portage.referrals.stage_words import OPEN_STAGES
from portage.support.models import Offer
from portage.support.operations.waiting import end_waiting, waiting_entry_of
from portage.support.refusals import NotOpenAnyMore, WrongDates

WITHDRAWN = "The family no longer wants this"
WITHDRAWABLE = OPEN_STAGES
TOLD_HOW = {
    "telephone": "by telephone",
    "video": "in a video call",
    "in-person": "in person",
    "email": "by e-mail",
    "post": "by letter",
}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a family said: who told it, how and when, and the words of the person who closes the request."""

    told_by: str
    how: str
    told_on: date
    note: str
    version: int


def withdraw(referral_id: UUID, said: Withdrawal, *, by: Actor, at: datetime) -> Referral:
    """Close an open request because the family wishes it, as a named person who has read the case.

    Its clocks stop; an assessment that is booked, an offer without a last answer and a place on the waiting list end.
    Raises `NotOpened`, `NotOpenAnyMore`, `WrongDates`, or `ChangedMeanwhile` when the page was older than the request.
    """
    today = at.astimezone(clock.LONDON).date()
    referral = case_for_change(referral_id, version=said.version, yours=_yours(said))
    if by.person_id is None or not has_opened(referral_id, by):
        raise NotOpened
    if referral.stage not in WITHDRAWABLE:
        raise NotOpenAnyMore
    if said.told_on > today:
        raise WrongDates("This day is in the future.")
    if said.told_on < referral.received_on:
        raise WrongDates("This day is before the request was received.")
    stop_every_clock(referral, said.told_on)
    _end_offers(referral_id, said.told_on)
    if (entry := waiting_entry_of(referral_id)) is not None:
        end_waiting(entry, reason=WITHDRAWN, by=by, on=today)
    if (assessment := call_off(referral, on=today)) is not None:
        _tell_assessor(assessment, referral)
    referral.closed_reason = WITHDRAWN
    told = f"Told by {said.told_by}, {TOLD_HOW[said.how]}, on {in_words(said.told_on)}."
    step = move(referral, "closed", by=by, at=at, note=f"{WITHDRAWN}. {told} {said.note}")
    tell_family("closed", referral, about=step.id)
    tell_requester("closed", referral, about=step.id)
    return referral


def _yours(said: Withdrawal) -> list[tuple[str, str]]:
    return [
        ("Who told", f"{said.told_by}, {TOLD_HOW[said.how]}"),
        ("Day", in_words(said.told_on)),
        ("Note", said.note),
    ]


def _end_offers(referral_id: UUID, on: date) -> None:
    """A family that wants nothing more has said no to what it was offered last."""
    for offer in db.session.scalars(scoped(Offer).where(Offer.referral_id == referral_id)):
        if offer.answer in (None, "no-answer"):
            offer.answer, offer.answered_on = "refused", max(on, offer.made_on)
    db.session.flush()


def _tell_assessor(assessment: Assessment, referral: Referral) -> None:
    when = when_in_words(assessment.booked_for, assessment.booked_time)
    alert(
        kind="assessment-called-off",
        path="/today",
        sentence=f"The assessment of {when} for {referral.reference} no longer goes ahead. The family told us.",
        person_id=assessment.assessor_id,
        child_id=referral.child_id,
        dedupe=f"assessment-called-off:{assessment.id}",
    )
