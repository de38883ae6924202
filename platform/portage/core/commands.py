"""`portage db`: roles, schema and the tenant key."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
import psycopg
from sqlalchemy.exc import OperationalError

from portage.core import migrate, provision


@click.group()
def db() -> None:
    """Prepare a database: roles, schema, the key that signs the tenant context."""


def _owner() -> str:
    url = os.environ.get("PORTAGE_OWNER_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if not url:
        raise click.ClickException("Set PORTAGE_OWNER_DATABASE_URL to the login of the database's owner.")
    return url


@contextmanager
def _reached() -> Iterator[None]:
    """Say in a sentence that the database does not let us in, or is not there."""
    try:
        yield
    except (psycopg.OperationalError, OperationalError) as problem:
        cause = problem.orig if isinstance(problem, OperationalError) else problem
        raise click.ClickException(f"The database cannot be reached: {str(cause).strip()}") from problem


@db.command("provision")
def provision_roles() -> None:
    """Create the roles app, worker, operator and backup with the passwords in PORTAGE_APP_PASSWORD and so on."""
    missing = [key for key in provision.ROLES if not os.environ.get(f"PORTAGE_{key.upper()}_PASSWORD")]
    if missing:
        raise click.ClickException("Set " + ", ".join(f"PORTAGE_{key.upper()}_PASSWORD" for key in missing) + ".")
    passwords = {key: os.environ[f"PORTAGE_{key.upper()}_PASSWORD"] for key in provision.ROLES}
    with _reached():
        for note in provision.create_roles(_owner(), passwords):
            click.echo(note, err=True)
    click.echo("Roles are ready: " + ", ".join(provision.ROLES.values()))


@db.command("upgrade")
def upgrade() -> None:
    """Bring the schema to the newest migration and install the tenant key; safe to run twice."""
    key = os.environ.get("PORTAGE_TENANT_KEY")
    if not key:
        raise click.ClickException("Set PORTAGE_TENANT_KEY to at least 64 hexadecimal digits.")
    with _reached():
        migrate.upgrade(_owner())
        provision.install_key(_owner(), bytes.fromhex(key))
    click.echo("The schema is up to date.")
