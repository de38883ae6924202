"""Editions: the values of a policy as published, from one day on; a draft has no day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from portage.policy import dates

if TYPE_CHECKING:
    from portage.policy.determination import Plan
    from portage.policy.terms import Terms


class Assumption(NamedTuple):
    """Something that no source states: which term, and why it stands as it does."""

    term: str  # path of the term, such as `clocks.tell-outcome.days`, or `effective_from`
    says: str


@dataclass(frozen=True, eq=False, slots=True)
class Edition:
    """Every term of a council's policy as one document published them."""

    tenant: str
    plugin: str
    effective_from: date | None
    source: str
    terms: Terms
    assumptions: tuple[Assumption, ...]
    given: Mapping[str, Any]  # the edition as written (TOML or database): effective_from, source, terms, assumptions
    plans: Mapping[str, Plan]  # route to its rules with the values of this edition
    id: UUID | None = None  # the row that holds it, where it came from the database

    @property
    def draft(self) -> bool:
        """Say whether this edition is not yet in force: it has no date."""
        return self.effective_from is None

    @property
    def title(self) -> str:
        """Name the edition for a person: from when it holds."""
        return f"In force from {dates.in_words(self.effective_from)}" if self.effective_from else "Draft, not in force"

    def assumed(self, term: str) -> str | None:
        """Return why a term is an assumption, or None where the source states it."""
        return next((assumption.says for assumption in self.assumptions if assumption.term == term), None)


class NoEditionInForce(LookupError):
    """No edition was in force on a day; the sentence names the first edition."""


def edition_in_force(editions: Iterable[Edition], on: date) -> Edition:
    """Return the edition in force on that day; raise NoEditionInForce before the first."""
    dated = sorted((e for e in editions if e.effective_from is not None), key=lambda e: e.effective_from or date.max)
    in_force = None
    for edition in dated:
        if edition.effective_from is not None and edition.effective_from <= on:
            in_force = edition
    if in_force is not None:
        return in_force
    if not dated or dated[0].effective_from is None:
        raise NoEditionInForce("No edition of the policy has been published yet.")
    first = dated[0]
    raise NoEditionInForce(
        f"No rule was in force on {dates.in_words(on)}: the first edition ({first.source}) "
        f"holds from {dates.in_words(dated[0].effective_from)}."
    )
