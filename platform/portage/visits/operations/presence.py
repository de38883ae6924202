"""Arriving and leaving: a visitor says so on the spot."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, update

from portage.core import clock
from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.tenancy import current_tenant_id
from portage.visits.models import Visit


class NotNow(PortageError):
    """Arriving and leaving are said on the day of the visit."""

    code = "not-now"
    message = "You can say that you arrive or leave on the day of the visit, and until it is cancelled."


Listener = Callable[[Visit], None]
_listeners: list[Listener] = []


def when_heard(listener: Listener) -> Listener:
    """Register what follows, in the same transaction, when a visitor says that they arrive or leave."""
    _listeners.append(listener)
    return listener


def arrive(visit: Visit, *, at: datetime) -> None:
    """Note that the visitor is there; said twice, the first time stands."""
    _today(visit, at)
    _note(visit, arrived_at=visit.arrived_at or at)


def leave(visit: Visit, *, at: datetime) -> None:
    """Note that the visitor has left and is safe; when they arrived stays unsaid where nobody said it.

    That may be said on the next day as well: somebody may wait for them since the evening.
    """
    if (at - timedelta(days=1)).astimezone(clock.LONDON).date() != visit.planned_on:
        _today(visit, at)
    _note(visit, left_at=visit.left_at or at)


def _today(visit: Visit, at: datetime) -> None:
    if visit.planned_on != at.astimezone(clock.LONDON).date() or visit.status not in ("planned", "done"):
        raise NotNow


def _note(visit: Visit, **values: datetime) -> None:
    """Without a new version: a record that somebody has open meanwhile still fits."""
    mine = (Visit.tenant_id == current_tenant_id(), Visit.id == visit.id)
    db.session.execute(update(Visit).where(*mine).values(**values).execution_options(synchronize_session=False))
    db.session.refresh(visit)
    for listener in _listeners:
        listener(visit)


def ends_at(visit: Row[*tuple[Any, ...]] | Visit) -> datetime:
    """The instant at which a visit should be over: as planned, or later where the visitor arrived late."""
    # In UTC: minutes that are added on the clock on the wall would jump with it when summer time begins or ends.
    planned = datetime.combine(visit.planned_on, visit.planned_at, clock.LONDON).astimezone(UTC)
    began = max(planned, visit.arrived_at) if visit.arrived_at else planned
    return began + timedelta(minutes=visit.minutes)


def minutes_spent(row: Visit | Row[*tuple[Any, ...]]) -> int:
    """How long a visit took: from arriving to leaving where both were said, else as planned."""
    if row.arrived_at and row.left_at:
        return max(1, round((row.left_at - row.arrived_at).total_seconds() / 60))
    return row.minutes
