"""A council's editions from the database, for a command that serves no page."""

from __future__ import annotations

import os

from sqlalchemy import select

from portage.core.db import db
from portage.core.process import bare_app
from portage.core.tenancy import tenant_scope
from portage.editions.folders import NoSuchTenant, TenantPolicy
from portage.editions.operations import editions_of_tenant
from portage.tenants.models import Tenant


class NoDatabaseNamed(LookupError):
    """The settings do not say which database to read."""


def read_from_database(slug: str) -> TenantPolicy:
    """Read with the application's own login; raise a LookupError with a sentence, or EditionInvalid."""
    url, key = os.environ.get("PORTAGE_APP_DATABASE_URL"), os.environ.get("PORTAGE_TENANT_KEY")
    if not url or not key:
        raise NoDatabaseNamed("Set PORTAGE_APP_DATABASE_URL and PORTAGE_TENANT_KEY.")
    with bare_app(url, bytes.fromhex(key)).app_context():
        try:
            tenant_id = db.session.scalar(select(Tenant.id).where(Tenant.slug == slug))
            if tenant_id is None:
                raise NoSuchTenant(f"There is no council {slug!r} in the database.")
            with tenant_scope(tenant_id):
                return editions_of_tenant()
        finally:
            db.session.remove()
            db.engine.dispose()
