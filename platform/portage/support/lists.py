"""Lists of support as pages read them: plain rows, few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Date,
    Row,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import TENANT, current_tenant_id, rows_of, scoped
from portage.families.conflicts import conflict_of
from portage.families.models import Caseload, Child
from portage.referrals.models import Referral
from portage.support.models import Allocation, Episode, Offer, WaitingEntry
from portage.tenants.models import Area

Rows = Sequence[Row[*tuple[Any, ...]]]

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the waiting list: areas (none: the whole council), order and page; or who has left it."""

    areas: frozenset[UUID]
    order: str
    page: int
    left: bool = False


def left_the_list(wanted: Wanted, *, to: UUID | None) -> tuple[Rows, int]:
    """One page of the children who have left the list, the latest first; and how many.

    `shut` marks a child about whom the person who looks declared a conflict of interest: they read no name.
    """
    query = (
        select(
            WaitingEntry.id,
            WaitingEntry.since,
            WaitingEntry.left_on,
            WaitingEntry.left_reason,
            WaitingEntry.before_recorded_policy,
            Child.given_name,
            Child.family_name,
            func.coalesce(Referral.reference, WaitingEntry.reference).label("reference"),
            Area.name.label("area"),
            conflict_of(to, WaitingEntry.child_id).label("shut"),
            func.count().over().label("total"),
        )
        .join(Child, (Child.tenant_id == WaitingEntry.tenant_id) & (Child.id == WaitingEntry.child_id))
        .outerjoin(Referral, (Referral.tenant_id == WaitingEntry.tenant_id) & (Referral.id == WaitingEntry.referral_id))
        .outerjoin(Area, (Area.tenant_id == WaitingEntry.tenant_id) & (Area.id == WaitingEntry.area_id))
        .where(
            WaitingEntry.tenant_id == current_tenant_id(),
            WaitingEntry.left_on.is_not(None),
            *([WaitingEntry.area_id.in_(wanted.areas)] if wanted.areas else []),
        )
        .order_by(WaitingEntry.left_on.desc(), WaitingEntry.id)
        .limit(PAGE)
        .offset(PAGE * (wanted.page - 1))
    )
    rows = db.session.execute(query).all()
    return rows, rows[0].total if rows else 0


def child_here(child_id: UUID) -> Child:
    """A child whose record may be opened already; the caller has asked `require_access`."""
    return db.session.scalars(scoped(Child).where(Child.id == child_id)).one()


def who_visits(episode_id: UUID, child_id: UUID, on: date) -> tuple[Rows, Rows]:
    """Everybody who was or is the visitor of an episode, the newest first; and who covers now or later."""
    rows = db.session.execute(_who_visits(), {"episode": episode_id, "child": child_id, "on": on}).all()
    visitors = sorted((row for row in rows if not row.covers), key=lambda row: (row.from_on, row.id), reverse=True)
    return visitors, sorted((row for row in rows if row.covers), key=lambda row: row.from_on)


@cache
def _who_visits() -> Select[*tuple[Any, ...]]:
    given = (
        select(
            literal(False).label("covers"),
            Allocation.id,
            Allocation.from_on,
            Allocation.until_on,
            Allocation.note,
            Person.name,
        )
        .join(Person, (Person.tenant_id == Allocation.tenant_id) & (Person.id == Allocation.person_id))
        .where(Allocation.tenant_id == TENANT, Allocation.episode_id == bindparam("episode", type_=Uuid()))
    )
    covering = (
        select(literal(True), Caseload.id, Caseload.from_on, Caseload.until_on, cast(None, Text), Person.name)
        .join(Person, (Person.tenant_id == Caseload.tenant_id) & (Person.id == Caseload.person_id))
        .where(
            Caseload.tenant_id == TENANT,
            Caseload.child_id == bindparam("child", type_=Uuid()),
            Caseload.kind == "cover",
            Caseload.until_on >= bindparam("on", type_=Date()),
        )
    )
    return select(union_all(given, covering).subquery())


def covers_of(child_id: UUID, on: date) -> Rows:
    """Who covers for a child's visitor now or later."""
    return db.session.execute(
        select(Caseload.id, Caseload.person_id, Caseload.from_on, Caseload.until_on, Person.name)
        .join(Person, (Person.tenant_id == Caseload.tenant_id) & (Person.id == Caseload.person_id))
        .where(
            Caseload.tenant_id == current_tenant_id(),
            Caseload.child_id == child_id,
            Caseload.kind == "cover",
            Caseload.until_on >= on,
        )
        .order_by(Caseload.from_on)
    ).all()


def story_of(child_id: UUID) -> Rows:
    """Every episode of a child, and the place on the waiting list while it waits: (place, id, since, ended, before)."""
    return rows_of(_story(), {"child_id": child_id}).all()


@cache
def _story() -> Select[*tuple[Any, ...]]:
    child_id = bindparam("child_id", type_=Uuid())
    episodes = select(
        literal(False).label("place"),
        Episode.id,
        Episode.opened_on.label("since"),
        Episode.closed_on.label("ended"),
        Episode.before_recorded_policy.label("before"),
    ).where(Episode.tenant_id == TENANT, Episode.child_id == child_id)
    places = select(
        literal(True), WaitingEntry.id, WaitingEntry.since, WaitingEntry.left_on, WaitingEntry.before_recorded_policy
    ).where(WaitingEntry.tenant_id == TENANT, WaitingEntry.child_id == child_id, WaitingEntry.left_on.is_(None))
    both = union_all(episodes, places).subquery()
    return select(both).order_by(both.c.place.desc(), both.c.since.desc())


def after_acceptance(referral_id: UUID) -> Row[*tuple[Any, ...]]:
    """What followed an acceptance, in one query: stage, last offer, place on the waiting list, episode."""
    return rows_of(_after_acceptance(), {"referral_id": referral_id}).one()


@cache
def _after_acceptance() -> Select[*tuple[Any, ...]]:
    referral_id = bindparam("referral_id", type_=Uuid())
    last_offer = (
        select(Offer.made_on, Offer.answer)
        .where(Offer.tenant_id == TENANT, Offer.referral_id == referral_id)
        .order_by(Offer.made_on.desc(), Offer.id.desc())
        .limit(1)
        .subquery()
    )
    place = (
        select(WaitingEntry.id.label("entry_id"), WaitingEntry.since)
        .where(
            WaitingEntry.tenant_id == TENANT,
            WaitingEntry.referral_id == referral_id,
            WaitingEntry.left_on.is_(None),
        )
        .subquery()
    )
    episode = (
        select(Episode.id.label("episode_id"))
        .where(Episode.tenant_id == TENANT, Episode.referral_id == referral_id)
        .order_by(Episode.opened_on.desc())
        .limit(1)
        .subquery()
    )
    return (
        select(Referral.stage, *last_offer.c, *place.c, *episode.c)
        .select_from(Referral)
        .outerjoin(last_offer, true())
        .outerjoin(place, true())
        .outerjoin(episode, true())
        .where(Referral.tenant_id == TENANT, Referral.id == referral_id)
    )
