"""What a panel's pages show: the agenda with what is missing, and the minutes of meetings that were held."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, Select, Text, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Viewer
from portage.core.tenancy import TENANT, current_tenant_id
from portage.directory.models import Service
from portage.families.access import access_columns, access_values
from portage.families.conflicts import conflict_of
from portage.families.models import Child, SharingPermission
from portage.panels.access import before_the_panel, fresh_values
from portage.panels.models import PanelAttendance, PanelCorrection, PanelItem, PanelMeeting
from portage.panels.rules import PanelRules
from portage.panels.waiting import oldest_clock, waits
from portage.referrals.models import Decision, DecisionService, Determination, Evidence, Referral

PAGE = 100  # a chair sees a whole agenda
HELD = 50
LATE = 50  # requests after the papers' day that the page names
Rows = tuple[list[Row[Any]], int]
_MEETING = bindparam("meeting", type_=Uuid())
_VIEWER = bindparam("viewer_id", type_=Uuid())
_PAPERS_BY = bindparam("papers_by", type_=Date())


@dataclass(frozen=True, slots=True)
class Asking:
    """Who looks at which meeting, by which rules."""

    meeting: PanelMeeting
    rules: PanelRules
    viewer: Viewer

    @property
    def values(self) -> dict[str, object]:
        """The values of the statements of this module."""
        sharing = self.rules.sharing
        return {
            "meeting": self.meeting.id,
            "viewer_id": self.viewer.person_id,
            "papers_by": self.rules.papers_by(self.meeting.held_on),
            "party": sharing.party if sharing else "",
            "purpose": sharing.purpose if sharing else "",
        }


def agenda(asking: Asking, page: int = 1) -> Rows:
    """A page of the agenda: the meeting's items and what waits for the panel in time, oldest clock first; how many.

    What is missing is a column of the list, and never a reason for leaving an item out.
    """
    return _paged(_agenda(current=True), page, asking.values)


def late(asking: Asking) -> list[Row[Any]]:
    """What waits for the panel and came after the papers' day of the meeting: on a later agenda, unless it is added."""
    return list(db.session.execute(_late(), asking.values))


def minutes(asking: Asking, at: datetime, page: int = 1) -> Rows:
    """A page of a meeting's items, with what `panels.access.may_name` asks of each; and how many there are."""
    return _paged(_minutes(), page, {**asking.values, **access_values(asking.viewer, at), **fresh_values(at)})


def actions(asking: Asking) -> list[Row[Any]]:
    """The chair's actions that a meeting looks at."""
    return list(db.session.execute(_actions(), asking.values))


def one(asking: Asking, referral_id: UUID) -> Row[Any] | None:
    """A request on the agenda of the current meeting, or an item of another one."""
    current = asking.meeting.status == "planned"
    wanted = _one(current=current)
    return db.session.execute(wanted, {**asking.values, "referral": referral_id}).one_or_none()


def request_and_child(referral_id: UUID) -> tuple[Referral, Child]:
    """A request with its child, for a page that shows only what its viewer may read; raises `NotHere`."""
    found = db.session.execute(
        select(Referral, Child)
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .where(Referral.tenant_id == TENANT, Child.tenant_id == TENANT, Referral.id == referral_id)
    ).one_or_none()
    if found is None:
        raise NotHere
    return found[0], found[1]


def held(page: int = 1) -> Rows:
    """A page of the meetings that were held or cancelled before, the latest first; and how many there are."""
    wanted = select(PanelMeeting.id, PanelMeeting.held_on, PanelMeeting.status, PanelMeeting.cancelled_because).where(
        PanelMeeting.tenant_id == current_tenant_id(), PanelMeeting.status == "held"
    )
    return _paged(wanted.order_by(PanelMeeting.held_on.desc()), page, {}, HELD)


def cancelled_between(since: date, until: date) -> list[Row[date, str | None]]:
    """The meetings that do not meet between two days: (day, why)."""
    wanted = select(PanelMeeting.held_on, PanelMeeting.cancelled_because).where(
        PanelMeeting.tenant_id == current_tenant_id(),
        PanelMeeting.status == "cancelled",
        PanelMeeting.held_on.between(since, until),
    )
    return list(db.session.execute(wanted.order_by(PanelMeeting.held_on)))


