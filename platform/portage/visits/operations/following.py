"""What planned visits do when the support of a child changes: they end with it, and another visitor has them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update

from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.support.changes import when_closed, when_visitor_changed
from portage.support.models import Allocation
from portage.visits.models import Visit


@when_closed
def cancel_planned(episode_id: UUID, last_day: date, by: Actor, at: datetime) -> None:
    """Support has ended: visits that are planned after its last day are cancelled by the service.

    A visit that somebody has begun is not: they are waited for until they say that they are out, and record it.
    """
    for visit in db.session.scalars(
        scoped(Visit).where(
            Visit.episode_id == episode_id,
            Visit.status == "planned",
            Visit.planned_on > last_day,
            Visit.arrived_at.is_(None),
        )
    ):
        visit.status, visit.cancelled_by, visit.reason = "cancelled", "service", "The support has ended."
        visit.recorded_by, visit.recorded_at = by.person_id, at
    db.session.flush()


@when_visitor_changed
def hand_over(episode_id: UUID, visitor_id: UUID, from_on: date) -> None:
    """Another person visits from a day on: the visits planned from then are theirs.

    A visit that somebody has begun stays theirs: it is they who are waited for until they say that they are out.
    """
    db.session.execute(
        update(Visit)
        .where(
            Visit.tenant_id == current_tenant_id(),
            Visit.episode_id == episode_id,
            Visit.status == "planned",
            Visit.planned_on >= from_on,
            Visit.arrived_at.is_(None),
        )
        .values(visitor_id=visitor_id, version=Visit.version + 1)
    )


def owners_of(episode_id: UUID) -> list[tuple[date, UUID]]:
    """Whose the child is from which day, the latest first."""
    rows = db.session.execute(
        select(Allocation.from_on, Allocation.person_id)
        .where(Allocation.tenant_id == current_tenant_id(), Allocation.episode_id == episode_id)
        .order_by(Allocation.from_on.desc(), Allocation.id.desc())
    )
    return [(row.from_on, row.person_id) for row in rows]
