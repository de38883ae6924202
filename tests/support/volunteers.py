"""Volunteers whose every check is in date, as the service's own operations leave them."""

from datetime import date, timedelta
from uuid import UUID

from portage.accounts.models import Person, VolunteerCheck
from portage.accounts.operations.clearance import NewCheck, Opening, open_clearance, record_check, rules_on
from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.volunteers.models import Volunteer, VolunteerReference

LEVEL = "enhanced"


def somebody(name: str = "Sue Supervisor") -> Person:
    """A person without a role; the council is in scope."""
    person = Person(name=name)
    db.session.add(person)
    db.session.flush()
    return person


def seen(person_id: UUID, by: Actor, *, on: date, cleared: bool = True, level: str = LEVEL) -> list[VolunteerCheck]:
    """Record every check that the policy of that day asks for as issued and seen then; the caller commits."""
    rules = rules_on(on)
    assert rules is not None
    return [
        record_check(
            person_id,
            NewCheck(kind, "certificate", on, on, cleared, level=level if terms.dbs else None),
            by=by,
            on=on,
        )
        for kind, terms in rules.checks.items()
    ]


def made_ready(person: Person, *, supervisor_id: UUID | None = None, on: date | None = None) -> Volunteer | None:
    """Give somebody a whole record with checks in date, and let them visit; None where the policy has no volunteers."""
    on = on or clock.today()
    if rules_on(on) is None:
        return None
    by = supervisor_id or somebody().id
    volunteer = Volunteer(
        name=person.name, offered_on=on, status="active", status_on=on, person_id=person.id, supervisor_id=by,
        level=LEVEL, regulated=False, level_reason="Visits families at home.", level_decided_by="Hal of HR",
        level_decided_on=on, induction_on=on,
    )  # fmt: skip
    db.session.add(volunteer)
    db.session.flush()
    for name in ("Rae Referee", "Rob Referee"):
        db.session.add(
            VolunteerReference(
                volunteer_id=volunteer.id, name=name, how_known="Worked together", asked_on=on - timedelta(days=9),
                asked_by=by, received_on=on, satisfactory=True, read_by=by,
            )
        )  # fmt: skip
    actor = Actor(by, f"person:{by}")
    seen(person.id, actor, on=on)
    open_clearance(person.id, Opening(by, LEVEL), by=actor, on=on)
    return volunteer
