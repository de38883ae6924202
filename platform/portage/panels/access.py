"""Whoever sits on the panel may open the records of the children whose requests it looks at, while it looks at them.

They need a child's name while they prepare, decide, and answer what comes up in the weeks after a meeting. Later the
minutes remain as a record of what was decided; who it was about is then for those who may open the child's record
anyway, or who say why they need it. A member from another organisation opens no record: what they read stands on the
panel's own pages, see `panels.redaction`.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Row, Select, Uuid, bindparam, exists, or_, select, true
from sqlalchemy.orm import aliased

from portage.core import clock
from portage.core.access import Can
from portage.core.db import db
from portage.core.identity import Viewer
from portage.core.tenancy import TENANT
from portage.families.access import CONFLICT, door, in_own_area
from portage.families.models import Child
from portage.panels.models import PanelItem, PanelMeeting
from portage.panels.waiting import waits
from portage.referrals.models import Referral

FRESH = timedelta(days=28)  # how long after a meeting was closed its members may still open what they looked at


@door("agenda")
def on_agenda(child_id: UUID, viewer: Viewer) -> bool:
    """Whether a request for this child waits for the panel, or is on the agenda of a meeting that is open or fresh."""
    if Can.SIT_ON_PANEL not in viewer.can or viewer.outside:
        return False
    return db.session.scalar(_door(), {"child_id": child_id, **fresh_values(clock.now())}) is not None


@cache
def _door() -> Select[*tuple[Any, ...]]:
    child = Child.id == bindparam("child_id", type_=Uuid())
    return select(Child.id).where(Child.tenant_id == TENANT, child, before_the_panel())


def before_the_panel() -> ColumnElement[bool]:
    """Whether a `Child` is before the panel now; the statement is asked with `fresh_values`."""
    asked, item, meeting = aliased(Referral), aliased(PanelItem), aliased(PanelMeeting)
    fresh = meeting.closed_at > bindparam("fresh_since", type_=DateTime(timezone=True))
    looked_at = exists(
        select(true())
        .select_from(item)
        .join(meeting, (meeting.tenant_id == item.tenant_id) & (meeting.id == item.meeting_id))
        .where(
            item.tenant_id == TENANT,
            meeting.tenant_id == TENANT,
            item.referral_id == asked.id,
            or_(meeting.status == "planned", fresh),
        )
    )
    return exists(
        select(true()).where(asked.tenant_id == TENANT, asked.child_id == Child.id, or_(waits(asked), looked_at))
    )


def fresh_values(at: datetime) -> dict[str, object]:
    """The values of a statement with `before_the_panel`."""
    return {"fresh_since": at - FRESH}


def may_name(row: Row[Any], viewer: Viewer) -> bool:
    """Whether this viewer reads the child's name and the decision's words in the minutes.

    The answer for a row of `queries.minutes` is the one that opening the child's record would give. The fresh door is
    also that of a member from outside, who then reads as much as `redaction.sight_of` says.
    """
    if row.shut:
        return False
    way_in = row.caseload if row.caseload != CONFLICT else None
    return bool(way_in or row.fresh or (row.given_reason and not viewer.outside) or in_own_area(viewer, row.area_id))
