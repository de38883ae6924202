"""The same rules as expressions of zen-engine, compiled once: one for each rule, and its quickest form, one a route.

An expression gets a dictionary of what its council's rules read, and no more. The engine has no calendar, so that it is
told the first day on which a child is too old, from the same remembered dates.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import zen

from portage.policy import AgeLimit, Edition, Facts
from portage.policy.rules.days import DayOf, composed_day

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
BY_RULE = {route: tuple(zen.compile_expression(each) for each in given) for route, given in EXPRESSIONS.items()}
BY_ROUTE = {route: zen.compile_expression(f"[{', '.join(given)}]") for route, given in EXPRESSIONS.items()}
Told = dict[str, Any]


@cache
def first_day_out(edition: Edition, route: str) -> DayOf:
    """Return the quickest way to the limit of age."""
    limit = next(rule for rule in edition.plans[route].rules if isinstance(rule, AgeLimit))
    return composed_day(limit.first_day_out)


def leeds(facts: Facts, limit: int) -> Told:
    """What Leeds reads."""
    delay = facts.delay
    measured = None if delay is None else [m.share * 100 / m.age for m in delay.values() if m is not None]
    return {
        "received": facts.received_on.toordinal(),
        "limit": limit,
        "parent": facts.referrer == "parent",
        "agreement": facts.agreement_parent,
        "lives": facts.lives_in_area,
        "home": facts.agreement_home_based,
        "measured": measured,
        "unmeasured": 0 if delay is None or measured is None else len(delay) - len(measured),
    }


def lancashire(facts: Facts, limit: int) -> Told:
    """What Lancashire reads."""
    return {
        "received": facts.received_on.toordinal(),
        "limit": limit,
        "parent": facts.referrer == "parent",
        "agreement": facts.agreement_parent,
        "need": facts.significant_need,
    }


def west_northants(facts: Facts, limit: int) -> Told:
    """What West Northamptonshire reads."""
    return {"received": facts.received_on.toordinal(), "limit": limit, "evidence": list(facts.evidence)}


READ: dict[str, Callable[[Facts, int], Told]] = {
    "leeds": leeds, "lancashire": lancashire, "west-northants": west_northants,
}  # fmt: skip


def outcome(edition: Edition, answers: list[bool | None]) -> tuple[str, list[bool | None]]:
    """Fold the answers of the rules, as the contract does."""
    if False in answers:
        return "not-eligible", answers
    if None in answers:
        return "more-information", answers
    return ("panel" if edition.tenant == "west-northants" else "eligible"), answers


def by_rule(edition: Edition, facts: Facts) -> tuple[str, list[bool | None]]:
    """Evaluate an expression for each rule."""
    route = facts.route
    told = READ[edition.tenant](facts, first_day_out(edition, route)(facts).toordinal())
    return outcome(edition, [each.evaluate(told) for each in BY_RULE[route]])


def by_route(edition: Edition, facts: Facts) -> tuple[str, list[bool | None]]:
    """Evaluate one expression, which gives a list of what each rule answers."""
    route = facts.route
    told = READ[edition.tenant](facts, first_day_out(edition, route)(facts).toordinal())
    return outcome(edition, BY_ROUTE[route].evaluate(told))
