"""Whoever sits on the panel may open the records of the children whose requests it looks at."""

from uuid import UUID

from sqlalchemy import exists, or_, select, true

from portage.core.access import Can
from portage.core.db import db
from portage.core.identity import Viewer
from portage.core.tenancy import current_tenant_id
from portage.families.access import door
from portage.panels.models import PanelItem, PanelMeeting
from portage.referrals.models import Referral


@door("agenda")
def on_agenda(child_id: UUID, viewer: Viewer) -> bool:
    """Whether a request for this child waits for the panel, or is an item of a meeting that is not closed yet."""
    if Can.SIT_ON_PANEL not in viewer.can:
        return False
    tenant_id = current_tenant_id()
    in_open_meeting = exists(
        select(true())
        .select_from(PanelItem)
        .join(PanelMeeting, (PanelMeeting.tenant_id == PanelItem.tenant_id) & (PanelMeeting.id == PanelItem.meeting_id))
        .where(
            PanelItem.tenant_id == tenant_id,
            PanelMeeting.tenant_id == tenant_id,
            PanelItem.referral_id == Referral.id,
            PanelMeeting.status == "planned",
        )
    )
    found = db.session.execute(
        select(Referral.id)
        .where(
            Referral.tenant_id == tenant_id,
            Referral.child_id == child_id,
            or_(Referral.stage == "panel", in_open_meeting),
        )
        .limit(1)
    )
    return found.first() is not None
