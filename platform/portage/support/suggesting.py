"""A proposal of who could visit whom, line by line in words; nobody is given a child by it.

What cannot be is left out: somebody who may not visit, has no place, works elsewhere or never when the family can.
What is left costs points, whole numbers that stand in `COSTS`; the sum of all is made as small as it can be, and the
line of the list decides who is placed at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from portage.support import assignment, half_days
from portage.support.assignment import NOBODY, Problem
from portage.support.priority import counted
from portage.support.visitors import Candidate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COSTS = {"skill": 150, "unknown": 100, "half_day": 5, "district": 10, "farther": 250, "way": 60, "full": 40}
MOST_SKILLS = 4  # beyond so many wishes another one weighs nothing


@dataclass(frozen=True, slots=True)
class Family:
    """A child who waits, with what a proposal asks about."""

    entry_id: UUID
    name: str
    area_id: UUID | None
    half_days: tuple[str, ...] = ()
    skills: frozenset[str] = frozenset()
    district: str | None = None
    known_to: frozenset[UUID] = frozenset()  # who visited the child or a brother or sister before
    volunteers: bool = False  # whether the policy that judged the request provides for them


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who could visit, with why they cannot be proposed at all."""

    who: Candidate
    problem: str | None = None

    @property
    def places(self) -> int:
        """How many more children they can have; without a capacity nobody is proposed."""
        return self.who.free or 0 if self.problem is None else 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line: the family, who could visit and why, the next best, and what stands in the way of somebody better."""

    family: Family
    visitor: Candidate | None
    because: tuple[str, ...]
    next_best: str | None = None
    instead: str | None = None


def solver_installed() -> bool:
    """Whether this installation can make a proposal."""
    return assignment.installed()


def propose(line: Sequence[Family], visitors: Sequence[Visitor]) -> list[Proposal]:
    """The proposal for families in the order of the list: the earlier ones first, and the fit decides with whom."""
    problem = problem_of(line, visitors)
    answer = assignment.solve(problem)
    return [
        _placed(family, int(found), problem.costs[number], visitors)
        if found != NOBODY
        else Proposal(family, None, (_why_nobody(family, problem.costs[number], visitors),))
        for number, (family, found) in enumerate(zip(line, answer, strict=True))
    ]


def problem_of(line: Sequence[Family], visitors: Sequence[Visitor]) -> Problem:
    """The costs of every pair, below nought where it cannot be, and the places of every visitor."""
    import numpy as np

    costs: NDArray[np.int64] = np.full((len(line), len(visitors)), -1, dtype=np.int64)
    could = [(column, visitor) for column, visitor in enumerate(visitors) if visitor.places]
    near = {
        area_id: [(column, visitor) for column, visitor in could if visitor.who.near(area_id)]
        for area_id in {family.area_id for family in line}
    }
    for number, family in enumerate(line):
        for column, visitor in near[family.area_id]:
            if cannot(family, visitor) is None:
                costs[number, column] = cost(family, visitor.who)
    return Problem(costs, np.array([each.places for each in visitors], dtype=np.int64))


def cannot(family: Family, visitor: Visitor) -> str | None:
    """Why a pair cannot be, in words about the visitor; None when it can."""
    who = visitor.who
    if visitor.problem is not None:
        return visitor.problem
    if who.volunteer and not family.volunteers:
        return "volunteers do not visit under the policy that judged this request"
    if not who.near(family.area_id):
        return "works in another area"
    if family.half_days and not half_days.shared(family.half_days, who.half_days):
        return "never works when the family can"
    return None if visitor.places else "has no place free"


def cost(family: Family, who: Candidate) -> int:
    """What a pair costs in points; the lower, the better the fit."""
    missing = len(family.skills - who.skills)
    apart = len(half_days.HALF_DAYS) - half_days.shared(family.half_days, who.half_days) if family.half_days else 0
    fullness = COSTS["full"] * who.children // (who.most_children or 1)
    return (
        COSTS["skill"] * min(missing, MOST_SKILLS)
        + (0 if who.id in family.known_to else COSTS["unknown"])
        + COSTS["half_day"] * apart
        + way(family.district, who.district)
        + min(fullness, COSTS["full"])
    )


def way(one: str | None, other: str | None) -> int:
    """How far apart two postcode districts are, in points: no map is asked, only letters and numbers are compared."""
    if not one or not other:
        return COSTS["way"]
    (letters, number), (others, another) = _split(one), _split(other)
    if letters != others:
        return COSTS["farther"]
    return min(COSTS["district"] * abs(number - another), COSTS["farther"])


@lru_cache(maxsize=4096)
def _split(district: str) -> tuple[str, int]:
    letters = district.rstrip("0123456789") if district[-1].isdigit() else district[:-1].rstrip("0123456789")
    digits = "".join(each for each in district[len(letters) :] if each.isdigit())
    return letters, int(digits or 0)


def _placed(family: Family, found: int, costs: "NDArray[np.int64]", visitors: Sequence[Visitor]) -> Proposal:
    who = visitors[found].who
    others = sorted(
        (int(each), visitors[column].who.name, column)
        for column, each in enumerate(costs)
        if each >= 0 and column != found
    )
    better = [(points, column) for points, _, column in others if points < costs[found]]
    best = others[len(better)] if len(others) > len(better) else None
    return Proposal(
        family,
        who,
        tuple(fits(family, who)),
        _next(family, visitors[best[2]].who, who) if best else None if better else "Nobody else could visit.",
        _taken(family, visitors[better[0][1]].who, who) if better else None,
    )


def fits(family: Family, who: Candidate) -> list[str]:
    """Why somebody fits a family, in words."""
    said = [f"works for {who.areas}"]
    if who.id in family.known_to:
        said.append("knows the family from before")
    if family.skills:
        has = sorted(family.skills & who.skills)
        said += [f"has {', '.join(has)}"] if has else []
        lacks = sorted(family.skills - who.skills)
        said += [f"does not have {', '.join(lacks)}"] if lacks else []
    if common := half_days.in_both(who.half_days, family.half_days) if family.half_days and who.half_days else []:
        said.append(f"both can on {half_days.in_words(common)}")
    if family.district and who.district:
        same = family.district == who.district
        said.append(
            f"sets out from {who.district}, where the family lives" if same
            else f"sets out from {who.district}, the family lives in {family.district}"
        )  # fmt: skip
    return [*said, f"has {who.children} of {who.most_children} children"]


def differences(family: Family, other: Candidate, chosen: Candidate) -> list[str]:
    """In what somebody fits a family less well than the one who is chosen."""
    said = []
    if chosen.id in family.known_to and other.id not in family.known_to:
        said.append("does not know the family")
    if less := sorted((family.skills & chosen.skills) - other.skills):
        said.append(f"does not have {', '.join(less)}")
    if way(family.district, other.district) > way(family.district, chosen.district):
        said.append("sets out from farther away" if other.district else "nobody wrote down where they set out from")
    theirs, chosens = (half_days.shared(family.half_days, each.half_days) for each in (other, chosen))
    if family.half_days and theirs < chosens:
        said.append("has fewer half days in common")
    if other.children * (chosen.most_children or 1) > chosen.children * (other.most_children or 1):
        said.append("is fuller")
    return said


def _next(family: Family, other: Candidate, chosen: Candidate) -> str:
    why = differences(family, other, chosen)
    return f"Next best: {other.name}, who {', '.join(why)}." if why else f"As good: {other.name}."


def _taken(family: Family, better: Candidate, chosen: Candidate) -> str:
    """Somebody would fit this family better, but the sum of all is better so; which children have the places."""
    why = differences(family, chosen, better)
    fits_better = f" ({chosen.name} {', '.join(why)})" if why else ""
    return (
        f"{better.name} would fit this family better{fits_better}, but every free place there goes to another child"
        " on this page for whom it matters more, or who could go to nobody else."
    )


def _why_nobody(family: Family, costs: "NDArray[np.int64]", visitors: Sequence[Visitor]) -> str:
    """Why a family is passed over, which is never done in silence."""
    could = int((costs >= 0).sum())
    if could:
        who = "the one visitor" if could == 1 else f"all {counted(could)} visitors"
        return (
            f"Passed over: the free places of {who} who could come are needed by children who stand before on the list."
            " Nobody who stands after this child is given one of those places."
        )
    reasons = _counts([cannot(family, each) or "has no place free" for each in visitors])
    return f"Nobody can be proposed: {reasons}." if reasons else "Nobody can be proposed: there is no visitor."


def _counts(reasons: Sequence[str]) -> str:
    """Reasons with how many people each is about, the most frequent first."""
    plural: Mapping[str, str] = {
        "works in another area": "work in another area",
        "never works when the family can": "never work when the family can",
        "has no place free": "have no place free",
    }
    known: dict[str, int] = {}
    for reason in reasons:
        short = reason if reason in plural else "may not be given a child, or have no capacity written down"
        known[short] = known.get(short, 0) + 1
    ranked = sorted(known.items(), key=lambda each: (-each[1], each[0]))
    return "; ".join(
        f"{counted(number)} {reason if number == 1 else plural.get(reason, reason)}" for reason, number in ranked
    )
