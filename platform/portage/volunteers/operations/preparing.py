"""What comes before the first visit: references, the level of the check, training, induction, a supervisor."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portage.accounts.models import Person, RoleGrant, Training
from portage.accounts.operations.clearance import (
    NewCheck,
    NotCleared,
    Opening,
    check_problems,
    checks_of,
    clearance_of,
    open_clearance,
    record_check,
    shut_clearance,
    standing,
)
from portage.core.access import ROLE_CAN, Can
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed, NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.messages.operations import settle
from portage.volunteers.models import Volunteer, VolunteerReference
from portage.volunteers.operations.offering import volunteer_here, volunteers_here
from portage.volunteers.refusals import NotAtThisStage, NotYourOwn, WrongDay, WrongLevel

REFERENCES = 2
TRAINING = "portage"


@dataclass(frozen=True, slots=True)
class NewReference:
    """Somebody who was asked about a volunteer."""

    name: str
    how_known: str
    contact: str | None
    asked_on: date


@dataclass(frozen=True, slots=True)
class Came:
    """A reference came, and whether it satisfied."""

    received_on: date
    satisfactory: bool
    version: int


@dataclass(frozen=True, slots=True)
class Level:
    """The DBS level that the council's HR decided for this role, with its reason."""

    level: str
    regulated: bool
    reason: str
    decided_by: str
    decided_on: date
    version: int


@dataclass(frozen=True, slots=True)
class Preparation:
    """The Portage training, the induction and the supervisor, as far as they are known."""

    trained_on: date | None
    induction_on: date | None
    supervisor_id: UUID | None
    version: int


def references_of(volunteer_id: UUID) -> list[VolunteerReference]:
    """The references of a volunteer, in the order in which they were asked for."""
    wanted = scoped(VolunteerReference).where(VolunteerReference.volunteer_id == volunteer_id)
    return list(db.session.scalars(wanted.order_by(VolunteerReference.created_at, VolunteerReference.id)))


def ask_reference(volunteer_id: UUID, command: NewReference, *, by: Actor, on: date) -> VolunteerReference:
    """Write down that a reference was asked for."""
    volunteer = _in_preparation(volunteer_id)
    if by.person_id is None:
        raise NotAllowed
    _not_later(command.asked_on, on)
    reference = VolunteerReference(
        volunteer_id=volunteer.id,
        name=command.name,
        how_known=command.how_known,
        contact=command.contact,
        asked_on=command.asked_on,
        asked_by=by.person_id,
    )
    db.session.add(reference)
    db.session.flush()
    return reference


def receive_reference(
    volunteer_id: UUID, reference_id: UUID, command: Came, *, by: Actor, on: date
) -> VolunteerReference:
    """Write down that a reference came and was read."""
    _in_preparation(volunteer_id)
    reference = here(VolunteerReference, reference_id, VolunteerReference.volunteer_id == volunteer_id)
    if reference.version != command.version:
        raise ChangedMeanwhile(back=f"/volunteers/{volunteer_id}")
    _not_later(command.received_on, on)
    if command.received_on < reference.asked_on:
        raise WrongDay("It came on or after the day on which it was asked for.")
    reference.received_on, reference.satisfactory = command.received_on, command.satisfactory
    reference.read_by = by.person_id
    db.session.flush()
    return reference


def decide_level(volunteer_id: UUID, command: Level, *, by: Actor, on: date) -> Volunteer:
    """Write down the level that HR decided; the barred list belongs to regulated activity alone."""
    volunteer = _in_preparation(volunteer_id)
    _fits(volunteer, command.version)
    _not_later(command.decided_on, on)
    if command.level == "enhanced-barred" and not command.regulated:
        raise WrongLevel
    volunteer.level, volunteer.regulated = command.level, command.regulated
    volunteer.level_reason = command.reason
    volunteer.level_decided_by, volunteer.level_decided_on = command.decided_by, command.decided_on
    _carry_over(volunteer, on, by)
    db.session.flush()
    return volunteer


def prepare(volunteer_id: UUID, command: Preparation, *, by: Actor, on: date) -> Volunteer:
    """Write down training, induction and supervisor."""
    volunteer = _in_preparation(volunteer_id)
    _fits(volunteer, command.version)
    for day in (command.trained_on, command.induction_on):
        _not_later(day, on)
    if command.supervisor_id is not None and command.supervisor_id not in dict(supervisors()):
        raise NotHere
    if command.supervisor_id is not None and command.supervisor_id == volunteer.person_id:
        raise NotYourOwn
    volunteer.induction_on, volunteer.supervisor_id = command.induction_on, command.supervisor_id
    if command.trained_on is not None and volunteer.person_id is not None:
        _trained(volunteer.person_id, command.trained_on, by)
    _carry_over(volunteer, on, by)
    db.session.flush()
    return volunteer


def _carry_over(volunteer: Volunteer, on: date, by: Actor) -> None:
    """A volunteer who visits already has the new supervisor and level at once; a level too high for the check shuts."""
    held = clearance_of(volunteer.person_id, lock=True) if volunteer.person_id else None
    if held is None or volunteer.supervisor_id is None or volunteer.level is None:
        return
    held.supervisor_id, held.level = volunteer.supervisor_id, volunteer.level
    db.session.flush()
    if held.status == "open" and not standing(held.person_id, on=on).may_visit:
        shut_clearance(held.person_id, "suspended", "HR decided another level of check.", by=by, on=on)


