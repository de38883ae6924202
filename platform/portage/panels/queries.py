"""What a panel's pages show: the agenda with what is missing, and the minutes of meetings that were held."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.families.models import Child
from portage.panels.models import PanelItem, PanelMeeting
from portage.referrals.models import Decision, Determination, Referral


def agenda(meeting_id: UUID, *, current: bool) -> list[Row[Any]]:
    """The items of a meeting; the current one also has every request that waits for the panel, oldest first.

    What is missing is a column of the list, and never a reason for leaving an item out.
    """
    tenant_id = current_tenant_id()
    on_list: ColumnElement[bool] = PanelItem.id.is_not(None)
    if current:
        on_list = or_(on_list, Referral.stage == "panel")
    wanted = (
        select(
            Referral.id, Referral.reference, Referral.route, Referral.received_on, Referral.stage, Referral.outcome,
            Child.given_name, Child.family_name, Child.date_of_birth, PanelItem.id.label("item_id"),
            Decision.outcome.label("decided"), Decision.reason, Decision.decided_at, _missing().label("missing"),
        )
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .outerjoin(
            PanelItem,
            and_(
                PanelItem.tenant_id == Referral.tenant_id,
                PanelItem.referral_id == Referral.id,
                PanelItem.meeting_id == meeting_id,
            ),
        )
        .outerjoin(Decision, and_(Decision.tenant_id == Referral.tenant_id, Decision.id == PanelItem.decision_id))
        .where(Referral.tenant_id == tenant_id, Child.tenant_id == tenant_id, on_list)
        .order_by(Decision.id.is_not(None), Referral.received_on, Referral.id)
    )  # fmt: skip
    return list(db.session.execute(wanted))


def on_agenda(meeting_id: UUID, referral_id: UUID, *, current: bool) -> bool:
    """Whether a request is an item of a meeting."""
    return any(row.id == referral_id for row in agenda(meeting_id, current=current))


def meetings() -> list[Row[Any]]:
    """Every meeting, the latest first."""
    wanted = select(PanelMeeting.id, PanelMeeting.held_on, PanelMeeting.status, PanelMeeting.version).where(
        PanelMeeting.tenant_id == current_tenant_id()
    )
    return list(db.session.execute(wanted.order_by(PanelMeeting.held_on.desc()).limit(60)))


def _missing() -> ColumnElement[Any]:
    """What the last determination of the request still wants."""
    return (
        select(Determination.answer["missing"])
        .where(Determination.tenant_id == current_tenant_id(), Determination.referral_id == Referral.id)
        .order_by(Determination.made_at.desc(), Determination.id.desc())
        .limit(1)
        .correlate(Referral)
        .scalar_subquery()
    )
