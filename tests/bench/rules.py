"""Speed of one determination beside zen-engine's compiled expressions, on the same facts and the same rules.

Run it by itself with `python tests/bench/rules.py`. Both engines start from the same parsed facts and end with an
outcome and a met, not met or not known for each rule; both get date limits from the same remembered helper. Their
answers are compared first. Each round times every way once, in a drawn order, with the garbage collector on, as it is
when the service runs.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import zen

from portage.editions.folders import TenantPolicy, read_tenant_policy
from portage.policy import AREA_KEYS, EVIDENCE_KEYS, AgeLimit, Determination, Edition, Facts, Policy, edition_in_force

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
COUNCILS = ("leeds", "lancashire", "west-northants")
ROUTES = {
    "leeds": (
        ("request-form", "parent"), ("request-form", "practitioner"), ("hen", "health-professional"),
        ("one-send", "senco"),
    ),
    "lancashire": (("portage-form", "parent"), ("early-help", "senco")),
    "west-northants": (
        ("request-for-support", "parent"), ("section-23", "health-professional"), ("setting-support", "senco"),
    ),
}  # fmt: skip
Case = tuple[Policy[Any], Edition, Facts]


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, in determinations a second and as ratios of rounds."""

    zen_per_second: float
    one_per_second: float
    times_zen: float  # how many times as fast as zen-engine, the median of all rounds
    batch_to_one: float  # time for each in a batch of 100,000 beside one at a time, the median; 1 = equal

    def __str__(self) -> str:
        return (
            f"one determination: {self.one_per_second:,.0f} a second; zen-engine's compiled expressions: "
            f"{self.zen_per_second:,.0f} a second; {self.times_zen:.2f} times as fast; "
            f"time for each in a batch of 100,000: {self.batch_to_one:.2f} of one at a time"
        )


def invented_facts(tenant: str, draw: random.Random) -> dict[str, Any]:
    """Draw one request with all that may be known, and some that is not."""
    born = date(2021, 1, 1) + timedelta(days=draw.randrange(1700))
    received = max(born, date(2025, 3, 1)) + timedelta(days=draw.randrange(500))
    route, referrer = draw.choice(ROUTES[tenant])
    areas = draw.sample(sorted(AREA_KEYS), draw.randrange(6))
    child: dict[str, Any] = {
        "date_of_birth": born.isoformat(),
        "lives_in_area": draw.choice((True, True, True, False, None)),
        "significant_need": draw.choice((True, True, False, None)),
        "delay": {
            area: draw.choice((None, {"percent": draw.randrange(101)}, {"months": draw.randrange(20)}))
            for area in areas
        },
    }
    if draw.random() < 0.1:
        del child["delay"]
    return {
        "received_on": received.isoformat(),
        "route": route,
        "referrer": referrer,
        "agreement": {"parent": draw.choice((True, True, None)), "home_based": draw.choice((True, None, False))},
        "child": child,
        "evidence": draw.sample(sorted(EVIDENCE_KEYS), draw.randrange(3)),
    }


def cases(number: int, seed: int = 1) -> list[Case]:
    """Draw requests, a third for each council, with the edition that judges each."""
    draw = random.Random(seed)
    councils: dict[str, TenantPolicy] = {slug: read_tenant_policy(slug, TENANTS) for slug in COUNCILS}
    drawn: list[Case] = []
    for position in range(number):
        council = councils[COUNCILS[position % 3]]
        facts = Facts.parse(council.policy, invented_facts(council.tenant, draw))
        drawn.append((council.policy, edition_in_force(council.published, facts.received_on), facts))
    return drawn


# ---- the peer: compiled once, one evaluation for each rule, context built from the same facts

_DELAY = (
    "measured == null ? null : count(measured, # >= 50) >= 2 ? true "
    ": count(measured, # >= 50) + unmeasured >= 2 ? null : false"
)
_AGE, _OWN = "received < limit", "parent ? true : agreement"
_HOME = "agreement == false or home == false ? false : agreement == null or home == null ? null : true"
_EVIDENCE = "some(evidence, # in ['adpr', 'smart-targets', 'portage-profile', 'asq']) ? true : null"
EXPRESSIONS: dict[str, tuple[str, ...]] = {
    "request-form": (_AGE, _DELAY, "lives", _OWN),
    "hen": (_AGE, _DELAY, "lives", "agreement"),
    "one-send": (_AGE, _DELAY, "lives", _HOME),
    "portage-form": (_AGE, "need", "parent"),
    "early-help": (_AGE, "need", "agreement"),
    "request-for-support": (_AGE, _EVIDENCE),
    "setting-support": (_AGE, _EVIDENCE),
    "section-23": (_AGE,),
}
COMPILED = {route: tuple(zen.compile_expression(each) for each in given) for route, given in EXPRESSIONS.items()}


