"""Reading the directory: for staff who keep it, for people who decide, for everybody, and what is to be checked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Row, Select, and_, bindparam, case, func, or_, select

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import TENANT, current_tenant_id
from portage.directory import ages
from portage.directory.models import Service
from portage.families.names import search_form

PAGE = 25
MOST_FIRST = 12  # more is no pointer but a directory, and that has a page of its own
MOST_OFFERED = 200  # services that a form lists for ticking
# No published source says how long a check lasts: telephone numbers and opening hours change within a year.
CHECK_LASTS = timedelta(days=183)
_MONTHS, _BEFORE = bindparam("months", type_=Integer()), bindparam("before", type_=Date())
_LAST_MONTH = case(
    (Service.age_to_months % 12 == 0, Service.age_to_months + 11),
    else_=Service.age_to_months,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is to show: a part of a name, an age in months, only what is to be checked, or what was withdrawn."""

    search: str = ""
    months: int | None = None
    to_check: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Pointer:
    """A service as a letter, a link or a public page shows it."""

    id: UUID
    name: str
    what_for: str
    ages: str
    telephone: str | None
    email: str | None
    web_page: str | None
    area: str | None
    last_checked_on: date | None

    @property
    def ways(self) -> list[str]:
        """How to reach it, a way each; empty where the directory does not say."""
        return [way for way in (self.telephone, self.email, self.web_page) if way]

    @property
    def line(self) -> str:
        """The service in one line of a letter: its name, what it is for, for which ages, and how to reach it."""
        said = [f"{self.name}: {self.what_for.rstrip('.')}."]
        said += [f"{self.ages}."] if self.ages else []
        return " ".join([*said, ", ".join(self.ways)]).strip()


def services(wanted: Wanted, page: int, *, on: date) -> tuple[Sequence[Row[*tuple[Any, ...]]], int]:
    """One page of the directory with who checked each entry, and how many there are in all."""
    conditions = _conditions(wanted, on)
    total = db.session.execute(select(func.count()).select_from(Service).where(*conditions)).scalar_one()
    rows = db.session.execute(
        select(*_COLUMNS, Person.name.label("checked_by"))
        .outerjoin(Person, and_(Person.tenant_id == Service.tenant_id, Person.id == Service.last_checked_by))
        .where(*conditions)
        .order_by(*((Service.last_checked_on.asc().nulls_first(),) if wanted.to_check else ()), Service.search_name)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return rows.all(), total


def public(wanted: Wanted, page: int, *, on: date) -> tuple[list[Pointer], int]:
    """One page of what everybody reads."""
    rows, total = services(wanted, page, on=on)
    return [_pointer(row) for row in rows], total


def to_tick(born: date, on: date) -> list[Pointer]:
    """The services that a decision may name: those for the child's age first, then the others, by name."""
    return [_pointer(row) for row in db.session.execute(_to_tick(), {"months": ages.months_old(born, on)})]


@cache
def _to_tick() -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .where(Service.tenant_id == TENANT, Service.withdrawn_on.is_(None))
        .order_by(case((_fits(_MONTHS), 0), else_=1), Service.search_name)
        .limit(MOST_OFFERED)
    )


def pointers(service_ids: Collection[UUID]) -> list[Pointer]:
    """Some services by name, withdrawn ones too: what a decision named stays named."""
    if not service_ids:
        return []
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(Service.tenant_id == current_tenant_id(), Service.id.in_(service_ids))
        .order_by(Service.search_name)
    )
    return [_pointer(row) for row in rows]


def first_of_all() -> list[Pointer]:
    """What parents hear of at once: the services that the council marked so, by name."""
    return [_pointer(row) for row in db.session.execute(_first_of_all())]


@cache
def _first_of_all() -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .where(Service.tenant_id == TENANT, Service.withdrawn_on.is_(None), Service.first_pointer.is_(True))
        .order_by(Service.search_name)
        .limit(MOST_FIRST)
    )


def still_here(service_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these are services of this council that nobody withdrew."""
    if not service_ids:
        return frozenset()
    found = select(Service.id).where(
        Service.tenant_id == current_tenant_id(), Service.id.in_(service_ids), Service.withdrawn_on.is_(None)
    )
    return frozenset(db.session.scalars(found))


def whole() -> list[dict[str, Any]]:
    """The directory with the ages in words, for a spreadsheet; what was withdrawn is not in it."""
    wanted = select(*_COLUMNS).where(Service.tenant_id == current_tenant_id(), Service.withdrawn_on.is_(None))
    found = db.session.execute(wanted.order_by(Service.search_name)).mappings()
    return [
        {
            **row,
            **{
                name: None if row[name] is None else ages.in_words(row[name]) if row[name] else "birth"
                for name in ("age_from_months", "age_to_months")
            },
            "last_checked_on": f"{row['last_checked_on']:%d/%m/%Y}" if row["last_checked_on"] else None,
        }
        for row in found
    ]


def name_of(person_id: UUID | None) -> str | None:
    """Who checked an entry; None for a list or a feed."""
    if person_id is None:
        return None
    return db.session.execute(
        select(Person.name).where(Person.tenant_id == current_tenant_id(), Person.id == person_id)
    ).scalar_one()


def how_many_to_check(on: date) -> int:
    """How many entries nobody has checked for too long, or ever."""
    number: int = db.session.execute(_count_to_check(), {"before": on - CHECK_LASTS}).scalar_one()
    return number


@cache
def _count_to_check() -> Select[*tuple[Any, ...]]:
    return (
        select(func.count()).select_from(Service).where(Service.tenant_id == TENANT, Service.withdrawn_on.is_(None),
        or_(Service.last_checked_on.is_(None), Service.last_checked_on < _BEFORE))
    )  # fmt: skip


_COLUMNS = (
    Service.id, Service.name, Service.what_for, Service.age_from_months, Service.age_to_months, Service.telephone,
    Service.email, Service.web_page, Service.area, Service.last_checked_on, Service.withdrawn_on,
)  # fmt: skip


def _conditions(wanted: Wanted, on: date) -> list[ColumnElement[bool]]:
    found = [
        Service.tenant_id == current_tenant_id(),
        Service.withdrawn_on.is_not(None) if wanted.withdrawn else Service.withdrawn_on.is_(None),
    ]
    if words := search_form(wanted.search):
        found.append(
            or_(
                Service.search_name.contains(words, autoescape=True),
                func.lower(Service.what_for).contains(wanted.search.strip().lower(), autoescape=True),
            )
        )
    if wanted.months is not None:
        found.append(_fits(wanted.months))
    if wanted.to_check:
        found.append(or_(Service.last_checked_on.is_(None), Service.last_checked_on < on - CHECK_LASTS))
    return found


def _fits(months: Any) -> ColumnElement[bool]:
    return and_(
        or_(Service.age_from_months.is_(None), Service.age_from_months <= months),
        or_(Service.age_to_months.is_(None), months <= _LAST_MONTH),
    )


def _pointer(row: Row[*tuple[Any, ...]]) -> Pointer:
    return Pointer(
        row.id, row.name, row.what_for, ages.span(row.age_from_months, row.age_to_months), row.telephone, row.email,
        row.web_page, row.area, row.last_checked_on,
    )  # fmt: skip
