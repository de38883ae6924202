"""Supervision: reading what a volunteer recorded, logging talks and training, counting hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, case, exists, extract, func, select, true

from portage.core.access import Can
from portage.core.db import db
from portage.core.errors import NotAllowed, NotHere
from portage.core.identity import Actor, Viewer
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.access import door
from portage.families.models import Caseload, Child
from portage.messages.operations import settle
from portage.visits.models import Visit
from portage.volunteers.models import Volunteer, VolunteerSession, VolunteerVisitReview
from portage.volunteers.operations.offering import volunteer_here
from portage.volunteers.refusals import NotYourOwn, WrongDay

MOST = 50


@dataclass(frozen=True, slots=True)
class NewSession:
    """A supervision or a training that took place."""

    kind: str
    held_on: date
    minutes: int
    topic: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a supervisor notes on reading a record."""

    note: str | None
    talk_about_it: bool
    version: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes that a volunteer gave: at families, in supervision, in training."""

    visiting: int
    supervision: int
    training: int


def supervised(volunteer_id: UUID, viewer: Viewer) -> Volunteer:
    """A volunteer, for managers and the supervisor who is named; for anybody else there is none."""
    volunteer = volunteer_here(volunteer_id)
    if Can.MANAGE_VOLUNTEERS not in viewer.can and volunteer.supervisor_id != viewer.person_id:
        raise NotHere
    return volunteer


def log_session(volunteer: Volunteer, command: NewSession, *, by: Actor, on: date) -> VolunteerSession:
    """Write down a supervision or a training."""
    if by.person_id is None:
        raise NotAllowed
    if command.held_on > on:
        raise WrongDay("The day is in the future. Enter today or a day before.")
    session = VolunteerSession(
        volunteer_id=volunteer.id,
        kind=command.kind,
        held_on=command.held_on,
        minutes=command.minutes,
        topic=command.topic,
        recorded_by=by.person_id,
    )
    db.session.add(session)
    db.session.flush()
    return session


def sessions_of(volunteer_id: UUID) -> list[VolunteerSession]:
    """The latest supervisions and trainings, the newest first."""
    wanted = scoped(VolunteerSession).where(VolunteerSession.volunteer_id == volunteer_id)
    newest = wanted.order_by(VolunteerSession.held_on.desc(), VolunteerSession.id.desc())
    return list(db.session.scalars(newest.limit(MOST)))


def hours_of(volunteer: Volunteer, *, since: date) -> Hours:
    """What a volunteer gave from a day on: visits from arriving to leaving where both were said, else as planned."""
    stayed = extract("epoch", Visit.left_at - Visit.arrived_at) / 60
    took = case((and_(Visit.arrived_at.is_not(None), Visit.left_at.is_not(None)), stayed), else_=Visit.minutes)
    visiting = db.session.scalar(
        select(func.coalesce(func.sum(took), 0)).where(
            Visit.tenant_id == current_tenant_id(),
            Visit.visitor_id == volunteer.person_id,
            Visit.status == "done",
            Visit.done_on >= since,
        )
    )
    rows = db.session.execute(
        select(VolunteerSession.kind, func.sum(VolunteerSession.minutes).label("minutes"))
        .where(
            VolunteerSession.tenant_id == current_tenant_id(),
            VolunteerSession.volunteer_id == volunteer.id,
            VolunteerSession.held_on >= since,
        )
        .group_by(VolunteerSession.kind)
    )
    logged = {row.kind: int(row.minutes) for row in rows}
    return Hours(round(visiting or 0), logged.get("supervision", 0), logged.get("training", 0))


def in_hours(minutes: int) -> str:
    """Minutes as people say them: 2 hours 5 minutes."""
    hours, rest = divmod(minutes, 60)
    said = [f"{hours} hour{'' if hours == 1 else 's'}"] if hours else []
    return " ".join([*said, *([f"{rest} minute{'' if rest == 1 else 's'}"] if rest or not hours else [])])


def to_read(viewer: Viewer) -> Sequence[Row[*tuple[Any, ...]]]:
    """The records of volunteers that their supervisor has not read as they now are."""
    return db.session.execute(_records().where(Volunteer.supervisor_id == viewer.person_id, ~_read()).limit(MOST)).all()


def records_of(volunteer: Volunteer) -> Sequence[Row[*tuple[Any, ...]]]:
    """The latest records of one volunteer, each with whether it was read as it now is."""
    return db.session.execute(_records().where(Volunteer.id == volunteer.id).limit(MOST)).all()


def _read() -> Any:
    return exists(
        select(true()).where(
            VolunteerVisitReview.tenant_id == current_tenant_id(),
            VolunteerVisitReview.visit_id == Visit.id,
            VolunteerVisitReview.record_version == Visit.version,
        )
    )


def _records() -> Any:
    return (
        select(
            Volunteer.id.label("volunteer_id"),
            Volunteer.name,
            Visit.id,
            Visit.done_on,
            Visit.planned_on,
            Visit.status,
            Child.given_name,
            _read().label("read"),
        )
        .join(Visit, and_(Visit.tenant_id == Volunteer.tenant_id, Visit.recorded_by == Volunteer.person_id))
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .where(Volunteer.tenant_id == current_tenant_id())
        .order_by(Visit.planned_on.desc(), Visit.id)
    )


def record_read_by(volunteer: Volunteer, visit_id: UUID) -> Visit:
    """A visit that this volunteer recorded; raises NotHere for any other."""
    found = db.session.scalars(
        scoped(Visit).where(Visit.id == visit_id, Visit.recorded_by == volunteer.person_id)
    ).one_or_none()
    if found is None or volunteer.person_id is None:
        raise NotHere
    return found


def reviews_of(visit_id: UUID) -> list[VolunteerVisitReview]:
    """What supervisors noted on reading a visit's record, the newest first."""
    wanted = scoped(VolunteerVisitReview).where(VolunteerVisitReview.visit_id == visit_id)
    return list(db.session.scalars(wanted.order_by(VolunteerVisitReview.reviewed_at.desc())))


