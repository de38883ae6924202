"""What a panel's pages show: the agenda with what is missing, and the minutes of meetings that were held."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from portage.core.db import db
from portage.core.identity import Viewer
from portage.core.tenancy import current_tenant_id
from portage.families.access import access_columns, access_values
from portage.families.models import Child
from portage.panels.access import before_the_panel, fresh_values
from portage.panels.models import PanelItem, PanelMeeting
from portage.referrals.models import Decision, Determination, Referral

PAGE = 50
Rows = tuple[list[Row[Any]], int]


def agenda(meeting_id: UUID, page: int = 1) -> Rows:
    """A page of the agenda: the meeting's items and every request that waits for the panel, oldest first; how many.

    What is missing is a column of the list, and never a reason for leaving an item out.
    """
    return _paged(_agenda(meeting_id, current=True), page, {})


def minutes(meeting_id: UUID, viewer: Viewer, at: datetime, page: int = 1) -> Rows:
    """A page of a meeting's items, with what `panels.access.may_name` asks of each; and how many there are."""
    caseload, reason = access_columns()
    wanted = _agenda(meeting_id, current=False).add_columns(
        Child.area_id, caseload, reason.label("given_reason"), before_the_panel().label("fresh")
    )
    return _paged(wanted, page, {**access_values(viewer, at), **fresh_values(at)})


def _paged(wanted: Select[*tuple[Any, ...]], page: int, values: dict[str, object]) -> Rows:
    counted = wanted.add_columns(func.count().over().label("total")).limit(PAGE).offset(PAGE * (page - 1))
    rows = list(db.session.execute(counted, values))
    return rows, rows[0].total if rows else 0


def _agenda(meeting_id: UUID, *, current: bool) -> Select[*tuple[Any, ...]]:
    tenant_id = current_tenant_id()
    on_list: ColumnElement[bool] = PanelItem.id.is_not(None)
    if current:
        on_list = or_(on_list, Referral.stage == "panel")
    return (
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


def on_agenda(meeting_id: UUID, referral_id: UUID, *, current: bool) -> bool:
    """Whether a request is an item of a meeting."""
    found = _agenda(meeting_id, current=current).where(Referral.id == referral_id)
    return db.session.execute(found).first() is not None


def held(page: int = 1) -> Rows:
    """A page of the meetings that were held, the latest first; and how many there are."""
    wanted = select(PanelMeeting.id, PanelMeeting.held_on).where(
        PanelMeeting.tenant_id == current_tenant_id(), PanelMeeting.status == "held"
    )
    return _paged(wanted.order_by(PanelMeeting.held_on.desc()), page, {})


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
