"""Corrections: appended to the minutes of a closed meeting, which themselves stay as they are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id
from portage.panels.models import PanelCorrection, PanelItem
from portage.panels.operations.items import not_conflicted, request_here
from portage.panels.operations.meetings import meeting_here
from portage.panels.refusals import MeetingNotNow


@dataclass(frozen=True, slots=True)
class Correcting:
    """What is put right in the minutes, why, and about which item."""

    says: str
    because: str
    referral_id: UUID | None


def correct(meeting_id: UUID, command: Correcting, *, by: Actor, at: datetime) -> PanelCorrection:
    """Append a correction to the minutes of a meeting that is closed."""
    meeting = meeting_here(meeting_id)
    if meeting.status != "held" or by.person_id is None:
        raise MeetingNotNow(sentence="The minutes are still open. Change what they say, then close the meeting.")
    if command.referral_id is not None:
        _item(meeting_id, command.referral_id)
        not_conflicted(request_here(command.referral_id).child_id, by)
    kept = PanelCorrection(
        meeting_id=meeting.id,
        referral_id=command.referral_id,
        says=command.says,
        because=command.because,
        made_by=by.person_id,
        made_at=at,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def _item(meeting_id: UUID, referral_id: UUID) -> None:
    found = select(PanelItem.id).where(
        PanelItem.tenant_id == current_tenant_id(),
        PanelItem.meeting_id == meeting_id,
        PanelItem.referral_id == referral_id,
    )
    if db.session.execute(found.limit(1)).first() is None:
        raise NotHere