def read_record(
    volunteer: Volunteer, visit_id: UUID, command: Reading, *, by: Actor, at: datetime
) -> VolunteerVisitReview:
    """Note that a volunteer's record was read as it stood on the page; once for each state of the record."""
    visit = record_read_by(volunteer, visit_id)
    if by.person_id is None:
        raise NotAllowed
    if by.person_id == volunteer.person_id:
        raise NotYourOwn
    known = [each for each in reviews_of(visit.id) if each.record_version == command.version]
    if known:
        return known[0]
    review = VolunteerVisitReview(
        visit_id=visit.id,
        volunteer_id=volunteer.id,
        record_version=min(command.version, visit.version),
        reviewed_by=by.person_id,
        reviewed_at=at,
        note=command.note,
        talk_about_it=command.talk_about_it,
    )
    db.session.add(review)
    db.session.flush()
    settle("volunteer-visit", f"/volunteers/{volunteer.id}/visits/{visit.id}")
    return review


@door("supervision")
def supervises(child_id: UUID, viewer: Viewer) -> bool:
    """Whether a volunteer whom this person supervises visits the child: their supervisor may open the record."""
    if Can.SUPERVISE_VOLUNTEERS not in viewer.can or viewer.person_id is None:
        return False
    theirs = select(Volunteer.person_id).where(
        Volunteer.tenant_id == current_tenant_id(),
        Volunteer.supervisor_id == viewer.person_id,
        Volunteer.status == "active",
    )
    given = exists(
        select(true()).where(
            Caseload.tenant_id == current_tenant_id(),
            Caseload.child_id == child_id,
            Caseload.kind.in_(("allocated", "cover")),
            Caseload.person_id.in_(theirs),
        )
    )
    return bool(db.session.scalar(select(given)))
