"""Councils for tests: invented ones, whose words hold a canary that no other's page may show, and the shipped ones."""

import uuid
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from portage.core.db import db
from portage.core.process import bare_app
from portage.settings.loading import load_council

CANARY = "canary"
# The plugin that they name is not installed: a test that needs a policy says which.
COUNCILS = ("larkshire", "mossborough", "fernley")
IDS = {slug: uuid.uuid5(uuid.NAMESPACE_DNS, f"{slug}.example") for slug in COUNCILS}


def canary(slug: str) -> str:
    """The word that marks everything of this council."""
    return f"{CANARY}-{slug}"


def host(slug: str) -> str:
    """The name under which browsers reach the council."""
    return f"{slug}.localhost"


def invent(superuser_url: str) -> None:
    """Write the invented councils into a database."""
    with psycopg.connect(superuser_url) as connection:
        for slug, tenant_id in IDS.items():
            connection.execute(
                "insert into tenant (id, slug, name, plugin, profile) values (%s, %s, %s, %s, %s)",
                (tenant_id, slug, f"{slug.title()} Council {canary(slug)}", "standard", Jsonb({})),
            )
            connection.execute("insert into tenant_host (host, tenant_id) values (%s, %s)", (host(slug), tenant_id))


SHIPPED = Path(__file__).resolve().parents[2] / "tenants"


def shipped() -> list[str]:
    """The slugs of the councils whose folders are in this repository."""
    return sorted(folder.parent.name for folder in SHIPPED.glob("*/tenant.toml"))


def load_shipped(owner_url: str, tenant_key: bytes) -> None:
    """Load every council of this repository, as `portage tenants load` does."""
    with bare_app(owner_url, tenant_key).app_context():
        for slug in shipped():
            load_council(SHIPPED / slug)
        db.session.remove()
        db.engine.dispose()
