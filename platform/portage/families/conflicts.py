"""Conflicts of interest: who declared one about a child, until somebody else lifts it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, select, true

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.identity import Actor
from portage.core.tenancy import TENANT, current_tenant_id, here, scoped
from portage.families.models import Conflict


class NotYourOwn(PortageError):
    """Nobody lifts a conflict that they declared themselves."""

    code = "not-your-own"
    message = "You declared this conflict, so somebody else lifts it."


@dataclass(frozen=True, slots=True)
class Declared:
    """What somebody says about their tie to a child or the family, and on account of which request."""

    child_id: UUID
    referral_id: UUID
    nature: str


def declare(declared: Declared, *, by: Actor, at: datetime) -> Conflict:
    """Keep a conflict of the person who is signed in; one that is open already stays as it is."""
    if by.person_id is None:
        raise ValueError("a conflict is declared by a person")
    known = db.session.scalars(
        scoped(Conflict).where(
            Conflict.child_id == declared.child_id, Conflict.person_id == by.person_id, Conflict.lifted_at.is_(None)
        )
    ).first()
    if known is not None:
        return known
    kept = Conflict(
        child_id=declared.child_id,
        person_id=by.person_id,
        referral_id=declared.referral_id,
        nature=declared.nature,
        declared_at=at,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def lift(conflict_id: UUID, because: str, *, by: Actor, at: datetime) -> Conflict:
    """End a conflict that was declared by mistake; raises `NotHere`, or `NotYourOwn`."""
    found = here(Conflict, conflict_id, Conflict.lifted_at.is_(None))
    if found.person_id == by.person_id:
        raise NotYourOwn
    found.lifted_at, found.lifted_by, found.lifted_because = at, by.person_id, because
    db.session.flush()
    return found


def has_conflict(child_id: UUID, person_id: UUID | None) -> bool:
    """Whether a person has an open conflict about a child."""
    found = select(Conflict.id).where(
        Conflict.tenant_id == current_tenant_id(),
        Conflict.child_id == child_id,
        Conflict.person_id == person_id,
        Conflict.lifted_at.is_(None),
    )
    return db.session.execute(found.limit(1)).first() is not None


def conflict_of(person_id: Any, child_id: Any) -> ColumnElement[bool]:
    """Whether a person has an open conflict about a child, inside a statement that reads both."""
    return exists(
        select(true()).where(
            Conflict.tenant_id == TENANT,
            Conflict.person_id == person_id,
            Conflict.child_id == child_id,
            Conflict.lifted_at.is_(None),
        )
    )


def conflicts_about(child_ids: list[UUID]) -> list[Row[UUID, UUID, UUID, str, str, datetime]]:
    """The open conflicts about children: (id, child, person, the person's name, its nature, since when)."""
    found = db.session.execute(
        select(
            Conflict.id, Conflict.child_id, Conflict.person_id, Person.name, Conflict.nature, Conflict.declared_at
        )
        .join(Person, and_(Person.tenant_id == Conflict.tenant_id, Person.id == Conflict.person_id))
        .where(
            Conflict.tenant_id == current_tenant_id(),
            Conflict.child_id.in_(child_ids),
            Conflict.lifted_at.is_(None),
        )
        .order_by(Conflict.declared_at)
    )  # fmt: skip
    return list(found)
