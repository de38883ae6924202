"""Rules and what they find: each block is written once, so that a council's policy reads as one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
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


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """The child is young enough on the day of the request."""

    number: str
    states: str
    until: str  # "up to and including the day a child becomes 2 years and 6 months old"
    first_day_out: Callable[[Facts], date]  # the first day on which the rule no longer holds

    def test(self, facts: Facts) -> bool:
        """Compare the day of the request with the first day out."""
        return facts.received_on < self.first_day_out(facts)

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Give the child's age, the limit and its date."""
        age = dates.age_in_words(dates.completed_months(facts.date_of_birth, facts.received_on))
        last = dates.in_words(self.first_day_out(facts) - timedelta(days=1))
        asked = dates.in_words(facts.received_on)
        so = f"so for this child up to and including {last}" if met else f"and for this child the last day was {last}"
        return f"The child was {age} old when the request arrived on {asked}. Requests are taken {self.until}, {so}."

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return nothing: a date of birth is always known."""
        return ()


def age_up_to(number: str, months: int) -> AgeLimit:
    """From birth up to and including the day the child reaches an age in months."""
    age = dates.age_in_words(months)
    until = f"up to and including the day a child becomes {age} old"
    return AgeLimit(
        number, f"The child is between birth and {age} old when the request arrives, that day included.", until,
        lambda facts: dates.day_after_age(facts.date_of_birth, months),
    )  # fmt: skip


def before_funded_place(number: str, start_age_years: int) -> AgeLimit:
    """From birth until the first day of the funded childcare place that follows a birthday."""
    until = f"until a child can have funded childcare for {_counted(start_age_years)}-year-olds"
    return AgeLimit(
        number, f"The request arrives between birth and the day the child can have funded childcare for "
        f"{_counted(start_age_years)}-year-olds: the 1 January, 1 April or 1 September that follows that birthday.",
        until,
        lambda facts: dates.funded_place_start(facts.date_of_birth, start_age_years),
    )  # fmt: skip


def to_the_end_of_reception(number: str, turns: int) -> AgeLimit:
    """From birth to the end of the reception year, or the day that replaces it for this child."""

    def first_day_out(facts: Facts) -> date:
        return (
            dates.day_after(facts.reception_ends_on)
            if facts.reception_ends_on
            else dates.after_reception(facts.date_of_birth, turns)
        )

    until = "to the end of the reception year"
    return AgeLimit(
        number, f"The child is between birth and the end of the reception year: 31 August of the school year in which "
        f"the child turns {_counted(turns)}, or another day for a child in another year group.", until, first_day_out,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DelayInAreas:
    """A delay of at least so many percent in at least so many of the named areas."""

    number: str
    percent: int
    at_least: int
    areas: frozenset[str]

    @property
    def states(self) -> str:
        """Name the figure, the number of areas and the areas."""
        named = "; ".join(area.formal for key, area in AREAS_BY_KEY.items() if key in self.areas)
        return f"The child has a delay of at least {self.percent}% in {self._how_many()} of these areas: {named}."

    def _how_many(self) -> str:
        return f"{_counted(self.at_least)} or more"

    def test(self, facts: Facts) -> bool | None:
        """Count measured areas that reach the percentage, and unmeasured ones that still could."""
        if facts.delay is None:
            return None
        reached = unmeasured = 0
        for area, measured in facts.delay.items():
            if area not in self.areas:
                continue
            if measured is None:
                unmeasured += 1
            elif measured[0] * 100 >= self.percent * measured[1]:
                reached += 1
        if reached >= self.at_least:
            return True
        return None if reached + unmeasured >= self.at_least else False

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Name each area with its figure, and what is wanted."""
        wanted = f"A delay of at least {self.percent}% is needed in {self._how_many()} areas of development."
        if facts.delay is None:
            return f"{wanted} We do not know yet in which areas the child has a delay."
        groups: dict[str, list[str]] = {"At or over": [], "Under": [], "Not measured yet": []}
        for key in sorted(facts.delay.keys() & self.areas):
            measured, name = facts.delay[key], AREAS_BY_KEY[key].formal
            if measured is None:
                groups["Not measured yet"].append(name)
            elif measured.share * 100 >= self.percent * measured.age:
                groups["At or over"].append(f"{name} ({measured.figure})")
            else:
                groups["Under"].append(f"{name} ({measured.figure})")
        found = [f"{title}: {'; '.join(names)}." for title, names in groups.items() if names]
        return " ".join([wanted, *(found or ["No area was named as a concern."])])

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return the areas not yet measured, or the whole statement where nothing is known."""
        if facts.delay is None:
            return ("child.delay",)
        return tuple(f"child.delay.{area}" for area, m in facts.delay.items() if m is None and area in self.areas)


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


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds: any part not met decides, else any part not known does."""

    number: str
    parts: tuple[Rule, ...]

    @property
    def states(self) -> str:
        """Return the parts, one after the other."""
        return " ".join(part.states for part in self.parts)

    def test(self, facts: Facts) -> bool | None:
        """Return False if any part is not met, else None if any is not known."""
        answers = [part.test(facts) for part in self.parts]
        if False in answers:
            return False
        return None if None in answers else True

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

    def test(self, facts: Facts) -> bool | None:
        """Return True if any part is met, else None if any is not known."""
        answers = [part.test(facts) for part in self.parts]
        if True in answers:
            return True
        return None if None in answers else False


@dataclass(frozen=True, slots=True)
class EvidenceOf:
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

    def test(self, facts: Facts) -> bool | None:
        """Return True when one kind is there, else None."""
        return None if self.kinds.isdisjoint(facts.evidence) else True

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


def _counted(number: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if 0 <= number < len(words) else str(number)
