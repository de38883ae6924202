"""The area teams of a council, as lists and choices show them."""

from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.tenants.models import Area

_BY_NAME = select(Area.id, Area.name).where(Area.tenant_id == TENANT).order_by(Area.name)


def areas() -> list[tuple[UUID, str]]:
    """The council's area teams (id, name), by name."""
    return [(area_id, name) for area_id, name in db.session.execute(_BY_NAME)]
