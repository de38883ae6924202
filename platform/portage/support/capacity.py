"""How much visitors have and can take on, for the forecast of when a child's turn comes."""

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, and_, bindparam, func, or_, select

from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.families.models import Caseload
from portage.support.forecast import Load, likely_starts, places
from portage.support.models import Episode, Extension
from portage.support.operations import why_not
from portage.support.pattern import support_by
from portage.support.priority import Line
from portage.support.visitors import Candidate, candidates
from portage.support.waiting_line import Waiter


def starts_of(line: Line, waiters: dict[UUID, Waiter], *, on: date) -> dict[UUID, date | None]:
    """The day on which each child's turn is likely to come, by places that are free or whose end is known."""
    free = places(loads(on), on=on)
    return likely_starts([(child.entry_id, waiters[child.entry_id].area_id) for child in line.order], free)


def loads(on: date) -> list[Load]:
    """What everybody who may be given a child today has, with the ends that are known."""
    ends, support = known_ends(on), support_by(None, on=on)
    return [
        Load(each.id, each.area_ids, each.children, each.most_children, tuple(ends.get(each.id, ())))
        for each in free_to_visit(candidates(None, on=on), support)
    ]


def free_to_visit(people: list[Candidate], support: Any) -> list[Candidate]:
    """Those of some people whom nothing keeps from visiting."""
    return [each for each in people if why_not(each, support) is None]


def known_ends(on: date) -> dict[UUID, list[date]]:
    """The day on which each support ends as far as it is known, by visitor: the limit, or the extension of it."""
    return {row.person_id: row.ends for row in db.session.execute(_ends(), {"on": on})}


@cache
def _ends() -> Select[*tuple[Any, ...]]:
    extended = (
        select(func.max(Extension.until_on))
        .where(Extension.tenant_id == TENANT, Extension.episode_id == Episode.id)
        .correlate(Episode)
        .scalar_subquery()
    )
    until = func.greatest(extended, Episode.limit_on)
    return (
        select(Caseload.person_id, func.array_agg(until).label("ends"))
        .join(Episode, and_(Episode.tenant_id == Caseload.tenant_id, Episode.child_id == Caseload.child_id))
        .where(
            Caseload.tenant_id == TENANT,
            Caseload.kind == "allocated",
            or_(Caseload.until_on.is_(None), Caseload.until_on >= bindparam("on", type_=Date())),
            Episode.status == "open",
            until.is_not(None),
        )
        .group_by(Caseload.person_id)
    )
