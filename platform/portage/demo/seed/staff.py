"""The personas as rows, so that families can be on their caseload before they first sign in."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portage.accounts.models import AreaMembership, Identity, IdentityProvider, Person, RoleGrant, StaffCheck, Training
from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped
from portage.demo.personas import Persona, personas
from portage.tenants.models import Area


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works for an invented council: (role, area team's id or None) -> person's id."""

    by_place: dict[tuple[str, UUID | None], UUID]

    def one(self, role: str, area_id: UUID | None = None) -> Actor:
        """The person in a role, of this area team if it has one."""
        person_id = self.by_place.get((role, area_id)) or self.by_place[(role, None)]
        return Actor(person_id, f"person:{person_id}")


def hire_personas(slug: str) -> Staff:
    """Add every persona of the council's first provider, known by the subject that the provider will name."""
    provider = db.session.scalars(scoped(IdentityProvider).order_by(IdentityProvider.key)).first()
    if provider is None:
        return Staff({})
    areas: dict[str | None, UUID] = {row.key: row.id for row in db.session.scalars(scoped(Area))}
    hired = {}
    for persona in personas(slug, provider.rules.get("groups", [])):
        area_id = areas.get(persona.area)
        hired[(persona.role, area_id)] = _hire(persona, provider, area_id)
    return Staff(hired)


def _hire(persona: Persona, provider: IdentityProvider, area_id: UUID | None) -> UUID:
    known = db.session.scalar(
        select(Identity.person_id).where(
            Identity.tenant_id == provider.tenant_id,
            Identity.provider_id == provider.id,
            Identity.issuer == provider.issuer,
            Identity.subject == persona.sub,
        )
    )
    if known is not None:
        _prepare(known, persona.role)
        return known
    person = Person(name=persona.name, email=str(persona.as_told()["email"]))
    db.session.add(person)
    db.session.flush()
    db.session.add(Identity(provider_id=provider.id, issuer=provider.issuer, subject=persona.sub, person_id=person.id))
    db.session.add(RoleGrant(person_id=person.id, role=persona.role, source="group"))
    if area_id is not None:
        db.session.add(AreaMembership(person_id=person.id, area_id=area_id, source="group"))
    _prepare(person.id, persona.role)
    return person.id


def _prepare(person_id: UUID, role: str) -> None:
    """What somebody who visits needs on record, also where they signed in before anybody was hired."""
    if role not in ("home-visitor", "volunteer"):
        return
    today = clock.today()
    if db.session.scalars(scoped(Training).where(Training.person_id == person_id)).first() is None:
        db.session.add(Training(person_id=person_id, kind="portage", completed_on=today - timedelta(days=700)))
    if db.session.scalars(scoped(StaffCheck).where(StaffCheck.person_id == person_id)).first() is None:
        db.session.add(StaffCheck(person_id=person_id, current_until=today + timedelta(days=500)))
    db.session.flush()
