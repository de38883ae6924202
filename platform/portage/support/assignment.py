"""The base problem of allocation: families to visitors with so many places each, at the least cost, with its proof.

Whole numbers throughout, so that nothing is rounded. A family that finds no place costs a penalty, the greater the
earlier it stands in the line. The families that are placed are then, one by one from the head of the line, those that
can be placed at all: no family is passed over for the sake of a better fit of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

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

    costs = problem.costs
    if not costs.size:
        return np.full(len(costs), NOBODY, dtype=np.int64)
    answer = np.full(len(costs), NOBODY, dtype=np.int64)
    families = np.flatnonzero(((costs >= 0) & (problem.places > 0)).any(axis=1))
    found = _flow(costs[families], problem.places) if len(families) else families
    if found is None:  # not everybody can be placed at once: the line says who is
        families = np.flatnonzero(placeable(problem) != NOBODY)
        found = _flow(costs[families], problem.places)
    if found is None:
        raise NotSolved
    answer[families] = found
    return answer


def placeable(problem: Problem) -> Answer:
    """Some answer that places, from the head of the line, every family that can be placed beside those before it.

    A family for whom no chain of changes ends at a free place shows a set of visitors that is full for good: none of
    them is looked at again, so that each pair is looked at once in all.
    """
    import numpy as np

    families, visitors = problem.costs.shape
    can, left = problem.costs >= 0, problem.places.copy()
    answer, alive = np.full(families, NOBODY, dtype=np.int64), np.ones(visitors, dtype=bool)
    holds: list[list[int]] = [[] for _ in range(visitors)]
    for family in range(families):
        chain = _chain(family, can, left, alive, holds)
        for moving, visitor in chain:  # from the free place back to the family
            before = int(answer[moving])
            if before != NOBODY:
                holds[before].remove(moving)
            answer[moving] = visitor
            holds[visitor].append(moving)
        if chain:
            left[chain[0][1]] -= 1
    return answer


def _chain(family: int, can: Any, left: Answer, alive: Any, holds: list[list[int]]) -> list[tuple[int, int]]:
    """Which families move to which visitors so that this one finds a place; none: it cannot, and `alive` shrinks."""
    came_by: dict[int, tuple[int, int]] = {}  # visitor: the family that would move there, and from whom
    unseen, queue = alive.copy(), [(family, NOBODY)]
    for moving, origin in queue:
        options = can[moving] & unseen
        free = (options & (left > 0)).argmax()
        if options[free] and left[free] > 0:
            chain, visitor = [(moving, int(free))], origin
            while visitor != NOBODY:
                moved, before = came_by[visitor]
                chain.append((moved, visitor))
                visitor = before
            return chain
        for visitor in options.nonzero()[0].tolist():
            came_by[visitor] = (moving, origin)
            queue += [(held, visitor) for held in holds[visitor]]
        unseen &= ~options
    alive[[*came_by]] = False
    return []


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


def _flow(costs: Costs, places: Answer) -> Answer | None:
    """The cheapest answer that places all these families, as a flow; None where they cannot all be placed."""
    import numpy as np
    from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]  # it ships no types

    families, visitors = costs.shape
    sink = families + visitors
    family, visitor = np.nonzero((costs >= 0) & (places > 0))
    tails = np.concatenate([family, families + np.arange(visitors)])
    heads = np.concatenate([families + visitor, np.full(visitors, sink)])
    widths = np.concatenate([np.ones(len(family), dtype=np.int64), places])
    prices = np.concatenate([costs[family, visitor], np.zeros(visitors, dtype=np.int64)])
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(tails, heads, widths, prices)
    supplies = np.zeros(sink + 1, dtype=np.int64)
    supplies[:families], supplies[sink] = 1, -families
    flow.set_nodes_supplies(np.arange(sink + 1), supplies)
    if flow.solve() != flow.OPTIMAL:
        return None
    used = flow.flows(np.arange(len(family))) > 0
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
