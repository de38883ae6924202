"""From an interest on the public site to a place: offers, taking on, declining, leaving."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portage.accounts.models import Person, RoleGrant
from portage.accounts.operations.clearance import Rules, rules_on, shut_clearance
from portage.core import audit
from portage.core.access import Role
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.messages.operations import alert, settle
from portage.volunteers.models import Volunteer
from portage.volunteers.refusals import NotAtThisStage


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody says who would like to volunteer."""

    name: str
    email: str | None
    telephone: str | None
    why: str
    experience: str | None = None


def volunteers_here(on: date) -> Rules:
    """What the policy in force asks of volunteers; raises `NotHere` where the council has none."""
    rules = rules_on(on)
    if rules is None:
        raise NotHere
    return rules


def offers_taken(on: date) -> bool:
    """Whether the policy in force lets people offer themselves on the public site."""
    rules = rules_on(on)
    return bool(rules and rules.terms and rules.terms.interest_form)


def offer(command: Offer, *, on: date) -> Volunteer:
    """Keep an offer to volunteer. No account comes of it; a manager looks at it."""
    if not offers_taken(on):
        raise NotHere
    volunteer = Volunteer(
        name=command.name,
        email=command.email,
        telephone=command.telephone,
        why=command.why,
        experience=command.experience,
        offered_on=on,
        status="interested",
        status_on=on,
    )
    db.session.add(volunteer)
    db.session.flush()
    alert(
        kind="volunteer-offer",
        path=f"/volunteers/{volunteer.id}",
        sentence="Somebody would like to volunteer. Please get in touch.",
        role=Role.SERVICE_MANAGER,
        dedupe=f"volunteer-offer:{volunteer.id}",
    )
    return volunteer


def volunteer_here(volunteer_id: UUID, *, lock: bool = False) -> Volunteer:
    """One volunteer of this council; raises NotHere."""
    return here(Volunteer, volunteer_id, lock=lock)


def volunteer_of(person_id: UUID) -> Volunteer | None:
    """The volunteer behind a person's place, None for others."""
    return db.session.scalars(scoped(Volunteer).where(Volunteer.person_id == person_id)).one_or_none()


def unknown_volunteers() -> list[tuple[UUID, str]]:
    """People who hold the role of a volunteer, as their sign-in group says, and of whom no record was begun."""
    holds = select(RoleGrant.person_id).where(
        RoleGrant.tenant_id == current_tenant_id(), RoleGrant.role == Role.VOLUNTEER.value
    )
    known = select(Volunteer.person_id).where(
        Volunteer.tenant_id == current_tenant_id(), Volunteer.person_id.is_not(None)
    )
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(
            Person.tenant_id == current_tenant_id(),
            Person.disabled_at.is_(None),
            Person.id.in_(holds),
            Person.id.not_in(known),
        )
        .order_by(Person.name, Person.id)
        .limit(100)
    )
    return [(row.id, row.name) for row in rows]


def begin_record(person_id: UUID, *, by: Actor, on: date) -> Volunteer:
    """Begin the record of somebody who signs in already; until they are let visit they see no family."""
    name = dict(unknown_volunteers()).get(person_id)
    if name is None:
        raise NotHere
    volunteer = Volunteer(
        name=name, offered_on=on, status="preparing", status_on=on, person_id=person_id, taken_on_by=by.person_id
    )
    db.session.add(volunteer)
    db.session.flush()
    return volunteer


def take_on(volunteer_id: UUID, *, person_id: UUID | None, by: Actor, on: date) -> Volunteer:
    """Take an offer on: the person gets a place, or is somebody who signs in already. Nobody visits by this."""
    volunteer = volunteer_here(volunteer_id, lock=True)
    if volunteer.status != "interested":
        raise NotAtThisStage
    if person_id is not None and person_id not in dict(unknown_volunteers()):
        raise NotHere
    volunteer.person_id = person_id or _place(volunteer, by)
    volunteer.status, volunteer.status_on, volunteer.taken_on_by = "preparing", on, by.person_id
    settle("volunteer-offer", f"/volunteers/{volunteer.id}")
    db.session.flush()
    return volunteer


def _place(volunteer: Volunteer, by: Actor) -> UUID:
    """A place in the service with the one role; an administrator makes the link for the first sign-in."""
    person = Person(name=volunteer.name, email=volunteer.email, telephone=volunteer.telephone)
    db.session.add(person)
    db.session.flush()
    role = RoleGrant(person_id=person.id, role=Role.VOLUNTEER.value, source="administrator", granted_by=by.person_id)
    db.session.add(role)
    db.session.flush()
    audit.record("volunteer.place-given", actor=by.label, subject=("person", person.id))
    alert(
        kind="volunteer-place",
        path=f"/people/{person.id}",
        sentence="A volunteer was taken on. Please make their link for the first sign-in.",
        role=Role.TENANT_ADMINISTRATOR,
        dedupe=f"volunteer-place:{person.id}",
    )
    return person.id


def end(volunteer_id: UUID, reason: str, *, by: Actor, on: date) -> Volunteer:
    """Decline an offer, or end somebody's volunteering; visiting ends at this moment."""
    volunteer = volunteer_here(volunteer_id, lock=True)
    if volunteer.status in ("declined", "left"):
        raise NotAtThisStage
    volunteer.status = "left" if volunteer.status == "active" else "declined"
    volunteer.status_on, volunteer.status_note = on, reason
    if volunteer.person_id is not None:
        shut_clearance(volunteer.person_id, "ended", reason, by=by, on=on)
    settle("volunteer-offer", f"/volunteers/{volunteer.id}")
    db.session.flush()
    return volunteer
