"""Conversations about a request, and the clock of telling that they stop (LDS-16, WNC-05)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Contact
from portage.policy.arrangements import INTRODUCTION
from portage.referrals.models import Referral
from portage.referrals.operations.clocks import REQUESTER, of_each, stop_clock
from portage.referrals.operations.decisions import last_decision
from portage.referrals.operations.judging import edition_of

FIRST_CONTACT = "first-contact"  # the clock of a policy that says how soon the family hears from somebody


@dataclass(frozen=True, slots=True)
class Talk:
    """Who was contacted, when, how and what for, and whether they were reached."""

    with_whom: str
    happened_at: datetime
    how: str
    purpose: str
    reached: bool
    note: str | None


def log_contact(referral_id: UUID, talk: Talk, *, by: Actor) -> Contact:
    """Keep a conversation; when everybody who has to know the outcome was reached, the clock of telling stops."""
    referral = db.session.execute(scoped(Referral).where(Referral.id == referral_id)).scalar_one()
    if by.person_id is None:
        raise ValueError("a conversation is logged by the person who had it")
    contact = Contact(
        child_id=referral.child_id,
        referral_id=referral.id,
        made_by=by.person_id,
        happened_at=talk.happened_at,
        with_whom=talk.with_whom,
        how=talk.how,
        purpose=talk.purpose,
        reached=talk.reached,
        note=talk.note,
    )
    db.session.add(contact)
    db.session.flush()
    if talk.reached and (referral.referrer == "parent" or talk.with_whom != referral.referrer_name):
        stop_clock(referral, FIRST_CONTACT, talk.happened_at.astimezone(LONDON).date())
    if talk.purpose in ("outcome", "arrange-visit") and talk.reached:
        _stop_telling(referral, talk.happened_at)
    return contact


def family_reached(referral: Referral) -> bool:
    """Whether somebody of the family, and not only who asked for them, was ever reached about this request."""
    reached = select(Contact.id).where(
        Contact.tenant_id == current_tenant_id(),
        Contact.child_id == referral.child_id,
        Contact.referral_id == referral.id,
        Contact.reached.is_(True),
    )
    if referral.referrer != "parent":
        reached = reached.where(Contact.with_whom != referral.referrer_name)
    return db.session.execute(reached.limit(1)).first() is not None


def still_to_tell(referral: Referral, counts_from: str) -> tuple[str, ...]:
    """Who has not been reached about the last decision: the family, and after a panel also the person who asked."""
    decision = last_decision(referral.id)
    if decision is None:
        return ()
    reached = set(
        db.session.scalars(
            select(Contact.with_whom).where(
                Contact.tenant_id == current_tenant_id(),
                Contact.child_id == referral.child_id,
                Contact.referral_id == referral.id,
                Contact.purpose.in_(("outcome", "arrange-visit")),
                Contact.reached.is_(True),
                Contact.happened_at >= decision.decided_at.replace(second=0, microsecond=0),
            )
        )
    )
    wanted = []
    other = referral.referrer != "parent" and counts_from == "panel"
    if not reached - ({referral.referrer_name} if referral.referrer != "parent" else set()):
        wanted.append("the family")
    if other and referral.referrer_name not in reached:
        wanted.append(referral.referrer_name)
    return tuple(wanted)


def _stop_telling(referral: Referral, at: datetime) -> None:
    """Stop what waited for those who were reached; arranging a first visit is not told but booked."""
    policy, edition = edition_of(referral.edition_id)
    for clock in policy.clocks(edition, referral.route):
        if clock.counts_from not in ("decision", "panel") or clock.key == INTRODUCTION:
            continue
        waited_for, on = still_to_tell(referral, clock.counts_from), at.astimezone(LONDON).date()
        for key, _ in of_each(clock, referral):
            who = referral.referrer_name if key.endswith(REQUESTER) else "the family"
            if who not in waited_for:
                stop_clock(referral, key, on)
