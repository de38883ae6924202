"""Who may open whose record within a council: caseload, area team, an agenda, or a reason that the manager sees.

A volunteer opens no record. `require_assignment` lets them see their own pages of a family that is given to them, while
every check of theirs is in date, and `require_access` never takes a volunteer's caseload for a way in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Select,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
)

from portage.accounts.operations.clearance import standing
from portage.core import clock
from portage.core.access import AREA_ROLES, PANEL_ROLES, Can, Role, visits_as_volunteer
from portage.core.db import db
from portage.core.errors import NotHere, PortageError
from portage.core.identity import Actor, Viewer
from portage.core.tenancy import TENANT, current_tenant_id
from portage.families.models import AccessReason, Caseload, Child, Conflict

_VIEWER = bindparam("viewer_id", type_=Uuid())
CONFLICT = "conflict"  # stands in the column `caseload` for somebody who declared one and does not visit the child
ASSIGNED = ("allocated", "cover")
REASON_HOLDS = timedelta(hours=8)
MAY_GIVE_A_REASON = AREA_ROLES | {Role.PANEL_MEMBER, Role.HOME_VISITOR}


class ConflictDeclared(PortageError):
    """The person declared a conflict of interest about this child; nothing about the child opens to them."""

    status = HTTPStatus.FORBIDDEN
    code = "conflict-declared"
    message = (
        "You declared a conflict of interest about this child, so this is closed to you. "
        "If that was a mistake, ask another chair of the panel to lift it."
    )


class ReasonNeeded(PortageError):
    """The record is beyond this person's own cases; a page asks why, and the answer opens it for some hours."""

    status = HTTPStatus.FORBIDDEN
    code = "reason-needed"
    message = "This record is beyond your own cases. Say why you need it, and it opens."

    def __init__(self, child_id: UUID) -> None:
        super().__init__()
        self.child_id = child_id


@dataclass(frozen=True, slots=True)
class Access:
    """How a viewer came into a child's record, and whether they see what is restricted."""

    child_id: UUID
    area_id: UUID | None
    how: str  # caseload, area, agenda, reason
    restricted: bool


Door = Callable[[UUID, Viewer], bool]
_doors: dict[str, Door] = {}


def door(name: str) -> Callable[[Door], Door]:
    """Register a further way in that a higher slice knows of, such as a panel's agenda."""

    def keep(opens: Door) -> Door:
        _doors[name] = opens
        return opens

    return keep


def require_access(child_id: UUID, viewer: Viewer, *, at: datetime | None = None) -> Access:
    """Answer how this viewer may open the child's record, in one query for nearly everybody.

    Raises `NotHere` for a child of no or another council, and for whoever opens no records, such as a volunteer;
    `ReasonNeeded` for anybody else whose role, caseload and area do not cover the child.
    """
    found = db.session.execute(
        _ways_into(), {"child_id": child_id, **access_values(viewer, at or clock.now())}
    ).one_or_none()
    if found is None:
        raise NotHere
    return granted(viewer, child_id, found.area_id, found.caseload, found.reason)


@cache
def _ways_into() -> Select[*tuple[Any, ...]]:
    return select(Child.area_id, *access_columns()).where(
        Child.tenant_id == TENANT, Child.id == bindparam("child_id", type_=Uuid())
    )


def access_columns() -> tuple[ColumnElement[str | None], ColumnElement[bool]]:
    """What `granted` needs to know of a `Child` that a statement reads anyway: the columns `caseload` and `reason`.

    The statement is asked with `access_values`.
    """
    return _caseload_kind(), _has_reason().label("reason")


def access_values(viewer: Viewer, at: datetime) -> dict[str, object]:
    """The values of a statement with `access_columns`: who asks, and when."""
    return {
        "viewer_id": viewer.person_id,
        "by_caseload": not visits_as_volunteer(viewer.roles),
        "viewed_on": at.astimezone(clock.LONDON).date(),
        "viewed_at": at,
    }


def granted(viewer: Viewer, child_id: UUID, area_id: UUID | None, caseload: str | None, reason: bool) -> Access:
    """Answer as `require_access` does, for a child that a statement with `access_columns` has read."""
    if viewer.person_id is None or Can.OPEN_CASE not in viewer.can:
        raise NotHere
    if caseload == CONFLICT:
        raise ConflictDeclared
    how = _way_in(viewer, child_id, area_id, caseload, reason)
    if how is None:
        if not may_give_a_reason(viewer):
            raise NotHere
        raise ReasonNeeded(child_id)
    return Access(child_id, area_id, how, sees_restricted(viewer, caseload))


def among_own_cases(viewer: Viewer, area_id: UUID | None, caseload: str | None) -> bool:
    """Whether this viewer opens the child's record without a reason, by caseload or area team: may a list name it?

    For a child that a statement with `access_columns` has read.
    """
    if viewer.person_id is None or Can.OPEN_CASE not in viewer.can or caseload == CONFLICT:
        return False
    return caseload is not None or in_own_area(viewer, area_id)


def _way_in(viewer: Viewer, child_id: UUID, area_id: UUID | None, caseload: str | None, reason: bool) -> str | None:
    if caseload is not None:
        return "caseload"
    if in_own_area(viewer, area_id):
        return "area"
    for name, opens in _doors.items():
        if opens(child_id, viewer):
            return name
    return "reason" if reason and may_give_a_reason(viewer) else None


