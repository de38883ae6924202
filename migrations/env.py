"""Run migrations as the owner, one process at a time, never waiting long for a lock."""

import os

from alembic import context
from sqlalchemy import create_engine, pool, text

import portage.tables  # noqa: F401 - fills the metadata with every table
from portage.core.db import Base

LOCK = 0x706F7274616765  # "portage"


def run() -> None:
    """Take the advisory lock, then one transaction for each migration, each giving up on a lock after a second."""
    url = context.config.attributes.get("url") or os.environ["PORTAGE_OWNER_DATABASE_URL"]
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.execute(text("set lock_timeout = '1s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_type=True,
            include_object=lambda item, name, kind, reflected, _to: (
                not (kind == "table" and name in ("audit_event", "audit_seal", "audit_head", "tenant_key"))
            ),
        )
        with context.begin_transaction():
            context.run_migrations()


run()
