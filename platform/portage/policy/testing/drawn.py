"""What an edition draws beside its rules fits together: routes, numbers, offers, clocks, steps, pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

from portage.policy.description import describe
from portage.policy.determination import RouteShape
from portage.policy.edition import Edition
from portage.policy.plugin import Policy
from portage.policy.shapes import ClockUnit, CountsFrom, DecidedBy, StepKey
from portage.policy.testing.problem import Problem
from portage.policy.testing.samples import fact_paths
from portage.policy.vocabulary import REFERRERS, SIGNPOSTING

Found = Iterator[tuple[str, str]]  # which promise, and what is wrong


def look_at_edition(policy: Policy[Any], edition: Edition) -> Iterator[Problem]:
    """Find what does not fit together in one edition."""
    shapes = policy.shapes_of(edition.terms)
    parts: list[Callable[[], Found]] = [
        lambda: _routes(policy, edition, shapes),
        lambda: _cites(policy, edition),
        lambda: _pages(policy, edition),
    ]
    for shape in shapes:
        parts += [
            lambda shape=shape: _route(policy, edition, shape),  # type: ignore[misc] # bound for this turn of the loop
            lambda shape=shape: _asks(policy, edition, shape),  # type: ignore[misc] # the same
            lambda shape=shape: _numbers(policy, edition, shape),  # type: ignore[misc] # the same
            lambda shape=shape: _clocks(policy, edition, shape),  # type: ignore[misc] # the same
        ]
    for part in parts:
        try:
            for check, says in part():
                yield Problem(policy.name, check, says, edition=edition.title)
        except Exception as error:  # a plugin's own code may fail in any way
            says = f"a question about the edition raises {type(error).__name__}: {error}."
            yield Problem(policy.name, "raises", says, edition=edition.title)


def _doubles(keys: Iterable[str]) -> list[str]:
    held = list(keys)
    return sorted({key for key in held if held.count(key) > 1})


def _routes(policy: Policy[Any], edition: Edition, shapes: tuple[RouteShape, ...]) -> Found:
    keys = [shape.key for shape in shapes]
    if not keys:
        yield "routes", "there is no route by which anybody could ask."
    for key in _doubles(keys):
        yield "routes", f"the route {key} is drawn twice."
    if {*keys} != {*edition.plans}:
        yield "routes", f"the routes are {sorted(keys)}, and there are rules for {sorted(edition.plans)}."
    if [route.key for route in policy.routes(edition.terms)] != keys:
        yield "routes", "routes() does not answer with the routes of shapes_of(), in their order."


def _route(policy: Policy[Any], edition: Edition, shape: RouteShape) -> Found:
    at, steps = f"the route {shape.key}", [step.key for step in policy.path(edition.terms, shape.key)]
    if unknown := sorted({*shape.referrers} - REFERRERS.keys()) or ([] if shape.referrers else ["nobody"]):
        yield "routes", f"{at} is for {unknown}, which is no kind of person who asks."
    if not steps or {*steps} - {*get_args(StepKey)} or _doubles(steps):
        yield "path", f"{at} needs steps that are known, each of them once; it has {steps}."
    if shape.decided_by not in get_args(DecidedBy):
        yield "path", f"{at} is decided by {shape.decided_by!r}, which is nobody."
    elif (shape.decided_by == "panel") != ("panel" in steps):
        yield "path", f"{at} is decided by the {shape.decided_by}, and its steps are {steps}."


def _asks(policy: Policy[Any], edition: Edition, shape: RouteShape) -> Found:
    at = f"the route {shape.key}"
    known = fact_paths(policy)
    for ask in shape.asks:
        if ask.fact is not None and ask.fact not in known:
            yield "asks", f"{at} asks for the fact {ask.fact}, which no request can state."
    for key in _doubles([*(ask.key for ask in shape.asks), *(agreed.key for agreed in shape.agreements)]):
        yield "asks", f"{at} asks {key} twice."
    offers = edition.plans[shape.key].offers
    for key in offers:
        if key != SIGNPOSTING.key and key not in edition.terms.offers:
            yield "offers", f"{at} offers {key}, which the edition does not name."
    if [offer.key for offer in policy.offers(edition.terms, shape.key)] != [*offers]:
        yield "offers", f"{at}: offers() and the offers of a determination differ."


def _numbers(policy: Policy[Any], edition: Edition, shape: RouteShape) -> Found:
    """Find numbers of a route, a step, an agreement or its last finding that nothing published has."""
    rules = [rule.number for rule in edition.plans[shape.key].rules]
    for number in _doubles(rules):
        yield "number", f"the route {shape.key} has two rules with the number {number}."
    if shape.finding is not None and shape.finding not in rules:
        yield "number", f"the route {shape.key} names the finding {shape.finding}, which none of its rules makes."
    named: set[str | None] = {
        shape.rule,
        *(step.rule for step in shape.path),
        *(agreed.rule for agreed in shape.agreements),
    }
    for cited in sorted(number for number in named if number is not None):
        if not titled(policy, edition, cited):
            yield "number", f"the route {shape.key} cites {cited}, which requirements does not name."


def titled(policy: Policy[Any], edition: Edition, number: str) -> bool:
    """Say whether a number is one that the plugin's requirements name."""
    try:
        return bool(policy.rule_title(edition.terms, number).strip())
    except KeyError:
        return False


