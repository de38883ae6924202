"""The base problem of allocation is solved to the least cost, with a proof, and the order of the list is kept."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portage.support.assignment import NOBODY, Problem, bound, cost_of, solve
from support.lengths import examples


@st.composite
def problems(draw: Any) -> Problem:
    """A few families and visitors; about a third of the pairs cannot be."""
    families, visitors = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    pair = st.one_of(st.just(-1), st.integers(0, 9), st.integers(0, 900))
    rows = st.lists(st.lists(pair, min_size=visitors, max_size=visitors), min_size=families, max_size=families)
    places = st.lists(st.integers(0, 2), min_size=visitors, max_size=visitors)
    return Problem(np.array(draw(rows), dtype=np.int64), np.array(draw(places), dtype=np.int64))


def every_answer(problem: Problem) -> list[Any]:
    """Every answer that there is, one after the other."""
    families, visitors = problem.costs.shape
    found = []
    for chosen in product(range(NOBODY, visitors), repeat=families):
        answer = np.array(chosen)
        pairs = [(family, visitor) for family, visitor in enumerate(chosen) if visitor != NOBODY]
        taken = np.bincount([visitor for _, visitor in pairs], minlength=visitors)
        if all(problem.costs[pair] >= 0 for pair in pairs) and (taken <= problem.places).all():
            found.append(answer)
    return found


@settings(max_examples=examples(60), deadline=None)
@given(problems())
def test_the_answer_is_the_best_of_all_there_are_and_proves_itself(problem: Problem) -> None:
    answer = solve(problem)
    best = min(cost_of(problem, each) for each in every_answer(problem))
    assert cost_of(problem, answer) == best == bound(problem, answer)


@settings(max_examples=examples(60), deadline=None)
@given(problems())
def test_nobody_is_passed_over_who_can_be_placed_beside_those_before_in_the_line(problem: Problem) -> None:
    placed = tuple((solve(problem) != NOBODY).tolist())
    assert placed == max(tuple((each != NOBODY).tolist()) for each in every_answer(problem))


@pytest.mark.parametrize(("families", "visitors"), [(0, 3), (3, 0), (0, 0)])
def test_nobody_to_place_or_nobody_to_visit_is_an_answer_too(families: int, visitors: int) -> None:
    problem = Problem(np.zeros((families, visitors), dtype=np.int64), np.ones(visitors, dtype=np.int64))
    assert solve(problem).tolist() == [NOBODY] * families
