"""The base problem of allocation: families to visitors with so many places each, at the least cost, with its proof.

Whole numbers throughout, so that nothing is rounded. A family that finds no place costs a penalty, the greater the
earlier it stands in the line. The families that are placed are then, one by one from the head of the line, those that
can be placed at all: no family is passed over for the sake of a better fit of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Costs = NDArray[np.int64]
    Answer = NDArray[np.int64]

NOBODY = -1


class NotSolved(RuntimeError):
    """The solver gave no answer to a problem that always has one: a bug."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Families in the order of the line, visitors with their free places, and what each pair costs.

    `costs` has a row for each family; below nought stands for a pair that cannot be.
    """

    costs: Costs
    places: Answer

    @property
    def penalties(self) -> Costs:
        """What each family costs while it finds no place: more than every cost of every other family together."""
        import numpy as np

        families = self.costs.shape[0]
        step = int(self.costs.max(initial=0)) * max(families, 1) + 1
        penalties: Costs = (np.arange(families, 0, -1, dtype=np.int64) + families) * step
        return penalties


def installed() -> bool:
    """Whether this installation has the solver."""
    return find_spec("ortools") is not None


def solve(problem: Problem) -> Answer:
    """The visitor of each family, `NOBODY` for none, at the least cost; `bound` proves it."""
    import numpy as np

    answer = placeable(problem)
    families = np.flatnonzero(answer != NOBODY)
    if len(families):
        answer[families] = _flow(problem.costs[families], problem.places)
    return answer


def placeable(problem: Problem) -> Answer:
    """Some answer that places, from the head of the line, every family that can be placed beside those before it.

    A family for whom no chain of changes ends at a free place shows a set of visitors that is full for good: none of
    them is looked at again, so that each pair is looked at once in all. Sets of visitors are whole numbers, a bit for
    each, which Python intersects at once.
    """
    import numpy as np

    left: list[int] = problem.places.tolist()
    line = _Line(_sets((problem.costs >= 0) & (problem.places > 0)), left)
    for family in range(len(line.can)):
        chain = line.chain(family)
        for moving, visitor in chain:  # from the free place back to the family
            line.move(moving, visitor)
        if chain:
            line.take(chain[0][1])
    return np.array(line.with_whom, dtype=np.int64)


def _sets(can: NDArray[np.bool_]) -> list[int]:
    """The visitors of each family as one whole number, a bit for each."""
    import numpy as np

    rows = np.packbits(can, axis=1, bitorder="little")
    held, width = rows.tobytes(), rows.shape[1]
    return [int.from_bytes(held[family * width : (family + 1) * width], "little") for family in range(len(rows))]


def _lowest(visitors: int) -> int:
    """The first visitor of a set."""
    return (visitors & -visitors).bit_length() - 1


class _Line:
    """Families who are placed one after the other, the places that are left, and who moved where for whom."""

    def __init__(self, can: list[int], left: list[int]) -> None:
        self.can, self.left = can, left
        self.with_whom = [NOBODY] * len(can)
        self.holds: list[list[int]] = [[] for _ in left]
        self.free = sum(1 << visitor for visitor, places in enumerate(left) if places > 0)
        self.alive = (1 << len(left)) - 1

    def chain(self, family: int) -> list[tuple[int, int]]:
        """Who moves to which visitors so that this family finds a place; none: it cannot, and `alive` shrinks."""
        came_by: dict[int, tuple[int, int]] = {}  # visitor: the family that would move there, and from whom
        unseen, queue = self.alive, [(family, NOBODY)]
        for moving, origin in queue:
            options = self.can[moving] & unseen
            if free := options & self.free:
                chain, visitor = [(moving, _lowest(free))], origin
                while visitor != NOBODY:
                    moved, before = came_by[visitor]
                    chain.append((moved, visitor))
                    visitor = before
                return chain
            unseen &= ~options
            while options:
                visitor = _lowest(options)
                options &= options - 1
                came_by[visitor] = (moving, origin)
                queue += [(held, visitor) for held in self.holds[visitor]]
        self.alive = unseen
        return []

    def move(self, family: int, visitor: int) -> None:
        """Give a family to a visitor, and take it from whom it was with."""
        before = self.with_whom[family]
        if before != NOBODY:
            self.holds[before].remove(family)
        self.with_whom[family] = visitor
        self.holds[visitor].append(family)

    def take(self, visitor: int) -> None:
        """One place of a visitor is taken up."""
        self.left[visitor] -= 1
        if self.left[visitor] == 0:
            self.free &= ~(1 << visitor)


def cost_of(problem: Problem, answer: Answer) -> int:
    """What an answer costs in all, penalties included."""
    import numpy as np

    placed = answer != NOBODY
    rows = np.arange(len(answer))[placed]
    return int(problem.costs[rows, answer[placed]].sum() + problem.penalties[~placed].sum())


def bound(problem: Problem, answer: Answer) -> int:
    """A number below which no answer can cost, by the prices of this one; equal to its cost, it is the best.

    Whatever prices from nought up the visitors' places are given, each family costs at least the cheapest of its
    visitors with the price of the place, or its penalty, less what all the places bring in (weak duality).
    """
    import numpy as np

    penalties = problem.penalties
    priced = np.where(problem.costs < 0, 4 * penalties[0], problem.costs)
    prices = _prices(priced, problem.places, answer, penalties)
    least = np.minimum((priced + prices).min(axis=1), penalties)
    return int(least.sum() - (prices * problem.places).sum())


def _flow(costs: Costs, places: Answer) -> Answer:
    """The cheapest answer that places all these families, as a flow; they can all be placed.

    What every pair of a family costs at least is taken off, and the rest is counted in the greatest unit that divides
    it: the same answer is the best, and the solver scales smaller numbers.
    """
    import numpy as np
    from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]  # it ships no types

    families, visitors = costs.shape
    rest = families + visitors  # a node for the places that stay free
    pairs = np.flatnonzero((costs >= 0) & (places > 0))
    family, visitor = np.divmod(pairs, visitors)
    prices = costs.ravel()[pairs]
    prices -= np.minimum.reduceat(prices, np.searchsorted(family, np.arange(families)))[family]
    prices //= max(int(np.gcd.reduce(prices)), 1)
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([family, np.full(visitors, rest)]),
        families + np.concatenate([visitor, np.arange(visitors)]),
        np.concatenate([np.ones(len(pairs), dtype=np.int64), places]),
        np.concatenate([prices, np.zeros(visitors, dtype=np.int64)]),
    )
    supplies = np.concatenate([np.ones(families, dtype=np.int64), -places, [places.sum() - families]])
    flow.set_nodes_supplies(np.arange(rest + 1), supplies)
    if flow.solve() != flow.OPTIMAL:
        raise NotSolved
    used = flow.flows(np.arange(len(pairs))) > 0
    answer = np.full(families, NOBODY, dtype=np.int64)
    answer[family[used]] = visitor[used]
    return answer


def _prices(priced: Costs, places: Answer, answer: Answer, penalties: Costs) -> Costs:
    """What one more place with each visitor would save: nought where one is free."""
    import numpy as np

    families, visitors = priced.shape
    placed = answer != NOBODY
    full = np.bincount(answer[placed], minlength=visitors) >= places
    own = priced[np.arange(families), answer]
    prices = np.zeros(visitors, dtype=np.int64)
    for _ in range(visitors + 1):
        pays = np.where(placed, own + prices[answer], penalties)
        risen = np.where(full, np.maximum((pays[:, None] - priced).max(axis=0), prices), 0)
        if (risen == prices).all():
            break
        prices = risen
    return prices