def attendance(meeting_id: UUID) -> dict[UUID, SimpleNamespace]:
    """Who was recorded as present or not, by person: their name, their organisation, and whether they were there."""
    found = db.session.execute(
        select(PanelAttendance.person_id, PanelAttendance.present, Person.name, Person.organisation)
        .join(Person, and_(Person.tenant_id == PanelAttendance.tenant_id, Person.id == PanelAttendance.person_id))
        .where(PanelAttendance.tenant_id == current_tenant_id(), PanelAttendance.meeting_id == meeting_id)
        .order_by(func.lower(Person.name))
    )
    return {
        row.person_id: SimpleNamespace(present=row.present, name=row.name, organisation=row.organisation)
        for row in found
    }


def corrections(meeting_id: UUID) -> list[Row[*tuple[Any, ...]]]:
    """What was appended to the minutes, in its order."""
    found = db.session.execute(
        select(
            PanelCorrection.referral_id, PanelCorrection.says, PanelCorrection.because, PanelCorrection.made_at,
            Person.name,
        )
        .join(Person, and_(Person.tenant_id == PanelCorrection.tenant_id, Person.id == PanelCorrection.made_by))
        .where(PanelCorrection.tenant_id == current_tenant_id(), PanelCorrection.meeting_id == meeting_id)
        .order_by(PanelCorrection.made_at, PanelCorrection.id)
    )  # fmt: skip
    return list(found)


def earlier(referral_id: UUID, meeting_id: UUID) -> list[Row[*tuple[Any, ...]]]:
    """What earlier meetings did with a request: (day, outcome, note)."""
    found = db.session.execute(
        select(PanelMeeting.held_on, PanelItem.outcome, PanelItem.note)
        .join(
            PanelMeeting, and_(PanelMeeting.tenant_id == PanelItem.tenant_id, PanelMeeting.id == PanelItem.meeting_id)
        )
        .where(
            PanelItem.tenant_id == current_tenant_id(),
            PanelMeeting.tenant_id == current_tenant_id(),
            PanelItem.referral_id == referral_id,
            PanelItem.meeting_id != meeting_id,
            PanelItem.outcome.is_not(None),
        )
        .order_by(PanelMeeting.held_on.desc())
        .limit(20)
    )
    return list(found)


def _paged(wanted: Select[*tuple[Any, ...]], page: int, values: dict[str, object], size: int = PAGE) -> Rows:
    counted = wanted.add_columns(func.count().over().label("total")).limit(size).offset(size * (page - 1))
    rows = list(db.session.execute(counted, values))
    return rows, rows[0].total if rows else 0


@cache
def _agenda(*, current: bool) -> Select[*tuple[Any, ...]]:
    on_list: ColumnElement[bool] = PanelItem.id.is_not(None)
    if current:
        on_list = or_(on_list, and_(waits(Referral), Referral.received_on <= _PAPERS_BY))
    done = and_(PanelItem.outcome.is_not(None), PanelItem.outcome != "moved")
    return _items("request").where(on_list).order_by(
        func.coalesce(done, False), oldest_clock(Referral).nulls_last(), Referral.received_on, Referral.id
    )  # fmt: skip


@cache
def _minutes() -> Select[*tuple[Any, ...]]:
    caseload, reason = access_columns()
    return _agenda(current=False).add_columns(
        Child.area_id, caseload, reason.label("given_reason"), before_the_panel().label("fresh")
    )


@cache
def _actions() -> Select[*tuple[Any, ...]]:
    return _items("chairs-action").where(PanelItem.id.is_not(None)).order_by(PanelItem.position)


@cache
def _one(*, current: bool) -> Select[*tuple[Any, ...]]:
    asked = Referral.id == bindparam("referral", type_=Uuid())
    on_list: ColumnElement[bool] = PanelItem.id.is_not(None)
    return _items("request").where(asked, or_(on_list, waits(Referral)) if current else on_list)


