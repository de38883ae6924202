"""The facts of one request: what is known, what is not, and delays as exact fractions of age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from portage.policy.plugin import Policy
    from portage.policy.terms import Terms

ExtraKind = Literal["yes-no", "number", "date", "text", "texts"]


class FactProblem(NamedTuple):
    """One wrong field: its path, and what is wrong in one sentence."""

    path: str
    sentence: str


class FactErrors(ValueError):
    """The facts of a request are malformed; holds every wrong field."""

    def __init__(self, problems: list[FactProblem]) -> None:
        super().__init__("; ".join(f"{path}: {sentence}" for path, sentence in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class ExtraFact:
    """A fact that one council asks for beside the shared ones."""

    path: str  # such as `child.screening_score`; under `child.`, `agreement.` or at the top
    kind: ExtraKind
    help: str


class Measured(NamedTuple):
    """A measured delay in whole numbers, so that it is compared exactly: it reaches p% when share * 100 >= p * age."""

    share: int
    age: int
    figure: str  # the child's own figures in words
    months: int = 0  # the age in completed months that the share is taken of

    @property
    def percent(self) -> str:
        """Return the delay in percent to one decimal, cut off and never rounded up over a limit."""
        tenths = self.share * 1000 // self.age
        return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one request; None is not known."""

    received_on: date
    route: str
    referrer: str
    date_of_birth: date
    agreement_parent: bool | None = None
    agreement_home_based: bool | None = None
    lives_in_area: bool | None = None
    delay: Mapping[str, Measured | None] | None = None  # area to measured delay; None = a concern not yet measured
    significant_need: bool | None = None
    setting_hours: float | None = None
    conditions: tuple[str, ...] = ()
    reception_ends_on: date | None = None
    evidence: frozenset[str] = frozenset()
    extra: Mapping[str, object] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)  # the object as it came in, for keeping beside the findings

    @classmethod
    def parse(
        cls,
        policy: Policy[Any],
        obj: object,
        terms: Terms | None = None,
        *,
        extra: Iterable[ExtraFact] | None = None,
    ) -> Facts:
        """Read the facts of the contract for this policy; raise FactErrors naming every wrong field.

        The terms of the edition say which routes there are; only a policy with the same routes in every edition
        can do without. `extra` are the facts beside the shared ones that are known fields; left out = every one of the
        policy, so that what was kept under one edition can be read under another.
        """
        from portage.policy.reading import read_facts  # the reader needs this class

        return read_facts(policy, obj, terms, extra)
