"""What a parent may look at before asking: which published conditions seem met, and which nobody can tell.

Nothing here recommends or refuses anything. A parent says what they know; what only people who know how children
develop can find out is never held against them: ticks are worries and no measure, and "nobody told me" is not "no".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from portage.policy import asks, dates
from portage.policy.edition import Edition
from portage.policy.facts import Facts
from portage.policy.plugin import Policy
from portage.policy.rules import AgeBetween, AgeLimit, Rule
from portage.policy.shapes import Ask, Route
from portage.policy.vocabulary import AREA_KEYS

PARENT: Final = "parent"
_CONCERNS: Final = "child.delay"
_SHARED: Final = (
    asks.CONCERNS, asks.RESIDENCE, asks.SIGNIFICANT_NEED, asks.SETTING_HOURS, asks.EVIDENCE_KINDS,
)  # fmt: skip
_ASKED: Final = ("areas", "yes-no", "hours", "evidence")  # kinds of questions that a parent answers by heart
_TRIED: Final[Mapping[str, tuple[Any, ...]]] = {
    "areas": (dict.fromkeys(AREA_KEYS),), "yes-no": (True, False), "hours": (0, 100), "evidence": (["other"],),
}  # fmt: skip
_FIRST_POINTERS: Final = "first-signposting"  # the message that names services which help at once
_SOME_DAY: Final = date(2026, 1, 1)  # for a draft, which has none
_OLDEST: Final = 8 * 12  # months; every condition about age ends before
NOT_TOLD: Final = frozenset({"child.significant_need"})  # where a parent's no says that nobody told them yet
_NO_MEASURE: Final = (
    "You do not have to measure anything. People who know how children develop can find out more together with you."
)
_NOT_ENOUGH: Final = f"What you ticked is not enough to tell. {_NO_MEASURE}"
_BIRTH_NOT_SAID: Final = "This depends on when your child was born, which you have not said here."
_PAPERS_FOLLOW: Final = "You have not ticked one of these papers. You can ask all the same, and papers can follow."


@dataclass(frozen=True, slots=True)
class Told:
    """What a parent answered: the date of birth if they gave it, and facts by their path."""

    born: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """One published condition, whether it seems met, and why; None is: nobody can tell from what was said."""

    number: str
    title: str
    states: str
    seems: bool | None
    because: str | None


@dataclass(frozen=True, slots=True)
class _Tested:
    """A rule with the way to ask that it is tested on."""

    route: Route
    rule: Rule


def ways_of_parents(policy: Policy[Any], edition: Edition) -> tuple[Route, ...]:
    """Return the ways to ask that a parent may use, those with conditions first."""
    ways = [route for route in policy.routes(edition.terms) if PARENT in route.referrers]
    return tuple(sorted(ways, key=lambda route: not edition.plans[route.key].rules))


def signposts(policy: Policy[Any], edition: Edition) -> tuple[str, ...]:
    """Return the services that the policy itself points parents to, each once."""
    terms = edition.terms
    messages = [message for route in policy.routes(terms) for message in policy.messages(terms, route.key)]
    return tuple(dict.fromkeys(link for each in messages if each.key == _FIRST_POINTERS for link in each.links))


@lru_cache(maxsize=512)
def questions(policy: Policy[Any], edition: Edition) -> tuple[Ask, ...]:
    """Return the questions about facts that the conditions want and that a parent can answer, in the form's order."""
    tested = _tested(policy, edition)
    known = _asks(policy, edition)
    wanted = {*_wanted(policy, edition, tested, {})}
    for path in sorted(wanted & known.keys()):  # an answer may make another fact wanted
        for value in _TRIED[known[path].kind]:
            wanted |= {*_wanted(policy, edition, tested, {path: value})}
    return tuple(ask for path, ask in known.items() if path in wanted)


def conditions(policy: Policy[Any], edition: Edition, told: Told, on: date) -> tuple[Condition, ...]:
    """Return every published condition about the child, for somebody who would ask on a day; raises FactErrors."""
    found = []
    for each in _tested(policy, edition):
        seems, because = _look(policy, edition, each, told, on)
        title = policy.rule_title(edition.terms, each.rule.number)
        found.append(Condition(each.rule.number, title, each.rule.states, seems, because))
    return tuple(found)


def _look(policy: Policy[Any], edition: Edition, each: _Tested, told: Told, on: date) -> tuple[bool | None, str | None]:
    """Say whether one condition seems met, with the reason; without a date of birth only what holds at every age."""
    facts = _facts(policy, edition, each.route, told.born or on, told.facts, on)
    seems = each.rule.test(facts)
    if told.born is None:
        answers = {each.rule.test(one) for one in _at_every_age(policy, edition, each.route, told.facts, on)}
        if len(answers) > 1:
            return None, _BIRTH_NOT_SAID
        seems = answers.pop()
    if isinstance(each.rule, AgeLimit):
        return seems, _age(each.rule, facts) if told.born else None
    if seems is False:
        return _kindly(policy, edition, each, told, on)
    return seems, _why(each.rule, facts, seems)


