"""The requests of a preview as the database gives them: counted once, then only those that an edit can change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    column,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.families.models import Child
from portage.policy.bands import Band, Days, Strip
from portage.policy.careful import NEEDS_A_PERSON
from portage.referrals.models import Referral
from portage.referrals.stage_words import OPEN_STAGES

AGES = (0, 1, 2, 3, 4, 5)  # whole years on the day of the request; the last one is open
# Memory for grouping a hundred thousand requests without a file. Rows that are streamed are all read in the end, so a
# plan that gives the first of them soon, or looks through the whole list of limits for each, is the wrong one.
_PLANNING = {"work_mem": "32MB", "cursor_tuple_fraction": "1", "enable_nestloop": "off"}
_AT_ONCE = 500  # rows that are fetched together: memory stays small however many requests there are


@dataclass(frozen=True, slots=True)
class Scope:
    """Which requests a preview looks at: those that are open, and those received on or after a day."""

    since: date
    known_at: datetime  # requests that arrive while it runs are left out, so that its counts agree


@dataclass(frozen=True, slots=True)
class Group:
    """Requests judged by one edition whose band is the same: its routes, and who stays in question for their age."""

    edition_id: UUID
    routes: tuple[str, ...]
    band: Band
    stages: tuple[str, ...] = ()  # requests at these stages are looked at whatever the band says

    def holds_like(self, other: "Group") -> bool:
        """Whether the same requests of another route are in question."""
        return (self.band, self.stages) == (other.band, other.stages)


@contextmanager
def reading() -> Iterator[Session]:
    """A session that sees one moment and can write nothing: PostgreSQL itself refuses."""
    with (
        db.engine.connect() as connection,
        Session(connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)) as session,
    ):
        session.execute(select(*(func.set_config(name, value, True) for name, value in _PLANNING.items())))
        yield session
        session.commit()  # a rollback would make the driver forget its prepared statements


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """The condition for the requests of a preview."""
    return and_(
        Referral.tenant_id == current_tenant_id(),
        Referral.created_at <= scope.known_at,
        Referral.disposed_at.is_(None),
        or_(Referral.received_on >= scope.since, Referral.stage.in_(OPEN_STAGES)),
    )


def counted(session: Session, scope: Scope) -> list[Any]:
    """Count the requests by edition, route, outcome, age and area team, in no order."""
    age = _age_at_request().label("age")
    keys = (Referral.edition_id, Referral.route, Referral.outcome, age, Referral.area_id)
    found = session.execute(
        select(*keys, func.count().label("cases"))
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .where(in_scope(scope), Child.tenant_id == current_tenant_id())
        .group_by(*keys)
    )
    return list(found)


def _age_at_request() -> ColumnElement[int]:
    """Whole years on the day of the request, as the policy counts them: a 29 February has its birthday on the 28th."""
    birthdays = [Child.date_of_birth + text(f"interval '{years} years'") for years in AGES[1:]]
    younger = [(Referral.received_on < day, literal(age)) for age, day in zip(AGES, birthdays, strict=False)]
    return case(*younger, else_=literal(AGES[-1]))


def candidates(session: Session, scope: Scope, group: Group, after: UUID | None) -> Iterator[Row[Any]]:
    """Stream the requests of a group that the edit can change, in the order of their ids, after the last one done."""
    wanted = select(
        Referral.id, Referral.reference, Referral.area_id, Referral.stage, Referral.received_on, Referral.outcome,
        Referral.facts,
    )  # fmt: skip
    found = _in_group(wanted, scope, group, after).order_by(Referral.id)
    with session.execute(found, execution_options={"yield_per": _AT_ONCE}) as rows:
        yield from rows


def how_many(session: Session, scope: Scope, group: Group, after: UUID | None) -> int:
    """Count what `candidates` would stream."""
    counted: int = session.execute(_in_group(select(func.count(Referral.id)), scope, group, after)).scalar_one()
    return counted


def _in_group(wanted: Select[Any], scope: Scope, group: Group, after: UUID | None) -> Select[Any]:
    conditions = [in_scope(scope), Referral.edition_id == group.edition_id, Referral.route.in_(group.routes)]
    limits = next((strip.limits for strip in group.band if strip.limits is not None), None)
    if limits is None:
        conditions.append(_in_band(group, true()))
    else:
        columns = (column("limit_on", Date), column("begins", Date), column("ends", Date))
        days = [[*limits], [begins for begins, _ in limits.values()], [ends for _, ends in limits.values()]]
        listed = func.unnest(*map(_as_array, days)).table_valued(*columns, name="limits").render_derived()
        wanted = wanted.select_from(Referral).outerjoin(listed, listed.c.limit_on == Referral.limit_on)
        between = and_(Referral.received_on >= listed.c.begins, Referral.received_on < listed.c.ends)
        # The first leaves little for the join with the list, and the second says exactly.
        conditions += [_in_band(group, _near(limits)), _in_band(group, or_(listed.c.limit_on.is_(None), between))]
    if after is not None:
        conditions.append(Referral.id > after)
    return wanted.where(*conditions)


def _in_band(group: Group, in_limits: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(
        *(_in_strip(strip, in_limits) for strip in group.band),
        Referral.outcome.is_(None),  # nothing is stored of these
        Referral.outcome == NEEDS_A_PERSON,
        Referral.stage.in_(group.stages),
    )


def _in_strip(strip: Strip, in_limits: ColumnElement[bool]) -> ColumnElement[bool]:
    fits: list[ColumnElement[bool]] = [Referral.facts[path.split(".")].is_not(None) for path in strip.states]
    if strip.limits is not None:
        fits.append(in_limits)
    if strip.least_areas is not None:
        fits.append(Referral.delayed_areas >= strip.least_areas)
    if strip.most_areas is not None:
        fits.append(Referral.delayed_areas <= strip.most_areas)
    return and_(true(), *fits)


def _near(limits: Mapping[date, Days]) -> ColumnElement[bool]:
    """Requests that may be between the days of their limit, told without the list: near it, or not listed at all."""
    spans = [(begins - limit, ends - limit) for limit, (begins, ends) in limits.items() if begins < ends]
    first, last = min(limits), max(limits)
    days = (first + timedelta(number) for number in range((last - first).days))
    unlisted = [day for day in days if day not in limits]
    since = Referral.received_on - Referral.limit_on
    near = [since >= min(begins for begins, _ in spans).days, since < max(ends for _, ends in spans).days]
    return or_(
        and_(*near) if spans else false(),
        Referral.limit_on.is_(None),
        Referral.limit_on < first,
        Referral.limit_on > last,
        Referral.limit_on.in_(unlisted),
    )


def _as_array(days: list[date]) -> ColumnElement[Any]:
    """Days as PostgreSQL reads them from a text: the driver would take longer over thousands of them than the query."""
    return cast(literal("{" + ",".join(map(date.isoformat, days)) + "}", Text()), ARRAY(Date))
