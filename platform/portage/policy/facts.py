"""The facts of one request, checked as they come in: what is wrong is said field by field."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from portage.policy import dates
from portage.policy.vocabulary import AREA_KEYS, EVIDENCE_KEYS, REFERRERS

if TYPE_CHECKING:
    from portage.policy.plugin import Policy

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
    """A measured delay as an exact fraction of age, both whole numbers: reaches p% when share * 100 >= p * age."""

    share: int
    age: int


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
    def parse(cls, policy: Policy[Any], obj: object) -> Facts:
        """Read the facts of the contract for this policy; raise FactErrors naming every wrong field."""
        raise NotImplementedError
