"""Speed of one determination and of many from columns, beside the fastest engines that can be installed.

All start from the same parsed facts, or from columns of them that each engine had drawn beforehand in its own form;
their answers are compared first. Each round times every way once, in a drawn order, with the garbage collector on, as
it is when the service runs. Times are those of this process on the processor, so that others on the machine do not
count.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bench import fisca, zen_rules
from bench.cases import Batch, Case, batches, cases
from bench.written import WRITTEN
from portage.policy import Columns, Edition, Facts

Way = Callable[[], object]


@dataclass(frozen=True, slots=True)
class One:
    """One determination at a time: how many a second, and the medians of the rounds' ratios."""

    per_second: float
    times_zen: float  # how many times as fast as zen-engine with one expression for a route, its quickest form
    times_zen_by_rule: float  # with one expression for each rule
    times_written: float  # as the same rules written by hand
    batch_to_one: float  # time for each in a batch beside one at a time; 1 = equal

    def __str__(self) -> str:
        return (
            f"one determination: {self.per_second:,.0f} a second; {self.times_zen:.2f} times as fast as zen-engine's "
            f"compiled expressions at their quickest, {self.times_zen_by_rule:.2f} times with one for each rule; "
            f"{self.times_written:.2f} times as fast as the rules written by hand; "
            f"time for each in a batch: {self.batch_to_one:.2f} of one at a time"
        )


@dataclass(frozen=True, slots=True)
class Many:
    """The outcomes of many requests from columns: how many a second, and the medians of the rounds' ratios."""

    per_second: float
    times_fisca: float
    times_one: float

    def __str__(self) -> str:
        return (
            f"outcomes from columns: {self.per_second:,.0f} a second; {self.times_fisca:.2f} times as fast as "
            f"openfisca-core; {self.times_one:.1f} times as fast as one at a time"
        )


def one_at_a_time(drawn: Iterable[Case]) -> None:
    """Determine each by itself."""
    for policy, edition, facts in drawn:
        policy.determine(edition, facts)


def in_batches(gathered: list[Batch]) -> None:
    """Determine all, batch by batch."""
    for policy, edition, facts in gathered:
        deque(policy.determine_all(edition, facts), maxlen=0)


def by(engine: Callable[[Edition, Facts], object], drawn: Iterable[Case]) -> None:
    """Let an engine determine each."""
    for _, edition, facts in drawn:
        engine(edition, facts)


def by_hand(drawn: Iterable[Case]) -> None:
    """Let the rules written by hand determine each."""
    for _, edition, facts in drawn:
        WRITTEN[edition.tenant](edition, facts)


def timed(ways: dict[str, tuple[Way, int]], rounds: int) -> dict[str, list[float]]:
    """Time every way once a round, in a drawn order; return the seconds for each request."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    order, names = random.Random(2), list(ways)
    for _ in range(rounds):
        order.shuffle(names)
        for name in names:
            run, number = ways[name]
            began = time.process_time()
            run()
            took[name].append((time.process_time() - began) / number)
    return took


def ratio(took: dict[str, list[float]], one: str, other: str) -> float:
    """Return the median of the rounds' ratios."""
    return statistics.median(each / beside for each, beside in zip(took[one], took[other], strict=True))


def measure(batch: int = 100_000, rounds: int = 9, sample: int = 2_000, times: int = 5) -> One:
    """Time one determination; raise if the engines disagree.

    A request is judged right after it was read, with its facts at hand. So a sample is timed that fits beside the
    processor, several times a round: with many requests, fetching their facts from memory is most of what is timed.
    """
    drawn = cases(batch)
    disagreements = list(_disagreements(drawn[: sample * times]))
    if disagreements:
        raise AssertionError(f"the engines disagree on {len(disagreements)} requests, first: {disagreements[0]}")
    gathered, some = batches(drawn), drawn[:sample] * times
    took = timed(
        {
            "one": (lambda: one_at_a_time(some), len(some)),
            "zen by rule": (lambda: by(zen_rules.by_rule, some), len(some)),
            "zen by route": (lambda: by(zen_rules.by_route, some), len(some)),
            "written": (lambda: by_hand(some), len(some)),
            "one of all": (lambda: one_at_a_time(drawn), len(drawn)),
            "batch": (lambda: in_batches(gathered), len(drawn)),
        },
        rounds,
    )
    return One(
        1 / statistics.median(took["one"]),
        ratio(took, "zen by route", "one"),
        ratio(took, "zen by rule", "one"),
        ratio(took, "written", "one"),
        ratio(took, "batch", "one of all"),
    )


def _disagreements(drawn: Iterable[Case]) -> Iterator[tuple[Facts, list[Any]]]:
    for policy, edition, facts in drawn:
        ours, written = policy.determine(edition, facts), WRITTEN[edition.tenant](edition, facts)
        numbered = [(finding.rule, finding.met) for finding in ours.findings]
        answers = (ours.outcome, [met for _, met in numbered])
        told = [answers, zen_rules.by_rule(edition, facts), zen_rules.by_route(edition, facts)]
        by_hand = (written.outcome, [(each.rule, each.met) for each in written.findings])
        if any(each != answers for each in told) or by_hand != (ours.outcome, numbered):
            yield facts, [*told, by_hand]


def measure_columns(number: int = 100_000, rounds: int = 9) -> Many:
    """Time outcomes from columns; raise if they are not those of one at a time, row by row."""
    gathered = batches(cases(number))
    ours = [(policy, edition, Columns(rows)) for policy, edition, rows in gathered]
    theirs = [(edition.tenant, fisca.arrays(edition.tenant, rows)) for _, edition, rows in gathered]
    for (policy, edition, columns), (council, arrays) in zip(ours, theirs, strict=True):
        wanted = [policy.determine(edition, facts).outcome for facts in columns.rows]
        if [*policy.outcomes(edition, columns)] != wanted:
            raise AssertionError(f"columns answer otherwise than one at a time for {council}")
        if fisca.in_words(edition, fisca.outcomes(council, arrays)) != wanted:
            raise AssertionError(f"openfisca-core answers otherwise for {council}")
    took = timed(
        {
            "columns": (lambda: [policy.outcomes(edition, columns) for policy, edition, columns in ours], number),
            "openfisca": (lambda: [fisca.outcomes(council, arrays) for council, arrays in theirs], number),
            "one": (
                lambda: [by(policy.determine, ((policy, e, f) for f in rows)) for policy, e, rows in gathered],
                number,
            ),
        },
        rounds,
    )
    return Many(
        1 / statistics.median(took["columns"]), ratio(took, "openfisca", "columns"), ratio(took, "one", "columns")
    )
