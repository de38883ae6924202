"""Rules made of rules: every part, or any part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from portage.policy.rules.answers import Known
from portage.policy.rules.finding import Block, Rule, Test, answers_of, test_of

if TYPE_CHECKING:
    from portage.policy.columns import Answers, Columns
    from portage.policy.facts import Facts


@dataclass(frozen=True, slots=True)
class AllOf(Block):
    """Every part holds: any part not met decides, else any part not known does."""

    number: str
    parts: tuple[Rule, ...]

    @property
    def states(self) -> str:
        """Return the parts, one after the other."""
        return " ".join(part.states for part in self.parts)

    def composed(self) -> Test:
        """Return False if any part is not met, else None if any is not known."""
        return _deciding(False, tuple(test_of(part) for part in self.parts))

    def over(self, columns: Columns) -> Answers | None:
        """Return the same for many requests."""
        answers = _answered(self.parts, columns)
        return None if answers is None else reduce(and_, answers)

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Return each part's reason."""
        return " ".join(part.explain(facts, part.test(facts)) for part in self.parts)

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return what the parts that are not known want."""
        return tuple(path for part in self.parts if part.test(facts) is None for path in part.wants(facts))


@dataclass(frozen=True, slots=True)
class AnyOf(AllOf):
    """At least one part holds: any part met decides, else any part not known does."""

    @property
    def states(self) -> str:
        """Return the parts as alternatives."""
        return " Or: ".join(part.states for part in self.parts)

    def composed(self) -> Test:
        """Return True if any part is met, else None if any is not known."""
        return _deciding(True, tuple(test_of(part) for part in self.parts))

    def over(self, columns: Columns) -> Answers | None:
        """Return the same for many requests."""
        answers = _answered(self.parts, columns)
        return None if answers is None else reduce(or_, answers)

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Return the reasons of the parts that are met, else each part's."""
        parts = [part for part in self.parts if part.test(facts)] or self.parts
        return " ".join(part.explain(facts, part.test(facts)) for part in parts)


@dataclass(frozen=True, slots=True)
class ForAPerson(Block):
    """A condition that a person weighs where it is not met: it never ends in a number, and refuses nobody by itself."""

    number: str
    part: Rule
    weighed: Known  # whether a named person found that support can go ahead all the same

    @property
    def parts(self) -> tuple[Rule, ...]:
        """Return the condition and the judgement."""
        return (self.part, self.weighed)

    @property
    def states(self) -> str:
        """Return the condition, and that a person decides."""
        return f"{self.part.states} Where this does not hold, a person decides."

    def composed(self) -> Test:
        """Return True where the condition is met, else what a person found, not known until somebody did."""
        part, weighed = test_of(self.part), test_of(self.weighed)

        def test(facts: Facts) -> bool | None:
            met = part(facts)
            return weighed(facts) if met is False else met

        return test

    def over(self, columns: Columns) -> Answers | None:
        """Return the same for many requests."""
        answers = _answered(self.parts, columns)
        return None if answers is None else answers[0].unless_met(answers[1])

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Return the reason of the condition and, where it is not met, what a person found."""
        plain = self.part.test(facts)
        reason = self.part.explain(facts, plain)
        return reason if plain is not False else f"{reason} {self.weighed.explain(facts, met)}"

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return what the condition wants, or the judgement of a person."""
        return self.part.wants(facts) if self.part.test(facts) is None else self.weighed.wants(facts)


def _deciding(decisive: bool, tests: tuple[Test, ...]) -> Test:
    """Compose parts of which one with the decisive answer decides, else one that is not known does."""

    def test(facts: Facts) -> bool | None:
        found: bool | None = not decisive
        for part in tests:
            met = part(facts)
            if met is decisive:
                return decisive
            if met is None:
                found = None
        return found

    return test


def _answered(parts: tuple[Rule, ...], columns: Columns) -> list[Answers] | None:
    """Return what each part answers, or None where one of them has to be asked request by request."""
    answers = [answers_of(part, columns) for part in parts]
    found = [answer for answer in answers if answer is not None]
    return found if found and len(found) == len(parts) else None
