"""What a rule is, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from portage.policy.facts import Facts


class Rule(Protocol):
    """One condition of a policy, with its values: a pure function of the facts."""

    @property
    def number(self) -> str:
        """Return the number under which findings are cited, such as `LDS-10`."""
        ...

    @property
    def states(self) -> str:
        """Return the condition in one plain sentence, for everybody."""
        ...

    def test(self, facts: Facts) -> bool | None:
        """Say whether the condition is met; None is not known."""
        ...

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Say why, in a sentence that a parent can read, with the child's figures."""
        ...

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return the paths of the facts that would make an unknown answer known."""
        ...


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
