"""Rules about delay in areas of development."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portage.policy import dates
from portage.policy.rules.finding import Block, Rule, Test
from portage.policy.vocabulary import AREAS_BY_KEY, counted

if TYPE_CHECKING:
    from portage.policy.columns import Answers, Columns
    from portage.policy.facts import Facts, Measured


@dataclass(frozen=True, slots=True)
class DelayInAreas(Block):
    """A delay of at least so many percent in at least so many of the named areas."""

    number: str
    percent: int
    at_least: int
    areas: frozenset[str]

    @property
    def states(self) -> str:
        """Name the figure, the number of areas and the areas."""
        areas = _named(self.areas)
        return f"The child has a delay of at least {self.percent}% in {self._how_many()} of these areas: {areas}."

    def _how_many(self) -> str:
        return f"{counted(self.at_least)} or more"

    def reaches(self, facts: Facts, measured: Measured) -> bool:
        """Say whether a measured delay is as great as the percentage."""
        return measured.share * 100 >= self.percent * measured.age

    def composed(self) -> Test:
        """Count measured areas that reach the percentage, and unmeasured ones that still could."""
        percent, at_least, areas = self.percent, self.at_least, self.areas

        def test(facts: Facts) -> bool | None:
            if (delay := facts.delay) is None:
                return None
            wanted, unmeasured = at_least, 0
            for area, measured in delay.items():
                if area not in areas:
                    continue
                if measured is None:
                    unmeasured += 1
                elif measured[0] * 100 >= percent * measured[1]:  # by place: a name costs as much as the comparison
                    wanted -= 1
                    if wanted == 0:
                        return True
            return None if unmeasured >= wanted else False

        return test

    def over(self, columns: Columns) -> Answers | None:
        """Return the same for many requests."""
        return columns.delayed_in(self.areas, self.percent, self.at_least)

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Name each area with its figure, and what is wanted."""
        wanted = f"A delay of at least {self.percent}% is needed in {self._how_many()} areas of development."
        if facts.delay is None:
            return f"{wanted} We do not know yet in which areas the child has a delay."
        return " ".join([wanted, *_grouped(facts.delay, self.areas, lambda measured: self.reaches(facts, measured))])

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return the areas not yet measured, or the whole statement where nothing is known."""
        return _unmeasured(facts, self.areas)


@dataclass(frozen=True, slots=True)
class DelayFigure:
    """How great a delay must be: a share of age, a number of months, or either of them."""

    shares: tuple[tuple[int, int, str], ...]  # top, bottom and words of each share of age
    months: int | None
    more_than: bool

    def reached(self, measured: Measured) -> bool:
        """Compare exactly, without rounding; any of the figures is enough."""
        share, age = measured.share, measured.age
        pairs = [(share * bottom, top * age) for top, bottom, _ in self.shares]
        if self.months is not None:
            pairs.append((share * measured.months, self.months * age))
        return any(found > wanted if self.more_than else found >= wanted for found, wanted in pairs)

    @property
    def percent(self) -> int | None:
        """Return the figure where it is at least so many percent, and nothing else."""
        plain = self.months is None and not self.more_than and len(self.shares) == 1 and self.shares[0][1] == 100
        return self.shares[0][0] if plain else None

    @property
    def words(self) -> str:
        """Say it as people do: at least a third of age, or 6 months."""
        said = [words for _, _, words in self.shares]
        if self.months is not None:
            said.append(f"{self.months} month{'' if self.months == 1 else 's'}")
        return f"{'more than' if self.more_than else 'at least'} {' or '.join(said)}"


@dataclass(frozen=True, slots=True)
class DelayByAge(Block):
    """A delay that reaches the figure for the child's age in enough areas, one of which may have to be among some."""

    number: str
    figures: tuple[tuple[int, DelayFigure], ...]  # age in months from which each holds, the oldest first
    at_least: int
    areas: frozenset[str]
    among: frozenset[str] = frozenset()

    def figure(self, facts: Facts) -> DelayFigure:
        """Return the figure for the child's age on the day of the request."""
        age = dates.completed_months(facts.date_of_birth, facts.received_on)
        return next((figure for begins, figure in self.figures if age >= begins), self.figures[-1][1])

    def reaches(self, facts: Facts, measured: Measured) -> bool:
        """Say whether a measured delay reaches the figure for the child's age."""
        return self.figure(facts).reached(measured)

    @property
    def states(self) -> str:
        """Name the figures, the number of areas and the areas."""
        said = [
            f"{figure.words}{f' from the age of {dates.age_in_words(begins)}' if begins else ''}"
            for begins, figure in reversed(self.figures)
        ]
        return (
            f"The child has a delay of {'; '.join(said)}, in {self._how_many()} of these areas: {_named(self.areas)}."
        ) + self._one_of()

    def _how_many(self) -> str:
        return f"{counted(self.at_least)} or more"

    def _one_of(self) -> str:
        return f" At least one of them is among: {_named(self.among)}." if self.among else ""

    def composed(self) -> Test:
        """Count the areas that reach the figure, and those not measured that still could."""
        areas, enough, figure_for = self.areas, self._enough, self.figure
        only = self.figures[0][1] if len(self.figures) == 1 else None

        def test(facts: Facts) -> bool | None:
            if facts.delay is None:
                return None
            reaches = (only or figure_for(facts)).reached
            known = {area: measured for area, measured in facts.delay.items() if area in areas}
            reached = {area for area, measured in known.items() if measured is not None and reaches(measured)}
            if enough(reached):
                return True
            return None if enough(reached | {area for area, one in known.items() if one is None}) else False

        return test

    def over(self, columns: Columns) -> Answers | None:
        """Return the same for many requests, where one plain percentage holds for every age."""
        percent = self.figures[0][1].percent
        if len(self.figures) > 1 or percent is None:
            return None
        found = columns.delayed_in(self.areas, percent, self.at_least)
        among = columns.delayed_in(self.areas & self.among, percent, 1) if self.among else found
        return None if found is None or among is None else found & among

    def _enough(self, areas: set[str]) -> bool:
        return len(areas) >= self.at_least and not (self.among and self.among.isdisjoint(areas))

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Name each area with its figure, and what is wanted."""
        figure = self.figure(facts)
        wanted = f"A delay of {figure.words} is needed in {self._how_many()} areas of development.{self._one_of()}"
        if facts.delay is None:
            return f"{wanted} We do not know yet in which areas the child has a delay."
        return " ".join([wanted, *_grouped(facts.delay, self.areas, figure.reached)])

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return the areas not yet measured, or the whole statement where nothing is known."""
        return _unmeasured(facts, self.areas)


