"""Everything that one request's page shows, in three statements: the request, its lists, and its edition."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, cast, func, or_, select, text, union
from sqlalchemy.orm import InstrumentedAttribute

from portage.accounts.models import Person, RoleGrant
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Viewer
from portage.core.tenancy import TENANT, current_tenant_id, rows_of
from portage.directory.models import Service
from portage.families.access import Access, access_columns, access_values, granted
from portage.families.models import Carer, Child, ChildMark, Contact
from portage.policy import Edition, Policy, Replay, Route, Stored
from portage.policy.careful import NEEDS_A_PERSON, replay_with_care
from portage.referrals.models import (
    Assessment,
    Deadline,
    Decision,
    DecisionService,
    DelayRecord,
    Determination,
    Evidence,
    Referral,
    SecondLook,
    StageChange,
)
from portage.referrals.operations.judging import edition_of
from portage.tenants.models import Area

_REFERRAL, _CHILD = (bindparam(name, type_=Uuid()) for name in ("referral", "child"))
_PARSE: dict[type, Callable[[str], Any]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    time: time.fromisoformat,
    UUID: UUID,
}


@dataclass(slots=True)
class Case:
    """One request with its child, its edition and its lists; each list holds plain rows, newest first where dated."""

    referral: Referral
    child: Child
    area: str | None
    policy: Policy[Any]
    edition: Edition
    route: Route
    lists: dict[str, list[SimpleNamespace]]
    names: dict[UUID, str]

    @property
    def determination(self) -> SimpleNamespace | None:
        """What the policy said last."""
        return next(iter(self.lists["determinations"]), None)

    @property
    def decision(self) -> SimpleNamespace | None:
        """The decision that holds."""
        return next(iter(self.lists["decisions"]), None)

    @property
    def second_look(self) -> SimpleNamespace | None:
        """A request for another look that waits for its answer."""
        return next((look for look in self.lists["second_looks"] if look.answered_by_decision is None), None)

    def assessment(self, status: str) -> SimpleNamespace | None:
        """The latest assessment with that status."""
        return next((each for each in self.lists["assessments"] if each.status == status), None)

    @property
    def replay(self) -> Replay | None:
        """The last determination judged again, when the rules installed now are not those that made it."""
        last = self.determination
        if last is None or last.plugin != self.policy.name or last.outcome == NEEDS_A_PERSON:
            return None
        if self.by_these_rules(last):
            return None
        stored = Stored(last.facts, last.answer, last.plugin_version, last.rules_digest)
        return replay_with_care(self.policy, self.edition, stored)

    def by_these_rules(self, made: SimpleNamespace) -> bool:
        """Whether a determination was made by the rules that are installed now."""
        now = self.policy
        return (made.plugin, made.plugin_version, made.rules_digest) == (now.name, now.version, now.rules_digest)

    def by(self, person_id: UUID | None, label: str = "") -> str:
        """Who did something, in words."""
        if person_id is None and label.startswith("person:"):
            person_id = UUID(label.removeprefix("person:"))
        if person_id is not None:
            return self.names.get(person_id, "somebody who left")
        return "the service" if label == "system" else "the person who asked"


@dataclass(frozen=True, slots=True)
class Head:
    """A request with its child, and how the viewer came in."""

    referral: Referral
    child: Child
    area: str | None
    access: Access


def head(referral_id: UUID, viewer: Viewer, at: datetime) -> Head:
    """Read a request for somebody who may open it; raises `NotHere` or `ReasonNeeded`."""
    found = db.session.execute(_head(), {"referral": referral_id, **access_values(viewer, at)}).one_or_none()
    if found is None:
        raise NotHere
    referral, child, area, caseload, reason = found
    return Head(referral, child, area, granted(viewer, child.id, child.area_id, caseload, reason))


@cache
def _head() -> Select[*tuple[Any, ...]]:
    return (
        select(Referral, Child, Area.name, *access_columns())
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .outerjoin(Area, and_(Area.tenant_id == Referral.tenant_id, Area.id == Referral.area_id))
        .where(Referral.tenant_id == TENANT, Referral.id == _REFERRAL)
    )


def case(known: Head) -> Case:
    """Read one request whole; the restricted marks only for those who may see them."""
    referral = known.referral
    lists = _lists(referral.id, referral.child_id, restricted=known.access.restricted)
    policy, edition = edition_of(referral.edition_id)
    return Case(
        referral,
        known.child,
        known.area,
        policy,
        edition,
        policy.route(edition.terms, referral.route),
        lists,
        {person.id: person.name for person in lists.pop("names")},
    )


_COLUMNS: dict[str, tuple[Any, str]] = {
    "determinations": (
        Determination,
        "id edition_id plugin plugin_version rules_digest facts answer outcome made_at made_by",
    ),
    "delays": (
        DelayRecord,
        "id area basis percent months developmental_age_months assessed_on instrument assessed_by reason recorded_by "
        "created_at",
    ),
    "evidence": (Evidence, "id kind file_name media_type size added_by created_at"),
    "history": (StageChange, "id at stage actor person_id note"),
    "deadlines": (Deadline, "id key name rule started_on due_on stopped_on"),
    "decisions": (
        Decision,
        "id determination_id outcome reason agrees may_help_instead decided_by decided_at looks_again_at",
    ),
    "second_looks": (SecondLook, "id decision_id asked_by asked_on why answered_by_decision"),
    "assessments": (
        Assessment,
        "id assessor_id booked_for booked_time place booked_by status done_on what_the_child_can_do summary "
        "visits_would_help recorded_by version",
    ),
}
_ORDER: dict[str, Any] = {
    "determinations": (Determination.made_at.desc(), Determination.id.desc()),
    "delays": (DelayRecord.created_at.desc(),),
    "evidence": (Evidence.created_at,),
    "history": (StageChange.at.desc(), StageChange.id.desc()),
    "deadlines": (Deadline.due_on,),
    "decisions": (Decision.decided_at.desc(), Decision.id.desc()),
    "second_looks": (SecondLook.created_at.desc(),),
    "assessments": (Assessment.created_at.desc(),),
}


@dataclass(frozen=True, slots=True)
class _Lists:
    """The statement that reads every list of the page, and how to read what it answers."""

    statement: Select[Any]
    parsers: dict[str, dict[str, Callable[[str], Any]]]  # of each list, by column


def _lists(referral_id: UUID, child_id: UUID, *, restricted: bool) -> dict[str, list[SimpleNamespace]]:
    """Every list of the page as JSON in one statement: twelve statements would be most of the page's time."""
    lists = _lists_statement(restricted)
    row = rows_of(lists.statement, {"referral": referral_id, "child": child_id}).one()
    return {
        name: [_read(item, parsers) for item in found]
        for (name, parsers), found in zip(lists.parsers.items(), row, strict=True)
    }


