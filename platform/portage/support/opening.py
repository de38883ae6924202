"""Opening an episode for a page: nobody sees a child's support who may not open the child's record."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Uuid, and_, bindparam, func, select, text

from portage.accounts.models import Person
from portage.core import clock
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import viewer
from portage.core.routes import concerning
from portage.core.tenancy import TENANT
from portage.families.access import access_columns, access_values, granted
from portage.families.models import Child
from portage.support.models import Episode, Extension


@dataclass(frozen=True, slots=True)
class Extended:
    """One extension as the episode's page shows it."""

    until_on: date
    decided_on: date
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """An episode with its child, who closed it, and its extensions, the newest first."""

    episode: Episode
    child: Child
    closed_by: str | None
    extended: tuple[Extended, ...]

    @property
    def until(self) -> date | None:
        """The policy's limit, or the later day to which a manager extended it; None when neither is known."""
        days = [each.until_on for each in self.extended]
        return max([*days, *([self.episode.limit_on] if self.episode.limit_on else [])], default=None)


def opened(episode_id: UUID) -> Episode:
    """The episode behind an address, once this viewer may open the child's record; the trail names the child."""
    episode: Episode = _read(_with_access(), episode_id).Episode
    return episode


def opened_whole(episode_id: UUID) -> Opened:
    """As `opened`, with what the episode's own page says of it, in the same statement."""
    row = _read(_whole(), episode_id)
    extended = tuple(
        Extended(
            date.fromisoformat(each["until_on"]),
            date.fromisoformat(each["decided_on"]),
            each["decided_by"],
            each["reason"],
        )
        for each in row.extended
    )
    return Opened(row.Episode, row.Child, row.closed_by, extended)


def _read(statement: Select[*tuple[Any, ...]], episode_id: UUID) -> Row[*tuple[Any, ...]]:
    who = viewer()
    row = db.session.execute(statement, {"episode": episode_id, **access_values(who, clock.now())}).one_or_none()
    if row is None:
        raise NotHere
    granted(who, row.Child.id, row.Child.area_id, row.caseload, row.reason)
    concerning("child", row.Child.id, episode=episode_id)
    return row


@cache
def _with_access() -> Select[*tuple[Any, ...]]:
    return (
        select(Episode, Child, *access_columns())
        .join(Child, and_(Child.tenant_id == Episode.tenant_id, Child.id == Episode.child_id))
        .where(Episode.tenant_id == TENANT, Episode.id == bindparam("episode", type_=Uuid()))
    )


@cache
def _whole() -> Select[*tuple[Any, ...]]:
    closer = and_(Person.tenant_id == Episode.tenant_id, Person.id == Episode.closed_by)
    return _with_access().add_columns(Person.name.label("closed_by"), _extended()).outerjoin(Person, closer)


def _extended() -> ColumnElement[Any]:
    """Every extension of the `Episode` that the statement reads, as JSON, the newest first."""
    decider = select(Person.name).where(Person.tenant_id == TENANT, Person.id == Extension.decided_by)
    rows = (
        select(
            Extension.until_on,
            Extension.decided_on,
            decider.scalar_subquery().label("decided_by"),
            Extension.reason,
        )
        .where(Extension.tenant_id == TENANT, Extension.episode_id == Episode.id)
        .order_by(Extension.created_at.desc(), Extension.id.desc())
        .correlate(Episode)
        .subquery("extensions")
    )
    listed = select(func.jsonb_agg(func.to_jsonb(rows.table_valued()))).select_from(rows).correlate(Episode)
    return func.coalesce(listed.scalar_subquery(), text("'[]'::jsonb")).label("extended")
