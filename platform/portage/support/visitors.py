"""Who could visit: people with a visiting role, their training, area teams and how many children they have."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, ScalarSelect, Select, bindparam, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portage.accounts.models import AreaMembership, Person, RoleGrant, StaffCheck, Training
from portage.accounts.operations.clearance import standings
from portage.core.access import Role, visits_as_volunteer
from portage.core.db import db
from portage.core.tenancy import TENANT, current_tenant_id, rows_of
from portage.families.models import Caseload
from portage.support.models import VisitorProfile
from portage.tenants.models import Area

VISITING = (Role.HOME_VISITOR.value, Role.VOLUNTEER.value)
TRAINING = "portage"  # how the kind of a training that counts begins (LAN-05)
_PROFILE = (
    VisitorProfile.most_children,
    VisitorProfile.most_visits,
    VisitorProfile.weekly_minutes,
    VisitorProfile.half_days,
    VisitorProfile.skills,
    VisitorProfile.district,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who might visit, with what allocation asks about."""

    id: UUID
    name: str
    roles: frozenset[Role]
    area_ids: frozenset[UUID]
    areas: str
    trained: bool
    children: int
    checked: bool = True  # HR's check is marked as current; volunteers have checks of their own
    most_children: int | None = None  # None: nobody wrote a capacity down
    most_visits: int | None = None
    weekly_minutes: int | None = None
    half_days: tuple[str, ...] = ()
    skills: frozenset[str] = frozenset()
    district: str | None = None
    disabled: bool = False
    shut: tuple[str, ...] = ()  # why a volunteer may not visit that day

    @property
    def volunteer(self) -> bool:
        """Whether this person visits as a volunteer only."""
        return visits_as_volunteer(self.roles)

    @property
    def free(self) -> int | None:
        """How many more children this person can have; None where nobody wrote a capacity down."""
        return None if self.most_children is None else max(0, self.most_children - self.children)

    def near(self, area_id: UUID | None) -> bool:
        """Whether the child lives in an area of this person; somebody without an area works for the whole council."""
        return area_id is None or not self.area_ids or area_id in self.area_ids


def candidates(area_id: UUID | None, *, on: date) -> list[Candidate]:
    """Everybody with a visiting role, in one query: the child's area first, then by the size of the caseload."""
    visiting = select(RoleGrant.person_id).where(
        RoleGrant.tenant_id == current_tenant_id(), RoleGrant.role.in_(VISITING)
    )
    rows = db.session.execute(_people(on, Person.id.in_(visiting), Person.disabled_at.is_(None)))
    found = _with_standing([_candidate(row) for row in rows], on)
    return sorted(found, key=lambda each: (not each.near(area_id), each.children, each.name))


def candidate(person_id: UUID, *, on: date) -> Candidate | None:
    """One person of this council as a possible visitor; None when there is no such person."""
    row = db.session.execute(_people(on, Person.id == person_id)).one_or_none()
    return _with_standing([_candidate(row)], on)[0] if row else None


def _with_standing(found: list[Candidate], on: date) -> list[Candidate]:
    """The same people, each volunteer with why they may not visit that day."""
    volunteers = [each.id for each in found if each.volunteer]
    shut = {key: each.problems for key, each in standings(volunteers, on=on).items()} if volunteers else {}
    return [replace(each, shut=shut.get(each.id, ())) for each in found]


def unmarked(found: Candidate) -> bool:
    """Whether somebody visits children while HR's check of them is not marked as current."""
    return Role.HOME_VISITOR in found.roles and found.children > 0 and not found.checked


def how_many_unmarked(*, on: date) -> int:
    """How many people of the council `unmarked` is true of; one question."""
    return rows_of(_unmarked(), {"on": on}).scalar_one()


def said_of_unmarked(number: int) -> str:
    """What is said of people who visit while HR's check is not marked, and what follows."""
    whose = "1 visitor with children" if number == 1 else f"{number} visitors with children"
    return f"The HR check of {whose} is not marked yet, or has run out"


@cache
def _unmarked() -> Select[int]:
    on = bindparam("on", type_=Date())
    visits = (
        select(RoleGrant.person_id)
        .where(RoleGrant.tenant_id == TENANT, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.HOME_VISITOR.value)
    )
    marked = (
        select(StaffCheck.id)
        .where(StaffCheck.tenant_id == TENANT, StaffCheck.person_id == Person.id)
        .where(StaffCheck.current_until >= on)
    )
    given = (
        select(Caseload.id)
        .where(Caseload.tenant_id == TENANT, Caseload.person_id == Person.id, Caseload.kind == "allocated")
        .where(or_(Caseload.until_on.is_(None), Caseload.until_on >= on))
    )
    return (
        select(func.count())
        .select_from(Person)
        .where(Person.tenant_id == TENANT, Person.disabled_at.is_(None), visits.exists(), given.exists())
        .where(~marked.exists())
    )