@cache
def _late() -> Select[*tuple[Any, ...]]:
    wanted = _items("request").where(PanelItem.id.is_(None), waits(Referral), Referral.received_on > _PAPERS_BY)
    return wanted.order_by(Referral.received_on, Referral.id).limit(LATE)


def _items(kind: str) -> Select[*tuple[Any, ...]]:
    """Requests with the item that they are in this meeting, and everything that a page says of one."""
    practitioner, handed = aliased(Person), aliased(Person)
    return (
        select(
            Referral.id, Referral.reference, Referral.route, Referral.received_on, Referral.stage, Referral.outcome,
            Referral.version, Referral.facts["agreement"].label("agreement"), Child.id.label("child_id"),
            Child.given_name, Child.family_name, Child.date_of_birth, PanelItem.id.label("item_id"),
            PanelItem.outcome.label("became"), PanelItem.note, PanelItem.rationale, PanelItem.added_by,
            PanelItem.version.label("seen"), PanelItem.decided_at.label("settled_at"), PanelItem.handed_to,
            practitioner.name.label("practitioner"), handed.name.label("handed_name"),
            Decision.outcome.label("decided"), Decision.reason, Decision.decided_at,
            _judged(Determination.answer["missing"]).label("missing"), _judged(Determination.id).label("judged"),
            _papers().label("papers"), oldest_clock(Referral).label("due_on"), _allowed().label("allowed"),
            _services().label("services"), conflict_of(_VIEWER, Child.id).label("shut"),
        )
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .outerjoin(
            PanelItem,
            and_(
                PanelItem.tenant_id == Referral.tenant_id,
                PanelItem.referral_id == Referral.id,
                PanelItem.meeting_id == _MEETING,
                PanelItem.kind == kind,
            ),
        )
        .outerjoin(Decision, and_(Decision.tenant_id == Referral.tenant_id, Decision.id == PanelItem.decision_id))
        .outerjoin(
            practitioner,
            and_(practitioner.tenant_id == Referral.tenant_id, practitioner.id == PanelItem.practitioner_id),
        )
        .outerjoin(handed, and_(handed.tenant_id == Referral.tenant_id, handed.id == PanelItem.handed_to))
        .where(Referral.tenant_id == TENANT, Child.tenant_id == TENANT)
    )  # fmt: skip


def _judged(column: Any) -> ColumnElement[Any]:
    """A column of the last determination of the request."""
    return (
        select(column)
        .where(Determination.tenant_id == TENANT, Determination.referral_id == Referral.id)
        .order_by(Determination.made_at.desc(), Determination.id.desc())
        .limit(1)
        .correlate(Referral)
        .scalar_subquery()
    )


def _papers() -> ColumnElement[Any]:
    return (
        select(func.count())
        .where(Evidence.tenant_id == TENANT, Evidence.referral_id == Referral.id, Evidence.disposed_at.is_(None))
        .correlate(Referral)
        .scalar_subquery()
    )


def _services() -> ColumnElement[Any]:
    """The names of the services that the decision points the family to."""
    return (
        select(func.array_agg(aggregate_order_by(Service.name, Service.name)))
        .select_from(DecisionService)
        .join(Service, and_(Service.tenant_id == DecisionService.tenant_id, Service.id == DecisionService.service_id))
        .where(
            DecisionService.tenant_id == TENANT,
            Service.tenant_id == TENANT,
            DecisionService.decision_id == PanelItem.decision_id,
        )
        .correlate(PanelItem)
        .scalar_subquery()
    )


def _allowed() -> ColumnElement[Any]:
    """The family's last answer about members of the panel from other organisations."""
    return (
        select(SharingPermission.answer)
        .where(
            SharingPermission.tenant_id == TENANT,
            SharingPermission.child_id == Child.id,
            SharingPermission.party == bindparam("party", type_=Text()),
            SharingPermission.purpose == bindparam("purpose", type_=Text()),
        )
        .order_by(
            SharingPermission.answered_on.desc(), SharingPermission.created_at.desc(), SharingPermission.id.desc()
        )
        .limit(1)
        .correlate(Child)
        .scalar_subquery()
    )
