"""Lists of volunteers as the team's pages read them: plain rows, few queries."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, case, func, select, true

from portage.accounts.models import Person
from portage.accounts.operations.clearance import Standing, standings
from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.families.access import assigned_to
from portage.families.models import Child
from portage.support.models import Episode
from portage.volunteers.models import STATUSES, Volunteer

PAGE = 50
Listed = tuple[Row[*tuple[Any, ...]], Standing | None]


def volunteers(supervisor_id: UUID | None, *, on: date, page: int) -> tuple[list[Listed], int]:
    """Volunteers with how they stand that day, by stage and name; of one supervisor, or (None) everybody."""
    order = case({status: number for number, status in enumerate(STATUSES)}, value=Volunteer.status)
    rows = db.session.execute(
        select(
            Volunteer.id,
            Volunteer.name,
            Volunteer.status,
            Volunteer.status_on,
            Volunteer.person_id,
            Person.name.label("supervisor"),
            func.count().over().label("total"),
        )
        .outerjoin(Person, and_(Person.tenant_id == Volunteer.tenant_id, Person.id == Volunteer.supervisor_id))
        .where(
            Volunteer.tenant_id == current_tenant_id(),
            Volunteer.supervisor_id == supervisor_id if supervisor_id else true(),
        )
        .order_by(order, Volunteer.name, Volunteer.id)
        .limit(PAGE)
        .offset(PAGE * (page - 1))
    ).all()
    found = standings([row.person_id for row in rows if row.person_id and row.status == "active"], on=on)
    return [(row, found.get(row.person_id)) for row in rows], rows[0].total if rows else 0


def families_of(person_id: UUID, on: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """The families that are given to somebody: first name and episode; the episode's page asks who may open it."""
    return db.session.execute(
        select(Child.given_name, Episode.id)
        .join(Episode, and_(Episode.tenant_id == Child.tenant_id, Episode.child_id == Child.id))
        .where(
            Child.tenant_id == current_tenant_id(),
            Episode.status == "open",
            Child.id.in_(assigned_to(person_id, on)),
        )
        .order_by(Child.given_name, Child.id)
        .limit(100)
    ).all()
