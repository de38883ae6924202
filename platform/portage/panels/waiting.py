"""What waits for the panel: conditions that the agenda, the door to a child's record and closing a meeting share."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import aliased

from portage.core.tenancy import TENANT
from portage.panels.models import PanelItem
from portage.referrals.models import Deadline


def waits(asked: Any) -> ColumnElement[bool]:
    """Whether a request (`Referral` or an alias) waits for the panel.

    One for which the panel asked for more is on the next agenda too, whether the answer has come or not: missing
    papers are shown as still asked for, and keep nothing off.
    """
    item = aliased(PanelItem)
    asked_for_more = exists(
        select(true()).where(
            item.tenant_id == TENANT,
            item.referral_id == asked.id,
            item.kind == "request",
            item.outcome == "information",
        )
    )
    return or_(asked.stage == "panel", and_(asked.stage == "information", asked_for_more))


def oldest_clock(asked: Any) -> ColumnElement[Any]:
    """The day on which the first running clock of a request is due: the agenda begins with the oldest."""
    return (
        select(Deadline.due_on)
        .where(Deadline.tenant_id == TENANT, Deadline.referral_id == asked.id, Deadline.stopped_on.is_(None))
        .order_by(Deadline.due_on)
        .limit(1)
        .correlate(asked)
        .scalar_subquery()
    )
