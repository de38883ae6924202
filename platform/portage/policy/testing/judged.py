"""A plugin's rules, asked for many requests with clocks, files and network closed: what they answer, and how."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portage.policy.determination import RouteShape
from portage.policy.edition import Edition
from portage.policy.facts import Facts
from portage.policy.plugin import Policy
from portage.policy.rules import Rule
from portage.policy.testing.problem import Problem
from portage.policy.testing.quiet import Reached, quiet
from portage.policy.testing.samples import samples, turned
from portage.policy.testing.source import package_of
from portage.policy.vocabulary import REFERRERS

Told = tuple[bool | None, str, tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Judging:
    """One route of one edition, and the requests that its rules are asked about."""

    policy: Policy[Any]
    edition: Edition
    shape: RouteShape
    asked: tuple[dict[str, Any], ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules of the route."""
        return self.edition.plans[self.shape.key].rules

    def facts(self, asked: Mapping[str, Any]) -> Facts:
        """Read a request anew, so that no rule sees what another left behind."""
        return Facts.parse(self.policy, copy.deepcopy(asked), self.edition.terms)

    def problem(self, check: str, says: str, rule: str | None = None, facts: Any = None) -> Problem:
        """Name the plugin and the edition beside what is wrong."""
        return Problem(self.policy.name, check, says, rule, self.edition.title, facts)


def judgings(policy: Policy[Any], edition: Edition) -> Iterator[Judging]:
    """Yield each route of an edition with its requests."""
    for shape in policy.shapes_of(edition.terms):
        if not shape.referrers or {*shape.referrers} - REFERRERS.keys():
            continue  # said of the route itself; nobody could make such a request
        yield Judging(policy, edition, shape, tuple(samples(policy, edition, shape)))


def look_at_purity(judging: Judging) -> list[Problem]:
    """Find rules that reach out, change the facts, or give another answer to the same question."""
    found: list[Problem] = []
    kept: dict[tuple[int, int], Told] = {}
    with quiet(package_of(judging.policy)) as seen:
        found += _drawn_again(judging, seen)
        for at, asked in enumerate(judging.asked):
            for place, rule in enumerate(judging.rules):
                told = _ask_once(judging, rule, asked, seen, found)
                if told is not None:
                    kept[at, place] = told
        if not found:
            found += _asked_again(judging, kept, seen)
        if not found:
            found += _determined(judging, seen)
    return found


def _drawn_again(judging: Judging, seen: list[Reached]) -> Iterator[Problem]:
    try:
        judging.policy.rules(judging.edition.terms, judging.shape)
    except Exception as error:  # a plugin's own code may fail in any way
        yield from _failed(judging, error, seen, None, None)
    yield from _reached(judging, seen, None, None)


def _told(rule: Rule, facts: Facts) -> Told:
    met = rule.test(facts)
    return met, rule.explain(facts, met), tuple(sorted(rule.wants(facts))) if met is None else (), rule.states


def _ask_once(
    judging: Judging, rule: Rule, asked: Mapping[str, Any], seen: list[Reached], found: list[Problem]
) -> Told | None:
    """Ask one rule about one request, twice, and with the keys in another order."""
    number, before = rule.number, len(found)
    facts, untouched = judging.facts(asked), judging.facts(asked)
    try:
        told = _told(rule, facts)
        if facts != untouched:
            found.append(judging.problem("facts", "it changes the facts that it is given.", number, asked))
        elif _told(rule, facts) != told:
            found.append(judging.problem("pure", "it gives another answer when it is asked twice.", number, asked))
        elif _told(rule, judging.facts(turned(asked))) != told:
            says = "it gives another answer when the same facts are written in another order."
            found.append(judging.problem("pure", says, number, asked))
    except Exception as error:  # a plugin's own code may fail in any way
        found += _failed(judging, error, seen, number, asked)
    found += _reached(judging, seen, number, asked)
    return told if len(found) == before else None


def _failed(
    judging: Judging, error: Exception, seen: list[Reached], number: str | None, asked: Any
) -> Iterator[Problem]:
    if not seen:  # else what was reached for says it
        yield judging.problem("raises", f"it raises {type(error).__name__}: {error}.", number, asked)


def _reached(judging: Judging, seen: list[Reached], number: str | None, asked: Any) -> list[Problem]:
    problems = [judging.problem(each.check, f"it {each.what}.", number, asked) for each in seen]
    seen.clear()
    return problems


def _asked_again(judging: Judging, kept: Mapping[tuple[int, int], Told], seen: list[Reached]) -> Iterator[Problem]:
    """Ask everything again, the last request first: an answer may not hang on what was asked before."""
    for (at, place), told in reversed([*kept.items()]):
        rule, asked = judging.rules[place], judging.asked[at]
        if _told(rule, judging.facts(asked)) != told:
            yield judging.problem("pure", "its answer hangs on what was asked before.", rule.number, asked)
    yield from _reached(judging, seen, None, None)


def _determined(judging: Judging, seen: list[Reached]) -> Iterator[Problem]:
    """Determine each request twice as a whole."""
    for asked in judging.asked:
        facts = judging.facts(asked)
        try:
            first = judging.policy.determine(judging.edition, facts).as_json()
            second = judging.policy.determine(judging.edition, facts).as_json()
        except Exception as error:  # a plugin's own code may fail in any way
            yield from _failed(judging, error, seen, None, asked)
        else:
            if first != second:
                yield judging.problem("pure", "determine gives another answer the second time.", None, asked)
        yield from _reached(judging, seen, None, asked)
