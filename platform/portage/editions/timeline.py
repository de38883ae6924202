"""Every edition of a council on one line of time: past, in force, coming, withdrawn, and the drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.editions.models import PolicyEdition

State = Literal[
    "past", "corrected", "in-force", "coming", "withdrawn", "restated", "waiting-for-a-date", "being-written", "ready"
]


@dataclass(frozen=True, slots=True)
class Listed:
    """An edition without its terms: what it is called, from when until when it holds, and who did what."""

    id: UUID
    source: str
    state: State
    effective_from: date | None
    until: date | None  # the last day on which it holds; None where no end is known
    revision: int
    version: int
    corrects: UUID | None
    correction_reason: str | None
    drafted_by: UUID | None
    submitted_at: datetime | None
    published_by: UUID | None
    published_at: datetime | None
    withdrawn_by: UUID | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    restated_at: datetime | None  # when this row took the place of the same edition on another policy

    @property
    def published(self) -> bool:
        """Say whether it holds, held or will hold."""
        return self.state in ("past", "corrected", "in-force", "coming")

    @property
    def draft(self) -> bool:
        """Say whether it can still be changed."""
        return self.state in ("waiting-for-a-date", "being-written", "ready")


_COLUMNS = (
    "id source status effective_from revision version corrects correction_reason authors drafted_by submitted_at "
    "published_by published_at withdrawn_by withdrawn_at withdrawn_reason restated_at"
)


def timeline(today: date) -> list[Listed]:
    """Return every edition: drafts first, then what is coming, in force and past, the newest first."""
    columns = (getattr(PolicyEdition, name) for name in _COLUMNS.split())
    wanted = select(*columns).where(PolicyEdition.tenant_id == current_tenant_id())
    days = PolicyEdition.effective_from.desc().nulls_first(), PolicyEdition.revision.desc(), PolicyEdition.id.desc()
    rows = db.session.execute(wanted.order_by(*days)).all()
    published = [row for row in rows if row.status == "published"]
    held = next((row.id for row in published if row.effective_from <= today), None)
    return [_listed(row, _state(row, published, held, today), _until(row, published)) for row in rows]


def _state(row: Any, published: Sequence[Any], held: UUID | None, today: date) -> State:
    if row.status in ("withdrawn", "restated"):
        return cast(State, row.status)
    if row.status == "draft":
        if row.submitted_at is not None:
            return "ready"
        return "being-written" if row.authors else "waiting-for-a-date"
    if row.id == held:
        return "in-force"
    if any(other.effective_from == row.effective_from and other.revision > row.revision for other in published):
        return "corrected"
    return "coming" if row.effective_from > today else "past"


def _until(row: Any, published: Sequence[Any]) -> date | None:
    if row.status != "published":
        return None
    later = [other.effective_from for other in published if other.effective_from > row.effective_from]
    return min(later) - timedelta(days=1) if later else None


def _listed(row: Any, state: State, until: date | None) -> Listed:
    same = {name: getattr(row, name) for name in _COLUMNS.split() if name not in ("status", "authors")}
    return Listed(state=state, until=until, **same)
