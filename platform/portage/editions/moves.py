"""Which terms of a later edition hold for a child who waits: those that its publisher moved, and no others."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select

from portage.core import clock
from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.editions.models import PolicyEdition


class Moving(NamedTuple):
    """An edition whose publisher moved terms for the children who wait, from when it was both in force and public."""

    edition_id: UUID
    effective_from: date
    revision: int
    holds_from: date
    paths: tuple[str, ...]


def moved_terms(edition_id: UUID, *, waiting_since: date, on: date) -> dict[str, UUID]:
    """Return which edition gives a moved term on a day (path to edition), for a child judged by `edition_id`.

    A child counts as waiting when it was on the list on the first day of the later edition, or for a correction from
    before, on the day that it was published. Without a move the answer is empty: the default.
    """
    moving = _moving()
    if not moving:
        return {}
    judged = db.session.execute(
        select(PolicyEdition.effective_from, PolicyEdition.revision).where(
            PolicyEdition.tenant_id == TENANT, PolicyEdition.id == edition_id
        )
    ).one()
    later = [each for each in moving if (each.effective_from, each.revision) > (judged.effective_from, judged.revision)]
    holding = [each for each in later if waiting_since <= each.holds_from <= on]
    return {path: each.edition_id for each in holding for path in each.paths}


def _moving() -> list[Moving]:
    """Return every such edition, the earliest first; on nearly every council there is none."""
    found = []
    for row in db.session.execute(_with_moves()):
        published = row.published_at.astimezone(clock.LONDON).date() if row.published_at else row.effective_from
        holds_from = max(row.effective_from, published)
        found.append(Moving(row.id, row.effective_from, row.revision, holds_from, tuple(row.waiting_moves)))
    return found


@cache
def _with_moves() -> Select[*tuple[Any, ...]]:
    known = PolicyEdition.id, PolicyEdition.effective_from, PolicyEdition.revision, PolicyEdition.published_at
    return (
        select(*known, PolicyEdition.waiting_moves)
        .where(PolicyEdition.tenant_id == TENANT, PolicyEdition.status == "published")
        .where(func.jsonb_array_length(PolicyEdition.waiting_moves) > 0)
        .order_by(PolicyEdition.effective_from, PolicyEdition.revision)
    )
