"""Another look at a decision by another person, and opening a case again that had ended."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.identity import Actor
from portage.policy.arrangements import EVIDENCE_TIME
from portage.policy.dates import in_words
from portage.referrals.models import Deadline, Referral, SecondLook
from portage.referrals.operations.clocks import BEFORE_A_DECISION, evidence_is_there, run_again
from portage.referrals.operations.contacts import FIRST_CONTACT, family_reached
from portage.referrals.operations.decisions import last_decision, open_second_look
from portage.referrals.operations.facts import case_for_change, last_determination
from portage.referrals.operations.judging import edition_of
from portage.referrals.operations.stages import ENDED, move

UNDER_WAY = ("waiting", "supported")  # a new decision now would start a second way beside the first


class NothingToLookAt(PortageError):
    """There is no decision yet, or a request for another look is open already."""

    code = "nothing-to-look-at"
    message = "{sentence}"


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """Who asked for another look, when and why."""

    asked_by: str
    asked_on: date
    why: str
    version: int


def ask_again(referral_id: UUID, asked: AskedAgain, *, by: Actor, at: datetime) -> SecondLook:
    """Record that somebody asked for another look; the request goes back to be decided, by somebody else."""
    yours = [("Who asked", asked.asked_by), ("Why", asked.why)]
    referral = case_for_change(referral_id, version=asked.version, yours=yours)
    decision = last_decision(referral_id)
    if decision is None:
        raise NothingToLookAt(sentence="Nothing is decided yet, so there is nothing to look at again.")
    if referral.stage in UNDER_WAY:
        raise NothingToLookAt(
            sentence="This request was accepted, and the child waits for a visitor or has support. "
            "What the family wants changed belongs there: on the waiting list, or with the child's support."
        )
    if open_second_look(referral_id) is not None:
        raise NothingToLookAt(sentence="Another look was asked for already and is still open.")
    look = SecondLook(
        referral_id=referral_id,
        decision_id=decision.id,
        asked_by=asked.asked_by,
        asked_on=asked.asked_on,
        why=asked.why,
    )
    db.session.add(look)
    db.session.flush()
    move(referral, _where_decided(referral), by=by, at=at, note="Another look was asked for")
    return look


def reopen(referral_id: UUID, reason: str, *, version: int, by: Actor, at: datetime) -> Referral:
    """Open a case again that had ended; the reason stands in its history.

    What waited for somebody's deed when it ended waits again: its clocks run anew from the day of the reopening.
    """
    referral = case_for_change(referral_id, version=version, yours=[("Reason", reason)])
    if referral.stage not in ENDED:
        raise NothingToLookAt(sentence="This case is open.")
    judged = last_determination(referral_id)
    happened = [FIRST_CONTACT] if family_reached(referral) else []
    happened += [EVIDENCE_TIME] if judged and evidence_is_there(judged.answer) else []
    running = run_again(referral, BEFORE_A_DECISION, at.astimezone(LONDON).date(), but=happened)
    move(referral, _where_decided(referral), by=by, at=at, note=_opened_again(reason, running))
    return referral


def _opened_again(reason: str, running: list[Deadline]) -> str:
    """The line of the history: why, and which clocks run anew from that day until when."""
    said = f"Opened again: {reason}"
    if not running:
        return said
    clocks = "; ".join(f"{each.name}, by {in_words(each.due_on)}" for each in running)
    return f"{said}{'' if reason.endswith(('.', '!', '?')) else '.'} Its clocks run anew from this day: {clocks}."


def _where_decided(referral: Referral) -> str:
    policy, edition = edition_of(referral.edition_id)
    return "panel" if policy.route(edition.terms, referral.route).decided_by == "panel" else "to-decide"