@cache
def _lists_statement(restricted: bool) -> _Lists:
    """Built once in a process: with fifteen lists, building it for each page would cost more than asking it."""
    wanted: dict[str, tuple[list[InstrumentedAttribute[Any]], Any]] = {}
    for name, (model, columns) in _COLUMNS.items():
        where: list[ColumnElement[bool]] = [model.tenant_id == TENANT, model.referral_id == _REFERRAL]
        if model is Evidence:
            where.append(Evidence.disposed_at.is_(None))
        chosen = [getattr(model, column) for column in columns.split()]
        wanted[name] = chosen, select(*chosen).where(*where).order_by(*_ORDER[name])
    wanted.update(_lists_of_child(restricted))
    wanted["names"] = [Person.id, Person.name], _names()
    statement = select(*(_as_json(query, name) for name, (_, query) in wanted.items()))
    return _Lists(statement, {name: _parsers(columns) for name, (columns, _) in wanted.items()})


def _lists_of_child(restricted: bool) -> dict[str, tuple[list[InstrumentedAttribute[Any]], Any]]:
    carer: list[InstrumentedAttribute[Any]] = [
        Carer.id, Carer.name, Carer.relationship_to_child, Carer.parental_responsibility, Carer.email, Carer.telephone,
        Carer.address, Carer.email_is_safe, Carer.telephone_is_safe, Carer.post_is_safe, Carer.contact_note,
        Carer.interpreter, Carer.format_needs, Carer.main_contact,
    ]  # fmt: skip
    contact: list[InstrumentedAttribute[Any]] = [
        Contact.id, Contact.made_by, Contact.happened_at, Contact.with_whom, Contact.how, Contact.purpose,
        Contact.reached, Contact.note,
    ]  # fmt: skip
    mark: list[InstrumentedAttribute[Any]] = [ChildMark.id, ChildMark.kind, ChildMark.from_on, ChildMark.until_on]
    other: list[InstrumentedAttribute[Any]] = [Referral.id, Referral.reference, Referral.stage, Referral.received_on]
    marks = select(*mark).where(ChildMark.tenant_id == TENANT, ChildMark.child_id == _CHILD)
    return {
        "pointed": _pointed(),
        "carers": (
            carer,
            select(*carer)
            .where(Carer.tenant_id == TENANT, Carer.child_id == _CHILD)
            .order_by(Carer.main_contact.desc(), Carer.created_at),
        ),
        "contacts": (
            contact,
            select(*contact)
            .where(Contact.tenant_id == TENANT, Contact.child_id == _CHILD, Contact.referral_id == _REFERRAL)
            .order_by(Contact.happened_at.desc()),
        ),
        "marks": (mark, marks.order_by(ChildMark.from_on) if restricted else marks.where(text("false"))),
        "others": (
            other,
            select(*other)
            .where(Referral.tenant_id == TENANT, Referral.child_id == _CHILD, Referral.id != _REFERRAL)
            .order_by(Referral.received_on.desc()),
        ),
    }


