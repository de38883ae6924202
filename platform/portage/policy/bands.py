"""Which requests an edit of a policy can change, told from what is stored of each; the rest need not be judged again.

A band is a net, never an answer: it may hold requests that stay as they are, and never misses one that changes. What a
request in it becomes, the policy says itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portage.policy.alike import alike
from portage.policy.determination import Plan
from portage.policy.rules import AgeLimit, AllOf, AnyOf, AskedByParent, DelayInAreas, EvidenceOf, Rule, delay_rule
from portage.policy.rules.ages import AgeBetween
from portage.policy.rules.combined import ForAPerson
from portage.policy.rules.delays import DelayByAge

Pair = tuple[Rule | None, Rule | None]  # a rule and what became of it
Days = tuple[date, date]  # from the first day, before the second
_DATED = (AgeLimit, AgeBetween)
_REMEMBERED = 8  # changes of age limits; each has a limit for each day on which a child may be born
_RECEPTION = "child.reception_ends_on"


@dataclass(frozen=True, slots=True)
class Strip:
    """Part of a band: a request is in it when everything that the strip names fits; one that names nothing holds all.

    `limits` says for each stored first day out between which days a request must have arrived; a request whose limit is
    not among them is in the strip. `states` names facts of which something, if only nothing measured, is stated.
    """

    limits: Mapping[date, Days] | None = None
    least_areas: int | None = None  # stored count of areas whose delay reaches the figure
    most_areas: int | None = None
    states: tuple[str, ...] = ()


Band = tuple[Strip, ...]
EVERY_REQUEST: Band = (Strip(),)
NO_REQUEST: Band = ()


class _NotTold(Exception):
    """A rule asks for more than a date of birth, so nothing can be told from it alone."""


class _Born:
    """Facts of which nothing but the date of birth is known; remembers whether the end of reception was asked for."""

    def __init__(self, day: date) -> None:
        self.date_of_birth, self.asked_for_reception = day, False

    @property
    def reception_ends_on(self) -> None:
        """Note the question; for children with a day of their own the band has a strip of its own."""
        self.asked_for_reception = True

    def __getattr__(self, name: str) -> Any:
        raise _NotTold(name)


class Bands:
    """Tells bands for children born between two days; routes often test the same ages, which are asked once.

    It may be kept for as long as one likes: what was asked before is known again by its rules, not by its edition.
    """

    def __init__(self, born: Days) -> None:
        self._born = born
        self._by_date: list[tuple[Any, Band]] = []

    def between(self, before: Plan, after: Plan) -> Band:
        """Return which requests of one route can get another finding or outcome by another edition's rules.

        A rule that only one of the editions has counts as met in the other.
        """
        old, new = ({rule.number: rule for rule in plan.rules} for plan in (before, after))
        if before.outcome != after.outcome or len(old) < len(before.rules) or len(new) < len(after.rules):
            return EVERY_REQUEST
        pairs = [(old.get(number), new.get(number)) for number in {**old, **new}]
        changed = [(was, now) for was, now in pairs if was is None or now is None or not alike(was, now)]
        dated = [pair for pair in changed if all(rule is None or type(rule) in _DATED for rule in pair)]
        others = dict.fromkeys(strip for pair in changed if pair not in dated for strip in _strips(before, *pair))
        strips = (*others, *(self._dated(before, dated) if dated else ()))
        return EVERY_REQUEST if Strip() in strips else strips

    def _dated(self, plan: Plan, changed: list[Pair]) -> Band:
        ages = [rule for rule in plan.rules if isinstance(rule, AgeLimit)]
        asked = (ages, changed)
        for known, band in self._by_date:
            if alike(known, asked):
                return band
        band = _by_date(ages, changed, self._born)
        self._by_date = [*self._by_date[1 - _REMEMBERED :], (asked, band)]
        return band


def _strips(plan: Plan, was: Rule | None, now: Rule | None) -> Band:
    """Return the band of one rule that became another; every request where the kind of rule tells nothing."""
    if was is None or now is None or type(was) is not type(now):
        return EVERY_REQUEST
    if isinstance(was, EvidenceOf):  # without any paper neither is known
        return (Strip(states=("evidence",)),)
    if isinstance(was, DelayInAreas | DelayByAge) and isinstance(now, DelayInAreas | DelayByAge):
        return (_by_delay(was, now, counted=was is delay_rule(plan.rules)),)
    return tuple(strip for pair in _parts(was, now) for strip in _strips(plan, *pair))


def _parts(was: Rule, now: Rule) -> Iterator[Pair]:
    """Yield the parts of two rules that differ; a rule without parts differs as a whole."""
    if isinstance(was, AskedByParent) and isinstance(now, AskedByParent) and was.otherwise and now.otherwise:
        yield was.otherwise, now.otherwise
    elif isinstance(was, AllOf | AnyOf | ForAPerson) and len(was.parts) == len(getattr(now, "parts", ())):
        yield from ((a, b) for a, b in zip(was.parts, now.parts, strict=True) if not alike(a, b))  # type: ignore[attr-defined] # same kind
    else:
        yield None, None


def _by_delay(was: DelayInAreas | DelayByAge, now: DelayInAreas | DelayByAge, *, counted: bool) -> Strip:
    """Return who can change where a figure of delay does: nobody whose delays are not stated.

    Where the stored count is of this very rule, more is told by it: enough areas for both editions stay enough when
    the figures only become easier, and no area stays no area when they only become harder.
    """
    stated = Strip(states=("child.delay",))
    if not counted:
        return stated
    if _no_harder(was, now):
        return Strip(most_areas=max(was.at_least, now.at_least) - 1, states=stated.states)
    if _no_harder(now, was) and was.areas == now.areas and was.at_least == now.at_least:
        return Strip(least_areas=1, states=stated.states)
    return stated


def _no_harder(was: DelayInAreas | DelayByAge, now: DelayInAreas | DelayByAge) -> bool:
    """Say whether an area that counted still counts."""
    if isinstance(was, DelayInAreas) and isinstance(now, DelayInAreas):
        return now.percent <= was.percent and now.areas >= was.areas
    if isinstance(was, DelayByAge) and isinstance(now, DelayByAge):
        return now.figures == was.figures and now.areas >= was.areas and not was.among and not now.among
    return False


def _by_date(ages: list[AgeLimit], changed: list[Pair], born: Days) -> Band:
    """Return for each stored limit between which days a request must have arrived to be found otherwise.

    Asked of the rules themselves, for one date of birth after the other: there are far fewer of them than children.
    """
    if not ages:  # nothing is stored of which a date of birth could be told
        return EVERY_REQUEST
    limits: dict[date, Days] = {}
    asked_for_reception = False
    try:
        for number in range((born[1] - born[0]).days + 1):
            facts: Any = _Born(born[0] + timedelta(number))
            limit = min(rule.first_day_out(facts) for rule in ages)
            days = [day for was, now in changed for pair in _turns(was, now, facts) if len({*pair}) > 1 for day in pair]
            first, last = limits.get(limit, (date.max, date.min))
            limits[limit] = (min([first, *days]), max([last, *days]))
            asked_for_reception = asked_for_reception or facts.asked_for_reception
    except _NotTold:
        return EVERY_REQUEST
    own_day = (Strip(states=(_RECEPTION,)),) if asked_for_reception else ()
    return (Strip(limits=limits), *own_day)


def _turns(was: Rule | None, now: Rule | None, facts: Any) -> Iterator[Days]:
    """Yield the first days in, and the first days out, of two rules of age."""
    (was_in, was_out), (now_in, now_out) = _days(was, facts), _days(now, facts)
    yield was_in, now_in
    yield was_out, now_out


def _days(rule: Any, facts: Any) -> Days:
    """Return from which day to which a rule of age is met; one that is not there always is."""
    if rule is None:
        return date.min, date.max
    begins: date = rule.first_day_in(facts) if isinstance(rule, AgeBetween) else date.min
    return begins, rule.first_day_out(facts)
