"""Bring a database to the newest schema, as its owner."""

import os
from pathlib import Path

from alembic import command
from alembic.config import Config

import portage
from portage.core.addresses import sqlalchemy_url


def migrations_folder() -> Path:
    """The folder of migrations: `PORTAGE_MIGRATIONS`, else the one beside the source root of a checkout."""
    named = os.environ.get("PORTAGE_MIGRATIONS")
    return Path(named) if named else Path(portage.__file__).parents[2] / "migrations"


def configuration(owner_url: str) -> Config:
    """Alembic's configuration for the database at `owner_url` (postgresql://...)."""
    folder = migrations_folder()
    config = Config(str(folder / "alembic.ini"))
    config.attributes["url"] = sqlalchemy_url(owner_url)
    return config


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Run every migration that the database lacks; safe to run twice, and by two processes at once."""
    command.upgrade(configuration(owner_url), revision)


def downgrade(owner_url: str, revision: str = "base") -> None:
    """Take migrations back, which loses what they hold; for tests and emergencies."""
    command.downgrade(configuration(owner_url), revision)