def may_give_a_reason(viewer: Viewer) -> bool:
    """Whether saying why opens a record to this viewer; a seat on a panel is no reason for somebody from outside."""
    return bool((viewer.roles - PANEL_ROLES if viewer.outside else viewer.roles) & MAY_GIVE_A_REASON)


def require_assignment(child_id: UUID, viewer: Viewer, *, at: datetime | None = None) -> None:
    """Raise `NotHere` unless this volunteer visits the child's family now and every check of theirs is in date.

    Both are asked of the database at this moment, whatever the session or a page believed before.
    """
    on = (at or clock.now()).astimezone(clock.LONDON).date()
    if viewer.person_id is None or Can.VISIT_AS_VOLUNTEER not in viewer.can:
        raise NotHere
    given = select(assigned_to(viewer.person_id, on).where(Caseload.child_id == child_id).exists())
    if not db.session.execute(given).scalar_one() or not standing(viewer.person_id, on=on).may_visit:
        raise NotHere


def assigned_to(person_id: UUID, on: date) -> Select[UUID]:
    """The ids of the children whom somebody visits that day, allocated or as cover, as a subquery."""
    return on_caseload(person_id, on).where(Caseload.kind.in_(ASSIGNED))


def sees_restricted(viewer: Viewer, caseload: str | None) -> bool:
    """Managers see the restricted marks, and the visitor to whom the child is given or who covers for them."""
    visits = Role.HOME_VISITOR in viewer.roles and caseload in ("allocated", "cover")
    return Can.SEE_RESTRICTED in viewer.can or visits


def in_own_area(viewer: Viewer, area_id: UUID | None) -> bool:
    """Whether a child of this area is within the viewer's area teams; no area on either side is the whole council."""
    if not (viewer.roles - PANEL_ROLES if viewer.outside else viewer.roles) & AREA_ROLES:
        return False
    return not viewer.areas or area_id is None or area_id in viewer.areas


def on_caseload(person_id: UUID, on: date) -> Select[UUID]:
    """The ids of the children on a person's caseload that day, as a subquery."""
    return select(Caseload.child_id).where(
        Caseload.tenant_id == current_tenant_id(), Caseload.person_id == person_id, *_current(on)
    )


def put_on_caseload(
    child_id: UUID, person_id: UUID, kind: str, *, from_on: date, by: Actor, until_on: date | None = None
) -> Caseload:
    """Give a child to a person: `allocated`, `cover` (between two days) or `assessor`; the days are inclusive."""
    row = Caseload(
        child_id=child_id, person_id=person_id, kind=kind, from_on=from_on, until_on=until_on, given_by=by.person_id
    )
    db.session.add(row)
    db.session.flush()
    return row


def end_caseload(caseload_id: UUID, *, until_on: date) -> None:
    """Let a caseload row end with that day."""
    row = db.session.get_one(Caseload, (current_tenant_id(), caseload_id))
    row.until_on = max(until_on, row.from_on - timedelta(days=1))
    db.session.flush()


def end_assessing(child_id: UUID, person_id: UUID, *, until_on: date) -> None:
    """End a person's access as assessor of a child with that day."""
    rows = db.session.scalars(
        select(Caseload).where(
            Caseload.tenant_id == current_tenant_id(),
            Caseload.child_id == child_id,
            Caseload.person_id == person_id,
            Caseload.kind == "assessor",
            Caseload.until_on.is_(None),
        )
    )
    for row in rows:
        row.until_on = max(until_on, row.from_on - timedelta(days=1))
    db.session.flush()


def give_reason(child_id: UUID, person_id: UUID, reason: str, *, at: datetime) -> AccessReason:
    """Record why a person opens a record beyond their own cases; it holds for eight hours."""
    given = AccessReason(child_id=child_id, person_id=person_id, reason=reason, until=at + REASON_HOLDS)
    db.session.add(given)
    db.session.flush()
    return given


def _current(on: date | BindParameter[date]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Caseload.from_on <= on, or_(Caseload.until_on.is_(None), Caseload.until_on >= on)


def _caseload_kind() -> ColumnElement[str | None]:
    """The closest tie of the viewer to the child: allocated, then cover, then assessor; else a declared conflict.

    Who visits the family goes on visiting it: their own caseload stays open, and the panel's pages do not.
    """
    tie = (
        select(Caseload.kind)
        .where(
            Caseload.tenant_id == TENANT,
            Caseload.child_id == Child.id,
            Caseload.person_id == _VIEWER,
            bindparam("by_caseload", type_=Boolean()),
            *_current(bindparam("viewed_on", type_=Date())),
        )
        .order_by(Caseload.kind == "assessor", Caseload.kind)
        .limit(1)
        .correlate(Child)
        .scalar_subquery()
    )
    return func.coalesce(tie, case((_has_conflict(), CONFLICT))).label("caseload")


def _has_conflict() -> ColumnElement[bool]:
    return exists(
        select(true()).where(
            Conflict.tenant_id == TENANT,
            Conflict.person_id == _VIEWER,
            Conflict.child_id == Child.id,
            Conflict.lifted_at.is_(None),
        )
    )


def _has_reason() -> ColumnElement[bool]:
    return exists(
        select(true()).where(
            AccessReason.tenant_id == TENANT,
            AccessReason.child_id == Child.id,
            AccessReason.person_id == _VIEWER,
            AccessReason.until > bindparam("viewed_at", type_=DateTime(timezone=True)),
        )
    )
