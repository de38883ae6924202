"""The base problem of allocation: families to visitors with so many places each, at the least cost, with its proof.

Whole numbers throughout, far below the 2^53 to which the solver's floating numbers count, so that nothing is rounded.
A family that finds no place costs a penalty, the greater the earlier it stands in the line. The families that are
placed are then, one by one from the head of the line, those that can be placed at all: no family is passed over for
the sake of a better fit of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array  # type: ignore[import-untyped]  # it ships no types

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
    return find_spec("scipy") is not None


def solve(problem: Problem) -> Answer:
    """The visitor of each family, `NOBODY` for none, at the least cost; `bound` proves it.

    scipy's shortest augmenting paths for sparse tables (Jonker and Volgenant 1987) give each family a column of its
    own: one of a visitor's places, or its last column, which stands for nobody and is always there.
    """
    import numpy as np
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # type: ignore[import-untyped]  # the same

    if not len(problem.costs):
        return np.zeros(0, dtype=np.int64)
    can = (problem.costs >= 0) & (problem.places > 0)
    needed = np.minimum(problem.places, can.sum(axis=0))
    first = np.concatenate([[0], np.cumsum(needed)])  # column of each visitor; after the last come those for nobody
    try:
        _, found = min_weight_full_bipartite_matching(_table(problem, can, needed, first))
    except ValueError as none_at_all:
        raise NotSolved from none_at_all
    return np.where(found < first[-1], np.searchsorted(first, found, side="right") - 1, NOBODY)


def _table(problem: Problem, can: NDArray[np.bool_], needed: Answer, first: Answer) -> csr_array:
    """What each family costs in each column, only where it can be.

    A weight of nought would count as no pair, so each is one more; columns are numbers of 32 bits, as scipy wants them.
    """
    import numpy as np
    from scipy.sparse import csr_array

    families, visitors = can.shape
    visitor = np.flatnonzero(can) % visitors
    wide = needed[visitor]
    ends = np.cumsum(wide)
    columns = np.arange(wide.sum()) + np.repeat(first[visitor] - ends + wide, wide)
    weights = np.repeat(problem.costs[can] + 1.0, wide)
    cuts = np.cumsum(np.where(can, needed, 0).sum(axis=1))
    columns = np.insert(columns, cuts, first[-1] + np.arange(families))
    weights = np.insert(weights, cuts, problem.penalties + 1.0)
    rows = np.concatenate([[0], cuts + np.arange(1, families + 1)])
    shape = (families, int(first[-1]) + families)
    return csr_array((weights, columns.astype(np.int32), rows.astype(np.int32)), shape=shape)


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
