"""Taking a request in, whatever way it came: child, carers, facts, first judgement, clocks, and a receipt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id
from portage.editions.operations import edition_on
from portage.families.models import Carer, Child
from portage.families.operations import NewCarer, NewChild, add_carer, add_child
from portage.messages.operations import tell
from portage.policy import Edition, Policy
from portage.referrals.models import Referral
from portage.referrals.operations.clocks import start_clocks, start_evidence_clocks
from portage.referrals.operations.first_words import write_first_words
from portage.referrals.operations.judging import FactsRefused, check_facts, judge
from portage.referrals.operations.references import new_reference, reference_or_new
from portage.referrals.operations.stages import first_stage, move

FLAGS = {  # what a person should look at, in words; a flag never keeps a request out
    "hidden-field-filled": "A field that people cannot see was filled in: perhaps a program sent this.",
    "sent-very-fast": "The form was filled in within seconds: perhaps a program sent this.",
    "no-early-help-paper": "Neither the Early Help Assessment and Plan nor its reference came with the request.",
}
ReceivedHow = Literal["online", "paper", "email", "telephone"]


@dataclass(frozen=True, slots=True)
class Referrer:
    """Who makes the request; `kind` is a key of `portage.policy.REFERRERS`."""

    kind: str
    name: str
    role: str | None = None
    organisation: str | None = None
    email: str | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True)
class AgreedBy:
    """Who agreed to the request, who that is to the child, when and how."""

    name: str | None = None
    relationship: str | None = None
    on: date | None = None
    how: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveReferral:
    """A request as it came.

    `facts` holds the policy's facts but those that stand elsewhere here (`received_on`, `route`, `referrer` and the
    date of birth). `answers` holds what the form asked beside facts and columns, by the question's key.
    """

    route: str
    received_on: date
    received_how: ReceivedHow = "online"
    received_known_by: str | None = None
    form_used: str | None = None
    referrer: Referrer
    child: NewChild
    carers: tuple[NewCarer, ...] = ()
    agreed: AgreedBy = AgreedBy()
    in_their_words: str | None = None
    early_help_reference: str | None = None
    early_help_discussed_on: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


def receive(command: ReceiveReferral, *, by: Actor, at: datetime) -> Referral:
    """Take a request in under the edition in force on the day it was received, judge it, and send the receipts.

    Raises `NoEditionInForce` before the first edition, and `FactsRefused` when the facts contradict each other or the
    route is not for this referrer. Never refuses for an outcome, nor for a policy that gives none: a person decides.
    """
    policy, edition = check_command(command)  # before anything is written
    child = add_child(command.child)
    carers = [add_carer(child.id, carer) for carer in command.carers]
    referral = _take_in(command, policy, edition, child, by=by, at=at)
    send_receipts(referral, carers)
    write_first_words(policy, edition, referral, carers, by=by, at=at)
    return referral


def receive_notified(
    command: ReceiveReferral, child: Child, *, notification_id: UUID, reference: str, by: Actor, at: datetime
) -> Referral:
    """Open the case file of a health notification, for a child who is known from it; its carers are too.

    Nobody is written to: what is said to whom, and whether by itself, is the notification's own matter. The file has
    the notification's reference where no other request has it. Raises as `receive` does.
    """
    policy, edition = check_command(command)
    known_as = reference_or_new(reference)
    return _take_in(command, policy, edition, child, by=by, at=at, reference=known_as, notification_id=notification_id)


def check_command(command: ReceiveReferral) -> tuple[Policy[Any], Edition]:
    """The policy and edition of the day; raises where none is in force, or where the facts contradict each other."""
    policy, edition = edition_on(command.received_on)
    check_facts(policy, edition, facts_of(command))
    return policy, edition


def _take_in(
    command: ReceiveReferral,
    policy: Policy[Any],
    edition: Edition,
    child: Child,
    *,
    by: Actor,
    at: datetime,
    reference: str | None = None,
    notification_id: UUID | None = None,
) -> Referral:
    """Write the request down, judge it, move it to its first stage and start its clocks."""
    referral = Referral(
        reference=reference or new_reference(),
        child_id=child.id,
        edition_id=edition.id,
        area_id=child.area_id,
        facts=facts_of(command),
        entered_by=by.person_id,
        possible_duplicate_of=_request_for_same_child(child),
        notification_id=notification_id,
        **_as_columns(command),
    )
    db.session.add(referral)
    db.session.flush()
    judged = judge(referral, by=by, at=at)
    route = policy.route(edition.terms, command.route)
    move(referral, first_stage(route, judged.outcome), by=by, at=at)
    start_clocks(referral, "received", command.received_on)
    start_evidence_clocks(referral, judged.answer, command.received_on)
    return referral


def facts_of(command: ReceiveReferral) -> dict[str, Any]:
    """The whole object of facts that the policy judges."""
    facts = {key: value for key, value in command.facts.items() if value not in (None, [], {})}
    child = {key: value for key, value in command.facts.get("child", {}).items() if value is not None}
    return {
        **facts,
        "received_on": command.received_on.isoformat(),
        "route": command.route,
        "referrer": command.referrer.kind,
        "child": {**child, "date_of_birth": command.child.date_of_birth.isoformat()},
    }


def _as_columns(command: ReceiveReferral) -> dict[str, Any]:
    who, agreed = command.referrer, command.agreed
    return {
        "route": command.route,
        "received_on": command.received_on,
        "received_how": command.received_how,
        "received_known_by": command.received_known_by,
        "form_used": command.form_used,
        "referrer": who.kind,
        "referrer_name": who.name,
        "referrer_role": who.role,
        "referrer_organisation": who.organisation,
        "referrer_email": who.email,
        "referrer_telephone": who.telephone,
        "in_their_words": command.in_their_words,
        "agreed_by": agreed.name,
        "agreed_relationship": agreed.relationship,
        "agreed_on": agreed.on,
        "agreed_how": agreed.how,
        "early_help_reference": command.early_help_reference,
        "early_help_discussed_on": command.early_help_discussed_on,
        "answers": dict(command.answers),
        "flags": list(command.flags),
    }


def _request_for_same_child(child: Child) -> UUID | None:
    """The latest other request for a child of the same name and date of birth: people look, nothing is merged."""
    wanted = (
        select(Referral.id)
        .join(Child, (Child.tenant_id == Referral.tenant_id) & (Child.id == Referral.child_id))
        .where(
            Referral.tenant_id == current_tenant_id(),
            Child.tenant_id == current_tenant_id(),
            Child.search_name == child.search_name,
            Child.date_of_birth == child.date_of_birth,
            Child.id != child.id,
        )
        .order_by(Referral.received_on.desc(), Referral.created_at.desc())
        .limit(1)
    )
    return db.session.execute(wanted).scalar_one_or_none()


def send_receipts(referral: Referral, carers: list[Carer]) -> None:
    """Tell each parent or carer whom e-mail reaches safely, and a professional who asked."""
    told = [carer for carer in carers if carer.email and carer.email_is_safe]
    for carer in told:
        _tell("receipt", "carer", carer.id, referral)
    if referral.referrer != "parent" and referral.referrer_email:
        _tell("receipt", "referrer", referral.id, referral)


def _tell(kind: str, recipient_kind: str, recipient_id: UUID, referral: Referral) -> None:
    tell(
        kind=kind,
        recipient_kind=recipient_kind,
        recipient_id=recipient_id,
        referral_id=referral.id,
        child_id=referral.child_id,
        reference=referral.reference,
        stage=referral.stage,
    )


__all__ = [
    "FLAGS",
    "AgreedBy",
    "FactsRefused",
    "ReceiveReferral",
    "Referrer",
    "check_command",
    "facts_of",
    "receive",
    "receive_notified",
    "send_receipts",
]