def delay_rule(rules: Iterable[Rule]) -> DelayInAreas | DelayByAge | None:
    """Return the rule about delay, also from among alternatives; None where no delay is tested."""
    for rule in rules:
        if isinstance(rule, DelayInAreas | DelayByAge):
            return rule
        if (found := delay_rule(getattr(rule, "parts", ()))) is not None:
            return found
    return None


def _named(areas: frozenset[str]) -> str:
    return "; ".join(area.formal for key, area in AREAS_BY_KEY.items() if key in areas)


def _grouped(
    delay: Mapping[str, Measured | None], areas: frozenset[str], reached: Callable[[Measured], bool]
) -> list[str]:
    """Name the areas of concern in three sentences: at or over the figure, under it, not measured yet."""
    groups: dict[str, list[str]] = {"At or over": [], "Under": [], "Not measured yet": []}
    for key in sorted(delay.keys() & areas):
        measured, name = delay[key], AREAS_BY_KEY[key].formal
        if measured is None:
            groups["Not measured yet"].append(name)
        else:
            groups["At or over" if reached(measured) else "Under"].append(f"{name} ({measured.figure})")
    found = [f"{title}: {'; '.join(names)}." for title, names in groups.items() if names]
    return found or ["No area was named as a concern."]


def _unmeasured(facts: Facts, areas: frozenset[str]) -> tuple[str, ...]:
    if facts.delay is None:
        return ("child.delay",)
    return tuple(f"child.delay.{area}" for area, found in facts.delay.items() if found is None and area in areas)
