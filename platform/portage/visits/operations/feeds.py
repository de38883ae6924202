"""A person's calendar feed: an address that is a secret, shown once, kept as a hash, and taken back at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, Select, Uuid, and_, bindparam, or_, select

from portage.accounts.models import Person
from portage.accounts.operations.clearance import standing
from portage.accounts.operations.people import roles_of
from portage.accounts.tokens import hash_of, new_token
from portage.core.access import Can, Role, permissions_of
from portage.core.db import db
from portage.core.tenancy import TENANT, scoped
from portage.families.models import Caseload, Child
from portage.tenants.models import Area
from portage.visits.models import CalendarFeed, Visit

BEHIND, AHEAD = timedelta(days=30), timedelta(days=90)
MOST = 1000


@dataclass(frozen=True, slots=True)
class Issued:
    """A feed with the secret of its address, which nobody can read again."""

    feed: CalendarFeed
    token: str


def feed_of(person_id: UUID) -> CalendarFeed | None:
    """A person's feed, also one that was taken back; None where they never had one."""
    return db.session.scalars(scoped(CalendarFeed).where(CalendarFeed.person_id == person_id)).one_or_none()


def issue_feed(person_id: UUID, *, at: datetime) -> Issued:
    """Give a person a new secret address; an earlier one ends with it."""
    token = new_token()
    feed = feed_of(person_id)
    if feed is None:
        feed = CalendarFeed(person_id=person_id, token_hash=hash_of(token), issued_at=at)
        db.session.add(feed)
    else:
        feed.token_hash, feed.issued_at, feed.revoked_at = hash_of(token), at, None
    db.session.flush()
    return Issued(feed, token)


def revoke_feed(person_id: UUID, *, at: datetime) -> None:
    """Take the address back: from here on it answers as one that never was."""
    feed = feed_of(person_id)
    if feed is not None and feed.revoked_at is None:
        feed.revoked_at = at
        db.session.flush()


def reader_of(token: str, *, on: date) -> UUID | None:
    """Whose feed an address is; None for one that is unknown or taken back, and for somebody who may not visit."""
    person_id = db.session.execute(_known(), {"token": hash_of(token)}).scalar_one_or_none()
    return person_id if person_id is not None and _visits(person_id, on) else None


@cache
def _known() -> Select[*tuple[Any, ...]]:
    return (
        select(CalendarFeed.person_id)
        .join(Person, and_(Person.tenant_id == CalendarFeed.tenant_id, Person.id == CalendarFeed.person_id))
        .where(
            CalendarFeed.tenant_id == TENANT,
            CalendarFeed.token_hash == bindparam("token"),
            CalendarFeed.revoked_at.is_(None),
            Person.disabled_at.is_(None),
        )
    )


def _visits(person_id: UUID, on: date) -> bool:
    """Whether somebody visits: by a role of theirs now, and a volunteer only while every check is in date."""
    may = permissions_of(frozenset(Role(role) for role, _ in roles_of(person_id)))
    if Can.RECORD_VISIT in may:
        return True
    return Can.VISIT_AS_VOLUNTEER in may and standing(person_id, on=on).may_visit


def visits_in_feed(person_id: UUID, on: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """A person's visits of the last thirty and the next ninety days, with those that they cover."""
    values = {"person": person_id, "first": on - BEHIND, "last": on + AHEAD}
    return db.session.execute(_in_feed(), values).all()


@cache
def _in_feed() -> Select[*tuple[Any, ...]]:
    person = bindparam("person", type_=Uuid())
    covers = (
        select(Caseload.id)
        .where(
            Caseload.tenant_id == TENANT,
            Caseload.person_id == person,
            Caseload.child_id == Visit.child_id,
            Caseload.kind == "cover",
            Caseload.from_on <= Visit.planned_on,
            Caseload.until_on >= Visit.planned_on,
        )
        .exists()
    )
    return (
        select(
            Visit.id,
            Visit.version,
            Visit.planned_on,
            Visit.planned_at,
            Visit.minutes,
            Visit.status,
            Child.given_name,
            Child.family_name,
            Child.postcode,
            Area.name.label("area"),
        )
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .outerjoin(Area, and_(Area.tenant_id == Child.tenant_id, Area.id == Child.area_id))
        .where(
            Visit.tenant_id == TENANT,
            Visit.planned_on.between(bindparam("first", type_=Date()), bindparam("last", type_=Date())),
            or_(Visit.visitor_id == person, covers),
        )
        .order_by(Visit.planned_on, Visit.planned_at, Visit.id)
        .limit(MOST)
    )
