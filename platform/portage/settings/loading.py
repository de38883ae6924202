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
from portage.core.tenancy import scoped, tenant_scope
from portage.editions.folders import read_tenant_policy
from portage.editions.operations import Seeded, load_editions
from portage.tenants.manifest import Manifest, read_manifest
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
    """Load one council's folder and commit; raises `ManifestInvalid` or `EditionInvalid` before anything is written."""
    manifest, policy = read_manifest(folder), read_tenant_policy(folder.name, folder.parent)
    tenant, new = _tenant(manifest)
    _hosts(manifest, tenant.id)
    db.session.commit()
    tenant_id = tenant.id
    with tenant_scope(tenant_id):
        _areas(manifest)
        _pages(manifest)
        _providers(manifest)
        editions = load_editions(policy)
        db.session.commit()
    return Loaded(tenant_id, manifest.tables.name, new, editions)


def _tenant(manifest: Manifest) -> tuple[Tenant, bool]:
    tenant = db.session.scalar(select(Tenant).where(Tenant.slug == manifest.tables.slug))
    new = tenant is None
    if tenant is None:
        tenant = Tenant(slug=manifest.tables.slug)
        db.session.add(tenant)
    tenant.name, tenant.plugin, tenant.profile = manifest.tables.name, manifest.tables.plugin, manifest.profile
    db.session.flush()
    return tenant, new


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


def _providers(manifest: Manifest) -> None:
    known = {provider.key: provider for provider in db.session.scalars(scoped(IdentityProvider))}
    for told in manifest.tables.identity_provider:
        if told.key in known:
            continue  # how people sign in is changed on purpose, not by loading a folder again
        values: dict[str, Any] = asdict(told)
        db.session.add(IdentityProvider(**values, enabled=True))