def _pointed() -> tuple[list[InstrumentedAttribute[Any]], Any]:
    """The services of the directory that the decisions named."""
    pointed: list[InstrumentedAttribute[Any]] = [DecisionService.decision_id, Service.name]
    query = (
        select(*pointed)
        .join(Service, and_(Service.tenant_id == DecisionService.tenant_id, Service.id == DecisionService.service_id))
        .join(
            Decision, and_(Decision.tenant_id == DecisionService.tenant_id, Decision.id == DecisionService.decision_id)
        )
        .where(DecisionService.tenant_id == TENANT, Decision.referral_id == _REFERRAL)
        .order_by(Service.search_name)
    )
    return pointed, query


def _as_json(query: Any, name: str) -> ColumnElement[Any]:
    rows = query.subquery(name)
    listed = func.coalesce(func.jsonb_agg(func.to_jsonb(rows.table_valued())), text("'[]'::jsonb"))
    return select(listed).select_from(rows).scalar_subquery().label(name)


def _parsers(columns: Sequence[InstrumentedAttribute[Any]]) -> dict[str, Callable[[str], Any]]:
    """How the columns that JSON knows only as text are read."""
    return {column.key: _PARSE[kind] for column in columns if (kind := column.type.python_type) in _PARSE}


def _read(item: dict[str, Any], parsers: dict[str, Callable[[str], Any]]) -> SimpleNamespace:
    """A row from JSON, with dates, times and ids as Python has them."""
    read = SimpleNamespace(**item)
    for key, parse in parsers.items():
        if item[key] is not None:
            setattr(read, key, parse(item[key]))
    return read


def _names() -> Select[UUID, str]:
    """The names of everybody whose deed stands on the page."""
    of_referral: list[InstrumentedAttribute[Any]] = [
        StageChange.person_id, DelayRecord.recorded_by, Decision.decided_by, Assessment.assessor_id,
        Assessment.recorded_by,
    ]  # fmt: skip
    people = [
        select(column).where(column.class_.tenant_id == TENANT, column.class_.referral_id == _REFERRAL)
        for column in of_referral
    ]
    people.append(select(Contact.made_by).where(Contact.tenant_id == TENANT, Contact.child_id == _CHILD))
    people.append(
        select(cast(func.nullif(func.split_part(Evidence.added_by, "person:", 2), ""), Uuid)).where(
            Evidence.tenant_id == TENANT, Evidence.referral_id == _REFERRAL
        )
    )
    return select(Person.id, Person.name).where(Person.tenant_id == TENANT, Person.id.in_(union(*people)))


def assessors() -> list[tuple[UUID, str]]:
    """Who can be booked for an assessment: the home visitors and managers who have not left, by name."""
    found = db.session.execute(
        select(Person.id, Person.name)
        .distinct()
        .join(RoleGrant, and_(RoleGrant.tenant_id == Person.tenant_id, RoleGrant.person_id == Person.id))
        .where(
            Person.tenant_id == current_tenant_id(),
            RoleGrant.tenant_id == current_tenant_id(),
            or_(RoleGrant.role == "home-visitor", RoleGrant.role == "service-manager"),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.name)
    )
    return [(person_id, name) for person_id, name in found]
