"""Planned visits and the longest support: what lies at or beyond its limit is taken out, and people are told.

A visit that was taken out comes back by itself where the limit moves beyond it, because a manager extends the support
or a record is corrected. The support itself is never ended here.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portage.core.access import Role
from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Child
from portage.messages.operations import alert
from portage.policy.dates import in_words
from portage.support.changes import when_limit_moved
from portage.support.models import Episode
from portage.support.operations import episode_here, goes_on_until, visitor_of
from portage.support.visitors import page_for
from portage.visits.models import Visit
from portage.visits.operations.another_day import answered
from portage.visits.operations.following import owners_of


def take_out(visits: Iterable[Visit], limit: date | None) -> None:
    """Cancel planned visits for which no day is left: at the limit of the support, or after the last known term."""
    for visit in visits:
        visit.status, visit.cancelled_by = "cancelled", "service"
        answered(visit)
        visit.beyond_limit = limit is not None
        visit.reason = (
            f"The support reaches its limit on {in_words(limit)}."
            if limit
            else "No day was left for it when the visits were moved."
        )


@when_limit_moved
def keep_to_limit(episode_id: UUID, on: date) -> None:
    """Take out the visits from a day on that lie at or beyond the limit, and bring back those that do no longer."""
    episode = episode_here(episode_id)
    if episode.status != "open":
        return
    until = goes_on_until(episode)
    beyond = _planned_from(episode, on, until) if until else []
    take_out(beyond, until)
    back = _taken_out(episode, on, until)
    owners = owners_of(episode.id) if back else []
    for visit in back:
        visit.status, visit.cancelled_by, visit.reason, visit.beyond_limit = "planned", None, None, False
        visit.visitor_id = next((who for since, who in owners if since <= visit.planned_on), visit.visitor_id)
    db.session.flush()
    _tell(episode, until, beyond, back)


def _planned_from(episode: Episode, on: date, until: date) -> Sequence[Visit]:
    """What is planned at or beyond the limit; what is over or begun is left to whoever records it."""
    wanted = scoped(Visit).where(
        Visit.episode_id == episode.id,
        Visit.status == "planned",
        Visit.planned_on >= max(on, until),
        Visit.arrived_at.is_(None),
    )
    return db.session.scalars(wanted.order_by(Visit.planned_on)).all()


def _taken_out(episode: Episode, on: date, until: date | None) -> Sequence[Visit]:
    """What was taken out at an earlier limit and lies before the one of now."""
    wanted = scoped(Visit).where(
        Visit.episode_id == episode.id,
        Visit.status == "cancelled",
        Visit.beyond_limit.is_(True),
        Visit.planned_on >= on,
    )
    if until is not None:
        wanted = wanted.where(Visit.planned_on < until)
    return db.session.scalars(wanted.order_by(Visit.planned_on)).all()


def _tell(episode: Episode, until: date | None, beyond: Sequence[Visit], back: Sequence[Visit]) -> None:
    """Tell the visitor and the managers what is planned no longer, or again."""
    if beyond and until is not None:
        day, count = in_words(until), len(beyond)
        visits = "1 planned visit was" if count == 1 else f"{count} planned visits were"
        sentence = (
            f"A child's support reaches its limit on {day}: {visits} cancelled. Please tell the family, or extend it."
        )
        _alert(episode, "limit-visits", sentence, f"out:{until.isoformat()}:{beyond[0].id}:{beyond[0].version}")
    if back:
        visits = "1 visit is" if len(back) == 1 else f"{len(back)} visits are"
        sentence = f"A child's support goes on for longer: {visits} planned again. Please look at the days."
        _alert(episode, "limit-visits", sentence, f"back:{back[0].id}:{back[0].version}")


def _alert(episode: Episode, kind: str, sentence: str, once: str) -> None:
    area_id = db.session.execute(
        select(Child.area_id).where(Child.tenant_id == current_tenant_id(), Child.id == episode.child_id)
    ).scalar_one()
    alert(
        kind=kind,
        path=f"/episodes/{episode.id}",
        sentence=sentence,
        role=Role.SERVICE_MANAGER,
        area_id=area_id,
        child_id=episode.child_id,
        dedupe=f"{kind}:{once}:managers",
    )
    if (allocation := visitor_of(episode.id)) is not None:
        alert(
            kind=kind,
            path=page_for(allocation.person_id, episode_id=episode.id, child_id=episode.child_id),
            sentence=sentence,
            person_id=allocation.person_id,
            child_id=episode.child_id,
            dedupe=f"{kind}:{once}:{allocation.person_id}",
        )
