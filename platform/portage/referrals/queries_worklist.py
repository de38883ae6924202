"""The worklist in two statements: fifty rows, and the counts above them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, true

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.families.models import Caseload, Child
from portage.families.names import prefix_range, search_form
from portage.families.operations import tidy_postcode
from portage.referrals.models import STAGES, Assessment, Deadline, Referral
from portage.referrals.operations.references import read_reference
from portage.referrals.stage_words import OPEN_STAGES
from portage.tenants.models import Area

PAGE = 50
SORTS = ("due", "received", "newest", "name")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worklist shows. `areas` empty is the whole council; `caseload_of` and `panel_only` narrow it to a role."""

    on: date
    q: str = ""
    stage: str = "open"
    route: str = ""
    areas: frozenset[UUID] = frozenset()
    overdue: bool = False
    sort: str = "due"
    page: int = 1
    caseload_of: UUID | None = None
    panel_only: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests there are by stage, with the same area, route and search, and how many are overdue."""

    by_stage: dict[str, int]
    overdue_by_stage: dict[str, int]

    def total(self, wanted: Wanted) -> int:
        """How many rows the list has on all its pages."""
        counted = self.overdue_by_stage if wanted.overdue else self.by_stage
        return sum(number for stage, number in counted.items() if stage in stages_of(wanted.stage))

    @property
    def open(self) -> int:
        return sum(number for stage, number in self.by_stage.items() if stage in OPEN_STAGES)

    @property
    def overdue(self) -> int:
        return sum(number for stage, number in self.overdue_by_stage.items() if stage in OPEN_STAGES)


def stages_of(stage: str) -> tuple[str, ...]:
    """The stages behind a choice of the filter: `open`, `all`, or one."""
    return {"open": OPEN_STAGES, "all": STAGES}.get(stage, (stage,))


def rows(wanted: Wanted) -> list[Row[Any]]:
    """One page of the list, as Core rows."""
    tenant_id = current_tenant_id()
    due = _open_deadlines(Deadline.due_on)
    listed = (
        select(
            Referral.id,
            Referral.reference,
            Referral.route,
            Referral.stage,
            Referral.received_on,
            Referral.outcome,
            Referral.limit_on,
            Child.id.label("child_id"),
            Child.given_name,
            Child.family_name,
            Child.date_of_birth,
            Area.name.label("area"),
            due.label("due_on"),
            _open_deadlines(Deadline.name).label("clock"),
            _booked_for().label("booked_for"),
        )
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .outerjoin(Area, and_(Area.tenant_id == Referral.tenant_id, Area.id == Referral.area_id))
        .where(Child.tenant_id == tenant_id, *_chosen(wanted), Referral.stage.in_(stages_of(wanted.stage)))
    )
    if wanted.overdue:
        listed = listed.where(_is_overdue(wanted.on))
    return list(db.session.execute(listed.order_by(*_order(wanted.sort, due)).limit(PAGE).offset(_offset(wanted))))


def counts(wanted: Wanted) -> Counts:
    """The figures above the list."""
    late = func.count().filter(_is_overdue(wanted.on))
    counted = (
        select(Referral.stage, func.count(), late)
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .where(Child.tenant_id == current_tenant_id(), *_chosen(wanted))
        .group_by(Referral.stage)
    )
    found = db.session.execute(counted).all()
    return Counts({stage: number for stage, number, _ in found}, {stage: number for stage, _, number in found})


def _chosen(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The predicates that rows and counts share."""
    chosen: list[ColumnElement[bool]] = [Referral.tenant_id == current_tenant_id()]
    if wanted.route:
        chosen.append(Referral.route == wanted.route)
    if wanted.areas:
        chosen.append(or_(Referral.area_id.in_(wanted.areas), Referral.area_id.is_(None)))
    if wanted.panel_only:
        chosen.append(Referral.stage == "panel")
    if wanted.caseload_of is not None:
        chosen.append(_on_caseload(wanted.caseload_of, wanted.on))
    if wanted.q:
        chosen.append(_matches(wanted.q))
    return chosen


def _matches(typed: str) -> ColumnElement[bool]:
    """A reference or a postcode however it is spaced, or a name by its beginning; each comparison is leakproof."""
    found: list[ColumnElement[bool]] = [Child.postcode == tidy_postcode(typed)]
    if reference := read_reference(typed):
        found.append(Referral.reference == reference)
    for low, high in _beginnings(typed):
        found.append(and_(Child.search_name >= low, Child.search_name < high))
    return or_(*found)


def _beginnings(typed: str) -> list[tuple[str, str]]:
    """Half-open ranges of names, family name first as they are kept; of `Kit Example` also what begins `example`."""
    words = search_form(typed).split()
    orders = {" ".join(words), " ".join(words[1:])} - {""}
    return [prefix_range(name) for name in sorted(orders)]


def _on_caseload(person_id: UUID, on: date) -> ColumnElement[bool]:
    return exists(
        select(true()).where(
            Caseload.tenant_id == current_tenant_id(),
            Caseload.child_id == Referral.child_id,
            Caseload.person_id == person_id,
            Caseload.from_on <= on,
            or_(Caseload.until_on.is_(None), Caseload.until_on >= on),
        )
    )


def _open_deadlines(column: Any) -> ColumnElement[Any]:
    """A column of the first clock that still runs on the request."""
    return (
        select(column)
        .where(
            Deadline.tenant_id == current_tenant_id(),
            Deadline.referral_id == Referral.id,
            Deadline.stopped_on.is_(None),
        )
        .order_by(Deadline.due_on)
        .limit(1)
        .correlate(Referral)
        .scalar_subquery()
    )


def _is_overdue(on: date) -> ColumnElement[bool]:
    return exists(
        select(true()).where(
            Deadline.tenant_id == current_tenant_id(),
            Deadline.referral_id == Referral.id,
            Deadline.stopped_on.is_(None),
            Deadline.due_on < on,
        )
    )


def _booked_for() -> ColumnElement[Any]:
    return (
        select(func.max(Assessment.booked_for))
        .where(
            Assessment.tenant_id == current_tenant_id(),
            Assessment.referral_id == Referral.id,
            Assessment.status == "booked",
        )
        .correlate(Referral)
        .scalar_subquery()
    )


def _order(sort: str, due: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    if sort == "name":
        return [Child.search_name.asc(), Referral.id.asc()]
    if sort == "newest":
        return [Referral.received_on.desc(), Referral.id.desc()]
    oldest: list[ColumnElement[Any]] = [Referral.received_on.asc(), Referral.id.asc()]
    return oldest if sort == "received" else [due.asc().nulls_last(), *oldest]


def _offset(wanted: Wanted) -> int:
    return (wanted.page - 1) * PAGE
