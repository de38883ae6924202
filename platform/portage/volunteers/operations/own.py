"""What a volunteer sees and does: their families, and their own visits, by the door of `families.access` alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select, true

from portage.accounts.operations.clearance import standing
from portage.core import clock
from portage.core.access import Can
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor, Viewer
from portage.core.tenancy import current_tenant_id, here
from portage.families.access import assigned_to, require_assignment
from portage.families.models import Carer, Caseload, Child
from portage.messages.operations import alert
from portage.plans.models import Target
from portage.plans.operations import current_targets
from portage.support.models import Episode
from portage.visits.models import SafetyNote, Visit
from portage.visits.operations import Record, record_visit, tried_in
from portage.visits.operations.safety import safety_of
from portage.volunteers.models import Volunteer
from portage.volunteers.operations.offering import volunteer_of

AHEAD, BEHIND = timedelta(days=28), timedelta(days=28)
MOST = 100
_TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr"}


@dataclass(frozen=True, slots=True)
class CarerShown:
    """A parent or carer as a volunteer sees them: a first name, and a number where calling is safe."""

    first_name: str
    relationship: str
    telephone: str | None
    may_call: bool


@dataclass(frozen=True, slots=True)
class Family:
    """All that a volunteer sees of a family, and nothing besides."""

    child_id: UUID
    first_name: str
    address: str | None
    postcode: str | None
    carers: tuple[CarerShown, ...]
    targets: tuple[Target, ...]
    visits: Sequence[Row[*tuple[Any, ...]]]
    safety: tuple[SafetyNote, ...]


def families_of(viewer: Viewer, on: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """The families of a volunteer: the child's id and first name; nobody's while a check is not in date."""
    if viewer.person_id is None or not _may_visit(viewer, on):
        return ()
    return db.session.execute(
        select(Child.id, Child.given_name, Child.postcode)
        .where(Child.tenant_id == current_tenant_id(), Child.id.in_(assigned_to(viewer.person_id, on)))
        .order_by(Child.given_name, Child.id)
        .limit(MOST)
    ).all()


def _may_visit(viewer: Viewer, on: date) -> bool:
    """What `require_assignment` asks beside the family, for lists."""
    if viewer.person_id is None or Can.VISIT_AS_VOLUNTEER not in viewer.can:
        return False
    return standing(viewer.person_id, on=on).may_visit


def family_for(child_id: UUID, viewer: Viewer, *, at: datetime) -> Family:
    """One family of a volunteer; raises `NotHere` for any other, and while a check is not in date."""
    require_assignment(child_id, viewer, at=at)
    on = at.astimezone(clock.LONDON).date()
    child = db.session.execute(
        select(Child.given_name, Child.address, Child.postcode).where(
            Child.tenant_id == current_tenant_id(), Child.id == child_id
        )
    ).one()
    episode_id = _open_episode(child_id)
    return Family(
        child_id,
        child.given_name,
        child.address,
        child.postcode,
        _carers(child_id),
        tuple(current_targets(episode_id)) if episode_id else (),
        own_visits(viewer, on, child_id=child_id),
        tuple(safety_of(child_id, released=True)),
    )


def _open_episode(child_id: UUID) -> UUID | None:
    return db.session.scalar(
        select(Episode.id).where(
            Episode.tenant_id == current_tenant_id(), Episode.child_id == child_id, Episode.status == "open"
        )
    )


def _carers(child_id: UUID) -> tuple[CarerShown, ...]:
    """The main contacts, or the first carer where none is marked."""
    rows = db.session.execute(
        select(Carer.name, Carer.relationship_to_child, Carer.telephone, Carer.telephone_is_safe, Carer.main_contact)
        .where(Carer.tenant_id == current_tenant_id(), Carer.child_id == child_id)
        .order_by(Carer.main_contact.desc(), Carer.created_at)
    ).all()
    return tuple(
        CarerShown(
            first_name(row.name),
            row.relationship_to_child,
            row.telephone if row.telephone_is_safe else None,
            row.telephone_is_safe,
        )
        for row in [row for row in rows if row.main_contact] or rows[:1]
    )


def first_name(name: str) -> str:
    """The first name of a person, a title before it left out."""
    words = name.split()
    return next((word for word in words if word.strip(".").lower() not in _TITLES), "")


def own_visits(viewer: Viewer, on: date, *, child_id: UUID | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
    """The visits of a volunteer to families that are theirs that day, four weeks behind and ahead."""
    if viewer.person_id is None or not _may_visit(viewer, on):
        return ()
    return db.session.execute(
        select(
            Visit.id,
            Visit.child_id,
            Visit.planned_on,
            Visit.planned_at,
            Visit.minutes,
            Visit.mode,
            Visit.status,
            Child.given_name,
            Child.postcode,
        )
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .where(
            Visit.tenant_id == current_tenant_id(),
            Visit.child_id.in_(assigned_to(viewer.person_id, on)),
            Visit.child_id == child_id if child_id else true(),
            Visit.planned_on.between(on - BEHIND, on + AHEAD),
            _own(viewer.person_id),
        )
        .order_by(Visit.planned_on, Visit.planned_at, Visit.id)
        .limit(MOST)
    ).all()


def _own(person_id: UUID) -> ColumnElement[bool]:
    """Whether a visit is this person's, or falls into the days in which they cover for another."""
    covers = exists(
        select(true()).where(
            Caseload.tenant_id == current_tenant_id(),
            Caseload.person_id == person_id,
            Caseload.child_id == Visit.child_id,
            Caseload.kind == "cover",
            Caseload.from_on <= Visit.planned_on,
            Caseload.until_on >= Visit.planned_on,
        )
    )
    return or_(Visit.visitor_id == person_id, covers)


def visit_for(visit_id: UUID, viewer: Viewer, *, at: datetime) -> Visit:
    """One of a volunteer's own visits to a family of theirs; raises `NotHere` for any other."""
    if viewer.person_id is None:
        raise NotHere
    found = here(Visit, visit_id, _own(viewer.person_id))
    require_assignment(found.child_id, viewer, at=at)
    return found


def record_own(
    visit: Visit, command: Record, *, viewer: Viewer, at: datetime, written_at: datetime | None = None
) -> Visit:
    """Record a volunteer's visit by the short form; their supervisor is asked to read it.

    What the short form does not ask for stays as it was recorded. `written_at` is as in `record_visit`.
    """
    kept = replace(
        command,
        elements=tuple(visit.elements),
        targets=tried_in(visit.id),
        next_activity=visit.next_activity,
        who_was_there=visit.who_was_there,
        time_in=visit.time_in,
        time_out=visit.time_out,
        parents_words=visit.parents_words,
        mode=visit.mode,
    )
    recorded = record_visit(visit.id, kept, by=Actor.of(viewer), at=at, written_at=written_at)
    volunteer = volunteer_of(viewer.person_id) if viewer.person_id else None
    if volunteer is not None:
        _ask_to_read(volunteer, recorded)
    return recorded


def _ask_to_read(volunteer: Volunteer, visit: Visit) -> None:
    if volunteer.supervisor_id is None:
        return
    alert(
        kind="volunteer-visit",
        path=f"/volunteers/{volunteer.id}/visits/{visit.id}",
        sentence="A volunteer recorded a visit. Please read it.",
        person_id=volunteer.supervisor_id,
        child_id=visit.child_id,
        dedupe=f"volunteer-visit:{visit.id}:{visit.version}",
    )
