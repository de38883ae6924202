"""Bring a council's folder into the database: who it is, its area teams, pages, providers and editions.

Git seeds, the database is the truth: what is loaded twice changes nothing, and nothing that a council has is removed.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portage.accounts.models import IdentityProvider
from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.identity import SYSTEM
from portage.core.ids import new_id
from portage.core.tenancy import scoped, tenant_scope
from portage.directory.models import Service
from portage.directory.operations import Particulars, add_service
from portage.editions.operations import Seeded, load_editions
from portage.families.names import search_form
from portage.profiles.operations.files import bring_in_instruments
from portage.settings.checking import Council, read_council
from portage.tenants.manifest import Manifest
from portage.tenants.models import Area, ContentPage, Tenant, TenantHost


class HostTaken(PortageError):
    """A host name leads to one council."""

    code = "host-taken"
    message = "The host name {host} already belongs to another council."


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one loading found."""

    tenant_id: UUID
    name: str
    new: bool
    editions: Seeded


def load_council(folder: Path) -> Loaded:
    """Load one council's folder and commit; raise FolderInvalid, or a refusal of the database, and write nothing."""
    council = read_council(folder)
    told = council.manifest.tables
    known = db.session.scalar(select(Tenant.id).where(Tenant.slug == told.slug))
    tenant_id = known or new_id()
    with tenant_scope(tenant_id):
        loaded = bring_in(council, tenant_id, new=known is None)
        db.session.commit()
    return loaded


def bring_in(council: Council, tenant_id: UUID, *, new: bool) -> Loaded:
    """Write what a council's folder says; the council is in scope, and the caller commits."""
    _tenant(council.manifest, tenant_id)
    _hosts(council.manifest, tenant_id)
    _areas(council.manifest)
    _pages(council.manifest)
    _providers(council.manifest)
    _services(council.manifest)
    bring_in_instruments(council.manifest.instruments)
    return Loaded(tenant_id, council.manifest.tables.name, new, load_editions(council.policy))


def _tenant(manifest: Manifest, tenant_id: UUID) -> None:
    tenant = db.session.get(Tenant, tenant_id)
    if tenant is None:
        tenant = Tenant(id=tenant_id, slug=manifest.tables.slug)
        db.session.add(tenant)
    tenant.name, tenant.plugin, tenant.profile = manifest.tables.name, manifest.tables.plugin, manifest.profile
    db.session.flush()


def _hosts(manifest: Manifest, tenant_id: UUID) -> None:
    for host in manifest.tables.hosts:
        known = db.session.get(TenantHost, host)
        if known is None:
            db.session.add(TenantHost(host=host, tenant_id=tenant_id))
        elif known.tenant_id != tenant_id:
            raise HostTaken(host=host)


def _areas(manifest: Manifest) -> None:
    known = {area.key: area for area in db.session.scalars(scoped(Area))}
    for told in manifest.tables.area:
        area = known.get(told.key) or Area(key=told.key)
        area.name, area.telephone, area.email = told.name, told.telephone, told.email
        area.postcode_districts = list(told.postcode_districts)
        area.assumption = any(assumed.term == "area" for assumed in manifest.tables.assumption)
        db.session.add(area)


def _pages(manifest: Manifest) -> None:
    known = {page.key: page for page in db.session.scalars(scoped(ContentPage))}
    for told in manifest.pages:
        page = known.get(told.key) or ContentPage(key=told.key)
        page.title, page.body = told.title, told.body
        db.session.add(page)


def _services(manifest: Manifest) -> None:
    """Add the services that the directory does not have; what people wrote of one, or withdrew, stays theirs."""
    known = {(service.search_name, search_form(service.area or "")) for service in db.session.scalars(scoped(Service))}
    for told in manifest.services:
        if (search_form(told.name), search_form(told.area or "")) not in known:
            said = asdict(told)
            checked = said.pop("last_checked_on")
            add_service(Particulars(**said), by=SYSTEM, on=checked)


def _providers(manifest: Manifest) -> None:
    known = {provider.key: provider for provider in db.session.scalars(scoped(IdentityProvider))}
    for told in manifest.tables.identity_provider:
        if told.key in known:
            continue  # how people sign in is changed on purpose, not by loading a folder again
        values: dict[str, Any] = asdict(told)
        db.session.add(IdentityProvider(**values, enabled=True))
