"""Staying in touch with a family that waits: what was done, and an alert while the policy's time for it has run out.

The alert names the request and the day alone: why a child waits where it does, and what a family said, stand on the
place itself, for those who may read it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select

from portage.accounts.models import Person
from portage.core.access import Role
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id
from portage.messages.models import Alert
from portage.messages.operations import alert, settle, until_settled
from portage.policy.dates import in_words
from portage.referrals.models import Referral
from portage.referrals.operations.telling import tell_managers
from portage.support.models import WaitingContact, WaitingEntry
from portage.support.operations.waiting import CONTACT_DUE, entry_here, place_path
from portage.support.refusals import NotWaiting, WrongDates
from portage.support.waiting_line import Order, order_on

CONTACTS = {"visit": "Visit", "telephone": "Telephone", "video": "Video call", "other": "Another way"}
until_settled(CONTACT_DUE)


@dataclass(frozen=True, slots=True)
class NewContact:
    """That somebody got in touch with a family that waits."""

    made_on: date
    how: str
    note: str


def record_contact(entry_id: UUID, command: NewContact, *, by: Actor, on: date) -> WaitingContact:
    """Write down that somebody got in touch with a family that waits, where the policy asks for that.

    The alert rests, unless the contact is so old that the next one is overdue as well.
    """
    entry = entry_here(entry_id)
    order = order_on(on)
    if order.monitoring_weeks is None:
        raise NotHere
    if entry.left_on is not None or by.person_id is None:
        raise NotWaiting
    if not entry.since <= command.made_on <= on:
        raise WrongDates("The day lies between the day from which the child waits and today.")
    row = WaitingContact(
        entry_id=entry.id, made_on=command.made_on, how=command.how, note=command.note, recorded_by=by.person_id
    )
    db.session.add(row)
    db.session.flush()
    due = order.monitoring_due(entry.since, max(each.made_on for each, _ in contacts_of(entry.id)))
    if due is None or due >= on:
        settle(CONTACT_DUE, place_path(entry.id))
    return row


def contacts_of(entry_id: UUID) -> list[Row[*tuple[Any, ...]]]:
    """Every contact with a family while it waits, the newest first, each with who wrote it down."""
    return list(
        db.session.execute(
            select(WaitingContact, Person.name)
            .join(Person, (Person.tenant_id == WaitingContact.tenant_id) & (Person.id == WaitingContact.recorded_by))
            .where(WaitingContact.tenant_id == current_tenant_id(), WaitingContact.entry_id == entry_id)
            .order_by(WaitingContact.made_on.desc(), WaitingContact.id.desc())
        )
    )


def remind_of_contacts(on: date) -> int:
    """Alert the managers once to each family with whom nobody got in touch in time; answers how many are new.

    An alert whose contact is not overdue any more rests, also where the policy stopped asking.
    """
    order, standing = order_on(on), _standing()
    late = {place_path(row.id): row for row in _waiting() if _overdue(order, row, on)}
    for path in standing - late.keys():
        settle(CONTACT_DUE, path)
    for path in late.keys() - standing:
        _alert(late[path], order.monitoring_due(late[path].since, late[path].contact_on), path)
    return len(late.keys() - standing)


def _alert(row: Row[*tuple[Any, ...]], due: date | None, path: str) -> None:
    day = in_words(due) if due else ""
    alert(
        kind=CONTACT_DUE,
        path=path,
        sentence=f"{row.reference}: getting in touch while the family waits was due on {day}.",
        role=Role.SERVICE_MANAGER,
        area_id=row.area_id,
        child_id=row.child_id,
    )
    tell_managers(row.area_id, reference=row.reference, child_id=row.child_id, again=f"{CONTACT_DUE}:{row.id}:{due}")


def _overdue(order: Order, row: Row[*tuple[Any, ...]], on: date) -> bool:
    due = order.monitoring_due(row.since, row.contact_on)
    return due is not None and due < on


def _standing() -> set[str]:
    """The pages to which alerts of this kind lead that nobody has settled."""
    wanted = select(Alert.path).where(
        Alert.tenant_id == current_tenant_id(), Alert.kind == CONTACT_DUE, Alert.seen_at.is_(None)
    )
    return set(db.session.scalars(wanted))


def _waiting() -> list[Row[*tuple[Any, ...]]]:
    """Every child who waits, with the day of the last contact; one statement."""
    last = (
        select(func.max(WaitingContact.made_on))
        .where(WaitingContact.tenant_id == WaitingEntry.tenant_id, WaitingContact.entry_id == WaitingEntry.id)
        .correlate(WaitingEntry)
        .scalar_subquery()
    )
    reference = func.coalesce(Referral.reference, WaitingEntry.reference).label("reference")
    return list(
        db.session.execute(
            select(
                WaitingEntry.id,
                WaitingEntry.since,
                WaitingEntry.area_id,
                WaitingEntry.child_id,
                reference,
                last.label("contact_on"),
            )
            .outerjoin(
                Referral, and_(Referral.tenant_id == WaitingEntry.tenant_id, Referral.id == WaitingEntry.referral_id)
            )
            .where(WaitingEntry.tenant_id == current_tenant_id(), WaitingEntry.left_on.is_(None))
            .order_by(WaitingEntry.since, WaitingEntry.id)
        )
    )
