"""What a phone carries: for each visit of its person no more than is needed on the doorstep and in the house."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select, true

from portage.core import clock
from portage.core.access import Can
from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.identity import Viewer
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.access import access_columns, access_values, granted
from portage.families.models import Carer, Caseload, Child
from portage.offline.operations.days import days_carried
from portage.plans.models import Goal, PlayPlan, Target
from portage.plans.operations.seen import practised_by
from portage.support.models import Episode
from portage.support.pattern import support_of
from portage.visits.last_time import LastTime, last_times
from portage.visits.models import SAFETY_KINDS, SafetyNote, Visit
from portage.visits.operations.safety import SAFETY_WORDS
from portage.visits.words import MODE_WORDS
from portage.volunteers.operations.own import Family, family_for, own_visits

MOST = 40  # visits of two days, and those before that wait for a record; nobody has more
BEHIND = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Carried:
    """The visits that a phone carries as plain data, and whose records were read for it."""

    visits: tuple[dict[str, Any], ...]
    children: tuple[UUID, ...]


def carried(viewer: Viewer, *, at: datetime) -> Carried:
    """The visits of a person for the days that a phone carries: a visitor's own, or a volunteer's by their own door."""
    days = days_carried(at.astimezone(clock.LONDON).date())
    if Can.RECORD_VISIT in viewer.can:
        return _of_visitor(viewer, days, at)
    if Can.VISIT_AS_VOLUNTEER in viewer.can:
        return _of_volunteer(viewer, days, at)
    return Carried((), ())  # a volunteer whose check has lapsed: nothing, and the phone replaces what it had by it


def _of_visitor(viewer: Viewer, days: tuple[date, date], at: datetime) -> Carried:
    rows = [row for row in _own_rows(viewer, days, at) if _may_open(viewer, row)]
    children = tuple(dict.fromkeys(row.Visit.child_id for row in rows))
    episodes = {row.Visit.episode_id for row in rows}
    more = _More(_carers(children), _safety(children), _targets(episodes), _activities(episodes), last_times(episodes))
    today = at.astimezone(clock.LONDON).date()
    return Carried(tuple(_visit_of(row, more, today) for row in rows), children)


def _own_rows(viewer: Viewer, days: tuple[date, date], at: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    covers = exists(
        select(true()).where(
            Caseload.tenant_id == current_tenant_id(),
            Caseload.person_id == viewer.person_id,
            Caseload.child_id == Visit.child_id,
            Caseload.kind == "cover",
            Caseload.from_on <= Visit.planned_on,
            Caseload.until_on >= Visit.planned_on,
        )
    )
    return db.session.execute(
        select(Visit, Child, Episode, *access_columns())
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .join(Episode, and_(Episode.tenant_id == Visit.tenant_id, Episode.id == Visit.episode_id))
        .where(
            Visit.tenant_id == current_tenant_id(),
            or_(Visit.planned_on.in_(days), _not_recorded_yet(days[0])),
            or_(Visit.visitor_id == viewer.person_id, covers),
        )
        .order_by(Visit.planned_on < days[0], Visit.planned_on, Visit.planned_at, Visit.id)
        .limit(MOST),
        access_values(viewer, at),
    ).all()


def _not_recorded_yet(today: date) -> ColumnElement[bool]:
    """The visits of the last days without a record: an evening is short, and what was begun must find its visit."""
    return and_(Visit.status == "planned", Visit.planned_on.between(today - BEHIND, today - timedelta(days=1)))


def _may_open(viewer: Viewer, row: Row[*tuple[Any, ...]]) -> bool:
    """As the visit's own page would answer; a reason can be given there, never by a phone."""
    try:
        granted(viewer, row.Child.id, row.Child.area_id, row.caseload, row.reason)
    except PortageError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _More:
    """What several visits need, read at once: by child, by child, by episode."""

    carers: Mapping[UUID, list[Carer]]
    safety: Mapping[UUID, list[SafetyNote]]
    targets: Mapping[UUID, list[Target]]
    activities: Mapping[UUID, list[dict[str, str]]]
    last: Mapping[UUID, LastTime]


def _carers(children: Collection[UUID]) -> dict[UUID, list[Carer]]:
    wanted = scoped(Carer).where(Carer.child_id.in_(children))
    found: dict[UUID, list[Carer]] = {}
    for carer in db.session.scalars(wanted.order_by(Carer.main_contact.desc(), Carer.created_at)):
        found.setdefault(carer.child_id, []).append(carer)
    return found


def _safety(children: Collection[UUID]) -> dict[UUID, list[SafetyNote]]:
    wanted = scoped(SafetyNote).where(SafetyNote.child_id.in_(children), SafetyNote.ended_at.is_(None))
    found: dict[UUID, list[SafetyNote]] = {}
    for note in sorted(db.session.scalars(wanted), key=lambda note: SAFETY_KINDS.index(note.kind)):
        found.setdefault(note.child_id, []).append(note)
    return found


