"""`portage people`: the first people of a council, and the operators of the platform, from a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from uuid import UUID

import click
import psycopg
from sqlalchemy import select

from portage.accounts.models import ROLES, Person
from portage.accounts.operations import people as operations
from portage.config import Settings
from portage.core import clock
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor
from portage.core.ids import new_id
from portage.core.mailboxes import is_mailbox
from portage.core.tenancy import scoped, tenant_scope
from portage.tenants.models import Tenant, TenantHost

TERMINAL = Actor(None, "terminal")


def _mailbox(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    if typed and not is_mailbox(typed):
        raise click.BadParameter("write one address, such as name@council.example")
    return typed


@click.group()
def people() -> None:
    """Give the first people of a council their place, close one, and name the operators of the platform.

    Everybody else is invited by the council's own administrator, on the page People.
    """


@contextmanager
def _council(slug: str) -> Iterator[str]:
    """Work in one council's scope with the application's own login; gives the council's address."""
    app = import_module("portage.app").create_app()
    with app.app_context():
        try:
            tenant_id, site = _found(slug, app.extensions["portage.settings"])
            with tenant_scope(tenant_id, "terminal"):
                yield site
        finally:
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


def _found(slug: str, settings: Settings) -> tuple[UUID, str]:
    found = db.session.execute(
        select(Tenant.id, TenantHost.host)
        .join(TenantHost, TenantHost.tenant_id == Tenant.id)
        .where(Tenant.slug == slug)
        .order_by(TenantHost.host)
    ).first()
    if found is None:
        raise click.ClickException(f"There is no council called {slug}.")
    port = f":{settings.public_port}" if settings.public_port else ""
    return found.id, f"{'https' if settings.https else 'http'}://{found.host}{port}"


@people.command("invite")
@click.option("--tenant", required=True, help="the council's short name")
@click.option("--name", required=True)
@click.option("--email", default=None, callback=_mailbox)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="may be given twice")
def invite(tenant: str, name: str, email: str | None, roles: tuple[str, ...]) -> None:
    """Make a place for somebody and print the one-time link for their first sign-in; it lasts seven days."""
    with _council(tenant) as site:
        invited = operations.invite(
            operations.Invite(name, email, None, tuple(roles), whole_council=True), by=TERMINAL, at=clock.now()
        )
        person_id = invited.person.id
        db.session.commit()
    click.echo(f"{site}/invitation/{invited.token}")
    click.echo(
        f"For {name} alone: hand it over in person or by a safe way. Their number here is {person_id}.", err=True
    )


@people.command("list")
@click.option("--tenant", required=True, help="the council's short name")
def listed(tenant: str) -> None:
    """List the people of a council with their numbers and roles."""
    with _council(tenant):
        for person in db.session.scalars(scoped(Person).order_by(Person.name)):
            roles = sorted({role for role, _ in operations.roles_of(person.id)})
            closed = "  (closed)" if person.disabled_at else ""
            click.echo(f"{person.id}  {person.name}  {', '.join(roles) or 'no role'}{closed}")


@people.command("disable")
@click.option("--tenant", required=True, help="the council's short name")
@click.argument("person_id", type=click.UUID)
def disable(tenant: str, person_id: UUID) -> None:
    """Close somebody's place: every session of theirs ends at the next click."""
    with _council(tenant):
        try:
            operations.disable(person_id, by=TERMINAL, at=clock.now())
        except NotHere:
            raise click.ClickException("This council has nobody with that number.") from None
        db.session.commit()
    click.echo("The place is closed.")


@people.command("operator")
@click.option("--name", required=True)
@click.option("--issuer", required=True, help="the issuer of the operators' provider, exactly as it names itself")
@click.option("--subject", required=True, help="the person's subject (sub) at that provider")
@click.option("--disable", "closing", is_flag=True, help="close the place instead")
def operator(name: str, issuer: str, subject: str, closing: bool) -> None:
    """Name an operator of the platform, or close an operator's place. Needs the login of the database's owner."""
    url = os.environ.get("PORTAGE_OWNER_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if not url:
        raise click.ClickException("Set PORTAGE_OWNER_DATABASE_URL to the login of the database's owner.")
    with psycopg.connect(url) as connection:
        if closing:
            done = connection.execute(
                "update operator set disabled_at = now() where issuer = %s and subject = %s and disabled_at is null",
                (issuer, subject),
            )
            if not done.rowcount:
                raise click.ClickException("There is no such operator with an open place.")
        else:
            connection.execute(
                "insert into operator (id, name, issuer, subject) values (%s, %s, %s, %s)"
                " on conflict (issuer, subject) do update set name = excluded.name, disabled_at = null",
                (new_id(), name, issuer, subject),
            )
    click.echo("The place is closed." if closing else f"{name} is an operator.")
