"""Invented volunteers: one who visits, one whose check has lapsed, one who gets ready, one who has just offered."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from portage.accounts.models import Person, RoleGrant
from portage.accounts.operations.clearance import NewCheck, Opening, open_clearance, record_check, rules_on
from portage.core import clock
from portage.core.access import Role
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.demo.seed.staff import Staff
from portage.families.models import Caseload
from portage.visits.models import Visit
from portage.visits.operations.safety import NewSafetyNote, release_safety, write_safety
from portage.volunteers.models import Volunteer, VolunteerReference
from portage.volunteers.operations.offering import volunteer_of
from portage.volunteers.operations.supervising import NewSession, Reading, log_session, read_record

LEVEL = "enhanced"
BEGAN, RENEWED = 420, 60  # days ago: long enough for the families that were given to the volunteer since


def invent_volunteers(staff: Staff) -> int:
    """Give the council's volunteer a whole record, and invent some more; answers how many, none without volunteers."""
    if rules_on(clock.today()) is None or ("volunteer", None) not in staff.by_place:
        return 0
    supervisor, manager = staff.one("home-visitor"), staff.one("service-manager")
    own = staff.one("volunteer").person_id
    people: list[tuple[UUID | None, tuple[int, ...]]] = [
        (own, (BEGAN, RENEWED)),
        (_somebody("Bryony Invented"), (BEGAN,)),
    ]
    for person_id, seen in people:
        if person_id is not None and supervisor.person_id is not None:
            _whole(person_id, supervisor.person_id, seen, manager)
    today = clock.today()
    db.session.add_all(
        [
            Volunteer(
                name="Clement Invented",
                email="clement@people.example",
                why="I have looked after my grandchildren for years, and would like to be of use.",
                offered_on=today - timedelta(days=2),
                status="interested",
                status_on=today - timedelta(days=2),
            ),
            Volunteer(
                name="Dorothea Invented",
                telephone="01632 960 733",
                why="I study early years education and have Fridays free.",
                offered_on=today - timedelta(days=30),
                status="preparing",
                status_on=today - timedelta(days=20),
                person_id=_somebody("Dorothea Invented"),
                taken_on_by=manager.person_id,
                supervisor_id=supervisor.person_id,
            ),
        ]
    )
    db.session.commit()
    return len(people) + 2


def _somebody(name: str) -> UUID:
    """A volunteer who signs in nowhere."""
    person = Person(name=name, email=f"{name.split()[0].lower()}@people.example")
    db.session.add(person)
    db.session.flush()
    db.session.add(RoleGrant(person_id=person.id, role=Role.VOLUNTEER.value, source="administrator"))
    db.session.flush()
    return person.id


def _whole(person_id: UUID, supervisor_id: UUID, seen: tuple[int, ...], by: Actor) -> None:
    began = clock.today() - timedelta(days=seen[0])
    name = db.session.scalars(
        select(Person.name).where(Person.tenant_id == current_tenant_id(), Person.id == person_id)
    )
    volunteer = Volunteer(
        name=name.one(),
        offered_on=began - timedelta(days=60),
        status="active",
        status_on=began,
        person_id=person_id,
        supervisor_id=supervisor_id,
        taken_on_by=by.person_id,
        level=LEVEL,
        regulated=False,
        level_reason="Visits families at home, with a parent in the room.",
        level_decided_by="Human resources (invented)",
        level_decided_on=began,
        induction_on=began,
    )
    db.session.add(volunteer)
    db.session.flush()
    _references(volunteer.id, began, by)
    for number, days in enumerate(seen):
        day = clock.today() - timedelta(days=days)
        _check(person_id, day, by)
        if number == 0:
            open_clearance(person_id, Opening(supervisor_id, LEVEL), by=by, on=day)


def _references(volunteer_id: UUID, began: date, by: Actor) -> None:
    if by.person_id is None:
        return
    for name, how in (("A head teacher (invented)", "Worked together"), ("A neighbour (invented)", "Neighbours")):
        db.session.add(
            VolunteerReference(
                volunteer_id=volunteer_id,
                name=name,
                how_known=how,
                asked_on=began - timedelta(days=40),
                asked_by=by.person_id,
                received_on=began - timedelta(days=25),
                satisfactory=True,
                read_by=by.person_id,
            )
        )
    db.session.flush()


def _check(person_id: UUID, day: date, by: Actor) -> None:
    rules = rules_on(day)
    if rules is None:
        return
    for kind, terms in rules.checks.items():
        level = LEVEL if terms.dbs else None
        record_check(person_id, NewCheck(kind, "certificate", day, day, True, level=level), by=by, on=day)


def invent_supervision(staff: Staff) -> None:
    """What a supervisor did for the council's volunteer: talks, training, a record that was read, notes for safety."""
    person_id = staff.by_place.get(("volunteer", None))
    volunteer = volunteer_of(person_id) if person_id else None
    if volunteer is None:
        return
    today, by = clock.today(), staff.one("home-visitor")
    for kind, days, minutes, topic in (
        ("training", 400, 360, "Portage workshop"),
        ("supervision", 35, 60, "How to end a visit well"),
        ("supervision", 7, 45, "What to do when nobody opens the door"),
    ):
        log_session(volunteer, NewSession(kind, today - timedelta(days=days), minutes, topic), by=by, on=today)
    _read_and_noted(volunteer, by)
    db.session.commit()


def _read_and_noted(volunteer: Volunteer, by: Actor) -> None:
    at = datetime.combine(clock.today(), time(8), clock.LONDON)
    recorded = scoped(Visit).where(Visit.recorded_by == volunteer.person_id, Visit.status == "done")
    visit = db.session.scalars(recorded.order_by(Visit.planned_on, Visit.id).limit(1)).first()
    if visit is not None:
        read_record(volunteer, visit.id, Reading("A calm visit. Thank you.", False, visit.version), by=by, at=at)
    given = scoped(Caseload).where(Caseload.person_id == volunteer.person_id, Caseload.until_on.is_(None))
    for caseload in db.session.scalars(given.order_by(Caseload.from_on, Caseload.id).limit(2)):
        for kind, words in (("home-risk", "A large, friendly dog. Ring first, so that it is in the kitchen."),
                            ("allergies", "Nuts. There is a pen in the blue bag.")):  # fmt: skip
            note = write_safety(caseload.child_id, NewSafetyNote(kind, words), by=by, at=at)
            if note is not None and kind == "allergies":
                release_safety(caseload.child_id, note.id, version=note.version, by=by, at=at)
