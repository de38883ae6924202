"""Rules that rest on one answer: yes, no, or not known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from portage.policy.rules.finding import Block, Rule, Test, answers_of, test_of

if TYPE_CHECKING:
    from portage.policy.columns import Answers, Columns
    from portage.policy.facts import Facts


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that every policy may ask for, as the request tells it: yes, no or not known."""

    field: str

    def __call__(self, facts: Facts) -> bool | None:
        """Return the fact."""
        told: bool | None = getattr(facts, self.field)
        return told

    def composed(self) -> Test:
        """Return the quickest way to read it."""
        return attrgetter(self.field)

    def over(self, columns: Columns) -> Answers:
        """Return the fact of many requests."""
        return columns[self.field].answers(lambda told: told)


@dataclass(frozen=True, slots=True)
class ToldBeside:
    """A fact that one policy asks for: `wanted` is the answer that meets it, the other refuses, or leaves it open."""

    path: str
    wanted: bool = True
    refuses: bool = True

    def __call__(self, facts: Facts) -> bool | None:
        """Return whether the wanted answer was given."""
        return self.composed()(facts)

    def composed(self) -> Test:
        """Return a way to read it."""
        path, read = self.path, self._read()
        return lambda facts: read(facts.extra.get(path))

    def over(self, columns: Columns) -> Answers:
        """Return the same for many requests."""
        return columns.beside(self.path).answers(self._read())

    def _read(self) -> Callable[[object], bool | None]:
        wanted, otherwise = self.wanted, False if self.refuses else None
        return lambda told: None if not isinstance(told, bool) else True if told is wanted else otherwise


@dataclass(frozen=True, slots=True)
class Known(Block):
    """A fact that is true, false or not known, with a sentence for each."""

    number: str
    states: str
    path: str
    read: Callable[[Facts], bool | None]
    yes: str
    no: str
    unknown: str

    def composed(self) -> Test:
        """Return the fact."""
        return self.read.composed() if isinstance(self.read, Told | ToldBeside) else self.read

    def over(self, columns: Columns) -> Answers | None:
        """Return the fact of many requests, where it is read as it was told."""
        return self.read.over(columns) if isinstance(self.read, Told | ToldBeside) else None

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Return the sentence for the answer."""
        return self.unknown if met is None else self.yes if met else self.no

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return the path of the fact."""
        return (self.path,)


def lives_in_area(number: str, area: str) -> Known:
    """The family lives in the council's area."""
    return Known(
        number, f"The family lives in {area}.", "child.lives_in_area", Told("lives_in_area"),
        f"The family lives in {area}.", f"The family does not live in {area}.",
        f"We do not know yet whether the family lives in {area}.",
    )  # fmt: skip


def significant_need(number: str) -> Known:
    """A professional judges that the need is significant."""
    need = "significant special educational needs or disabilities"
    return Known(
        number, f"The child has {need}, as a professional who knows the child judges.", "child.significant_need",
        Told("significant_need"),
        f"A professional judges that the child has {need}.",
        f"A professional judges that the child does not have {need}.",
        f"We do not know yet whether the child has {need}.",
    )  # fmt: skip


def parents_agree(number: str) -> Known:
    """The parents agree that the request is made."""
    return Known(
        number, "The child's parents or carers agree to the request.", "agreement.parent",
        Told("agreement_parent"),
        "The child's parents or carers agree to the request.",
        "The child's parents or carers do not agree to the request.",
        "We do not know yet whether the child's parents or carers agree to the request.",
    )  # fmt: skip


def agreed_at_home(number: str) -> Known:
    """The family agrees that support takes place at home."""
    return Known(
        number, "The family agrees that the support takes place at home.", "agreement.home_based",
        Told("agreement_home_based"),
        "The family agrees that the support takes place at home.",
        "The family does not agree that the support takes place at home.",
        "We do not know yet whether the family agrees that the support takes place at home.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedByParent(Block):
    """Met when a parent asks for their own child; for anyone else another rule decides."""

    number: str
    otherwise: Rule | None = None

    @property
    def states(self) -> str:
        """Say who may ask, and on what condition."""
        own = "A parent or carer asks for their own child"
        return (
            f"{own}."
            if self.otherwise is None
            else f"{own}, or someone else asks and this holds: {self.otherwise.states}"
        )

    def composed(self) -> Test:
        """Return True for a parent, else what the other rule finds."""
        if self.otherwise is None:
            return lambda facts: facts.referrer == "parent"
        other = test_of(self.otherwise)
        return lambda facts: facts.referrer == "parent" or other(facts)

    def over(self, columns: Columns) -> Answers | None:
        """Return the same for many requests."""
        parents = columns["referrer"].answers(lambda who: who == "parent")
        if self.otherwise is None:
            return parents
        other = answers_of(self.otherwise, columns)
        return None if other is None else parents | other

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Say who asked."""
        if facts.referrer == "parent" or self.otherwise is None:
            return "The child's own parent or carer made the request."
        return self.otherwise.explain(facts, met)

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return what the other rule wants."""
        return () if facts.referrer == "parent" or self.otherwise is None else self.otherwise.wants(facts)
