"""Rules that rest on one answer: yes, no, or not known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portage.policy.rules.finding import Rule

if TYPE_CHECKING:
    from portage.policy.facts import Facts


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that is true, false or not known, with a sentence for each."""

    number: str
    states: str
    path: str
    read: Callable[[Facts], bool | None]
    yes: str
    no: str
    unknown: str

    def test(self, facts: Facts) -> bool | None:
        """Return the fact."""
        return self.read(facts)

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Return the sentence for the answer."""
        return self.unknown if met is None else self.yes if met else self.no

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return the path of the fact."""
        return (self.path,)


def lives_in_area(number: str, area: str) -> Known:
    """The family lives in the council's area."""
    return Known(
        number, f"The family lives in {area}.", "child.lives_in_area", lambda facts: facts.lives_in_area,
        f"The family lives in {area}.", f"The family does not live in {area}.",
        f"We do not know yet whether the family lives in {area}.",
    )  # fmt: skip


def significant_need(number: str) -> Known:
    """A professional judges that the need is significant."""
    need = "significant special educational needs or disabilities"
    return Known(
        number, f"The child has {need}, as a professional who knows the child judges.", "child.significant_need",
        lambda facts: facts.significant_need,
        f"A professional judges that the child has {need}.",
        f"A professional judges that the child does not have {need}.",
        f"We do not know yet whether the child has {need}.",
    )  # fmt: skip


def parents_agree(number: str) -> Known:
    """The parents agree that the request is made."""
    return Known(
        number, "The child's parents or carers agree to the request.", "agreement.parent",
        lambda facts: facts.agreement_parent,
        "The child's parents or carers agree to the request.",
        "The child's parents or carers do not agree to the request.",
        "We do not know yet whether the child's parents or carers agree to the request.",
    )  # fmt: skip


def agreed_at_home(number: str) -> Known:
    """The family agrees that support takes place at home."""
    return Known(
        number, "The family agrees that the support takes place at home.", "agreement.home_based",
        lambda facts: facts.agreement_home_based,
        "The family agrees that the support takes place at home.",
        "The family does not agree that the support takes place at home.",
        "We do not know yet whether the family agrees that the support takes place at home.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedByParent:
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

    def test(self, facts: Facts) -> bool | None:
        """Return True for a parent, else what the other rule finds."""
        if facts.referrer == "parent":
            return True
        return False if self.otherwise is None else self.otherwise.test(facts)

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Say who asked."""
        if facts.referrer == "parent" or self.otherwise is None:
            return "The child's own parent or carer made the request."
        return self.otherwise.explain(facts, met)

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return what the other rule wants."""
        return () if facts.referrer == "parent" or self.otherwise is None else self.otherwise.wants(facts)
