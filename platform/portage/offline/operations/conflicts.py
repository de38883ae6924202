"""Two records of one visit: both are kept, and a person says which of them stands, or that both do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here
from portage.messages.operations import settle, until_settled
from portage.offline.models import RecordConflict
from portage.visits.words import ACTIVITY

TWO_RECORDS = until_settled("two-records")
JOINED = ("who_was_there", "how_it_went", "parents_words", "next_activity", "reason_cancelled", "reason_not_available")


@dataclass(frozen=True, slots=True)
class Settle:
    """Which record stands: `theirs` (the one that was there), `ours` (the phone's), or `both`."""

    how: str
    version: int


def conflict_here(conflict_id: UUID) -> RecordConflict:
    """Two records of a visit of this council; raises `NotHere`. The caller asks who may open the child's record."""
    return here(RecordConflict, conflict_id)


def standing_fields(conflict: RecordConflict, now: dict[str, Any], how: str) -> dict[str, Any]:
    """The fields of the record that is to stand, of the version that stands now.

    With `both` the phone's choices stand, and each text holds the two, the one that was there first.
    """
    if how == "theirs":
        return now
    chosen = {**conflict.ours, "version": now["version"]}
    if how == "ours":
        return chosen
    for name in (*JOINED, *_of_activities(now, chosen)):
        texts = dict.fromkeys(text for text in (now.get(name), chosen.get(name)) if text)
        chosen[name] = "\n\n".join(texts) if name != "who_was_there" else "; ".join(texts)
    chosen["elements"] = list(dict.fromkeys([*(now.get("elements") or []), *(chosen.get("elements") or [])]))
    for name, result in now.items():
        if name.startswith("target-") and not chosen.get(name):
            chosen[name] = result
    return chosen


def _of_activities(*records: dict[str, Any]) -> list[str]:
    """The fields in which a family's words on their activities stand."""
    return list(dict.fromkeys(name for record in records for name in record if name.startswith(ACTIVITY)))


def open_for(person_id: UUID) -> list[str]:
    """Where the pages are of a person's records that are not settled yet, so that their phone knows which are."""
    rows = db.session.scalars(
        select(RecordConflict.id).where(
            RecordConflict.tenant_id == current_tenant_id(),
            RecordConflict.sent_by == person_id,
            RecordConflict.settled_at.is_(None),
        )
    )
    return [f"/record-conflicts/{key}" for key in rows]


def settle_conflict(conflict: RecordConflict, command: Settle, *, by: Actor, at: datetime) -> None:
    """Note which record stands; raises `ChangedMeanwhile` when that was said already. The other stays in the row."""
    if conflict.version != command.version or conflict.settled_at is not None:
        raise ChangedMeanwhile(back=f"/record-conflicts/{conflict.id}")
    conflict.settled_how, conflict.settled_at, conflict.settled_by = command.how, at, by.person_id
    db.session.flush()
    settle(TWO_RECORDS, f"/record-conflicts/{conflict.id}")
