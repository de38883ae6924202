"""Editions: the values of a policy as published, from one day on; a draft has no day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from portage.policy import dates
from portage.policy.record import Record

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
    terms: Terms = field(repr=False)
    assumptions: tuple[Assumption, ...] = field(repr=False)
    given: Mapping[str, Any] = field(repr=False)  # as written, in TOML or in the database
    plans: Mapping[str, Plan] = field(repr=False)  # route to its rules with the values of this edition
    id: UUID | None = None  # the row that holds it, where it came from the database
    record: Record = field(default_factory=Record, repr=False)  # who decided, what it corrects; no rule reads it

    @property
    def draft(self) -> bool:
        """Say whether this edition is not yet in force: it has no date."""
        return self.effective_from is None

    @property
    def withdrawn(self) -> bool:
        """Say whether it was withdrawn before its day, so that it never holds."""
        return self.record.withdrawn is not None

    @property
    def title(self) -> str:
        """Name the edition for a person: from when it holds."""
        if self.withdrawn and self.effective_from:
            return f"Withdrawn before {dates.in_words(self.effective_from)}, and never in force"
        return f"In force from {dates.in_words(self.effective_from)}" if self.effective_from else "Draft, not in force"

    def assumed(self, term: str) -> str | None:
        """Return why a term is an assumption, or None where the source states it."""
        return next((assumption.says for assumption in self.assumptions if assumption.term == term), None)


class NoEditionInForce(LookupError):
    """No edition was in force on a day; the sentence names the first edition."""

    @classmethod
    def on(cls, day: date, first: tuple[date, str] | None) -> NoEditionInForce:
        """Say it for a day, with the day and the source of the first edition, if there is any."""
        if first is None:
            return cls("No edition of the policy has been published yet.")
        starts, source = first
        return cls(
            f"No rule was in force on {dates.in_words(day)}: the first edition ({source}) "
            f"holds from {dates.in_words(starts)}."
        )


def edition_in_force(editions: Iterable[Edition], on: date) -> Edition:
    """Return the edition in force on that day; raise NoEditionInForce before the first."""
    dated = sorted(
        (
            (edition.effective_from, edition)
            for edition in editions
            if edition.effective_from is not None and not edition.withdrawn
        ),
        key=lambda pair: (pair[0], pair[1].record.revision),
    )
    begun = [edition for starts, edition in dated if starts <= on]
    if not begun:
        raise NoEditionInForce.on(on, (dated[0][0], dated[0][1].source) if dated else None)
    return begun[-1]
