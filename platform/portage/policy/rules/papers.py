"""Rules about papers that show the need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portage.policy.rules.finding import Block, Test
from portage.policy.vocabulary import EVIDENCE_BY_KEY

if TYPE_CHECKING:
    from portage.policy.columns import Answers, Columns
    from portage.policy.facts import Facts


@dataclass(frozen=True, slots=True)
class EvidenceOf(Block):
    """At least one of the named kinds of paper is there; none yet is not known, never a refusal."""

    number: str
    kinds: frozenset[str]

    @property
    def states(self) -> str:
        """Name the kinds of paper."""
        return f"At least one of these shows the need: {self._named(self.kinds)}."

    @staticmethod
    def _named(kinds: frozenset[str]) -> str:
        return "; ".join(kind.formal for key, kind in EVIDENCE_BY_KEY.items() if key in kinds)

    def composed(self) -> Test:
        """Return True when one kind is there, else None."""
        shown = self._shown
        return lambda facts: shown(facts.evidence)

    def over(self, columns: Columns) -> Answers:
        """Return the same for many requests."""
        return columns["evidence"].answers(self._shown)

    def _shown(self, evidence: frozenset[str]) -> bool | None:
        return None if self.kinds.isdisjoint(evidence) else True

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Name what came, and what is wanted."""
        if met:
            return f"The need is shown by: {self._named(self.kinds & facts.evidence)}."
        came = self._named(facts.evidence)
        so_far = (
            f" These papers came and help people to understand, but they are not one of those: {came}." if came else ""
        )
        return f"No evidence of this kind has come yet: {self._named(self.kinds)}.{so_far}"

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return the evidence."""
        return ("evidence",)
