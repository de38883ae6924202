"""Everything that one request's page shows, in four statements: the request, its lists, names, and its edition."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute

from portage.accounts.models import Person, RoleGrant
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.tenancy import current_tenant_id
from portage.families.models import Carer, Child, ChildMark, Contact
from portage.policy import Edition, Policy, Replay, Route, Stored, replay
from portage.referrals.models import (
    Assessment,
    Deadline,
    Decision,
    DelayRecord,
    Determination,
    Evidence,
    Referral,
    SecondLook,
    StageChange,
)
from portage.referrals.operations.judging import edition_of
from portage.tenants.models import Area

_PARSE = {date: date.fromisoformat, datetime: datetime.fromisoformat, time: time.fromisoformat, UUID: UUID}


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
        if last is None or last.plugin != self.policy.name:
            return None
        if (last.plugin_version, last.rules_digest) == (self.policy.version, self.policy.rules_digest):
            return None
        return replay(
            self.policy, self.edition, Stored(last.facts, last.answer, last.plugin_version, last.rules_digest)
        )

    def by(self, person_id: UUID | None, label: str = "") -> str:
        """Who did something, in words."""
        if person_id is None and label.startswith("person:"):
            person_id = UUID(label.removeprefix("person:"))
        if person_id is not None:
            return self.names.get(person_id, "somebody who left")
        return "the service" if label == "system" else "the person who asked"


def head_of(referral_id: UUID) -> tuple[UUID, UUID]:
    """Whose request this is: (child's id, referral's id); raises `NotHere`."""
    child_id = db.session.execute(
        select(Referral.child_id).where(Referral.tenant_id == current_tenant_id(), Referral.id == referral_id)
    ).scalar_one_or_none()
    if child_id is None:
        raise NotHere
    return child_id, referral_id


def case(referral_id: UUID, *, restricted: bool) -> Case:
    """Read one request whole; the restricted marks only for those who may see them."""
    tenant_id = current_tenant_id()
    found = db.session.execute(
        select(Referral, Child, Area.name)
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .outerjoin(Area, and_(Area.tenant_id == Referral.tenant_id, Area.id == Referral.area_id))
        .where(Referral.tenant_id == tenant_id, Referral.id == referral_id)
    ).one_or_none()
    if found is None:
        raise NotHere
    referral, child, area = found
    lists = _lists(referral_id, referral.child_id, restricted=restricted)
    policy, edition = edition_of(referral.edition_id)
    return Case(
        referral,
        child,
        area,
        policy,
        edition,
        policy.route(edition.terms, referral.route),
        lists,
        _names(_people(referral, lists)),
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


def _lists(referral_id: UUID, child_id: UUID, *, restricted: bool) -> dict[str, list[SimpleNamespace]]:
    """Every list of the page as JSON in one statement: twelve statements would be most of the page's time."""
    wanted: dict[str, tuple[list[InstrumentedAttribute[Any]], Any]] = {}
    for name, (model, columns) in _COLUMNS.items():
        where: list[ColumnElement[bool]] = [model.tenant_id == current_tenant_id(), model.referral_id == referral_id]
        if model is Evidence:
            where.append(Evidence.disposed_at.is_(None))
        chosen = [getattr(model, column) for column in columns.split()]
        wanted[name] = chosen, select(*chosen).where(*where).order_by(*_ORDER[name])
    wanted.update(_lists_of_child(referral_id, child_id, restricted))
    row = db.session.execute(select(*(_as_json(query, name) for name, (_, query) in wanted.items()))).one()
    return {
        name: [_read(item, columns) for item in found]
        for (name, (columns, _)), found in zip(wanted.items(), row, strict=True)
    }


def _lists_of_child(
    referral_id: UUID, child_id: UUID, restricted: bool
) -> dict[str, tuple[list[InstrumentedAttribute[Any]], Any]]:
    tenant_id = current_tenant_id()
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
    marks = select(*mark).where(ChildMark.tenant_id == tenant_id, ChildMark.child_id == child_id)
    return {
        "carers": (
            carer,
            select(*carer)
            .where(Carer.tenant_id == tenant_id, Carer.child_id == child_id)
            .order_by(Carer.main_contact.desc(), Carer.created_at),
        ),
        "contacts": (
            contact,
            select(*contact)
            .where(Contact.tenant_id == tenant_id, Contact.child_id == child_id, Contact.referral_id == referral_id)
            .order_by(Contact.happened_at.desc()),
        ),
        "marks": (mark, marks.order_by(ChildMark.from_on) if restricted else marks.where(text("false"))),
        "others": (
            other,
            select(*other)
            .where(Referral.tenant_id == tenant_id, Referral.child_id == child_id, Referral.id != referral_id)
            .order_by(Referral.received_on.desc()),
        ),
    }


def _as_json(query: Any, name: str) -> ColumnElement[Any]:
    rows = query.subquery(name)
    listed = func.coalesce(func.jsonb_agg(func.to_jsonb(rows.table_valued())), text("'[]'::jsonb"))
    return select(listed).select_from(rows).scalar_subquery().label(name)


def _read(item: dict[str, Any], columns: Sequence[InstrumentedAttribute[Any]]) -> SimpleNamespace:
    """A row from JSON, with dates, times and ids as Python has them."""
    read = dict(item)
    for column in columns:
        parse = _PARSE.get(column.type.python_type)
        if parse is not None and read[column.key] is not None:
            read[column.key] = parse(read[column.key])
    return SimpleNamespace(**read)


def _people(referral: Referral, lists: dict[str, list[SimpleNamespace]]) -> Iterable[UUID]:
    yield from (person_id for person_id in (referral.entered_by,) if person_id)
    for rows in lists.values():
        for row in rows:
            for key, value in vars(row).items():
                if key in _WHO and isinstance(value, UUID):
                    yield value
                elif key in _WHO and isinstance(value, str) and value.startswith("person:"):
                    yield UUID(value.removeprefix("person:"))


_WHO = {"person_id", "recorded_by", "decided_by", "assessor_id", "booked_by", "made_by", "added_by", "actor"}


def _names(people: Iterable[UUID]) -> dict[UUID, str]:
    if not (wanted := set(people)):
        return {}
    found = db.session.execute(
        select(Person.id, Person.name).where(Person.tenant_id == current_tenant_id(), Person.id.in_(wanted))
    )
    return {row.id: row.name for row in found}


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
