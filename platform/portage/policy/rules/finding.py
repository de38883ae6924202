"""What a rule is, and what it finds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from portage.policy.columns import Answers, Columns
    from portage.policy.facts import Facts

Test = Callable[["Facts"], bool | None]


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


class Block(ABC):
    """A rule that writes its test as a function composed once for an edition, with its values already at hand."""

    __slots__ = ()

    @abstractmethod
    def composed(self) -> Test:
        """Return the test of this rule."""

    def test(self, facts: Facts) -> bool | None:
        """Say whether the condition is met; None is not known."""
        return self.composed()(facts)

    def over(self, columns: Columns) -> Answers | None:
        """Return the answers for many requests at once; None where they have to be asked one by one."""
        return None


def test_of(rule: Rule) -> Test:
    """Return the test of a rule as its own block composes it, else the rule's method."""
    return rule.composed() if isinstance(rule, Block) and _is_own(rule, "composed") else rule.test


def answers_of(rule: Rule, columns: Columns) -> Answers | None:
    """Return what a rule answers for many requests at once; None where it has to be asked one by one."""
    return rule.over(columns) if isinstance(rule, Block) and _is_own(rule, "over") else None


def _is_own(rule: Block, name: str) -> bool:
    """Say whether a method goes with the test: a class that writes the test anew is asked by what it wrote."""
    for written in type(rule).__mro__:
        if name in vars(written):
            return True
        if {"test", "composed"} & vars(written).keys():
            return False
    return False


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
