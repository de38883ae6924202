"""Lists of visits and caseloads as pages read them: plain rows, few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, ScalarSelect, Select, and_, bindparam, case, func, or_, select

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import TENANT, current_tenant_id
from portage.families.models import Caseload, Child
from portage.support.models import Episode, Extension
from portage.visits.models import Concern, Visit

Rows = Sequence[Row[*tuple[Any, ...]]]

AHEAD = timedelta(days=14)
BEHIND = timedelta(days=60)  # how long a visit without a record is asked for
PAGE = 100
MOST_IN_DIARY = 300
_ON = bindparam("on", type_=Date())


def diary(person_id: UUID, on: date) -> Rows:
    """A person's planned visits: those of the next two weeks, those without a record, and those they cover.

    Of more than `MOST_IN_DIARY` the ones nearest to that day.
    """
    covers = (
        select(Caseload.id)
        .where(
            Caseload.tenant_id == current_tenant_id(),
            Caseload.person_id == person_id,
            Caseload.child_id == Visit.child_id,
            Caseload.kind == "cover",
            Caseload.from_on <= Visit.planned_on,
            Caseload.until_on >= Visit.planned_on,
        )
        .exists()
    )
    query = _visits().where(
        Visit.planned_on.between(on - BEHIND, on + AHEAD),
        or_(Visit.visitor_id == person_id, covers),
        or_(Visit.status == "planned", Visit.planned_on == on),
    )
    nearest = query.order_by(func.abs(Visit.planned_on - on), Visit.planned_at, Visit.id).limit(MOST_IN_DIARY)
    return sorted(db.session.execute(nearest), key=lambda row: (row.planned_on, row.planned_at, row.id))


def visits_of(episode_id: UUID, limit: int | None = 200) -> Rows:
    """The visits of an episode, the newest first."""
    query = _visits().where(Visit.episode_id == episode_id)
    return db.session.execute(query.order_by(Visit.planned_on.desc(), Visit.planned_at.desc()).limit(limit)).all()


def _visits() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Visit.id,
            Visit.child_id,
            Visit.visitor_id,
            Visit.planned_on,
            Visit.planned_at,
            Visit.minutes,
            Visit.mode,
            Visit.status,
            Visit.done_on,
            Visit.cancelled_by,
            Child.given_name,
            Child.family_name,
            Child.address,
            Child.postcode,
            Person.name.label("visitor"),
        )
        .join(Child, (Child.tenant_id == Visit.tenant_id) & (Child.id == Visit.child_id))
        .join(Person, (Person.tenant_id == Visit.tenant_id) & (Person.id == Visit.visitor_id))
        .where(Visit.tenant_id == current_tenant_id())
    )


@dataclass(frozen=True, slots=True)
class CaseloadWanted:
    """Whose caseload is asked for: one person's, or everybody's in some areas (none: the whole council)."""

    on: date
    person_id: UUID | None
    areas: frozenset[UUID] = frozenset()
    page: int = 1


def caseload(wanted: CaseloadWanted) -> tuple[Rows, int]:
    """The children on a caseload by visitor: last visit, next visit, limit and misses; and how many there are."""
    values = {
        "on": wanted.on,
        "visitor": wanted.person_id,
        "areas": list(wanted.areas),
        "before": PAGE * (wanted.page - 1),
    }
    query = _caseload(of_one=wanted.person_id is not None, in_areas=bool(wanted.areas))
    rows = db.session.execute(query, values).all()
    return rows, rows[0].total if rows else 0


@cache
def _caseload(*, of_one: bool, in_areas: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Episode.id,
            Child.id.label("child_id"),
            Child.given_name,
            Child.family_name,
            Child.date_of_birth,
            Caseload.kind,
            Caseload.until_on,
            Person.id.label("person_id"),
            Person.name.label("visitor"),
            _until().label("until"),
            Episode.longest_months,
            _last_visit().label("last_on"),
            _next_visit().label("next_on"),
            _missed().label("missed"),
            func.count().over().label("total"),
        )
        .join(Child, (Child.tenant_id == Caseload.tenant_id) & (Child.id == Caseload.child_id))
        .join(Person, (Person.tenant_id == Caseload.tenant_id) & (Person.id == Caseload.person_id))
        .join(Episode, (Episode.tenant_id == Child.tenant_id) & (Episode.child_id == Child.id))
        .where(
            Caseload.tenant_id == TENANT,
            Caseload.kind.in_(("allocated", "cover")),
            or_(Caseload.until_on.is_(None), Caseload.until_on >= _ON),
            Episode.status == "open",
            *_whose(of_one=of_one, in_areas=in_areas),
        )
        .order_by(Person.name, Person.id, Child.search_name, Caseload.id)
        .limit(PAGE)
        .offset(bindparam("before"))
    )


def _whose(*, of_one: bool, in_areas: bool) -> list[ColumnElement[bool]]:
    if of_one:
        return [Caseload.person_id == bindparam("visitor"), Caseload.from_on <= _ON]
    return [or_(Child.area_id.is_(None), Child.area_id.in_(bindparam("areas", expanding=True)))] if in_areas else []


def _of_episode(what: Any) -> Select[*tuple[Any, ...]]:
    return select(what).where(Visit.tenant_id == TENANT, Visit.episode_id == Episode.id).correlate(Episode)


def _until() -> ColumnElement[date | None]:
    extended = (
        select(func.max(Extension.until_on))
        .where(Extension.tenant_id == TENANT, Extension.episode_id == Episode.id)
        .correlate(Episode)
        .scalar_subquery()
    )
    return func.greatest(extended, Episode.limit_on)


def _last_visit() -> ScalarSelect[Any]:
    return _of_episode(func.max(Visit.done_on)).scalar_subquery()


def _next_visit() -> ScalarSelect[Any]:
    return (
        _of_episode(func.min(Visit.planned_on))
        .where(Visit.status == "planned", Visit.planned_on >= _ON)
        .scalar_subquery()
    )


def _missed() -> ScalarSelect[Any]:
    """How many of the two latest visits the family missed; what the service cancelled is left out."""
    missed = or_(Visit.status == "not-available", and_(Visit.status == "cancelled", Visit.cancelled_by == "family"))
    latest = (
        _of_episode(case((missed, 1), else_=0).label("missed"))
        .where(or_(Visit.status == "done", missed))
        .order_by(Visit.planned_on.desc(), Visit.planned_at.desc())
        .limit(2)
        .subquery()
    )
    return select(func.coalesce(func.sum(latest.c.missed), 0)).scalar_subquery()


@dataclass(frozen=True, slots=True)
class ConcernsWanted:
    """Which worries a page lists: one's own, and for whoever handles them those of some areas (None: all) too."""

    person_id: UUID | None
    handles: bool
    areas: frozenset[UUID] | None = None
    done: bool = False
    page: int = 1


