"""Notifications as lists show them: by kind, state and what is to do; figures that count the two kinds apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
)

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Viewer
from portage.core.tenancy import TENANT, current_tenant_id
from portage.families.access import Access, access_columns, access_values, granted
from portage.families.models import Child
from portage.families.names import prefix_range, search_form
from portage.notifications.models import Notification, NotificationTask
from portage.referrals.models import Referral
from portage.referrals.operations.references import read_reference
from portage.tenants.models import Area

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows; `areas` empty is the whole council, `to_do` keeps what people have open tasks for."""

    q: str = ""
    kind: str = ""
    state: str = ""
    to_do: bool = False
    areas: frozenset[UUID] = frozenset()
    page: int = 1


@dataclass(frozen=True, slots=True)
class Head:
    """One notification with its child, and how the viewer came in."""

    notification: Notification
    child: Child
    area: str | None
    case_file: UUID | None
    access: Access


def rows(wanted: Wanted) -> tuple[Sequence[Any], int]:
    """One page of notifications, the newest first, and how many there are."""
    open_tasks = (
        select(func.count())
        .where(
            NotificationTask.tenant_id == current_tenant_id(),
            NotificationTask.notification_id == Notification.id,
            NotificationTask.done_on.is_(None),
        )
        .correlate(Notification)
        .scalar_subquery()
    )
    found = db.session.execute(
        select(
            Notification.id, Notification.reference, Notification.kind, Notification.state, Notification.arrived_on,
            Notification.warnings, Notification.first_words, Notification.body, Child.given_name, Child.family_name,
            Child.date_of_birth, Area.name.label("area"), open_tasks.label("open_tasks"),
            func.count().over().label("total"),
        )
        .join(Child, and_(Child.tenant_id == Notification.tenant_id, Child.id == Notification.child_id))
        .outerjoin(Area, and_(Area.tenant_id == Notification.tenant_id, Area.id == Notification.area_id))
        .where(*_chosen(wanted))
        .order_by(Notification.arrived_on.desc(), Notification.id.desc())
        .limit(PAGE)
        .offset(PAGE * (wanted.page - 1))
    ).all()  # fmt: skip
    return found, found[0].total if found else 0


def _chosen(wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [
        Notification.tenant_id == current_tenant_id(),
        Child.tenant_id == current_tenant_id(),
        Notification.disposed_at.is_(None),
    ]
    if wanted.kind:
        chosen.append(Notification.kind == wanted.kind)
    if wanted.state:
        chosen.append(Notification.state == wanted.state)
    if wanted.areas:
        chosen.append(or_(Notification.area_id.is_(None), Notification.area_id.in_(wanted.areas)))
    if wanted.to_do:
        chosen.append(_has_open_task())
    if wanted.q:
        chosen.append(_matches(wanted.q))
    return chosen


def _has_open_task() -> ColumnElement[bool]:
    return exists(
        select(true()).where(
            NotificationTask.tenant_id == current_tenant_id(),
            NotificationTask.notification_id == Notification.id,
            NotificationTask.done_on.is_(None),
        )
    )


def _matches(typed: str) -> ColumnElement[bool]:
    """A reference however it is spaced, else a child's name by its beginning, family name first or last."""
    if reference := read_reference(typed):
        return Notification.reference == reference
    words = search_form(typed).split()
    orders = {" ".join(words), " ".join(words[1:])} - {""}
    ranges = (prefix_range(name) for name in sorted(orders))
    return or_(false(), *(and_(Child.search_name >= low, Child.search_name < high) for low, high in ranges))


def head(notification_id: UUID, viewer: Viewer, at: datetime) -> Head:
    """Read one notification for somebody who may open its child's record; raises `NotHere` or `ReasonNeeded`."""
    found = db.session.execute(_head(), {"notification": notification_id, **access_values(viewer, at)}).one_or_none()
    if found is None:
        raise NotHere
    notification, child, area, case_file, caseload, reason = found
    return Head(notification, child, area, case_file, granted(viewer, child.id, child.area_id, caseload, reason))


@cache
def _head() -> Select[*tuple[Any, ...]]:
    return (
        select(Notification, Child, Area.name, Referral.id, *access_columns())
        .join(Child, and_(Child.tenant_id == Notification.tenant_id, Child.id == Notification.child_id))
        .outerjoin(Area, and_(Area.tenant_id == Notification.tenant_id, Area.id == Notification.area_id))
        .outerjoin(
            Referral, and_(Referral.tenant_id == Notification.tenant_id, Referral.notification_id == Notification.id)
        )
        .where(
            Notification.tenant_id == TENANT,
            Notification.id == bindparam("notification", type_=Uuid()),
            Notification.disposed_at.is_(None),
        )
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """Notifications that arrived in a year, each kind by itself; requests by families are counted elsewhere."""

    year: int
    by_month: dict[int, dict[str, int]]
    by_state: dict[str, dict[str, int]]
    steps: dict[str, dict[str, int]]  # how many were told, offered a discussion, and named an organisation

    def total(self, kind: str) -> int:
        """How many of a kind arrived in the year."""
        return sum(month.get(kind, 0) for month in self.by_month.values())


def figures(year: int) -> Figures:
    """Count a year's notifications in one statement."""
    month = func.extract("month", Notification.arrived_on)
    found = db.session.execute(
        select(
            month.label("month"),
            Notification.kind,
            Notification.state,
            func.count().label("number"),
            func.count().filter(Notification.parent_informed).label("informed"),
            func.count().filter(Notification.discussion_offered).label("discussed"),
            func.count().filter(Notification.organisation_told == "named").label("named"),
        )
        .where(
            Notification.tenant_id == current_tenant_id(),
            Notification.arrived_on >= date(year, 1, 1),
            Notification.arrived_on <= date(year, 12, 31),
        )
        .group_by(month, Notification.kind, Notification.state)
    ).all()
    made = Figures(year, {}, {}, {})
    for row in found:
        _count(made.by_month, int(row.month), row.kind, row.number)
        _count(made.by_state, row.state, row.kind, row.number)
        for step in ("informed", "discussed", "named"):
            _count(made.steps, step, row.kind, getattr(row, step))
    return made


def _count(table: dict[Any, dict[str, int]], key: Any, kind: str, number: int) -> None:
    of_key = table.setdefault(key, {})
    of_key[kind] = of_key.get(kind, 0) + number


def names_of(ids: set[UUID | None]) -> dict[UUID, str]:
    """The names of members of staff."""
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return {}
    found = db.session.execute(
        select(Person.id, Person.name).where(Person.tenant_id == current_tenant_id(), Person.id.in_(wanted))
    )
    return {row.id: row.name for row in found}