def who_manages(area_ids: Collection[UUID]) -> list[Row[str, str | None]]:
    """The managers of some area teams, and those of the whole council, by name, each with their e-mail."""
    area = select(AreaMembership.area_id).where(
        AreaMembership.tenant_id == current_tenant_id(), AreaMembership.person_id == Person.id
    )
    manages = (
        select(RoleGrant.person_id)
        .where(RoleGrant.tenant_id == current_tenant_id(), RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.SERVICE_MANAGER.value)
    )
    wanted = select(Person.name, Person.email).where(
        Person.tenant_id == current_tenant_id(), Person.disabled_at.is_(None), manages.exists()
    )
    if area_ids:
        wanted = wanted.where(or_(~area.exists(), area.where(AreaMembership.area_id.in_(area_ids)).exists()))
    return list(db.session.execute(wanted.order_by(Person.name, Person.id)))


def page_for(person_id: UUID, *, episode_id: UUID, child_id: UUID) -> str:
    """The page of a child's support that somebody who visits may open: a volunteer has pages of their own."""
    return f"/my-families/{child_id}" if is_volunteer(person_id) else f"/episodes/{episode_id}"


def is_volunteer(person_id: UUID) -> bool:
    """Whether somebody visits as a volunteer, who plans no visit and opens no record."""
    rows = db.session.scalars(
        select(RoleGrant.role).where(RoleGrant.tenant_id == current_tenant_id(), RoleGrant.person_id == person_id)
    )
    return visits_as_volunteer(frozenset(map(Role, rows)))


def names_of(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of some people, by id."""
    wanted = select(Person.id, Person.name).where(Person.tenant_id == current_tenant_id(), Person.id.in_(person_ids))
    return {row.id: row.name for row in db.session.execute(wanted)} if person_ids else {}


def _people(on: date, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    tenant_id = current_tenant_id()
    roles = (
        select(func.array_agg(RoleGrant.role))
        .where(RoleGrant.tenant_id == tenant_id, RoleGrant.person_id == Person.id)
        .scalar_subquery()
    )
    trained = (
        select(Training.id)
        .where(Training.tenant_id == tenant_id, Training.person_id == Person.id, Training.kind.startswith(TRAINING))
        .exists()
    )
    area_of = (
        select(Area.id)
        .join(AreaMembership, (AreaMembership.tenant_id == Area.tenant_id) & (AreaMembership.area_id == Area.id))
        .where(AreaMembership.tenant_id == tenant_id, AreaMembership.person_id == Person.id)
    )
    ids = area_of.with_only_columns(func.array_agg(Area.id)).scalar_subquery()
    names = area_of.with_only_columns(
        func.string_agg(Area.name, aggregate_order_by(literal(", "), Area.name))
    ).scalar_subquery()
    return (
        select(
            Person.id,
            Person.name,
            Person.disabled_at,
            roles.label("roles"),
            trained.label("trained"),
            (StaffCheck.current_until >= on).label("checked"),
            _children(on).label("children"),
            ids.label("area_ids"),
            names.label("areas"),
            *_PROFILE,
        )
        .outerjoin(StaffCheck, (StaffCheck.tenant_id == Person.tenant_id) & (StaffCheck.person_id == Person.id))
        .outerjoin(
            VisitorProfile, (VisitorProfile.tenant_id == Person.tenant_id) & (VisitorProfile.person_id == Person.id)
        )
        .where(Person.tenant_id == tenant_id, *conditions)
    )


def _children(on: date) -> ScalarSelect[int]:
    """How many children a person has that day, those whom they only cover for left out."""
    return (
        select(func.count())
        .where(
            Caseload.tenant_id == current_tenant_id(),
            Caseload.person_id == Person.id,
            Caseload.kind == "allocated",
            or_(Caseload.until_on.is_(None), Caseload.until_on >= on),
        )
        .scalar_subquery()
    )


def _candidate(row: Row[*tuple[Any, ...]]) -> Candidate:
    return Candidate(
        id=row.id,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles or ()),
        area_ids=frozenset(row.area_ids or ()),
        areas=row.areas or "the whole council",
        trained=row.trained,
        children=row.children,
        checked=bool(row.checked),
        most_children=row.most_children,
        most_visits=row.most_visits,
        weekly_minutes=row.weekly_minutes,
        half_days=tuple(row.half_days or ()),
        skills=frozenset(row.skills or ()),
        district=row.district,
        disabled=row.disabled_at is not None,
    )
