"""Deciding on a request: a named person who opened the case, in their own words. Nothing else refuses or accepts."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portage.core import outbox
from portage.core.audit import audit_event
from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.directory.listing import Pointer, pointers, still_here
from portage.policy import OUTCOMES
from portage.policy.arrangements import INTRODUCTION
from portage.policy.careful import NEEDS_A_PERSON
from portage.policy.shapes import CountsFrom
from portage.referrals.models import Decision, DecisionService, Determination, Referral, SecondLook
from portage.referrals.operations.clocks import BEFORE_A_DECISION, run_again, start_clocks, stop_clock
from portage.referrals.operations.facts import assessment_of, assessment_recorded, case_for_change, last_determination
from portage.referrals.operations.judging import edition_of
from portage.referrals.operations.stages import ENDED, move
from portage.referrals.stage_words import DECISIONS, NO_ANSWER, recommendation

DECIDABLE = ("new", "information", "assessment", "panel", "to-decide")
OPENED = ("referral.opened", "referral.decision-opened", "panel.item-opened", "panel.action-opened")
AGREES = {
    "eligible": ("accepted",),
    "panel": ("accepted", "declined", "signposted", "information"),
    "more-information": ("information",),
    "not-eligible": ("declined", "signposted"),
    NEEDS_A_PERSON: ("accepted", "declined", "signposted", "information"),  # nothing was recommended
}
STAGE_AFTER = {
    "accepted": "to-offer",
    "declined": "declined",
    "signposted": "signposted",
    "information": "information",
}
LEAST_WORDS = 4
OUTCOME_LETTER = "referral.outcome-letter"  # the outbox row's subject is the decision


class NotOpened(PortageError):
    """Somebody decides who has not opened the case."""

    status = HTTPStatus.FORBIDDEN
    code = "case-not-opened"
    message = "Open the case and read it before you decide on it."


class DecisionRefused(PortageError):
    """A decision that cannot stand; `field` is the input that the sentence is about."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "decision-refused"
    message = "{sentence}"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence=sentence)


@dataclass(frozen=True, slots=True)
class Deciding:
    """What a person decides: the outcome, the reason in their own words, and what may help instead, or meanwhile."""

    outcome: str
    reason: str
    may_help_instead: str | None
    determination_id: UUID
    version: int
    services: frozenset[UUID] = frozenset()  # of the directory, which the family is pointed to


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided, when, and in which item of a panel."""

    by: UUID
    at: datetime
    panel_item_id: UUID | None


def decide(
    referral_id: UUID,
    deciding: Deciding,
    *,
    by: Actor,
    at: datetime,
    clock_from: CountsFrom = "decision",
    clock_on: date | None = None,
    panel_item_id: UUID | None = None,
) -> Decision:
    """Record a person's decision with the determination that they saw, move the request, start the clock of telling.

    Clocks count from `clock_on`, the day of the panel where it is written down later, else from the day of `at`.
    Raises `NotOpened`, `DecisionRefused`, or `ChangedMeanwhile` when the facts or the stage changed since the page.
    """
    referral = _case(referral_id, deciding)
    judged = last_determination(referral_id)
    if by.person_id is None or not has_opened(referral_id, by):
        raise NotOpened
    if judged is None or judged.id != deciding.determination_id or referral.stage not in DECIDABLE:
        raise _meanwhile(referral_id, deciding)
    look = open_second_look(referral_id)
    _check(referral, judged, deciding, look, by)
    _check_path(referral, deciding, panel_item_id)
    decision = _keep(referral, judged, deciding, look, Decided(by.person_id, at, panel_item_id))
    if look is not None:
        look.answered_by_decision = decision.id
    move(referral, STAGE_AFTER[deciding.outcome], by=by, at=at)
    flag_modified(referral, "stage")  # a second form on the old version is refused also where the stage stays
    db.session.flush()
    _turn_clocks(referral, deciding.outcome, clock_from, clock_on or at.astimezone(LONDON).date())
    outbox.put(OUTCOME_LETTER, decision.id, dedupe=f"{OUTCOME_LETTER}:{decision.id}")
    return decision


def _keep(
    referral: Referral, judged: Determination, deciding: Deciding, look: SecondLook | None, decided: Decided
) -> Decision:
    decision = Decision(
        referral_id=referral.id,
        determination_id=judged.id,
        outcome=deciding.outcome,
        reason=deciding.reason,
        agrees=agrees(judged.outcome, deciding.outcome),
        may_help_instead=deciding.may_help_instead,
        decided_by=decided.by,
        decided_at=decided.at,
        panel_item_id=decided.panel_item_id,
        looks_again_at=look.decision_id if look else None,
    )
    db.session.add(decision)
    db.session.flush()
    db.session.add_all(
        DecisionService(decision_id=decision.id, service_id=service_id) for service_id in deciding.services
    )
    return decision


def agrees(recommended: str, outcome: str) -> bool:
    """Whether a decision follows the recommendation; the panel's recommendation is that the panel looks."""
    return outcome in AGREES[recommended]


def has_opened(referral_id: UUID, by: Actor) -> bool:
    """Whether the trail shows that this person opened the case."""
    seen = select(audit_event.c.id).where(
        audit_event.c.tenant_id == current_tenant_id(),
        audit_event.c.subject_id == referral_id,
        audit_event.c.actor == by.label,
        audit_event.c.action.in_(OPENED),
    )
    return db.session.execute(seen.limit(1)).first() is not None


