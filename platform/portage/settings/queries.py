"""What the administrator's, the auditor's and the operator's pages list."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text

from portage.accounts.models import AreaMembership, Identity, Person, RoleGrant, Training
from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped
from portage.tenants.models import Area


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the administrator's list."""

    id: UUID
    name: str
    email: str | None
    disabled_at: datetime | None
    roles: tuple[str, ...]
    areas: tuple[str, ...]
    trained_on: date | None
    signed_in_before: bool


PAGE = 50


def people(search: str = "", page: int = 1) -> tuple[list[PersonRow], int]:
    """A page of those who work or worked for the council and whose name holds `search`, by name; and how many."""
    wanted = _people().add_columns(func.count().over().label("total"))
    if search:
        wanted = wanted.where(Person.name.icontains(search, autoescape=True))
    rows = db.session.execute(
        wanted.order_by(Person.disabled_at.is_not(None), Person.name, Person.id).limit(PAGE).offset(PAGE * (page - 1))
    ).all()
    return [_person(row) for row in rows], rows[0].total if rows else 0


def person_row(person_id: UUID) -> PersonRow:
    """One person as the list shows them; there must be one."""
    return _person(db.session.execute(_people().where(Person.id == person_id)).one())


def _people() -> Select[*tuple[Any, ...]]:
    tenant_id = current_tenant_id()
    roles = _listed(RoleGrant.role, RoleGrant.tenant_id == tenant_id, RoleGrant.person_id == Person.id)
    places = _listed(
        Area.name,
        AreaMembership.tenant_id == tenant_id,
        AreaMembership.person_id == Person.id,
        Area.tenant_id == tenant_id,
        Area.id == AreaMembership.area_id,
    )
    trained = select(func.max(Training.completed_on)).where(
        Training.tenant_id == tenant_id, Training.person_id == Person.id
    )
    known = select(Identity.id).where(Identity.tenant_id == tenant_id, Identity.person_id == Person.id).exists()
    return (
        select(Person.id, Person.name, Person.email, Person.disabled_at)
        .add_columns(roles.label("roles"), places.label("areas"))
        .add_columns(trained.scalar_subquery().label("trained_on"), known.label("known"))
        .where(Person.tenant_id == tenant_id)
    )


def _listed(column: Any, *conditions: Any) -> Any:
    """The distinct values of a column as a text array, empty instead of null."""
    found = select(func.array_agg(func.distinct(column))).where(*conditions)
    return func.coalesce(found.scalar_subquery(), text("'{}'::text[]"))


def _person(row: Any) -> PersonRow:
    return PersonRow(
        row.id,
        row.name,
        row.email,
        row.disabled_at,
        tuple(sorted(row.roles)),
        tuple(sorted(row.areas)),
        row.trained_on,
        row.known,
    )


def areas() -> list[Area]:
    """The council's area teams, by name."""
    return list(db.session.scalars(scoped(Area).order_by(Area.name)))


def training_of(person_id: UUID) -> list[Training]:
    """The trainings recorded for one person."""
    found = scoped(Training).where(Training.person_id == person_id).order_by(Training.completed_on)
    return list(db.session.scalars(found))


def names_of(person_ids: set[UUID]) -> dict[UUID, str]:
    """The names of people by id, for showing who did what."""
    if not person_ids:
        return {}
    rows = db.session.execute(
        select(Person.id, Person.name).where(Person.tenant_id == current_tenant_id(), Person.id.in_(person_ids))
    )
    return {row.id: row.name for row in rows}


def health() -> list[Any]:
    """For operators: each council with what waits in its outbox; counts and kinds alone, no family's row."""
    return list(
        db.session.execute(
            text(
                "select t.id, t.slug, t.name, t.plugin, t.active, t.created_at, "
                "  coalesce(o.waiting, 0) as waiting, coalesce(o.late, 0) as late, coalesce(o.dead, 0) as dead, "
                "  o.oldest "
                "from tenant t left join ("
                "  select tenant_id, count(*) filter (where done_at is null and dead_at is null) as waiting, "
                "    count(*) filter (where done_at is null and dead_at is null"
                "      and not_before < now() - interval '15 minutes') as late, "
                "    count(*) filter (where dead_at is not null) as dead, "
                "    min(not_before) filter (where done_at is null and dead_at is null) as oldest "
                "  from outbox group by tenant_id) o on o.tenant_id = t.id order by t.name"
            )
        )
    )
