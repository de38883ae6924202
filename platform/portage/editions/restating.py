"""A published edition written again for another policy, in its place: what it says and what it answers stay.

The row that was published is kept as it was, and determinations go on naming it. Which editions may be written again,
and that every answer stays, is for the caller to show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import inspect

from portage.core.db import db
from portage.core.tenancy import scoped
from portage.editions.export import in_order
from portage.editions.models import PolicyEdition
from portage.editions.operations import RESTATED, assumed_in, forget_days
from portage.policy import Edition, Terms

_OF_THE_ROW = {"tenant_id", "id", "created_at", "version"}
_OF_A_ROUTE = ("name", "form_name", "for_whom")  # what every policy says of a route; how it is drawn is its own


def published_rows() -> list[PolicyEdition]:
    """Return every published edition of the council in scope, the earliest first."""
    days = PolicyEdition.effective_from, PolicyEdition.revision
    return list(db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.status == "published").order_by(*days)))


def restate(row: PolicyEdition, edition: Edition, *, at: datetime) -> PolicyEdition:
    """Put an edition on another policy in the place of a published row; everything else that the row tells stays."""
    names = [column.key for column in inspect(PolicyEdition).column_attrs if column.key not in _OF_THE_ROW]
    told = {name: getattr(row, name) for name in names}
    told |= {"plugin": edition.plugin, "terms": dict(edition.given["terms"]), "assumptions": assumed_in(edition)}
    row.status = RESTATED
    db.session.flush()  # one published row for a day: the one before has to go first
    placed = PolicyEdition(**{**told, "restates": row.restates or row.id, "restated_at": at})
    db.session.add(placed)
    db.session.flush()
    forget_days()
    db.session().info.pop("editions", None)
    return placed


def said_otherwise(row: PolicyEdition, edition: Edition) -> list[str]:
    """Return the paths of what every policy states and the edition says in another way than the row does."""
    before: Mapping[str, Any] = row.terms
    after: Mapping[str, Any] = edition.given["terms"]
    found = ["source"] if row.source != edition.source else []
    found += _routes(before.get("routes") or {}, after.get("routes") or {})
    was, now = _shared(before), _shared(after)
    # The order in which offers and elements stand is part of what was published.
    found += [each.name for each in fields(Terms) if repr(was.get(each.name)) != repr(now.get(each.name))]
    return found + [path for path in row.waiting_moves if _at(before, path) != _at(after, path)]


def _shared(terms: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what every policy states beside its routes, each table in the order in which it is declared."""
    return in_order(Terms, {each.name: terms.get(each.name) for each in fields(Terms) if each.name != "routes"})


def _routes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if list(before) != list(after):
        yield "routes"
        return
    for key, words in before.items():
        yield from (f"routes.{key}.{name}" for name in _OF_A_ROUTE if words.get(name) != after[key].get(name))


def _at(terms: Mapping[str, Any], path: str) -> Any:
    held: Any = terms
    for name in path.split("."):
        held = held.get(name) if isinstance(held, Mapping) else None
    return held