def _targets(episodes: Collection[UUID]) -> dict[UUID, list[Target]]:
    rows = db.session.execute(
        select(PlayPlan.episode_id, Target)
        .join(Goal, and_(Goal.tenant_id == PlayPlan.tenant_id, Goal.plan_id == PlayPlan.id))
        .join(Target, and_(Target.tenant_id == Goal.tenant_id, Target.goal_id == Goal.id))
        .where(
            PlayPlan.tenant_id == current_tenant_id(),
            PlayPlan.episode_id.in_(episodes),
            PlayPlan.ended_on.is_(None),
            Target.status == "current",
        )
        .order_by(Goal.position, Target.position, Target.id)
    )
    found: dict[UUID, list[Target]] = {}
    for row in rows:
        found.setdefault(row.episode_id, []).append(row.Target)
    return found


def _activities(episodes: set[UUID]) -> dict[UUID, list[dict[str, str]]]:
    """What each family practises, so that their words on it can be written down in the house."""
    found: dict[UUID, list[dict[str, str]]] = {}
    for row in practised_by(episodes):
        found.setdefault(row.episode_id, []).append({"id": str(row.id), "wording": row.wording})
    return found


def _visit_of(row: Row[*tuple[Any, ...]], more: _More, today: date) -> dict[str, Any]:
    visit, child, pattern = row.Visit, row.Child, support_of(row.Episode, on=today).pattern
    return {
        **_plan_of(visit),
        "name": f"{child.given_name} {child.family_name}",
        "short": False,
        "address": child.address,
        "postcode": child.postcode,
        "carers": [_carer(each) for each in more.carers.get(child.id, [])],
        "safety": [[SAFETY_WORDS[each.kind], each.note] for each in more.safety.get(child.id, [])],
        "targets": [_target(each) for each in more.targets.get(row.Episode.id, [])],
        "activities": more.activities.get(row.Episode.id, []),
        "last": _last(more.last.get(row.Episode.id)),
        "elements": [{"key": each.key, "name": each.name, "hint": each.explanation} for each in pattern.elements],
        "modes": [[key, MODE_WORDS[key]] for key in dict.fromkeys((*pattern.modes, visit.mode))],
    }


def _plan_of(visit: Visit | Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "id": str(visit.id),
        "on": visit.planned_on.isoformat(),
        "at": f"{visit.planned_at:%H:%M}",
        "minutes": visit.minutes,
        "mode": visit.mode,
        "how": MODE_WORDS[visit.mode],
        "status": visit.status,
        "version": visit.version,
        "arrived": _instant(visit.arrived_at),
        "left": _instant(visit.left_at),
    }


def _last(before: LastTime | None) -> dict[str, str | None]:
    if before is None:
        return {}
    return {
        "on": before.on.isoformat(),
        "who_was_there": before.who_was_there,
        "next_activity": before.next_activity,
    }


def _carer(carer: Carer) -> dict[str, Any]:
    return {
        "name": carer.name,
        "relationship": carer.relationship_to_child,
        "telephone": carer.telephone if carer.telephone_is_safe else None,
        "may_call": carer.telephone_is_safe,
        "note": carer.contact_note,
        "interpreter": carer.interpreter,
    }


def _target(target: Target) -> dict[str, Any]:
    return {
        "id": str(target.id),
        "does_what": target.does_what,
        "conditions": target.conditions,
        "success": target.success,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _of_volunteer(viewer: Viewer, days: tuple[date, date], at: datetime) -> Carried:
    """What a volunteer's own pages show of these visits, and nothing besides."""
    since = days[0] - BEHIND
    listed = [
        row.id
        for row in own_visits(viewer, days[0])
        if row.planned_on in days or (since <= row.planned_on < days[0] and row.status == "planned")
    ]
    wanted = scoped(Visit).where(Visit.id.in_(listed)).order_by(Visit.planned_on, Visit.planned_at, Visit.id)
    visits = list(db.session.scalars(wanted))
    families = {key: family_for(key, viewer, at=at) for key in dict.fromkeys(visit.child_id for visit in visits)}
    return Carried(tuple(_own_visit(each, families[each.child_id]) for each in visits), tuple(families))


def _own_visit(visit: Visit, family: Family) -> dict[str, Any]:
    carers = [
        {
            "name": each.first_name,
            "relationship": each.relationship,
            "telephone": each.telephone,
            "may_call": each.may_call,
            "note": None,
            "interpreter": None,
        }
        for each in family.carers
    ]
    return {
        **_plan_of(visit),
        "name": family.first_name,
        "short": True,
        "address": family.address,
        "postcode": family.postcode,
        "carers": carers,
        "safety": [[SAFETY_WORDS[each.kind], each.note] for each in family.safety],
        "targets": [_target(each) for each in family.targets],
        "activities": [],
        "last": {},
        "elements": [],
        "modes": [],
    }
