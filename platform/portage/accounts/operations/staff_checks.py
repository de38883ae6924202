"""HR's check of a member of staff: whether it is current, and until when, by an administrator's word."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portage.accounts.models import StaffCheck
from portage.accounts.operations.people import find_person
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped


@dataclass(frozen=True, slots=True)
class MarkCheck:
    """The last day on which HR's check is current; None: it is not."""

    current_until: date | None


def staff_check_of(person_id: UUID) -> StaffCheck | None:
    """What is marked for somebody; None where nobody has marked anything."""
    return db.session.scalars(scoped(StaffCheck).where(StaffCheck.person_id == person_id)).one_or_none()


def mark_check(person_id: UUID, command: MarkCheck, *, by: Actor) -> StaffCheck:
    """Mark until when HR's check of somebody is current, or that it is not; what was marked before is in the trail."""
    person = find_person(person_id)
    check = staff_check_of(person.id) or StaffCheck(person_id=person.id)
    check.current_until, check.recorded_by = command.current_until, by.person_id
    db.session.add(check)
    db.session.flush()
    return check
