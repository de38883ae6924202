"""People of a council for tests: rows as an administrator and a provider would leave them, signed in by a cookie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portage.accounts.models import AreaMembership, Identity, IdentityProvider, Person, RoleGrant, StaffCheck, Training
from portage.accounts.operations.sessions import open_session
from portage.core import clock
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped, tenant_scope
from portage.tenants.models import Area
from support import councils
from support.browsers import browser
from support.volunteers import made_ready


@dataclass(frozen=True, slots=True)
class Hired:
    """A person with a browser in which they are signed in."""

    id: UUID
    name: str
    client: FlaskClient


def hire(
    *roles: str,
    name: str = "Sam Invented",
    areas: Sequence[str] = (),
    trained: bool = True,
    checked: bool = True,
    supervisor_id: UUID | None = None,
) -> tuple[Person, Identity]:
    """Add a person to the council in scope; `areas` are keys of its area teams. The caller commits.

    HR's check is current, and a volunteer has every check in date, unless `checked` says otherwise.
    """
    provider = db.session.scalars(scoped(IdentityProvider)).first()
    if provider is None:
        provider = IdentityProvider(
            key="test", name="Test provider", issuer="https://sign-in.example", client_id="portage",
            auth_method="client_secret_basic", secret_name="test", rules={}, demands={}, enabled=True,
        )  # fmt: skip
        db.session.add(provider)
    person = Person(name=name, email=f"{new_id()}@council.example", telephone=None)
    db.session.add(person)
    db.session.flush()
    db.session.add_all(RoleGrant(person_id=person.id, role=role, source="administrator") for role in roles)
    for area_id in db.session.scalars(select(Area.id).where(Area.key.in_(areas))):
        db.session.add(AreaMembership(person_id=person.id, area_id=area_id))
    if trained:
        db.session.add(Training(person_id=person.id, kind="portage", completed_on=date(2020, 1, 1)))
    if checked:
        db.session.add(StaffCheck(person_id=person.id, current_until=date(2099, 12, 31)))
    identity = Identity(provider_id=provider.id, issuer=provider.issuer, subject=str(new_id()), person_id=person.id)
    db.session.add(identity)
    db.session.flush()
    if checked and "volunteer" in roles:
        made_ready(person, supervisor_id=supervisor_id)
    return person, identity


def sign_in(
    app: Flask,
    tenant_id: UUID,
    slug: str,
    *roles: str,
    name: str = "Sam Invented",
    areas: Sequence[str] = (),
    trained: bool = True,
    **options: Any,
) -> Hired:
    """Hire somebody and give them a signed-in browser at their council's host."""
    with app.app_context(), tenant_scope(tenant_id):
        person, identity = hire(*roles, name=name, areas=areas, trained=trained, **options)
        token = open_session(identity, sid=None, id_token="", at=clock.now())
        db.session.commit()
        person_id = person.id
    client = browser(app, councils.host(slug))
    client.set_cookie("portage-session", token, domain=councils.host(slug))
    return Hired(person_id, name, client)