def context(edition: Edition, facts: Facts) -> dict[str, Any]:
    """Build what the expressions of this council read, and no more."""
    age = next(rule for rule in edition.plans[facts.route].rules if isinstance(rule, AgeLimit))
    told: dict[str, Any] = {"received": facts.received_on.toordinal(), "limit": age.first_day_out(facts).toordinal()}
    if edition.tenant == "west-northants":
        told["evidence"] = list(facts.evidence)
        return told
    told["parent"] = facts.referrer == "parent"
    told["agreement"] = facts.agreement_parent
    if edition.tenant == "lancashire":
        told["need"] = facts.significant_need
        return told
    told["lives"], told["home"] = facts.lives_in_area, facts.agreement_home_based
    measured = None if facts.delay is None else [m.share * 100 / m.age for m in facts.delay.values() if m is not None]
    told["measured"] = measured
    told["unmeasured"] = 0 if facts.delay is None or measured is None else len(facts.delay) - len(measured)
    return told


def by_zen(edition: Edition, facts: Facts) -> tuple[str, list[bool | None]]:
    """Evaluate every rule and fold the outcome, as the contract does."""
    told = context(edition, facts)
    answers = [each.evaluate(told) for each in COMPILED[facts.route]]
    if False in answers:
        return "not-eligible", answers
    if None in answers:
        return "more-information", answers
    return ("panel" if edition.tenant == "west-northants" else "eligible"), answers


# ---- the ways that are timed


def one_at_a_time(drawn: Iterable[Case]) -> None:
    """Determine each by itself."""
    for policy, edition, facts in drawn:
        policy.determine(edition, facts)


def peer(drawn: Iterable[Case]) -> None:
    """Let the peer determine each."""
    for _, edition, facts in drawn:
        by_zen(edition, facts)


def batches(drawn: list[Case]) -> list[tuple[Policy[Any], Edition, list[Facts]]]:
    """Gather requests that the same edition judges."""
    gathered: dict[int, tuple[Policy[Any], Edition, list[Facts]]] = {}
    for policy, edition, facts in drawn:
        gathered.setdefault(id(edition), (policy, edition, []))[2].append(facts)
    return list(gathered.values())


def in_batches(gathered: list[tuple[Policy[Any], Edition, list[Facts]]]) -> None:
    """Determine all, batch by batch."""
    for policy, edition, facts in gathered:
        deque(policy.determine_all(edition, facts), maxlen=0)


def measure(batch: int = 100_000, rounds: int = 9, sample: int = 10_000) -> Report:
    """Time every way once a round and return medians of the rounds' ratios; raise if the engines disagree."""
    drawn = cases(batch)
    disagreements = list(_disagreements(drawn[:sample]))
    if disagreements:
        raise AssertionError(f"the engines disagree on {len(disagreements)} requests, first: {disagreements[0]}")
    gathered, some = batches(drawn), drawn[:sample]
    ways: dict[str, tuple[Callable[[], None], int]] = {
        "zen": (lambda: peer(some), len(some)),
        "one": (lambda: one_at_a_time(some), len(some)),
        "one of all": (lambda: one_at_a_time(drawn), len(drawn)),
        "batch": (lambda: in_batches(gathered), len(drawn)),
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    order, names = random.Random(2), list(ways)
    for _ in range(rounds):
        order.shuffle(names)
        for name in names:
            run, number = ways[name]
            began = time.perf_counter()
            run()
            took[name].append((time.perf_counter() - began) / number)
    median = statistics.median
    return Report(
        1 / median(took["zen"]),
        1 / median(took["one"]),
        median(zens / ones for zens, ones in zip(took["zen"], took["one"], strict=True)),
        median(each / one for each, one in zip(took["batch"], took["one of all"], strict=True)),
    )


def _disagreements(drawn: Iterable[Case]) -> Iterator[tuple[Determination, tuple[str, list[bool | None]]]]:
    for policy, edition, facts in drawn:
        ours = policy.determine(edition, facts)
        theirs = by_zen(edition, facts)
        if (ours.outcome, [finding.met for finding in ours.findings]) != theirs:
            yield ours, theirs


if __name__ == "__main__":
    print(measure())  # noqa: T201 - a person asked at a terminal
