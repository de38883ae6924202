"""Who is told when nobody hears from an invented visitor, everybody's numbers, and one visit that is overdue."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, update

from portage.accounts.models import Person, RoleGrant
from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.demo.seed.staff import Staff
from portage.families.models import Caseload
from portage.lone_working.models import OverdueVisit
from portage.lone_working.operations.answering import Call, ring
from portage.lone_working.operations.noticing import IN_PERSON
from portage.lone_working.operations.telling import look_round
from portage.lone_working.operations.watch import Watch, name_watch, watchers
from portage.messages.texts import text_service
from portage.support.models import Episode
from portage.visits.models import Visit
from portage.visits.operations.presence import ends_at

NUMBERS = 890  # that Ofcom keeps for films and examples, from 07700 900110 on
LONG_AGO = timedelta(minutes=100)  # when the visit that is overdue began; it was to take an hour


def invent_lookouts(staff: Staff) -> None:
    """Name who is told. A council with texts waits for everybody, one of them in vain; others for who arrived."""
    manager = staff.one("service-manager")
    _numbers()
    people = [person_id for person_id, _ in watchers()]
    if len(people) < 2 or manager.person_id is None:
        return
    waits_for_all = text_service() is not None
    second = staff.one("team-administrator").person_id or next(each for each in people if each != manager.person_id)
    night = [each for each in people if each not in (manager.person_id, second)][:2]
    out = night if len(night) == 2 else [None, None]
    watch = Watch(manager.person_id, second, 30, out[0], out[1], staff_after_arrival=not waits_for_all)
    name_watch(watch, by=manager)
    _one_today(clock.today())
    _all_heard_of(clock.now())
    if waits_for_all:
        _one_overdue(manager, clock.now())
    db.session.commit()


def _numbers() -> None:
    people = db.session.scalars(scoped(Person).where(Person.disabled_at.is_(None)).order_by(Person.name, Person.id))
    for number, person in enumerate(people):
        person.telephone = f"07700 900{110 + number % NUMBERS}"
        if number % 3 == 0:
            person.other_telephone = f"01632 960{110 + number % NUMBERS}"
    db.session.flush()


def _one_today(today: date) -> None:
    """Everybody who visits finds a visit on their first page, whatever day it is."""
    busy = select(Visit.visitor_id).where(Visit.tenant_id == current_tenant_id(), Visit.planned_on == today)
    first: dict[UUID, Row[*tuple[Any, ...]]] = {}
    for row in db.session.execute(_visited().where(Caseload.person_id.not_in(busy))):
        first.setdefault(row.person_id, row)
    for number, row in enumerate(first.values()):
        db.session.add(_visit(row, datetime.combine(today, time(10 + number % 6), clock.LONDON)))
    db.session.flush()


def _visited() -> Select[*tuple[Any, ...]]:
    """Open support with who visits: (episode's id, child's id, person's id), whoever is visited the longest first."""
    visits = (Visit.tenant_id == Episode.tenant_id) & (Visit.episode_id == Episode.id)
    latest = select(func.max(Visit.planned_on)).where(visits).scalar_subquery()
    return (
        select(Episode.id, Episode.child_id, Caseload.person_id)
        .join(Caseload, (Caseload.tenant_id == Episode.tenant_id) & (Caseload.child_id == Episode.child_id))
        .join(RoleGrant, (RoleGrant.tenant_id == Caseload.tenant_id) & (RoleGrant.person_id == Caseload.person_id))
        .where(
            Episode.tenant_id == current_tenant_id(),
            RoleGrant.role == "home-visitor",
            Episode.status == "open",
            Caseload.kind == "allocated",
            Caseload.until_on.is_(None),
        )
        .order_by(latest.desc().nulls_last(), Episode.id)
    )


def _visit(row: Row[*tuple[Any, ...]], began: datetime) -> Visit:
    return Visit(
        episode_id=row.id, child_id=row.child_id, visitor_id=row.person_id, planned_on=began.date(),
        planned_at=began.time(), minutes=60, mode="home", elements=[],
    )  # fmt: skip


def _all_heard_of(now: datetime) -> None:
    """Everybody whose visit is over by now has said so: nobody wants a demonstration that begins with alarms."""
    today = now.astimezone(clock.LONDON).date()
    wanted = scoped(Visit).where(
        Visit.planned_on.between(today - timedelta(days=1), today),
        Visit.status == "planned",
        Visit.mode.in_(IN_PERSON),
        Visit.left_at.is_(None),
    )
    for visit in db.session.scalars(wanted).all():
        if (ended := ends_at(visit)) <= now:
            mine = (Visit.tenant_id == current_tenant_id(), Visit.id == visit.id)
            began = ended - timedelta(minutes=visit.minutes)
            db.session.execute(update(Visit).where(*mine).values(arrived_at=began, left_at=ended))
    db.session.flush()


def _one_overdue(manager: Actor, now: datetime) -> None:
    """A visit that began a good while ago, of which nobody has heard since; the manager rang in vain."""
    found = db.session.execute(_visited().where(Caseload.person_id != manager.person_id)).first()
    if found is None:
        return
    began = (now - LONG_AGO).astimezone(clock.LONDON).replace(second=0, microsecond=0)
    visit = _visit(found, began)
    db.session.add(visit)
    db.session.flush()
    ended = began.astimezone(UTC) + timedelta(hours=1)
    for minutes in (21, 30):
        look_round(ended + timedelta(minutes=minutes))
    overdue = db.session.scalars(scoped(OverdueVisit).where(OverdueVisit.visit_id == visit.id)).one_or_none()
    if overdue is not None:
        ring(overdue.id, Call("visitor", "no-answer"), by=manager, at=ended + timedelta(minutes=33))
