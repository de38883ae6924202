"""The worklist in two statements: fifty rows, and the counts above them."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, Select, and_, bindparam, exists, false, func, null, or_, select, true

from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.families.conflicts import conflict_of
from portage.families.models import Caseload, Child
from portage.families.names import prefix_range, search_form
from portage.families.operations import is_postcode, tidy_postcode
from portage.policy.careful import NEEDS_A_PERSON
from portage.referrals.models import STAGES, Assessment, Deadline, Referral
from portage.referrals.operations.references import read_reference
from portage.referrals.operations.stages import UNDECIDED
from portage.referrals.stage_words import OPEN_STAGES
from portage.tenants.models import Area

PAGE = 50
SORTS = ("due", "received", "newest", "name")
_ON = bindparam("on", type_=Date())


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
    shut_to: UUID | None = None  # who looks: requests for children about whom they declared a conflict are left out
    unjudged: bool = False  # only what waits for a person because the policy gave no answer; then not `overdue`


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests there are by stage, with the same area, route and search: all, the overdue, the unjudged."""

    by_stage: dict[str, int]
    overdue_by_stage: dict[str, int]
    unjudged_by_stage: dict[str, int]

    def total(self, wanted: Wanted) -> int:
        """How many rows the list has on all its pages."""
        counted = self.overdue_by_stage if wanted.overdue else self.by_stage
        counted = self.unjudged_by_stage if wanted.unjudged else counted
        return sum(number for stage, number in counted.items() if stage in stages_of(wanted.stage))

    @property
    def open(self) -> int:
        return sum(number for stage, number in self.by_stage.items() if stage in OPEN_STAGES)

    @property
    def unjudged(self) -> int:
        return sum(number for stage, number in self.unjudged_by_stage.items() if stage in OPEN_STAGES)

    @property
    def overdue(self) -> int:
        return sum(number for stage, number in self.overdue_by_stage.items() if stage in OPEN_STAGES)


def stages_of(stage: str) -> tuple[str, ...]:
    """The stages behind a choice of the filter: `open`, `all`, or one."""
    return {"open": OPEN_STAGES, "all": STAGES}.get(stage, (stage,))


def rows(wanted: Wanted) -> list[Row[Any]]:
    """One page of the list, as Core rows: first its fifty ids, then everything else for these fifty alone."""
    values = {**_values(wanted), "stages": stages_of(wanted.stage), "before": (wanted.page - 1) * PAGE}
    return list(db.session.execute(_rows(_Shape.of(wanted)), values))


def counts(wanted: Wanted) -> Counts:
    """The figures above the list."""
    found = db.session.execute(_counts(_Shape.of(wanted)), _values(wanted)).all()
    return Counts(*({row[0]: row[column] for row in found} for column in range(1, 4)))


@dataclass(frozen=True, slots=True)
class _Shape:
    """What decides the text of a statement: each text is built once in a process, and asked with `_values`."""

    sort: str
    overdue: bool
    route: bool
    areas: bool
    panel_only: bool
    unjudged: bool
    caseload: bool
    shut: bool
    search: str  # "" for none, `postcode`, `reference`, or `1` or `2` ranges of names

    @classmethod
    def of(cls, wanted: Wanted) -> "_Shape":
        return cls(
            wanted.sort,
            wanted.overdue,
            bool(wanted.route),
            bool(wanted.areas),
            wanted.panel_only,
            wanted.unjudged,
            wanted.caseload_of is not None,
            wanted.shut_to is not None,
            _search(wanted.q)[0],
        )


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "on": wanted.on,
        "route": wanted.route,
        "areas": list(wanted.areas),
        "visitor": wanted.caseload_of,
        "shut_to": wanted.shut_to,
        **_search(wanted.q)[1],
    }


def _search(typed: str) -> tuple[str, dict[str, str]]:
    """A postcode or a reference however it is spaced, else a name by its beginning; each comparison is leakproof."""
    if not typed:
        return "", {}
    if is_postcode(typed):
        return "postcode", {"postcode": tidy_postcode(typed) or typed}
    if reference := read_reference(typed):
        return "reference", {"reference": reference}
    ranges = _beginnings(typed)
    begin = {f"from_{number}": low for number, (low, _) in enumerate(ranges)}
    end = {f"to_{number}": high for number, (_, high) in enumerate(ranges)}
    return str(len(ranges)), begin | end


def _beginnings(typed: str) -> list[tuple[str, str]]:
    """Half-open ranges of names, family name first as they are kept; of `Kit Example` also what begins `example`."""
    words = search_form(typed).split()
    orders = {" ".join(words), " ".join(words[1:])} - {""}
    return [prefix_range(name) for name in sorted(orders)]


