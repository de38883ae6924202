"""Overdue visits as pages show them: who, since when, where as far as the reader may see, and the numbers to ring."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select

from portage.accounts.models import Person, RoleGrant
from portage.core.access import ROLE_CAN, Can
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Viewer
from portage.core.telephones import takes_texts
from portage.core.tenancy import TENANT, current_tenant_id, scoped
from portage.families.access import ConflictDeclared, ReasonNeeded, access_columns, access_values, granted
from portage.families.models import Carer, Child
from portage.lone_working.models import OverdueEntry, OverdueVisit, OverdueWatch
from portage.messages.models import TextMessage
from portage.messages.texts import NOT_GONE, texts_about
from portage.tenants.models import Area, Tenant
from portage.visits.models import Visit

PAGE = 20
SHOWN_AFTER = timedelta(hours=24)  # for how long a settled one stays on the page


@dataclass(frozen=True, slots=True)
class Shown:
    """One overdue visit; `opens` says whether the reader may open the child's record, and so see the address."""

    overdue: OverdueVisit
    visitor: str
    telephone: str | None
    other_telephone: str | None
    mode: str
    area: str | None
    opens: bool
    address: str | None
    postcode: str | None
    child_id: UUID
    arrived_at: datetime | None
    heard: bool  # the visitor has spoken meanwhile, and the matter is about to be settled
    texts: list[TextMessage] = field(default_factory=list)

    @property
    def texts_not_gone(self) -> list[TextMessage]:
        """The latest text of each person, where it is not one to rely on: they are to be rung."""
        latest = {text.person_id: text for text in self.texts}
        return [text for text in latest.values() if text.status in NOT_GONE]


def overdue_visits(viewer: Viewer, at: datetime, page: int) -> tuple[list[Shown], int]:
    """A page of the open ones and of those settled since yesterday, the open ones first; and how many there are."""
    recent = or_(
        and_(OverdueVisit.settled_at.is_(None), OverdueVisit.raised_at.is_not(None)),
        and_(OverdueVisit.settled_at > at - SHOWN_AFTER, OverdueVisit.raised_at.is_not(None)),
    )
    order = (OverdueVisit.settled_at.is_not(None), OverdueVisit.settled_at.desc(), OverdueVisit.due_at, OverdueVisit.id)
    wanted = _shown().add_columns(func.count().over().label("total")).where(recent).order_by(*order)
    rows = db.session.execute(wanted.limit(PAGE).offset(PAGE * (page - 1)), access_values(viewer, at)).all()
    return _with_texts(_one(row, viewer) for row in rows), rows[0].total if rows else 0


def overdue_visit(overdue_id: UUID, viewer: Viewer, at: datetime) -> Shown:
    """One overdue visit, also before others were told and after it was settled; raises `NotHere`."""
    row = db.session.execute(_shown().where(OverdueVisit.id == overdue_id), access_values(viewer, at)).one_or_none()
    if row is None:
        raise NotHere
    return _with_texts([_one(row, viewer)])[0]


def _shown() -> Select[*tuple[Any, ...]]:
    return (
        select(
            OverdueVisit, Person.name.label("visitor"), Person.telephone, Person.other_telephone, Visit.mode,
            Visit.status, Visit.left_at, Visit.arrived_at, Visit.child_id, Child.address, Child.postcode,
            Child.area_id, Area.name.label("area"), *access_columns(),
        )
        .join(Visit, and_(Visit.tenant_id == OverdueVisit.tenant_id, Visit.id == OverdueVisit.visit_id))
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .join(Person, and_(Person.tenant_id == OverdueVisit.tenant_id, Person.id == OverdueVisit.visitor_id))
        .outerjoin(Area, and_(Area.tenant_id == Child.tenant_id, Area.id == Child.area_id))
        .where(OverdueVisit.tenant_id == TENANT)
    )  # fmt: skip


