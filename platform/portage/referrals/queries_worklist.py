"""The worklist in two statements: fifty rows, and the counts above them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, null, or_, select, true

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.families.models import Caseload, Child
from portage.families.names import prefix_range, search_form
from portage.families.operations import is_postcode, tidy_postcode
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
    """One page of the list, as Core rows: first its fifty ids, then everything else for these fifty alone."""
    tenant_id = current_tenant_id()
    page = _page_of_ids(wanted).subquery("page")
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
            _first_clock(Deadline.due_on).label("due_on"),
            _first_clock(Deadline.name).label("clock"),
            _booked_for().label("booked_for"),
        )
        .join(page, page.c.id == Referral.id)
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .outerjoin(Area, and_(Area.tenant_id == Referral.tenant_id, Area.id == Referral.area_id))
        .where(Referral.tenant_id == tenant_id, Child.tenant_id == tenant_id)
        .order_by(*_order(wanted.sort, page.c.due_on))
    )
    return list(db.session.execute(listed))


def counts(wanted: Wanted) -> Counts:
    """The figures above the list."""
    late = _overdue(wanted.on).subquery("late")
    counted = (
        _with_child(select(Referral.stage, func.count(), func.count(late.c.referral_id)), wanted)
        .outerjoin(late, late.c.referral_id == Referral.id)
        .where(*_chosen(wanted))
        .group_by(Referral.stage)
    )
    found = db.session.execute(counted).all()
    return Counts({stage: number for stage, number, _ in found}, {stage: number for stage, _, number in found})


def _page_of_ids(wanted: Wanted) -> Select[Any]:
    """The ids of one page, with the next due day where the order needs it."""
    if wanted.sort != "due" and not wanted.overdue:
        ids = _with_child(select(Referral.id, null().label("due_on")), wanted)
        order = _order(wanted.sort, null())
    else:
        due = _next_due().subquery("due")
        ids = _with_child(select(Referral.id, due.c.due_on), wanted)
        ids = ids.outerjoin(due, due.c.referral_id == Referral.id)
        order = _order(wanted.sort, due.c.due_on)
        if wanted.overdue:
            ids = ids.where(due.c.due_on < wanted.on)
    chosen: Select[Any] = ids.where(*_chosen(wanted), Referral.stage.in_(stages_of(wanted.stage)))
    return chosen.order_by(*order).limit(PAGE).offset((wanted.page - 1) * PAGE)


def _next_due() -> Select[UUID, date]:
    """The next due day of each request: joined as a whole, for looking it up row by row takes longer than the page."""
    return (
        select(Deadline.referral_id, func.min(Deadline.due_on).label("due_on"))
        .where(Deadline.tenant_id == current_tenant_id(), Deadline.stopped_on.is_(None))
        .group_by(Deadline.referral_id)
    )


def _with_child(query: Any, wanted: Wanted) -> Any:
    """Join the child where the search or the order asks for it."""
    query = query.select_from(Referral)
    if not wanted.q and wanted.sort != "name":
        return query
    return query.join(
        Child,
        and_(
            Child.tenant_id == Referral.tenant_id,
            Child.id == Referral.child_id,
            Child.tenant_id == current_tenant_id(),
        ),
    )


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
    """A postcode or a reference however it is spaced, else a name by its beginning; each comparison is leakproof."""
    if is_postcode(typed):
        return Child.postcode == tidy_postcode(typed)
    if reference := read_reference(typed):
        return Referral.reference == reference
    ranges = _beginnings(typed)
    return or_(false(), *(and_(Child.search_name >= low, Child.search_name < high) for low, high in ranges))


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


def _first_clock(column: Any) -> ColumnElement[Any]:
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


def _overdue(on: date) -> Select[UUID]:
    """The requests on which a clock has run out."""
    return (
        select(Deadline.referral_id)
        .distinct()
        .where(Deadline.tenant_id == current_tenant_id(), Deadline.stopped_on.is_(None), Deadline.due_on < on)
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