def last_decision(referral_id: UUID) -> Decision | None:
    """The decision that holds."""
    wanted = scoped(Decision).where(Decision.referral_id == referral_id)
    return db.session.execute(wanted.order_by(Decision.decided_at.desc(), Decision.id.desc()).limit(1)).scalar()


def services_named(decision_id: UUID) -> list[Pointer]:
    """The services of the directory that a decision points the family to."""
    named = select(DecisionService.service_id).where(
        DecisionService.tenant_id == current_tenant_id(), DecisionService.decision_id == decision_id
    )
    return pointers(list(db.session.scalars(named)))


def open_second_look(referral_id: UUID) -> SecondLook | None:
    """A request for another look that nobody has answered yet."""
    wanted = scoped(SecondLook).where(SecondLook.referral_id == referral_id, SecondLook.answered_by_decision.is_(None))
    return db.session.execute(wanted.order_by(SecondLook.created_at.desc()).limit(1)).scalar()


def in_own_words(reason: str, judged: Determination) -> bool:
    """Whether a reason says something of its own: not nothing, and not only the recommendation's sentences again."""
    said = _plain(reason)
    if len(said.split()) < LEAST_WORDS:
        return False
    for sentence in _recommended(judged):
        said = said.replace(sentence, " ")
    return len(said.split()) >= LEAST_WORDS


def _recommended(judged: Determination) -> list[str]:
    sentences = [finding["because"] for finding in judged.answer["findings"]]
    parts = [
        part
        for whole in [*sentences, *OUTCOMES.values(), NO_ANSWER]
        for part in (whole, *re.split(r"(?<=[.!?])\s", whole))
    ]
    return sorted({_plain(part) for part in parts} - {""}, key=len, reverse=True)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _check(referral: Referral, judged: Determination, deciding: Deciding, look: SecondLook | None, by: Actor) -> None:
    if not in_own_words(deciding.reason, judged):
        raise DecisionRefused(
            "reason",
            "Write the reason in your own words, in a sentence or more. The family reads it; "
            "the recommendation's own sentences are in the letter already.",
        )
    _check_pointers(deciding)
    if look is not None and _decider_of(look.decision_id) == by.person_id:
        raise DecisionRefused(
            "outcome", "You made the decision that is looked at again. Somebody else has to look at it this time."
        )


def _check_pointers(deciding: Deciding) -> None:
    """Whoever gets no offer is told what may help instead: services of the directory, or words."""
    if deciding.outcome != "accepted" and not deciding.may_help_instead and not deciding.services:
        raise DecisionRefused(
            "may_help_instead", "Say what may help the family instead, or meanwhile, or tick a service that may."
        )
    if still_here(deciding.services) != deciding.services:
        raise DecisionRefused("services", "A service that you ticked was withdrawn meanwhile. Tick another one.")


def _check_path(referral: Referral, deciding: Deciding, panel_item_id: UUID | None) -> None:
    """Keep to the policy's path: a panel's request is decided in a meeting, and an assessment comes before an offer."""
    policy, edition = edition_of(referral.edition_id)
    route = policy.route(edition.terms, referral.route)
    if route.decided_by == "panel" and panel_item_id is None:
        raise DecisionRefused("outcome", "The panel decides on this request, in its meeting.")
    if deciding.outcome == "accepted" and route.assessment_first and not assessment_recorded(referral.id):
        raise DecisionRefused(
            "outcome", "An assessment is recorded before any offer. Book and record it first, then decide."
        )
    if STAGE_AFTER[deciding.outcome] in ENDED and assessment_of(referral.id, "booked") is not None:
        raise DecisionRefused(
            "outcome", "An assessment is booked. Cancel it first, so that nobody goes to a family that was told no."
        )


def _decider_of(decision_id: UUID) -> UUID | None:
    return db.session.execute(
        select(Decision.decided_by).where(Decision.tenant_id == current_tenant_id(), Decision.id == decision_id)
    ).scalar_one_or_none()


def _case(referral_id: UUID, deciding: Deciding) -> Referral:
    try:
        return case_for_change(referral_id, version=deciding.version, yours=[])
    except ChangedMeanwhile:
        raise _meanwhile(referral_id, deciding) from None


def _meanwhile(referral_id: UUID, deciding: Deciding) -> ChangedMeanwhile:
    """Both versions: what is decided or recommended now, and what this person wrote."""
    referral = here(Referral, referral_id)
    theirs = [("Recommendation", recommendation(referral.outcome))]
    if (decision := last_decision(referral_id)) is not None:
        theirs += [("Decision", DECISIONS[decision.outcome]), ("Reason", decision.reason)]
    yours = [
        ("Decision", DECISIONS[deciding.outcome]),
        ("Reason", deciding.reason),
        ("What may help instead", deciding.may_help_instead or ""),
    ]
    return ChangedMeanwhile(theirs=theirs, yours=yours, back=f"/referrals/{referral_id}")


def _turn_clocks(referral: Referral, outcome: str, clock_from: CountsFrom, on: date) -> None:
    """Stop the clocks that waited for a decision, and start those that count from it.

    One that counts from it and was left stopped by an earlier decision starts anew. A first visit is arranged only
    where somebody is to visit.
    """
    policy, edition = edition_of(referral.edition_id)
    for clock in policy.clocks(edition, referral.route):
        if clock.counts_from in BEFORE_A_DECISION:
            stop_clock(referral, clock.key, on)
    no_visit = () if outcome == "accepted" else (INTRODUCTION,)
    for key in no_visit:
        stop_clock(referral, key, on)
    run_again(referral, (clock_from,), on, but=no_visit)
    start_clocks(referral, clock_from, on, but=no_visit)
