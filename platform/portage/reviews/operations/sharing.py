"""The log of what was shared about a child, onward referrals among it; the family reads it (LAN-09, LAN-10)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import aliased

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here
from portage.reviews.models import Disclosure
from portage.support.operations import episode_here
from portage.support.refusals import WrongDates

PAGE = 50
KINDS = {"pack": "Pack on leaving", "onward": "Onward referral", "other": "Information shared"}
BASIS = {
    "agreed": "The family agreed",
    "without-asking": "Without asking, because asking would add risk or the law says so",
}


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that was told to somebody outside the council, or an onward referral; and on what basis."""

    kind: str
    with_whom: str
    what: str
    why: str
    how: str
    shared_on: date
    basis: str
    agreed_by: str | None = None
    because: str | None = None


def disclosure_here(disclosure_id: UUID, child_id: UUID) -> Disclosure:
    """One entry of a child's log; raises NotHere."""
    return here(Disclosure, disclosure_id, Disclosure.child_id == child_id, Disclosure.disposed_at.is_(None))


def record_shared(episode_id: UUID, command: Shared, *, by: Actor, on: date) -> Disclosure:
    """Write down what was shared; an entry stays, and nobody changes it."""
    episode = episode_here(episode_id)
    if by.person_id is None:
        raise NotAllowed
    if command.shared_on > on:
        raise WrongDates("It was shared today or before.")
    kept = Disclosure(
        child_id=episode.child_id,
        episode_id=episode.id,
        shared_by=by.person_id,
        **{name: getattr(command, name) for name in command.__slots__},
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def hide(disclosure_id: UUID, child_id: UUID, because: str, version: int, *, by: Actor, at: datetime) -> Disclosure:
    """Keep an entry from the family because telling would add risk, as a named person with a reason."""
    entry = _unchanged(disclosure_id, child_id, version)
    if by.person_id is None:
        raise NotAllowed
    entry.hidden_at, entry.hidden_by, entry.hidden_because = at, by.person_id, because
    db.session.flush()
    return entry


def show_again(disclosure_id: UUID, child_id: UUID, version: int) -> Disclosure:
    """Let the family read an entry that was hidden; the trail keeps that it was, and by whom."""
    entry = _unchanged(disclosure_id, child_id, version)
    entry.hidden_at = entry.hidden_by = entry.hidden_because = None
    db.session.flush()
    return entry


def _unchanged(disclosure_id: UUID, child_id: UUID, version: int) -> Disclosure:
    entry = disclosure_here(disclosure_id, child_id)
    if entry.version != version:
        now = "Hidden from the family" if entry.hidden_at else "Shown to the family"
        raise ChangedMeanwhile(theirs=[("This entry", now)], back=f"/episodes/{entry.episode_id}/shared")
    return entry


def log_of(child_id: UUID, *, page: int = 1) -> tuple[list[Row[*tuple[Any, ...]]], int]:
    """A page of a child's log for staff, the newest first, with who shared and who hid; and how many there are."""
    hider = aliased(Person)
    rows = db.session.execute(
        select(Disclosure, Person.name.label("sharer"), hider.name.label("hider"), func.count().over().label("total"))
        .join(Person, and_(Person.tenant_id == Disclosure.tenant_id, Person.id == Disclosure.shared_by))
        .outerjoin(hider, and_(hider.tenant_id == Disclosure.tenant_id, hider.id == Disclosure.hidden_by))
        .where(
            Disclosure.tenant_id == current_tenant_id(),
            Disclosure.child_id == child_id,
            Disclosure.disposed_at.is_(None),
        )
        .order_by(Disclosure.shared_on.desc(), Disclosure.id.desc())
        .limit(PAGE)
        .offset(PAGE * (page - 1))
    ).all()
    return list(rows), rows[0].total if rows else 0


def shown_to_family(child_id: UUID) -> list[Row[*tuple[Any, ...]]]:
    """What a family reads of the log: everything but what a named person hid."""
    return list(
        db.session.execute(
            select(Disclosure, Person.name.label("sharer"))
            .join(Person, and_(Person.tenant_id == Disclosure.tenant_id, Person.id == Disclosure.shared_by))
            .where(
                Disclosure.tenant_id == current_tenant_id(),
                Disclosure.child_id == child_id,
                Disclosure.hidden_at.is_(None),
                Disclosure.disposed_at.is_(None),
            )
            .order_by(Disclosure.shared_on.desc(), Disclosure.id.desc())
            .limit(PAGE)
        )
    )
