"""The base problem of allocation for 300 families and 120 visitors: the best, proved, in half a peer's time."""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]  # it ships no types

from portage.core.access import Role
from portage.core.ids import new_id
from portage.support.assignment import Problem, bound, cost_of, solve
from portage.support.half_days import HALF_DAYS
from portage.support.suggesting import Family, Visitor, problem_of, propose
from portage.support.visitors import Candidate

FAMILIES, VISITORS, AREAS = 300, 120, 6
PLACES = 12  # the whole capacity of a service: every visitor has as many children as this
AT_MOST = {PLACES: 0.5, 3: 0.5}
ANYWHERE = 3  # the short form only sees that something went badly wrong
SKILLS = ("Makaton", "Polish", "Urdu")


def invented(places: int) -> tuple[list[Family], list[Visitor]]:
    """Invented families and visitors of six area teams, the same in every run."""
    chance = np.random.default_rng(11)
    areas = [new_id() for _ in range(AREAS)]
    days = [*HALF_DAYS]

    def some(from_these: list[str] | tuple[str, ...], most: int) -> list[str]:
        return [str(each) for each in chance.choice(from_these, chance.integers(0, most + 1), replace=False)]

    families = [
        Family(
            new_id(), "Kit", areas[chance.integers(AREAS)], tuple(some(days, 6)), frozenset(some(SKILLS, 1)),
            f"AB{chance.integers(1, 25)}",
        )
        for _ in range(FAMILIES)
    ]  # fmt: skip
    visitors = [
        Visitor(
            Candidate(
                id=new_id(), name="Vera", roles=frozenset({Role.HOME_VISITOR}), areas="a team", trained=True,
                area_ids=frozenset({areas[chance.integers(AREAS)]}), children=0, most_children=places,
                half_days=tuple(some(days, 9)), skills=frozenset(some(SKILLS, 2)),
                district=f"AB{chance.integers(1, 25)}",
            )
        )
        for _ in range(VISITORS)
    ]  # fmt: skip
    return families, visitors


def by_the_peer(problem: Problem) -> int:
    """The least cost as scipy finds it: a column for every place, and one for each family that finds none."""
    penalties = problem.penalties
    costs = np.where(problem.costs < 0, 4 * penalties[0], problem.costs)
    nobody = np.repeat(penalties[:, None], len(penalties), axis=1)
    matrix = np.concatenate([np.repeat(costs, problem.places, axis=1), nobody], axis=1)
    rows, columns = linear_sum_assignment(matrix)
    return int(matrix[rows, columns].sum())


@pytest.mark.parametrize("places", [1, 2, 3, PLACES])
def test_the_answer_is_the_best_and_proves_it_as_the_peer_finds(places: int) -> None:
    problem = problem_of(*invented(places))
    answer = solve(problem)
    assert cost_of(problem, answer) == bound(problem, answer) == by_the_peer(problem)


def test_a_whole_proposal_with_its_words_takes_tens_of_milliseconds(at_length: bool) -> None:
    families, visitors = invented(PLACES)
    took = _time(lambda: propose(families, visitors), 5)
    assert took < (0.5 if at_length else 3), took


def test_it_takes_at_most_half_the_time_of_the_peer_on_the_same_costs(
    at_length: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    for places, at_most in AT_MOST.items():
        problem = problem_of(*invented(places))
        ratios, ours = [], []
        for _ in range(15 if at_length else 3):
            one, other = _time(lambda: solve(problem), 3), _time(lambda: by_the_peer(problem), 3)  # noqa: B023 - called at once
            ratios.append(one / other)
            ours.append(one)
        ratio = statistics.median(ratios)
        if at_length:
            with capsys.disabled():
                took = statistics.median(ours) * 1000
                sys.stderr.write(
                    f"\n300 families, 120 visitors with {places} places each beside scipy: {ratio:.2f} ({took:.1f} ms)"
                )
        assert ratio <= (at_most if at_length else ANYWHERE), (places, ratio)


@pytest.fixture
def at_length(request: pytest.FixtureRequest) -> bool:
    """Whether to measure at full length."""
    return bool(request.config.getoption("--bench", default=False))


def _time(work: Callable[[], object], times: int) -> float:
    """The median time of the processor that some work takes."""
    took = []
    for _ in range(times):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return statistics.median(took)
