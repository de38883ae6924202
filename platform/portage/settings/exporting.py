"""A council written back from the database as the files that it was loaded from."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portage.accounts.models import IdentityProvider
from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped
from portage.directory.models import Service
from portage.editions.export import editions_as_toml
from portage.editions.folders import TenantPolicy
from portage.editions.operations import editions_of_tenant
from portage.policy.terms import schema_for
from portage.profiles.operations.files import told_instruments
from portage.tenants.manifest import CalendarTables, ListedService, Manifest, Page, SchoolCalendar, TenantTables
from portage.tenants.models import Area, ContentPage, Tenant
from portage.tenants.writing import manifest_files


def council_files(manifest: Manifest, policy: TenantPolicy) -> dict[str, str]:
    """Return the text of each of a council's files, by its name within the folder."""
    files = manifest_files(manifest) | {"policy.toml": editions_as_toml(policy)}
    return dict(sorted(files.items(), key=lambda file: ("/" in file[0], file[0])))


def exported() -> dict[str, str]:
    """Return the files of the council in scope, as the database holds it now."""
    return council_files(_manifest(), editions_of_tenant())


def write_files(files: Mapping[str, str], folder: Path) -> list[str]:
    """Write files into a folder; return the names of those whose bytes changed."""
    changed = []
    for name, text in files.items():
        file, content = folder / name, text.encode("utf-8")
        if not file.is_file() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            changed.append(name)
    return changed


def _manifest() -> Manifest:
    tenant = db.session.scalars(select(Tenant).where(Tenant.id == current_tenant_id())).one()
    profile = dict(tenant.profile)
    calendar = schema_for(CalendarTables)().load(profile.pop("calendar", {}))
    told = {**profile, "slug": tenant.slug, "name": tenant.name, "plugin": tenant.plugin}
    told |= {"area": _areas(), "identity_provider": _providers()}
    tables: TenantTables = schema_for(TenantTables)().load(told)
    pages = db.session.scalars(scoped(ContentPage).order_by(ContentPage.key))
    kept = tuple(Page(page.key, page.title, page.body) for page in pages)
    return Manifest(tables, kept, SchoolCalendar(calendar.term, calendar.closures), _services(), told_instruments())


def _services() -> tuple[ListedService, ...]:
    """Tell of the directory in the order in which it grew; what was withdrawn stays behind."""
    names = [each.name for each in fields(ListedService)]
    rows = db.session.scalars(scoped(Service).where(Service.withdrawn_on.is_(None)).order_by(Service.id))
    return tuple(ListedService(**{name: getattr(row, name) for name in names}) for row in rows)


def _areas() -> list[dict[str, Any]]:
    names = ("key", "name", "telephone", "email", "postcode_districts")
    return [_said(area, names) for area in db.session.scalars(scoped(Area).order_by(Area.id))]


def _providers() -> list[dict[str, Any]]:
    """Tell of each provider by which people sign in; one that was switched off stays behind."""
    names = ("key", "name", "issuer", "client_id", "auth_method", "secret_name", "rules", "demands")
    enabled = scoped(IdentityProvider).where(IdentityProvider.enabled).order_by(IdentityProvider.id)
    return [_said(provider, names) for provider in db.session.scalars(enabled)]


def _said(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _without_gaps(getattr(row, name)) for name in names if getattr(row, name) is not None}


def _without_gaps(told: Any) -> Any:
    if isinstance(told, Mapping):
        return {key: _without_gaps(value) for key, value in told.items() if value is not None}
    return [_without_gaps(each) for each in told] if isinstance(told, list) else told
