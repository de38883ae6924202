"""Cases that an edition would touch: children who wait under another one, and requests that a correction reaches."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import fields
from sqlalchemy import func, select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.editions.models import PolicyEdition
from portage.editions.operations import edition_by_id
from portage.policy import Edition, Line
from portage.policy.stated import in_words, stated
from portage.policy.terms import declared_types
from portage.referrals.models import Referral
from portage.settings.terms.kinds import choices_of, plain
from portage.support.models import WaitingEntry

# Terms that are asked after a request was judged: only of these can a child who waits be moved to another edition.
AFTER_THE_WAIT = ("visits", "missed_visits", "reviews", "leaving", "visitors")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child's place on the list: the request's reference, and what the term says for them now."""

    entry_id: UUID
    child_id: UUID
    reference: str
    since: date
    now: str


@dataclass(frozen=True, slots=True)
class MovableTerm:
    """A changed term that a publisher may let hold for the children who wait, with every one whom that touches."""

    path: str
    label: str
    after: str
    waiting: tuple[Waiting, ...]


def movable_terms(edition_id: UUID, *, only: tuple[str, ...] | None = None) -> list[MovableTerm]:
    """Return each term whose value differs for a child who waits under another edition; `only` are chosen paths."""
    _, edition = edition_by_id(edition_id)
    rows = _open_places(edition_id)
    found = []
    for path in only if only is not None else _paths(edition):
        after = value_at(edition, path)
        said = {held: value_at(edition_by_id(held)[1], path) for held in {row.edition_id for row in rows}}
        touched = [(row, said[row.edition_id]) for row in rows]
        waiting = tuple(
            Waiting(row.id, row.child_id, row.reference, row.since, now) for row, now in touched if now != after
        )
        if waiting or only is not None:
            found.append(MovableTerm(path, label_of(edition, path), after, waiting))
    return found


def _paths(edition: Edition) -> list[str]:
    terms: Any = edition.terms
    support = [f"support.{name}" for name in type(terms.support).__dataclass_fields__ if name != "longest_chosen_by"]
    return [*support, *(name for name in AFTER_THE_WAIT if hasattr(terms, name))]


def _open_places(edition_id: UUID) -> list[Any]:
    """Return everybody on the waiting list whose request was judged by another edition."""
    return list(
        db.session.execute(
            select(
                WaitingEntry.id,
                WaitingEntry.child_id,
                WaitingEntry.since,
                Referral.reference,
                Referral.edition_id,
            )
            .join(Referral, (Referral.tenant_id == WaitingEntry.tenant_id) & (Referral.id == WaitingEntry.referral_id))
            .where(
                WaitingEntry.tenant_id == current_tenant_id(),
                WaitingEntry.left_on.is_(None),
                Referral.edition_id != edition_id,
            )
            .order_by(WaitingEntry.since, Referral.reference)
        )
    )


def label_of(edition: Edition, path: str) -> str:
    """Return what a term is called."""
    name, _, below = path.partition(".")
    declared = _declared(getattr(edition.terms, name), below) if below else None
    return str(declared.metadata["about"]) if declared and "about" in declared.metadata else plain(below or name)


def value_at(edition: Edition, path: str) -> str:
    """Return what an edition says of a term, in words."""
    name, _, below = path.partition(".")
    table: Any = getattr(edition.terms, name, None)
    value = getattr(table, below, None) if below else table
    if value is None or value == () or value == {}:
        return "Nothing is stated"
    if isinstance(value, Mapping):
        return "; ".join(f"{each.name} ({each.explanation.rstrip('.')})" for each in value.values())
    if hasattr(value, "name"):
        return str(value.name)
    if dataclasses.is_dataclass(value):
        said = stated(value, path, plain(below or name), lambda label, text, _: Line(label, text))
        return "; ".join(f"{line.label.partition(': ')[2] or line.label}: {line.text}" for line in said)
    declared = _declared(table, below)
    if declared is not None and declared.metadata.get("about") and isinstance(declared, fields.List):
        words = choices_of(declared.inner)
        return "; ".join(words.get(each, str(each)) for each in value)
    return in_words(declared, value) if declared is not None and value is not False else "No"


def _declared(table: Any, name: str) -> fields.Field[Any] | None:
    metadata = getattr(declared_types(type(table)).get(name), "__metadata__", ())
    return next((each for each in metadata if isinstance(each, fields.Field)), None)


def reached_by(effective_from: date) -> list[Any]:
    """Return the requests that a correction from that day would reach: (id, reference, received_on), the oldest first.

    They were received from that day on and before the next edition's; each keeps the edition that it was judged by.
    """
    following = db.session.scalar(
        select(func.min(PolicyEdition.effective_from)).where(
            PolicyEdition.tenant_id == current_tenant_id(),
            PolicyEdition.status == "published",
            PolicyEdition.effective_from > effective_from,
        )
    )
    wanted = select(Referral.id, Referral.reference, Referral.received_on).where(
        Referral.tenant_id == current_tenant_id(), Referral.received_on >= effective_from
    )
    if following is not None:
        wanted = wanted.where(Referral.received_on < following)
    return list(db.session.execute(wanted.order_by(Referral.received_on, Referral.reference)))
