"""Offering support after an acceptance, and what the family says to it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from portage.core import clock
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.policy import SIGNPOSTING
from portage.policy.dates import in_words
from portage.policy.shapes import Offer as OfferShape
from portage.referrals.models import Assessment, Decision, Determination, Referral
from portage.referrals.operations import move
from portage.referrals.operations.telling import tell_family
from portage.support.models import Offer
from portage.support.operations.waiting import join_list
from portage.support.pattern import support_by
from portage.support.refusals import AnswerAwaited, AssessmentFirst, NotAccepted, NotOfferedHere, WrongDates

ANSWERS = {
    "accepted": "Yes, they would like it",
    "refused": "No, they do not want it",
    "no-answer": "No answer yet, although we asked",
}


@dataclass(frozen=True, slots=True)
class NewOffer:
    """What is offered: keys of the policy's offers, and why, in the words of the person who offers."""

    kinds: tuple[str, ...]
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a family said to an offer, and when."""

    answer: str
    answered_on: date
    version: int


def referral_here(referral_id: UUID) -> Referral:
    """One request of this council; raises NotHere."""
    return here(Referral, referral_id)


def offer_here(offer_id: UUID) -> Offer:
    """One offer of this council; raises NotHere."""
    return here(Offer, offer_id)


def offerable(referral: Referral) -> tuple[OfferShape, ...]:
    """What may be offered to this request: what its determination named.

    Where a named person accepted against the recommendation, the offers of its route in the same edition.
    """
    accepted = _acceptance(referral)
    support = support_by(accepted.edition_id, on=referral.received_on)
    if accepted.outcome == "not-eligible":
        return support.policy.offers(support.edition.terms, referral.route)
    return tuple(support.policy.offer(support.edition.terms, key) for key in accepted.answer["offers"])


def judged_by(referral: Referral) -> UUID:
    """The edition of the determination that the acceptance rests on."""
    return _acceptance(referral).edition_id


def accepted_on(referral: Referral) -> date:
    """The day of the decision that accepted the request."""
    return _accepting(referral).decided_at.astimezone(clock.LONDON).date()


def _acceptance(referral: Referral) -> Determination:
    """The determination behind the last decision, when that accepted the request."""
    decision = _accepting(referral)
    return db.session.scalars(scoped(Determination).where(Determination.id == decision.determination_id)).one()


def _accepting(referral: Referral) -> Decision:
    """The last decision, when that accepted the request; raises NotAccepted."""
    decision = db.session.scalars(
        scoped(Decision)
        .where(Decision.referral_id == referral.id)
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(1)
    ).one_or_none()
    if decision is None or decision.outcome != "accepted":
        raise NotAccepted
    return decision


def assessment_missing(referral: Referral) -> bool:
    """Whether the policy's path asks for an assessment that nobody has recorded yet."""
    support = support_by(referral.edition_id, on=referral.received_on)
    if not support.policy.route(support.edition.terms, referral.route).assessment_first:
        return False
    recorded = select(Assessment.id).where(
        Assessment.tenant_id == current_tenant_id(),
        Assessment.referral_id == referral.id,
        Assessment.status == "recorded",
    )
    return db.session.execute(recorded.limit(1)).first() is None


def make_offer(referral_id: UUID, command: NewOffer, *, by: Actor, at: datetime) -> Offer:
    """Offer support to a family whose request was accepted, from what the policy offers."""
    referral = referral_here(referral_id)
    allowed = {offer.key for offer in offerable(referral)}
    if assessment_missing(referral):
        raise AssessmentFirst
    if not command.kinds or not set(command.kinds) <= allowed:
        raise NotOfferedHere
    if referral.stage == "offered":
        raise AnswerAwaited
    if referral.stage != "to-offer" or by.person_id is None:
        raise NotAccepted
    offer = Offer(
        referral_id=referral.id,
        kinds=list(command.kinds),
        explanation=command.explanation,
        made_on=at.astimezone(clock.LONDON).date(),
        made_by=by.person_id,
    )
    db.session.add(offer)
    db.session.flush()
    move(referral, "offered", by=by, at=at, note="An offer was made to the family.")
    tell_family("offer", referral, about=offer.id)
    return offer


def record_answer(offer_id: UUID, command: Answer, *, by: Actor, at: datetime) -> Offer:
    """Write down what the family said. A yes to more than signposting puts the child on the waiting list.

    A no sends the request back to the person who offers: nothing is closed by it. A child who waits without a recorded
    request waits on, whatever the answer: a person acts on it.
    """
    offer = offer_here(offer_id)
    _unless_changed(offer, command)
    if command.answered_on < offer.made_on or command.answered_on > at.astimezone(clock.LONDON).date():
        raise WrongDates("The family's answer came on or after the day of the offer, and not in the future.")
    if offer.answer in ("accepted", "refused"):
        raise WrongDates("The family has answered this offer already.")
    offer.answer, offer.answered_on = command.answer, command.answered_on
    db.session.flush()
    if offer.referral_id is None:
        return offer
    referral = referral_here(offer.referral_id)
    if command.answer == "refused":
        move(referral, "to-offer", by=by, at=at, note="The family did not want what was offered.")
    elif command.answer == "accepted" and set(offer.kinds) <= {SIGNPOSTING.key}:
        move(referral, "signposted", by=by, at=at, note="The family accepted signposting.")
    elif command.answer == "accepted":
        join_list(referral, since=command.answered_on, by=by, at=at)
    return offer


def _unless_changed(offer: Offer, command: Answer) -> None:
    if offer.version != command.version:
        raise ChangedMeanwhile(
            theirs=[
                ("Answer", ANSWERS.get(offer.answer or "", "None yet")),
                ("Day", in_words(offer.answered_on) if offer.answered_on else ""),
            ],
            yours=[("Answer", ANSWERS[command.answer]), ("Day", in_words(command.answered_on))],
            back=f"/referrals/{offer.referral_id}/offer"
            if offer.referral_id
            else f"/waiting-list/{offer.waiting_entry_id}/offer",
        )


def offers_to(referral_id: UUID) -> list[Offer]:
    """Every offer made to a request, the newest first."""
    wanted = scoped(Offer).where(Offer.referral_id == referral_id).order_by(Offer.made_on.desc(), Offer.id.desc())
    return list(db.session.scalars(wanted))
