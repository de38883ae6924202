"""Who sits on the panel, and who may take a child that it allocates."""

from uuid import UUID

from sqlalchemy import Row, and_, func, select

from portage.accounts.models import Person, RoleGrant
from portage.core.access import ROLE_CAN, Can, Role
from portage.core.db import db
from portage.core.tenancy import current_tenant_id

SITS = tuple(role.value for role, can in ROLE_CAN.items() if Can.SIT_ON_PANEL in can)
CHAIRS = tuple(role.value for role, can in ROLE_CAN.items() if Can.CHAIR_PANEL in can)
PRACTITIONERS = (Role.HOME_VISITOR.value,)
INVITED = (Role.PANEL_CHAIR.value, Role.PANEL_MEMBER.value)  # whom a change of the meeting's day concerns


def people_with(roles: tuple[str, ...]) -> list[Row[UUID, str, str | None]]:
    """Everybody with one of the roles who has not left, by name: (id, name, organisation)."""
    found = db.session.execute(
        select(Person.id, Person.name, Person.organisation)
        .join(RoleGrant, and_(RoleGrant.tenant_id == Person.tenant_id, RoleGrant.person_id == Person.id))
        .where(
            Person.tenant_id == current_tenant_id(),
            RoleGrant.tenant_id == current_tenant_id(),
            RoleGrant.role.in_(roles),
            Person.disabled_at.is_(None),
        )
        .group_by(Person.tenant_id, Person.id)
        .order_by(func.lower(Person.name), Person.id)
    )
    return list(found)