def _why(rule: Rule, facts: Facts, seems: bool | None) -> str:
    """Write the reason; what a parent need not know or have is never asked of them."""
    if seems is None and any(path.startswith(_CONCERNS) for path in rule.wants(facts)):
        return _NOT_ENOUGH if facts.delay else _NO_MEASURE
    if seems is None and rule.wants(facts) == ("evidence",):
        return _PAPERS_FOLLOW
    return rule.explain(facts, seems)


def _kindly(
    policy: Policy[Any], edition: Edition, each: _Tested, told: Told, on: date
) -> tuple[bool | None, str | None]:
    """Take back a no that rests on what a parent has not noticed: worries in every area would leave it open."""
    worried = {**told.facts, _CONCERNS: dict.fromkeys(AREA_KEYS)}
    born = told.born or on
    if each.rule.test(_facts(policy, edition, each.route, born, worried, on)) is not False:
        return None, _NOT_ENOUGH
    facts = _facts(policy, edition, each.route, born, told.facts, on)
    return False, each.rule.explain(facts, False)


def _age(rule: AgeLimit, facts: Facts) -> str:
    """Write about the child's age as of today; the rule's own sentence is about a request that has arrived."""
    age = dates.age_in_words(dates.completed_months(facts.date_of_birth, facts.received_on))
    if isinstance(rule, AgeBetween) and facts.received_on < (first := rule.first_day_in(facts)):
        return f"Today your child is {age} old. Requests for your child are taken from {dates.in_words(first)} on."
    last = dates.in_words(rule.first_day_out(facts) - timedelta(days=1))
    if rule.test(facts):
        return f"Today your child is {age} old. By this condition you can ask up to and including {last}."
    return f"Today your child is {age} old. By this condition the last day to ask was {last}."


def _tested(policy: Policy[Any], edition: Edition) -> tuple[_Tested, ...]:
    """Return each condition once: those of a parent's ways, else of the first way. How a request is made is none."""
    ways = ways_of_parents(policy, edition) or policy.routes(edition.terms)[:1]
    found: dict[str, _Tested] = {}
    for route in ways:
        for rule in edition.plans[route.key].rules:
            if rule.number != route.finding and not _is_about_asking(policy, edition, route, rule):
                found.setdefault(rule.number, _Tested(route, rule))
    return tuple(found.values())


def _is_about_asking(policy: Policy[Any], edition: Edition, route: Route, rule: Rule) -> bool:
    """Say whether a rule wants only what is said when a request is made, such as a signature."""
    on = edition.effective_from or _SOME_DAY
    nothing = _facts(policy, edition, route, on, {}, on)
    wanted = rule.wants(nothing) if rule.test(nothing) is None else ()
    return bool(wanted) and all(path.startswith("agreement.") for path in wanted)


def _asks(policy: Policy[Any], edition: Edition) -> dict[str, Ask]:
    """Return the questions by the fact that each becomes: the forms' own, then those that every council shares."""
    found: dict[str, Ask] = {}
    drawn = [ask for route in ways_of_parents(policy, edition) for ask in route.asks]
    for ask in (*drawn, *_SHARED):
        if ask.fact is not None and ask.kind in _ASKED:
            found.setdefault(ask.fact, ask)
    return found


def _wanted(
    policy: Policy[Any], edition: Edition, tested: tuple[_Tested, ...], facts: Mapping[str, Any]
) -> Iterator[str]:
    on = edition.effective_from or _SOME_DAY
    for each in tested:
        for read in _at_every_age(policy, edition, each.route, facts, on):
            if each.rule.test(read) is None:
                for path in each.rule.wants(read):
                    yield _CONCERNS if path.startswith(f"{_CONCERNS}.") else path


def _at_every_age(
    policy: Policy[Any], edition: Edition, route: Route, facts: Mapping[str, Any], on: date
) -> Iterator[Facts]:
    for months in range(0, _OLDEST, 3):
        yield _facts(policy, edition, route, dates.add_months(on, -months), facts, on)


def _facts(
    policy: Policy[Any], edition: Edition, route: Route, born: date, facts: Mapping[str, Any], on: date
) -> Facts:
    """Write what is known as a request would; a parent who asks agrees to it."""
    asked: dict[str, Any] = {
        "received_on": on.isoformat(),
        "route": route.key,
        "referrer": PARENT if PARENT in route.referrers else route.referrers[0],
        "agreement": {"parent": True},
        "child": {"date_of_birth": born.isoformat()},
    }
    for path, value in facts.items():
        part, _, name = path.rpartition(".")
        (asked.setdefault(part, {}) if part else asked)[name] = value
    return Facts.parse(policy, asked, edition.terms)