@lru_cache(maxsize=256)
def _rows(shape: _Shape) -> Select[*tuple[Any, ...]]:
    page = _page_of_ids(shape).subquery("page")
    return (
        select(
            Referral.id,
            Referral.reference,
            Referral.route,
            Referral.stage,
            Referral.received_on,
            Referral.outcome,
            Referral.limit_on,
            Referral.notification_id,
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
        .where(Referral.tenant_id == TENANT, Child.tenant_id == TENANT)
        .order_by(*_order(shape.sort, page.c.due_on))
    )


@lru_cache(maxsize=256)
def _counts(shape: _Shape) -> Select[*tuple[Any, ...]]:
    late = _overdue().subquery("late")
    counted: Select[*tuple[Any, ...]] = (
        _with_child(
            select(
                Referral.stage,
                func.count(),
                func.count(late.c.referral_id),
                func.count().filter(_waits_unjudged()),
            ),
            shape,
        )
        .outerjoin(late, late.c.referral_id == Referral.id)
        .where(*_chosen(shape))
        .group_by(Referral.stage)
    )
    return counted


def _page_of_ids(shape: _Shape) -> Select[Any]:
    """The ids of one page, with the next due day where the order needs it."""
    if shape.sort != "due" and not shape.overdue:
        ids = _with_child(select(Referral.id, null().label("due_on")), shape)
        order = _order(shape.sort, null())
    else:
        due = _next_due().subquery("due")
        ids = _with_child(select(Referral.id, due.c.due_on), shape)
        ids = ids.outerjoin(due, due.c.referral_id == Referral.id)
        order = _order(shape.sort, due.c.due_on)
        if shape.overdue:
            ids = ids.where(due.c.due_on < _ON)
    if shape.unjudged:
        ids = ids.where(_waits_unjudged())
    chosen: Select[Any] = ids.where(*_chosen(shape), Referral.stage.in_(bindparam("stages", expanding=True)))
    return chosen.order_by(*order).limit(PAGE).offset(bindparam("before"))


def _next_due() -> Select[UUID, date]:
    """The next due day of each request: joined as a whole, for looking it up row by row takes longer than the page."""
    return (
        select(Deadline.referral_id, func.min(Deadline.due_on).label("due_on"))
        .where(Deadline.tenant_id == TENANT, Deadline.stopped_on.is_(None))
        .group_by(Deadline.referral_id)
    )


def _with_child(query: Any, shape: _Shape) -> Any:
    """Join the child where the search or the order asks for it."""
    query = query.select_from(Referral)
    if not shape.search and shape.sort != "name":
        return query
    return query.join(
        Child,
        and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id, Child.tenant_id == TENANT),
    )


def _chosen(shape: _Shape) -> list[ColumnElement[bool]]:
    """The predicates that rows and counts share."""
    chosen: list[ColumnElement[bool]] = [Referral.tenant_id == TENANT]
    if shape.route:
        chosen.append(Referral.route == bindparam("route"))
    if shape.areas:
        chosen.append(or_(Referral.area_id.in_(bindparam("areas", expanding=True)), Referral.area_id.is_(None)))
    if shape.panel_only:
        chosen.append(Referral.stage == "panel")
    if shape.caseload:
        chosen.append(_on_caseload())
    if shape.shut:
        chosen.append(~conflict_of(bindparam("shut_to"), Referral.child_id))
    if shape.search:
        chosen.append(_matches(shape.search))
    return chosen


def _waits_unjudged() -> ColumnElement[bool]:
    """No policy has answered for the request, and nobody has decided on it."""
    return and_(Referral.outcome == NEEDS_A_PERSON, Referral.stage.in_((*UNDECIDED, "panel")))


def _matches(search: str) -> ColumnElement[bool]:
    if search == "postcode":
        return Child.postcode == bindparam("postcode")
    if search == "reference":
        return Referral.reference == bindparam("reference")
    ranges = (
        and_(Child.search_name >= bindparam(f"from_{number}"), Child.search_name < bindparam(f"to_{number}"))
        for number in range(int(search))
    )
    return or_(false(), *ranges)


def _on_caseload() -> ColumnElement[bool]:
    return exists(
        select(true()).where(
            Caseload.tenant_id == TENANT,
            Caseload.child_id == Referral.child_id,
            Caseload.person_id == bindparam("visitor"),
            Caseload.from_on <= _ON,
            or_(Caseload.until_on.is_(None), Caseload.until_on >= _ON),
        )
    )


def _first_clock(column: Any) -> ColumnElement[Any]:
    """A column of the first clock that still runs on the request."""
    return (
        select(column)
        .where(Deadline.tenant_id == TENANT, Deadline.referral_id == Referral.id, Deadline.stopped_on.is_(None))
        .order_by(Deadline.due_on)
        .limit(1)
        .correlate(Referral)
        .scalar_subquery()
    )


def _overdue() -> Select[UUID]:
    """The requests on which a clock has run out."""
    return (
        select(Deadline.referral_id)
        .distinct()
        .where(Deadline.tenant_id == TENANT, Deadline.stopped_on.is_(None), Deadline.due_on < _ON)
    )


def _booked_for() -> ColumnElement[Any]:
    return (
        select(func.max(Assessment.booked_for))
        .where(
            Assessment.tenant_id == TENANT,
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
