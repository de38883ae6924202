"""The council as its e-mails and letters name it: who writes, from which address, and whom to call."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.editions.operations import edition_on
from portage.policy import NoEditionInForce
from portage.tenants.models import Area, Tenant, TenantHost


@dataclass(frozen=True, slots=True)
class Team:
    """Whom to call or write to: an area team where the council has them, else the service itself."""

    name: str
    telephone: str | None
    email: str | None

    @property
    def lines(self) -> list[str]:
        """Name, telephone and e-mail, as far as known, a line each."""
        said = [self.name]
        said += [f"Telephone {self.telephone}"] if self.telephone else []
        return said + ([f"E-mail {self.email}"] if self.email else [])


@dataclass(frozen=True, slots=True)
class Sender:
    """The council in whose name something is written."""

    council: str
    service: str
    in_a_sentence: str  # the service as a sentence names it, such as "the team"
    host: str
    address: str  # of the envelope and the From line
    team: Team
    profile: dict[str, Any]


def sender(on: date, area_id: UUID | None = None) -> Sender:
    """The council in scope, with the area team's contacts where that team can be reached by itself (LAN-02)."""
    tenant = db.session.execute(select(Tenant.name, Tenant.profile).where(Tenant.id == current_tenant_id())).one()
    host = main_host(tenant.profile)
    service, in_a_sentence, telephone, email = _service(tenant.profile, on)
    team = _area(area_id) or Team(service, telephone, email)
    address = tenant.profile.get("mail_from") or f"no-reply@{host}"
    return Sender(tenant.name, service, in_a_sentence, host, address, team, tenant.profile)


def main_host(profile: dict[str, Any]) -> str:
    """The host name under which the council's pages are linked from outside."""
    known = sorted(db.session.scalars(select(TenantHost.host).where(TenantHost.tenant_id == current_tenant_id())))
    wanted = [host for host in profile.get("hosts", []) if host in known]
    return (wanted or known or ["localhost"])[0]


def _service(profile: dict[str, Any], on: date) -> tuple[str, str, str | None, str | None]:
    contact = profile.get("contact", {})
    name, telephone, email = profile.get("service", "Portage"), contact.get("telephone"), contact.get("email")
    try:
        policy, edition = edition_on(on)
    except (NoEditionInForce, LookupError):
        return name, name, telephone, email
    said = policy.service(edition.terms)
    return said.name, said.short_name, said.telephone or telephone, said.email or email


def _area(area_id: UUID | None) -> Team | None:
    if area_id is None:
        return None
    found = db.session.execute(
        select(Area.name, Area.telephone, Area.email).where(Area.tenant_id == current_tenant_id(), Area.id == area_id)
    ).one_or_none()
    return Team(found.name, found.telephone, found.email) if found and (found.telephone or found.email) else None
