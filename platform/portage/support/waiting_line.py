"""The waiting list in its order: by the policy's priorities in force, with the places where people moved a child."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, Uuid, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.editions.operations import edition_on
from portage.families.conflicts import conflict_of
from portage.families.models import Child
from portage.policy import NoEditionInForce
from portage.policy.arrangements import ORDER, TOO_OLD_WHILE_WAITING
from portage.referrals.models import Deadline, Referral
from portage.support.models import Episode, WaitingContact, WaitingEntry, WaitingMove
from portage.support.priority import Figures, Line, Moved, Waits
from portage.tenants.models import Area

UNSAID = (
    "The policy does not say who comes first. Until the council states its order here, whoever was asked for first"
    " comes first."
)


@dataclass(frozen=True, slots=True)
class Order:
    """Who comes first by the policy in force, and what it says of those who wait."""

    criteria: tuple[str, ...] = ("date",)
    assumed: str | None = UNSAID  # why the order is an assumption; None where a document states it
    source: str | None = None  # the document that states it
    monitoring_weeks: int | None = None
    too_old: str | None = None

    @property
    def in_words(self) -> str:
        """The criteria one after the other, as a person reads them."""
        return ", then ".join(ORDER[each] for each in self.criteria)

    def monitoring_due(self, since: date, last: date | None) -> date | None:
        """The day by which somebody gets in touch with a family that waits; None where the policy asks for nothing."""
        weeks = self.monitoring_weeks
        return max(since, last or since) + timedelta(weeks=weeks) if weeks else None


def order_on(on: date) -> Order:
    """The order of the list on a day: one for all who wait, by the edition in force that day."""
    try:
        policy, edition = edition_on(on)
    except NoEditionInForce:
        return Order()
    said = policy.arrangements(edition.terms).waiting_list
    if said is None:
        return Order()
    return Order(
        criteria=said.order or ("date",),
        assumed=edition.assumed("waiting_list.order"),
        source=edition.source,
        monitoring_weeks=said.monitoring_weeks,
        too_old=TOO_OLD_WHILE_WAITING[said.too_old],
    )


@dataclass(frozen=True, slots=True)
class Waiter:
    """A child in the line: what it is ordered by, and what a page asks of every one."""

    waits: Waits
    area_id: UUID | None
    edition_id: UUID | None
    limit_on: date | None
    search_name: str

    @property
    def id(self) -> UUID:
        """The place on the list."""
        return self.waits.entry_id


def everybody(order: Order) -> list[Waiter]:
    """Every child of the council who waits, in no order; one statement."""
    statement = _everybody(asks_first_time="first-time" in order.criteria)
    return [_waiter(row) for row in db.session.execute(statement)]


def line_of(order: Order, waiters: Collection[Waiter]) -> Line:
    """Some of the children who wait, in their order."""
    return Line(order.criteria, (each.waits for each in waiters))


def _waiter(row: Row[*tuple[Any, ...]]) -> Waiter:
    figures = Figures(row.asked_on, row.since, row.id, row.areas, _in_setting(row), not row.asked_before)
    moved = None
    if row.place is not None:
        beside = Figures(
            row.beside_asked_on,
            row.beside_since,
            row.beside_id,
            row.beside_areas,
            row.beside_in_setting,
            row.beside_first_time,
        )
        moved = Moved(beside, row.place)
    return Waiter(Waits(figures, moved), row.area_id, row.edition_id, row.limit_on, row.search_name)


def _in_setting(row: Row[*tuple[Any, ...]]) -> bool | None:
    """Whether the child goes to a setting: by the hours that are on record, else by the name of one."""
    if row.setting_hours is not None:
        return float(row.setting_hours) > 0
    return True if row.setting_name else None


@cache
def _everybody(*, asks_first_time: bool) -> Select[*tuple[Any, ...]]:
    beside = {
        "beside_asked_on": WaitingMove.asked_on,
        "beside_since": WaitingMove.since,
        "beside_id": WaitingMove.beside_id,
        "beside_areas": WaitingMove.areas,
        "beside_in_setting": WaitingMove.in_setting,
        "beside_first_time": WaitingMove.first_time,
    }
    return (
        select(
            WaitingEntry.id,
            WaitingEntry.since,
            WaitingEntry.area_id,
            func.coalesce(Referral.received_on, WaitingEntry.since).label("asked_on"),
            func.coalesce(Referral.delayed_areas, 0).label("areas"),
            Referral.facts[("child", "setting_hours")].astext.label("setting_hours"),
            Child.setting_name,
            Child.search_name,
            Referral.edition_id,
            Referral.limit_on,
            (_asked_before() if asks_first_time else false()).label("asked_before"),
            WaitingMove.place,
            *(column.label(name) for name, column in beside.items()),
        )
        .join(Child, and_(Child.tenant_id == WaitingEntry.tenant_id, Child.id == WaitingEntry.child_id))
        .outerjoin(
            Referral, and_(Referral.tenant_id == WaitingEntry.tenant_id, Referral.id == WaitingEntry.referral_id)
        )
        .outerjoin(WaitingMove, _in_force())
        .where(WaitingEntry.tenant_id == TENANT, WaitingEntry.left_on.is_(None))
    )


def _in_force() -> ColumnElement[bool]:
    return and_(
        WaitingMove.tenant_id == WaitingEntry.tenant_id,
        WaitingMove.entry_id == WaitingEntry.id,
        WaitingMove.in_force,
    )


def _asked_before() -> ColumnElement[bool]:
    """Whether the family had asked or had support for this child before the request that waits."""
    earlier = Referral.__table__.alias("earlier")
    return or_(
        exists().where(
            earlier.c.tenant_id == TENANT,
            earlier.c.child_id == WaitingEntry.child_id,
            earlier.c.id != WaitingEntry.referral_id,
            earlier.c.received_on < Referral.received_on,
        ),
        exists().where(Episode.tenant_id == TENANT, Episode.child_id == WaitingEntry.child_id),
    )


def shown(entry_ids: Collection[UUID], *, to: UUID | None) -> dict[UUID, Row[*tuple[Any, ...]]]:
    """What the list says of some children: names, clocks that run, the last contact and who moved them.

    `shut` marks a child about whom the person who looks declared a conflict of interest: they read no name.
    """
    rows = db.session.execute(_shown(), {"entries": list(entry_ids), "reader": to}) if entry_ids else ()
    return {row.id: row for row in rows}


@cache
def _shown() -> Select[*tuple[Any, ...]]:
    return (
        select(
            WaitingEntry.id,
            WaitingEntry.since,
            WaitingEntry.note,
            WaitingEntry.before_recorded_policy,
            WaitingEntry.area_id,
            Child.given_name,
            Child.family_name,
            Child.date_of_birth,
            func.coalesce(Referral.reference, WaitingEntry.reference).label("reference"),
            func.coalesce(Referral.received_on, WaitingEntry.since).label("received_on"),
            Referral.limit_on,
            Referral.edition_id,
            Area.name.label("area"),
            _running_clocks().label("clocks"),
            _last_contact().label("contact_on"),
            WaitingMove.reason.label("moved_because"),
            WaitingMove.moved_at,
            Person.name.label("moved_by"),
            conflict_of(bindparam("reader", type_=Uuid()), WaitingEntry.child_id).label("shut"),
        )
        .join(Child, and_(Child.tenant_id == WaitingEntry.tenant_id, Child.id == WaitingEntry.child_id))
        .outerjoin(
            Referral, and_(Referral.tenant_id == WaitingEntry.tenant_id, Referral.id == WaitingEntry.referral_id)
        )
        .outerjoin(Area, and_(Area.tenant_id == WaitingEntry.tenant_id, Area.id == WaitingEntry.area_id))
        .outerjoin(WaitingMove, _in_force())
        .outerjoin(Person, and_(Person.tenant_id == WaitingMove.tenant_id, Person.id == WaitingMove.moved_by))
        .where(WaitingEntry.tenant_id == TENANT, WaitingEntry.id.in_(bindparam("entries", expanding=True)))
    )


def _running_clocks() -> ScalarSelect[Any]:
    """The clocks that run on the request of a child who waits, as pairs of a name and a day, the earliest first."""
    pair = func.json_build_array(Deadline.name, Deadline.due_on)
    return (
        select(func.json_agg(aggregate_order_by(pair, Deadline.due_on)))
        .where(
            Deadline.tenant_id == TENANT,
            Deadline.referral_id == WaitingEntry.referral_id,
            Deadline.stopped_on.is_(None),
        )
        .correlate(WaitingEntry)
        .scalar_subquery()
    )


def _last_contact() -> ScalarSelect[Any]:
    return (
        select(func.max(WaitingContact.made_on))
        .where(WaitingContact.tenant_id == TENANT, WaitingContact.entry_id == WaitingEntry.id)
        .correlate(WaitingEntry)
        .scalar_subquery()
    )
