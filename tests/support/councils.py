"""Invented councils for tests. Each word that one of them owns holds its canary, which no other's page may show."""

import uuid

import psycopg
from psycopg.types.json import Jsonb

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