def _one(row: Row[*tuple[Any, ...]], viewer: Viewer) -> Shown:
    try:
        granted(viewer, row.child_id, row.area_id, row.caseload, row.reason)
        opens = True
    except (NotHere, ReasonNeeded, ConflictDeclared):
        opens = False
    home = opens and row.mode == "home"
    return Shown(
        overdue=row.OverdueVisit,
        visitor=row.visitor,
        telephone=row.telephone,
        other_telephone=row.other_telephone,
        mode=row.mode,
        area=row.area,
        opens=opens,
        address=row.address if home else None,
        postcode=row.postcode if home else None,
        child_id=row.child_id,
        arrived_at=row.arrived_at,
        heard=row.OverdueVisit.settled_at is None and (row.left_at is not None or row.status != "planned"),
    )


def _with_texts(shown: Iterable[Shown]) -> list[Shown]:
    listed = list(shown)
    about = {each.overdue.id: each for each in listed}
    for text in texts_about(about) if about else ():
        if text.about_id is not None:
            about[text.about_id].texts.append(text)
    return listed


def log_of(overdue_id: UUID) -> Sequence[OverdueEntry]:
    """Everything that happened about an overdue visit, the oldest first."""
    wanted = scoped(OverdueEntry).where(OverdueEntry.overdue_id == overdue_id)
    return db.session.scalars(wanted.order_by(OverdueEntry.at, OverdueEntry.id)).all()


def numbers_of_the_place(child_id: UUID) -> list[tuple[str, str]]:
    """The family's numbers that are safe to ring, with the carers' names."""
    rows = db.session.execute(
        select(Carer.name, Carer.telephone)
        .where(
            Carer.tenant_id == current_tenant_id(),
            Carer.child_id == child_id,
            Carer.telephone.is_not(None),
            Carer.telephone_is_safe,
        )
        .order_by(Carer.main_contact.desc(), Carer.id)
    )
    return [(row.name, row.telephone) for row in rows if row.telephone]


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on the telephone list."""

    id: UUID
    name: str
    telephone: str | None
    other_telephone: str | None

    @property
    def texts(self) -> bool:
        """Whether a text can reach them."""
        return takes_texts(self.telephone)


def telephone_list(page: int, size: int) -> tuple[list[Listed], int]:
    """Everybody who visits or looks out for those who do, by name."""
    roles = [str(role) for role, can in ROLE_CAN.items() if can & {Can.LOOK_OUT, Can.CARRY_VISITS}]
    holds = select(RoleGrant.person_id).where(RoleGrant.tenant_id == current_tenant_id(), RoleGrant.role.in_(roles))
    rows = db.session.execute(
        select(Person.id, Person.name, Person.telephone, Person.other_telephone, func.count().over().label("total"))
        .where(Person.tenant_id == current_tenant_id(), Person.disabled_at.is_(None), Person.id.in_(holds))
        .order_by(Person.name, Person.id)
        .limit(size)
        .offset(size * (page - 1))
    ).all()
    return [Listed(*row[:4]) for row in rows], rows[0].total if rows else 0


def people_by_id(ids: Iterable[UUID | None]) -> dict[UUID, Listed]:
    """Some people with their numbers; who has left keeps the name, and their numbers are hidden at once."""
    rows = db.session.execute(
        select(Person.id, Person.name, Person.telephone, Person.other_telephone, Person.disabled_at).where(
            Person.tenant_id == current_tenant_id(), Person.id.in_({each for each in ids if each})
        )
    )
    return {
        row.id: Listed(row.id, row.name, *((None, None) if row.disabled_at else (row.telephone, row.other_telephone)))
        for row in rows
    }


def duty_of(watch: OverdueWatch | None) -> tuple[str, str] | None:
    """The council's duty number as the settings say it, else as its manifest tells of out of hours."""
    if watch is not None and watch.duty_number:
        return watch.duty_name or "the duty number", watch.duty_number
    profile = db.session.execute(select(Tenant.profile).where(Tenant.id == current_tenant_id())).scalar_one()
    places = [each for each in profile.get("safeguarding", ()) if each.get("key") == "out-of-hours"]
    return (places[0]["name"], places[0]["phone"]) if places else None
