"""Asking for a preview, carrying it out piece by piece, stopping it, and forgetting its list."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from portage.core import outbox
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.editions.models import PolicyEdition
from portage.editions.refusals import DraftUnfinished
from portage.policy import dates
from portage.previews.comparing import Judge
from portage.previews.models import RUNNING, Preview, PreviewChange

WORK = "preview.work"
LOOKS_BACK = 24  # months
LIST_IS_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class AskForPreview:
    """Which edition, and the day from which it is imagined to hold."""

    edition_id: UUID
    from_on: date


def ask_for(command: AskForPreview, *, by: Actor, on: date, at: datetime) -> Preview:
    """Ask for a preview of a draft, or of an edition whose day has not come; one that runs already is given back.

    Raises `NotHere` for any other edition, and `DraftUnfinished` for one that no request could be judged by.
    """
    edition = db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.id == command.edition_id)).one_or_none()
    if edition is None or not may_be_previewed(edition.status, edition.effective_from, on):
        raise NotHere
    if Judge.by(edition.id) is None:
        raise DraftUnfinished
    running = scoped(Preview).where(
        Preview.edition_id == edition.id,
        Preview.terms_digest == digest_of(edition.terms),
        Preview.from_on == command.from_on,
        Preview.status.in_(RUNNING),
    )
    if (same := db.session.scalars(running.limit(1)).one_or_none()) is not None:
        return same
    preview = Preview(
        edition_id=edition.id,
        terms_digest=digest_of(edition.terms),
        from_on=command.from_on,
        since=dates.add_months(on, -LOOKS_BACK),
        asked_by=by.person_id,
        asked_at=at,
    )
    db.session.add(preview)
    db.session.flush()
    outbox.put(WORK, preview.id)
    return preview


def may_be_previewed(status: str, effective_from: date | None, on: date) -> bool:
    """Whether an edition is still to come: a draft, or published for a later day."""
    return status == "draft" or (status == "published" and effective_from is not None and effective_from > on)


def digest_of(terms: Mapping[str, Any]) -> str:
    """A short name for the terms of a draft as they stand, by which a later change is noticed."""
    return hashlib.sha256(json.dumps(terms, sort_keys=True).encode()).hexdigest()[:32]


def stop(preview_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Stop a preview that still runs; answers whether it did. What it found so far is not shown as a result."""
    return change_running(preview_id, status="cancelled", cancelled_by=by.person_id, finished_at=at)


def give_up(preview_id: UUID, *, at: datetime) -> None:
    """Say of a preview that it could not be carried out."""
    change_running(preview_id, status="failed", finished_at=at)


def change_running(preview_id: UUID, **values: Any) -> bool:
    """Change a preview, unless it has ended meanwhile; answers whether it had not."""
    changed = db.session.execute(
        update(Preview)
        .where(Preview.tenant_id == current_tenant_id(), Preview.id == preview_id, Preview.status.in_(RUNNING))
        .values(**values)
        .returning(Preview.id)
        .execution_options(synchronize_session=False)
    )
    return changed.scalar_one_or_none() is not None


def forget_lists(*, at: datetime) -> int:
    """Delete the lists of previews that ended long ago; their counts stay. Answers how many requests were listed."""
    old = select(Preview.id).where(
        Preview.tenant_id == current_tenant_id(),
        Preview.finished_at < at - LIST_IS_KEPT,
        Preview.forgotten_at.is_(None),
    )
    ids = list(db.session.scalars(old))
    gone = db.session.execute(
        delete(PreviewChange)
        .where(PreviewChange.tenant_id == current_tenant_id(), PreviewChange.preview_id.in_(ids))
        .returning(PreviewChange.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.execute(
        update(Preview)
        .where(Preview.tenant_id == current_tenant_id(), Preview.id.in_(ids))
        .values(forgotten_at=at)
        .execution_options(synchronize_session=False)
    )
    return len(gone)