def concerns(wanted: ConcernsWanted) -> tuple[Rows, int]:
    """Worries, the newest first, without what was written; and how many there are."""
    query = (
        select(
            Concern.id,
            Concern.raised_at,
            Concern.handled_at,
            Child.given_name,
            Child.family_name,
            Person.name.label("raised_by"),
            func.count().over().label("total"),
        )
        .join(Child, (Child.tenant_id == Concern.tenant_id) & (Child.id == Concern.child_id))
        .join(Person, (Person.tenant_id == Concern.tenant_id) & (Person.id == Concern.raised_by))
        .where(
            Concern.tenant_id == current_tenant_id(),
            Concern.handled_at.is_not(None) if wanted.done else Concern.handled_at.is_(None),
            *_on_list(wanted),
        )
        .order_by(Concern.raised_at.desc(), Concern.id)
        .limit(PAGE)
        .offset(PAGE * (wanted.page - 1))
    )
    rows = db.session.execute(query).all()
    return rows, rows[0].total if rows else 0


def _on_list(wanted: ConcernsWanted) -> list[ColumnElement[bool]]:
    mine = Concern.raised_by == wanted.person_id
    if not wanted.handles:
        return [mine]
    return [or_(mine, Child.area_id.is_(None), Child.area_id.in_(wanted.areas))] if wanted.areas is not None else []


def visitors_with_children(on: date) -> list[tuple[UUID, str]]:
    """Everybody who has children on a caseload now, for a manager's choice."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(
            Person.tenant_id == current_tenant_id(),
            select(Caseload.id)
            .where(
                Caseload.tenant_id == current_tenant_id(),
                Caseload.person_id == Person.id,
                Caseload.kind.in_(("allocated", "cover")),
                or_(Caseload.until_on.is_(None), Caseload.until_on >= on),
            )
            .exists(),
        )
        .order_by(Person.name)
    )
    return [(row.id, row.name) for row in rows]
