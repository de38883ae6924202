"""Bring a database to the newest schema, as its owner."""

from pathlib import Path

from alembic import command
from alembic.config import Config

import portage


def migrations_folder() -> Path:
    """The folder of migrations: beside the source root in a checkout, inside the package in a wheel."""
    packed = Path(portage.__file__).parent / "_migrations"
    return packed if packed.is_dir() else Path(portage.__file__).parents[2] / "migrations"


def configuration(owner_url: str) -> Config:
    """Alembic's configuration for the database at `owner_url` (postgresql://...)."""
    folder = migrations_folder()
    config = Config(str(folder / "alembic.ini"))
    for prefix in ("postgresql://", "postgres://"):
        if owner_url.startswith(prefix):
            owner_url = "postgresql+psycopg://" + owner_url[len(prefix) :]
    config.attributes["url"] = owner_url
    return config


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Run every migration that the database lacks; safe to run twice, and by two processes at once."""
    command.upgrade(configuration(owner_url), revision)


def downgrade(owner_url: str, revision: str = "base") -> None:
    """Take migrations back, which loses what they hold; for tests and emergencies."""
    command.downgrade(configuration(owner_url), revision)
