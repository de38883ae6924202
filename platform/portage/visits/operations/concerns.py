"""Worries about a child: read by the one who wrote them and those who handle them, at once, and by nobody else.

Managers of area teams have their own areas on their list; beyond them they say why, as for any record.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from portage.accounts.models import AreaMembership, Person, RoleGrant
from portage.core.access import ROLE_CAN, Can, Role
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotAllowed, NotHere
from portage.core.identity import Actor, Viewer
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.access import require_access
from portage.families.models import Child
from portage.messages.operations import alert, tell
from portage.notifications.operations.warnings import bears_a_mark
from portage.tenants.models import Area
from portage.visits.models import Concern

HANDLERS = tuple(sorted(role.value for role, can in ROLE_CAN.items() if Can.HANDLE_CONCERN in can))


@dataclass(frozen=True, slots=True)
class Worry:
    """What somebody saw or heard, and what they have done about it already."""

    what_was_seen: str
    done_already: str | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """What was done about a worry."""

    handling: str
    version: int


def raise_concern(child_id: UUID, command: Worry, *, by: Actor, at: datetime, visit_id: UUID | None = None) -> Concern:
    """Write a worry down, and alert those who handle worries at once; their e-mail holds nothing."""
    if by.person_id is None:
        raise NotAllowed
    concern = Concern(
        child_id=child_id,
        visit_id=visit_id,
        raised_by=by.person_id,
        raised_at=at,
        what_was_seen=command.what_was_seen,
        done_already=command.done_already,
    )
    db.session.add(concern)
    db.session.flush()
    people = who_handles(child_id)
    if not people:  # for whoever comes to handle worries; the page tells the writer that nobody does now
        _alert(concern, role=Role.SERVICE_MANAGER)
    for person_id in people:
        _alert(concern, person_id=person_id)
        tell(kind="alert", recipient_kind="person", recipient_id=person_id, subject_id=concern.id)
    return concern


def _alert(concern: Concern, *, person_id: UUID | None = None, role: Role | None = None) -> None:
    alert(
        kind="concern",
        path=f"/concerns/{concern.id}",
        sentence="Somebody is worried about a child. Please read the note now.",
        person_id=person_id,
        role=role,
        dedupe=f"concern:{concern.id}:{person_id or role}",
    )


@bears_a_mark("worry")
def worried_about(children: list[UUID], _on: date) -> bool:
    """Whether somebody noted a worry about any of these children, dealt with or not."""
    noted = scoped(Concern).where(Concern.child_id.in_(children)).limit(1)
    return db.session.scalars(noted).first() is not None


def who_handles(child_id: UUID) -> list[UUID]:
    """Who is alerted to a worry about this child; nobody only where no one in the council handles worries."""
    area_id = db.session.execute(
        select(Child.area_id).where(Child.tenant_id == current_tenant_id(), Child.id == child_id)
    ).scalar_one()
    return _handlers(area_id) or _handlers(None)


def _handlers(area_id: UUID | None) -> list[UUID]:
    """Who handles worries: those of the child's area and of the whole council; without an area, everybody who may."""
    tenant_id = current_tenant_id()
    query = select(Person.id).where(*_may_handle())
    if area_id is not None:
        member = (AreaMembership.tenant_id == tenant_id) & (AreaMembership.person_id == Person.id)
        anywhere = select(AreaMembership.id).where(member).exists()
        here = select(AreaMembership.id).where(member, AreaMembership.area_id == area_id).exists()
        query = query.where(or_(~anywhere, here))
    return list(db.session.scalars(query.order_by(Person.name)))


def _may_handle() -> tuple[ColumnElement[bool], ...]:
    tenant_id = current_tenant_id()
    holds = select(RoleGrant.person_id).where(RoleGrant.tenant_id == tenant_id, RoleGrant.role.in_(HANDLERS))
    return Person.tenant_id == tenant_id, Person.disabled_at.is_(None), Person.id.in_(holds)


def areas_looked_after(viewer: Viewer) -> frozenset[UUID] | None:
    """The areas whose worries a person who handles them has on their list; None for the whole council.

    Those are their own area teams and each area that nobody else looks after: no worry may wait on no list.
    """
    if not viewer.areas:
        return None
    tenant_id = current_tenant_id()
    belongs = (AreaMembership.tenant_id == Person.tenant_id) & (AreaMembership.person_id == Person.id)
    handlers = select(AreaMembership.area_id).select_from(Person).outerjoin(AreaMembership, belongs)
    covered = set(db.session.scalars(handlers.where(*_may_handle())))
    if None in covered:  # somebody works for the whole council
        return viewer.areas
    every = set(db.session.scalars(select(Area.id).where(Area.tenant_id == tenant_id)))
    return viewer.areas | (every - covered)


def concern_for(concern_id: UUID, viewer: Viewer) -> Concern:
    """One worry, for the one who wrote it and those who handle worries; for anybody else there is none.

    A manager opens worries of their own area teams, of children without an area and of areas that nobody else looks
    after; any other as they would open that child's record, with a reason (`ReasonNeeded`).
    """
    found = db.session.scalars(scoped(Concern).where(Concern.id == concern_id)).one_or_none()
    if found is None or not (Can.HANDLE_CONCERN in viewer.can or found.raised_by == viewer.person_id):
        raise NotHere
    if found.raised_by != viewer.person_id and viewer.person_id not in who_handles(found.child_id):
        require_access(found.child_id, viewer)
    return found


def handle_concern(concern_id: UUID, command: Handling, *, viewer: Viewer, at: datetime) -> Concern:
    """Write down what was done about a worry; a later note is added below the one before."""
    concern = concern_for(concern_id, viewer)
    if Can.HANDLE_CONCERN not in viewer.can or viewer.person_id is None:
        raise NotAllowed
    if concern.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("What was done", concern.handling or "")],
            yours=[("What was done", command.handling)],
            back=f"/concerns/{concern.id}",
        )
    concern.handling = command.handling if not concern.handling else f"{concern.handling}\n\n{command.handling}"
    concern.handled_by, concern.handled_at = viewer.person_id, at
    db.session.flush()
    return concern
