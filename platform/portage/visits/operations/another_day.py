"""A family says that the day of a visit does not suit them; it stays planned until somebody moves or cancels it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select

from portage.accounts.operations.people import roles_of
from portage.core.access import Can, Role, permissions_of
from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Caseload, Child
from portage.messages.operations import alert, settle, until_settled
from portage.visits.models import Visit
from portage.visits.refusals import NotPlannedAnyMore

ANOTHER_DAY: Final = until_settled("another-day")
MOST_SHOWN = 6
SOON = timedelta(days=1)  # a visit that is no further away is told to the managers too


@dataclass(frozen=True, slots=True)
class AnotherDay:
    """What a family writes with it: why, or when it would suit them; they need not say anything."""

    words: str | None = None


def coming_visits(episode_id: UUID, *, at: datetime) -> Sequence[Visit]:
    """The next visits that are planned, for the family; one of today until it is to begin."""
    now = at.astimezone(LONDON)
    wanted = scoped(Visit).where(
        Visit.episode_id == episode_id,
        Visit.status == "planned",
        or_(Visit.planned_on > now.date(), and_(Visit.planned_on == now.date(), Visit.planned_at >= now.time())),
        Visit.disposed_at.is_(None),
    )
    return db.session.scalars(wanted.order_by(Visit.planned_on, Visit.planned_at, Visit.id).limit(MOST_SHOWN)).all()


def ask_for_another_day(visit: Visit, command: AnotherDay, *, name: str, at: datetime) -> None:
    """Keep that the family asks for another day, and tell whoever goes there; asked again, the last words hold.

    Whoever goes is the visitor, and who covers for them that day. The managers are told too where the visit is today
    or tomorrow, or where nobody who goes may move it.
    """
    today = at.astimezone(LONDON).date()
    if visit.status != "planned" or visit.planned_on < today:
        raise NotPlannedAnyMore
    visit.another_day_at, visit.another_day_by, visit.another_day_words = at, name, command.words
    db.session.flush()
    goes = [person_id for person_id in (visit.visitor_id, *_covers(visit)) if _may_move(person_id)]
    for person_id in goes:
        _tell(visit, person_id=person_id)
    if not goes or visit.planned_on <= today + SOON:
        area_id = db.session.execute(
            select(Child.area_id).where(Child.tenant_id == current_tenant_id(), Child.id == visit.child_id)
        ).scalar_one()
        _tell(visit, role=Role.SERVICE_MANAGER, area_id=area_id)


def answered(visit: Visit) -> None:
    """The visit was moved, cancelled or recorded: nobody need look at what the family asked any more."""
    if visit.another_day_at is not None:
        settle(ANOTHER_DAY, _path(visit))


def on_a_day_that_suits(visit: Visit) -> None:
    """The visit has another day now, so the family's wish is done with."""
    answered(visit)
    visit.another_day_at = visit.another_day_by = visit.another_day_words = None


def _tell(
    visit: Visit, *, person_id: UUID | None = None, role: Role | None = None, area_id: UUID | None = None
) -> None:
    alert(
        kind=ANOTHER_DAY,
        path=_path(visit),
        sentence="A family asks for another day for a visit. Move it or cancel it, and tell them.",
        person_id=person_id,
        role=role,
        area_id=area_id,
        child_id=visit.child_id,
        dedupe=f"another-day:{visit.id}:{visit.version}:{person_id or role}",
    )


def _path(visit: Visit) -> str:
    return f"/visits/{visit.id}"


def _may_move(person_id: UUID) -> bool:
    return Can.PLAN_VISITS in permissions_of(frozenset(Role(role) for role, _ in roles_of(person_id)))


def _covers(visit: Visit) -> Sequence[UUID]:
    """Who covers for the visitor on the day of the visit."""
    wanted = select(Caseload.person_id).where(
        Caseload.tenant_id == current_tenant_id(),
        Caseload.child_id == visit.child_id,
        Caseload.kind == "cover",
        Caseload.from_on <= visit.planned_on,
        Caseload.until_on >= visit.planned_on,
        Caseload.person_id != visit.visitor_id,
    )
    return db.session.scalars(wanted).all()