def _cites(policy: Policy[Any], edition: Edition) -> Found:
    for path, number in policy.cites_of(edition.terms).items():
        if not titled(policy, edition, number):
            yield "number", f"cites names {number} for {path}, which requirements does not name."


def _clocks(policy: Policy[Any], edition: Edition, shape: RouteShape) -> Found:
    clocks = policy.clocks(edition, shape.key)
    for key in _doubles(clock.key for clock in clocks):
        yield "clocks", f"the route {shape.key} has two clocks with the key {key}."
    for clock in clocks:
        known = clock.unit in get_args(ClockUnit) and clock.counts_from in get_args(CountsFrom)
        if not known or clock.days < 1 or not clock.name.strip():
            yield "clocks", f"the clock {clock.key} needs a name, a day or more, a known unit and a known start."
        looked_at = clock.rule is None or clock.rule in policy.cites_of(edition.terms).values()
        if not looked_at and not titled(policy, edition, str(clock.rule)):
            yield "number", f"the clock {clock.key} cites {clock.rule}, which requirements does not name."


def _pages(policy: Policy[Any], edition: Edition) -> Found:
    """Ask what pages and letters ask, and look at the lines of the described policy."""
    terms = edition.terms
    policy.service(terms), policy.support_pattern(terms), policy.sharing(terms), policy.programmes(terms)
    policy.arrangements(terms)
    for route in policy.routes(terms):
        policy.messages(terms, route.key)
    if _described_elsewhere(policy, edition):
        return
    looked_at = {None, *policy.cites_of(terms).values()}
    for shape in policy.shapes_of(terms):
        looked_at |= {shape.rule, *(step.rule for step in shape.path), *(one.rule for one in shape.agreements)}
    for section in describe(policy, edition):
        for line in section.lines:
            if not line.label.strip() or not line.text.strip():
                yield "pages", f"the section {section.title} has a line without words."
            if line.rule not in looked_at and not titled(policy, edition, str(line.rule)):
                yield "number", f"the line {line.label} cites {line.rule}, which requirements does not name."


def _described_elsewhere(policy: Policy[Any], edition: Edition) -> bool:
    """Say whether a rule without a title, or a route for nobody, is a problem already: neither can be described."""
    numbers = {rule.number for plan in edition.plans.values() for rule in plan.rules}
    asked = all(shape.referrers for shape in policy.shapes_of(edition.terms))
    return not asked or not all(titled(policy, edition, number) for number in numbers)
