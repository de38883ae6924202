"""Rules and what they find: each block is written once, so that a council's policy reads as one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from portage.policy import dates
from portage.policy.vocabulary import AREAS_BY_KEY, EVIDENCE_BY_KEY

if TYPE_CHECKING:
    from portage.policy.facts import Facts


class Rule(Protocol):
    """One condition of a policy, with its values: a pure function of the facts."""

    @property
    def number(self) -> str:
        """Return the number under which findings are cited, such as `LDS-10`."""

    def test(self, facts: Facts) -> bool | None:
        """Say whether the condition is met; None is not known."""

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Say why, in a sentence that a parent can read, with the child's figures."""

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return the paths of the facts that would make an unknown answer known."""


@dataclass(slots=True)
class Finding:
    """What one rule found: met, not met, or not known, and why."""

    rule: str
    met: bool | None
    _by: Rule
    _facts: Facts

    @property
    def because(self) -> str:
        """Return the reason, written when it is read."""
        return self._by.explain(self._facts, self.met)

    @property
    def wants(self) -> tuple[str, ...]:
        """Return the paths of the facts that are wanted, none unless the answer is not known."""
        return self._by.wants(self._facts) if self.met is None else ()

    def as_json(self) -> dict[str, object]:
        """Return the finding as the contract writes it."""
        return {"rule": self.rule, "met": self.met, "because": self.because}


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """The child is young enough on the day of the request, measured by a function of the date of birth."""

    number: str
    first_day_out: Callable[[Facts], date]  # the first day on which the rule no longer holds
    limit_in_words: str  # "until the day they are 2 years and 6 months old"

    def test(self, facts: Facts) -> bool:
        """Compare the day of the request with the first day out."""
        return facts.received_on < self.first_day_out(facts)

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Give the child's age, the limit and its date."""
        age = dates.age_in_words(dates.completed_months(facts.date_of_birth, facts.received_on))
        out = dates.in_words(self.first_day_out(facts))
        asked = dates.in_words(facts.received_on)
        if met:
            return f"The child was {age} old when the request arrived on {asked}. The service is for children {self.limit_in_words}, which for this child is until {out}."
        return f"The child was {age} old when the request arrived on {asked}. The service is for children {self.limit_in_words}, which for this child ended before {out}."

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return nothing: a date of birth is always known."""
        return ()


@dataclass(frozen=True, slots=True)
class DelayInAreas:
    """A delay of at least so many percent in at least so many of the named areas."""

    number: str
    percent: int
    at_least: int
    areas: frozenset[str]

    def test(self, facts: Facts) -> bool | None:
        """Count measured areas that reach the percentage, and unmeasured ones that still could."""
        ...

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Name each area, its figure, and what is wanted."""
        ...

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return the areas not yet measured, or the whole statement where nothing is known."""
        ...
