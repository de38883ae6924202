"""Opening a child's profile for a page: nobody sees it who may not open the child's record."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select

from portage.core import clock
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import viewer
from portage.core.routes import concerning
from portage.core.tenancy import TENANT
from portage.families.access import access_columns, access_values, granted
from portage.families.models import Child


def opened_child(child_id: UUID) -> Child:
    """The child behind an address, once this viewer may open the record; the trail names the child. One query."""
    who = viewer()
    row = db.session.execute(_with_access(), {"child": child_id, **access_values(who, clock.now())}).one_or_none()
    if row is None:
        raise NotHere
    child: Child = row.Child
    granted(who, child.id, child.area_id, row.caseload, row.reason)
    concerning("child", child.id)
    return child


@cache
def _with_access() -> Select[*tuple[Any, ...]]:
    return select(Child, *access_columns()).where(
        Child.tenant_id == TENANT, Child.id == bindparam("child", type_=Uuid())
    )
