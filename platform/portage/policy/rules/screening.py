"""Rules about the scores of a screening, such as the Ages and Stages Questionnaire (ASQ)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from portage.policy.vocabulary import counted

if TYPE_CHECKING:
    from portage.policy.facts import Facts

# The five parts of the ASQ, with their names for people.
PARTS: Final = {
    "child.asq_communication": "communication",
    "child.asq_gross_motor": "gross motor",
    "child.asq_fine_motor": "fine motor",
    "child.asq_problem_solving": "problem solving",
    "child.asq_personal_social": "personal-social",
}


@dataclass(frozen=True, slots=True)
class ScreeningScores:
    """A score at or below a figure in at least so many parts of the ASQ; a part without a score could still be low."""

    number: str
    at_most: int
    in_parts: int

    @property
    def states(self) -> str:
        """Name the figure and the number of parts."""
        parts = "part" if self.in_parts == 1 else "parts"
        return (
            f"The Ages and Stages Questionnaire (ASQ) shows {self.at_most} points or fewer in "
            f"{counted(self.in_parts)} or more {parts}."
        )

    def test(self, facts: Facts) -> bool | None:
        """Count low scores, and parts without a score."""
        scores = [facts.extra.get(path) for path in PARTS]
        low = sum(1 for score in scores if isinstance(score, int | float | Decimal) and score <= self.at_most)
        if low >= self.in_parts:
            return True
        return None if low + scores.count(None) >= self.in_parts else False

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Name each score."""
        told = [f"{name} {facts.extra[path]}" for path, name in PARTS.items() if facts.extra.get(path) is not None]
        scores = f"The scores: {', '.join(told)}." if told else "We do not have the scores of an ASQ yet."
        return f"{self.states} {scores}"

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return the parts without a score."""
        return tuple(path for path in PARTS if facts.extra.get(path) is None)