def _trained(person_id: UUID, day: date, by: Actor) -> None:
    known = db.session.scalars(
        scoped(Training).where(Training.person_id == person_id, Training.kind == TRAINING)
    ).one_or_none()
    training = known or Training(person_id=person_id, kind=TRAINING)
    training.completed_on, training.recorded_by = day, by.person_id
    db.session.add(training)
    db.session.flush()


def trained_on(person_id: UUID | None) -> date | None:
    """The day on which a person completed Portage training."""
    if person_id is None:
        return None
    return db.session.scalar(
        select(Training.completed_on)
        .where(
            Training.tenant_id == current_tenant_id(),
            Training.person_id == person_id,
            Training.kind.startswith(TRAINING),
        )
        .order_by(Training.completed_on.desc())
        .limit(1)
    )


def supervisors() -> list[tuple[UUID, str]]:
    """Who can supervise, by name."""
    roles = [str(role) for role, can in ROLE_CAN.items() if Can.SUPERVISE_VOLUNTEERS in can]
    holds = select(RoleGrant.person_id).where(RoleGrant.tenant_id == current_tenant_id(), RoleGrant.role.in_(roles))
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.tenant_id == current_tenant_id(), Person.disabled_at.is_(None), Person.id.in_(holds))
        .order_by(Person.name, Person.id)
    )
    return [(row.id, row.name) for row in rows]


def check_seen(volunteer_id: UUID, command: NewCheck, *, by: Actor, on: date) -> None:
    """Write down a check that somebody saw; raises `WrongDay` for days that cannot be."""
    volunteer = _in_preparation(volunteer_id)
    if volunteer.person_id is None:
        raise NotAtThisStage
    if volunteer.person_id == by.person_id:
        raise NotYourOwn
    if command.kind not in volunteers_here(on).checks:
        raise NotHere
    _not_later(command.checked_on, on)
    if command.issued_on > command.checked_on:
        raise WrongDay("A certificate is issued before somebody sees it.")
    record_check(volunteer.person_id, command, by=by, on=on)


def missing(volunteer: Volunteer, on: date) -> list[str]:
    """What is not there yet before this volunteer may visit, a sentence for each."""
    rules, found = volunteers_here(on), list[str]()
    came = [each for each in references_of(volunteer.id) if each.satisfactory]
    if len(came) < REFERENCES:
        found.append(f"References: {len(came)} of {REFERENCES} came and satisfied.")
    if volunteer.level is None:
        found.append("The DBS level that HR decided for this role, with the reason.")
    checks = checks_of(volunteer.person_id) if volunteer.person_id else []
    found += check_problems(checks, rules, volunteer.level, on)
    if trained_on(volunteer.person_id) is None:
        found.append("The day of the Portage training.")
    if volunteer.induction_on is None:
        found.append("The day of the induction.")
    if volunteer.supervisor_id is None:
        found.append("A supervisor.")
    elif volunteer.supervisor_id not in dict(supervisors()):
        found.append("A supervisor who works here.")
    return found


def let_visit(volunteer_id: UUID, *, by: Actor, on: date) -> Volunteer:
    """Let a volunteer visit, for the first time or again; raises `NotCleared` with the list of what is missing."""
    volunteer = _in_preparation(volunteer_id)
    if volunteer.person_id is None:
        raise NotAtThisStage
    if volunteer.person_id == by.person_id:
        raise NotYourOwn
    if gaps := missing(volunteer, on):
        raise NotCleared(gaps)
    if volunteer.supervisor_id is None or volunteer.level is None:
        raise NotAtThisStage
    open_clearance(volunteer.person_id, Opening(volunteer.supervisor_id, volunteer.level), by=by, on=on)
    if volunteer.status != "active":
        volunteer.status, volunteer.status_on = "active", on
    volunteer.status_note = None
    settle("volunteer-shut", f"/volunteers/{volunteer.id}")
    db.session.flush()
    return volunteer


def suspend(volunteer_id: UUID, reason: str, *, by: Actor, on: date) -> Volunteer:
    """Suspend a volunteer's visiting with a reason, until a manager lets them visit again."""
    volunteer = volunteer_here(volunteer_id, lock=True)
    if volunteer.person_id is None or standing(volunteer.person_id, on=on).status != "open":
        raise NotAtThisStage
    shut_clearance(volunteer.person_id, "suspended", reason, by=by, on=on)
    return volunteer


def _in_preparation(volunteer_id: UUID) -> Volunteer:
    volunteer = volunteer_here(volunteer_id, lock=True)
    if volunteer.status not in ("preparing", "active"):
        raise NotAtThisStage
    return volunteer


def _fits(volunteer: Volunteer, version: int) -> None:
    if volunteer.version != version:
        raise ChangedMeanwhile(back=f"/volunteers/{volunteer.id}")


def _not_later(day: date | None, on: date) -> None:
    if day is not None and day > on:
        raise WrongDay("The day is in the future. Enter today or a day before.")
