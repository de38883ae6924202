"""The outcome letter: what was decided and why, what may help instead, and how to ask for another look (LDS-16)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portage.accounts.models import Person
from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.directory.listing import Pointer
from portage.families.models import Carer, Child
from portage.families.operations import carers_of
from portage.messages import letters
from portage.messages.council import Sender, sender
from portage.messages.models import Letter
from portage.policy import Edition, Policy
from portage.referrals.models import Decision, Determination, Referral
from portage.referrals.operations.decisions import services_named
from portage.referrals.operations.judging import edition_of

LEADS = {  # how a letter begins, by what was decided
    "accepted": "We are pleased to tell you that we can offer support for {child} from {service}.",
    "declined": "We are sorry to tell you that we cannot offer support from {service} for {child} at the moment.",
    "signposted": "We think that other services can help {child} better than {service} can at the moment.",
    "information": "Before we can decide, we would like to know a little more about {child}.",
}
NEXT = {
    "accepted": "We will contact you to tell you about the offer and to answer your questions. You decide whether "
    "it is right for your family.",
    "declined": "This need not be the last word. Children change quickly: you can ask us again at any time, above all "
    "when something is different from what we knew.",
    "signposted": "You need not do everything at once, and you can come back to us at any time.",
    "information": "You need not do anything yet. We will contact you, and we will help you to find what is missing.",
}
HELPS = {"accepted": "Others who may help, too", "information": "What may help meanwhile"}
FINDINGS = {True: "Met: ", False: "Not met: ", None: ""}  # the sentence of what is not known says so itself
SERVICES = ("sendiass", "local-offer")  # of the council's list of help, for everybody


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that an outcome letter is written from."""

    referral: Referral
    decision: Decision
    child: Child
    carer: Carer | None
    determination: Determination
    decided_by: str
    council: Sender
    policy: Policy[Any]
    edition: Edition
    services: tuple[Pointer, ...] = ()  # of the directory, which the decision named


def write_outcome_letter(referral: Referral, decision: Decision, *, by: Actor, at: datetime) -> Letter:
    """Write the letter about a decision to the main contact, and send it the way that is safe for them."""
    case = _case(referral, decision, at.astimezone(LONDON).date())
    letter = letters.write(
        kind="outcome",
        child_id=referral.child_id,
        referral_id=referral.id,
        carer_id=case.carer.id if case.carer else None,
        on=at.astimezone(LONDON).date(),
        content=content_of(case),
        by=by,
    )
    letters.deliver(letter, reference=referral.reference, stage=referral.stage, at=at)
    return letter


def content_of(case: Case) -> dict[str, Any]:
    """The letter as it is kept: plain sentences in sections, nothing that has to be looked up later."""
    child, said = case.child.given_name, case.council.profile.get("letters", {})
    parts = [
        _section("", [said.get("opening", "").format(child=child), _lead(case)]),
        _section(f"Why: in the words of {case.decided_by}", [case.decision.reason]),
        _section(
            f"What our published rules say about {child}",
            [f"We looked at your request by our rules as they are published in: {case.edition.source}."],
            _findings(case.determination),
        ),
        _section("What happens next", [NEXT[case.decision.outcome]]),
        _section(
            HELPS.get(case.decision.outcome, "What may help instead"),
            *_help(case),
        ),
        _section("If you would like us to look again", *_another_look(case)),
        _section("Free and independent advice", *_advice(case)),
        _section("If you are not happy with how we dealt with you", *_complaint(case)),
        _section("Your team", [], case.council.team.lines),
    ]
    return {
        "council": case.council.council,
        "service": case.council.service,
        "address": _address(case),
        "reference": case.referral.reference,
        "greeting": f"Dear {case.carer.name}," if case.carer else f"Dear parent or carer of {child},",
        "title": f"{child} {case.child.family_name}: our decision about your request",
        "sections": [part for part in parts if part["paragraphs"] or part["items"]],
        "closing": said.get("closing", "If you would like to talk about this letter, please get in touch."),
        "signed": [case.decided_by, said.get("sign_off") or f"{case.council.service}, {case.council.council}"],
    }


def _case(referral: Referral, decision: Decision, on: date) -> Case:
    tenant_id = current_tenant_id()
    policy, edition = edition_of(referral.edition_id)
    carers = carers_of(referral.child_id)
    decided_by = db.session.execute(
        select(Person.name).where(Person.tenant_id == tenant_id, Person.id == decision.decided_by)
    ).scalar_one()
    return Case(
        referral,
        decision,
        db.session.get_one(Child, (tenant_id, referral.child_id)),
        carers[0] if carers else None,
        db.session.scalars(scoped(Determination).where(Determination.id == decision.determination_id)).one(),
        decided_by,
        sender(on, referral.area_id),
        policy,
        edition,
        tuple(services_named(decision.id)),
    )


def _section(heading: str, paragraphs: list[str], items: list[str] | None = None) -> dict[str, Any]:
    return {"heading": heading, "paragraphs": [text for text in paragraphs if text], "items": items or []}


def _lead(case: Case) -> str:
    return LEADS[case.decision.outcome].format(child=case.child.given_name, service=case.council.in_a_sentence)


def _findings(determination: Determination) -> list[str]:
    return [f"{FINDINGS[found['met']]}{found['because']}" for found in determination.answer["findings"]]


def _address(case: Case) -> list[str]:
    if case.carer is None or not case.carer.post_is_safe or not case.carer.address:
        return []
    return [case.carer.name, *(line.strip() for line in case.carer.address.splitlines() if line.strip())]


def _help(case: Case) -> tuple[list[str], list[str]]:
    """What may help instead, in the decider's words, and then what the service does for everybody."""
    services = [each.line for each in case.services]
    if case.decision.outcome == "accepted":
        return [], services
    others = [f"{each.name}: {each.how_to_ask}" for each in case.policy.programmes(case.edition.terms)]
    words = [case.decision.may_help_instead] if case.decision.may_help_instead else []
    return words, [*services, *(others if case.decision.outcome != "information" else [])]


def _another_look(case: Case) -> tuple[list[str], list[str]]:
    published = _of_council(case, "ask-again")
    return [
        "You can ask us to look at this decision again, at any time and in your own words. You need not give a reason. "
        "Somebody who did not make the decision looks at it, and you may send us anything that is new. "
        f"Please give our reference {case.referral.reference}."
    ], published or case.council.team.lines


def _advice(case: Case) -> tuple[list[str], list[str]]:
    return [], [line for key in SERVICES for line in _of_council(case, key)]


def _complaint(case: Case) -> tuple[list[str], list[str]]:
    published = _of_council(case, "complaints")
    return [
        *(published or ["Please tell us. We say how to complain and help you to do it."]),
        "If you are still not happy after the council has answered, you can ask the Local Government and Social Care "
        "Ombudsman, who is independent, to look at your complaint.",
    ], []


def _of_council(case: Case, key: str) -> list[str]:
    """One entry of the council's own list of help, as a line: what it is, and how to reach it."""
    for entry in case.council.profile.get("help", []):
        if entry.get("key") == key:
            reached = [entry.get(name) for name in ("telephone", "email", "url")]
            return [" ".join([f"{entry['name']}: {entry['says']}", ", ".join(way for way in reached if way)]).strip()]
    return []
