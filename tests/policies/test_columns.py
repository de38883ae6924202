"""Judging many requests from columns, and with composed tests: always the answers of one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.test_properties import requests
from policies.test_standard_properties import LARKSHIRE, MASKED, POLICY, complete, put
from portage.policy import (
    AREA_KEYS,
    AgeLimit,
    AllOf,
    AnyOf,
    Columns,
    DelayInAreas,
    Edition,
    Facts,
    Known,
    Measured,
    Policy,
    Rule,
    rules,
)
from portage.policy.columns import CODES
from portage.policy.rules import (
    Block,
    DelayByAge,
    DelayFigure,
    ForAPerson,
    Told,
    ToldBeside,
    Until,
    age_between,
    answers_of,
    until_age,
    until_the_end_of_reception,
)
from portage.policy.rules import test_of as asked_of
from support.lengths import examples
from support.policies import SHIPPED, council

AREAS = tuple(sorted(AREA_KEYS))


def one_by_one(policy: Policy[Any], edition: Edition, rows: list[Facts]) -> list[str]:
    return [policy.determine(edition, facts).outcome for facts in rows]


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(SHIPPED).flatmap(lambda slug: st.lists(requests(slug), min_size=1, max_size=12)))
def test_columns_answer_as_one_by_one_for_each_edition_of_each_council(drawn: list[tuple[str, dict[str, Any]]]) -> None:
    known = council(drawn[0][0])
    for edition in known.editions:
        rows = [Facts.parse(known.policy, facts, edition.terms) for _, facts in drawn]
        columns = Columns(rows)
        assert [*known.policy.outcomes(edition, columns)] == one_by_one(known.policy, edition, rows)
        for rule in {rule for plan in edition.plans.values() for rule in plan.rules}:
            said(rule, columns)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.tuples(complete(), st.sets(st.sampled_from(MASKED))), min_size=1, max_size=12))
def test_columns_answer_as_one_by_one_where_every_knob_is_used(drawn: list[tuple[dict[str, Any], set[str]]]) -> None:
    for facts, masked in drawn:
        for path in masked:
            put(facts, path, None)
    rows = [Facts.parse(POLICY, facts, LARKSHIRE.terms) for facts, _ in drawn]
    assert [*POLICY.outcomes(LARKSHIRE, Columns(rows))] == one_by_one(POLICY, LARKSHIRE, rows)


def said(rule: Rule, columns: Columns) -> bool:
    """Compare the three ways to ask a rule; say whether it answers for columns."""
    wanted = [rule.test(facts) for facts in columns.rows]
    assert [asked_of(rule)(facts) for facts in columns.rows] == wanted, rule
    answers = answers_of(rule, columns)
    if answers is None:
        return False
    assert [*answers.codes] == [CODES[met] for met in wanted], rule
    return True


# ---- the blocks, each by itself

maybe = st.sampled_from([True, False, None])
days = st.dates(date(2020, 1, 1), date(2026, 12, 31))


@st.composite
def measured(draw: st.DrawFn) -> Measured:
    share = draw(st.fractions(0, 4, max_denominator=60)) * draw(st.sampled_from([1, 1, Fraction(10**30, 10**30 + 1)]))
    age = draw(st.integers(1, 60))
    return Measured(share.numerator * age, share.denominator * age, "", age)


@st.composite
def told(draw: st.DrawFn) -> Facts:
    born = draw(days)
    return Facts(
        max(draw(days), born), "route", draw(st.sampled_from(["parent", "senco"])), born, draw(maybe), draw(maybe),
        draw(maybe), draw(st.none() | st.dictionaries(st.sampled_from(AREAS), st.none() | measured())), draw(maybe),
        reception_ends_on=draw(st.none() | days),
        evidence=draw(st.frozensets(st.sampled_from(["adpr", "report", "asq"]))),
        extra={"child.x": draw(maybe), "child.y": draw(st.none() | st.integers(0, 2))},
    )  # fmt: skip


def figure(percent: int) -> DelayFigure:
    return DelayFigure(((percent, 100, "so much"),), None, more_than=False)


LIVES, AGREED = rules.lives_in_area("X", "Larkshire"), rules.agreed_at_home("X")
TWO_ENDS = (until_age(30, day_included=True), until_the_end_of_reception(5))
IN_COLUMNS: list[Rule] = [
    rules.age_up_to("X", 30),
    rules.before_funded_place("X", 3),
    rules.to_the_end_of_reception("X", 5),
    age_between("X", 6, TWO_ENDS[:1]),
    age_between("X", 0, TWO_ENDS),
    age_between("X", 9, TWO_ENDS),
    DelayInAreas("X", 50, 2, AREA_KEYS),
    DelayInAreas("X", 1, 1, frozenset(AREAS[:3])),
    DelayInAreas("X", 250, 1, AREA_KEYS),
    DelayByAge("X", ((0, figure(33)),), 2, AREA_KEYS),
    DelayByAge("X", ((0, figure(50)),), 2, frozenset(AREAS[:5]), frozenset(AREAS[3:7])),
    DelayByAge("X", ((0, figure(50)),), 1, frozenset(AREAS[:3]), frozenset(AREAS[7:])),
    LIVES,
    rules.EvidenceOf("X", frozenset({"adpr", "asq"})),
    rules.AskedByParent("X"),
    rules.AskedByParent("X", otherwise=LIVES),
    Known("X", "", "child.x", ToldBeside("child.x"), "", "", ""),
    Known("X", "", "child.x", ToldBeside("child.x", wanted=False), "", "", ""),
    Known("X", "", "child.x", ToldBeside("child.x", refuses=False), "", "", ""),
    Known("X", "", "child.y", ToldBeside("child.y"), "", "", ""),
    AllOf("X", (LIVES, AGREED)),
    AnyOf("X", (LIVES, AGREED, rules.significant_need("X"))),
    ForAPerson("X", LIVES, rules.parents_agree("X")),
    AnyOf("X", (AllOf("X", (LIVES, AGREED)), DelayInAreas("X", 50, 2, AREA_KEYS))),
]


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(told(), max_size=20))
def test_a_block_gives_the_same_answer_whichever_way_it_is_asked(rows: list[Facts]) -> None:
    columns = Columns(rows)
    for rule in IN_COLUMNS:
        assert said(rule, columns), f"{rule} has to be asked one by one"


@dataclass(frozen=True, slots=True)
class Unlucky(Known):
    """A block whose author wrote the test anew, and nothing else."""

    def test(self, facts: Facts) -> bool | None:
        """Refuse everybody who was born on a thirteenth."""
        return facts.date_of_birth.day != 13


def of_its_own() -> list[Rule]:
    plain = Known("X", "", "", lambda facts: facts.lives_in_area, "", "", "")
    return [
        Unlucky("X", "", "", Told("lives_in_area"), "", "", ""),
        plain,
        AllOf("X", (LIVES, plain)),
        rules.AskedByParent("X", otherwise=plain),
        ForAPerson("X", plain, LIVES),
        AgeLimit("X", "", "", lambda facts: facts.date_of_birth),
        age_between("X", 0, (*TWO_ENDS, Until("", lambda facts: facts.date_of_birth))),
        DelayInAreas("X", 251, 1, AREA_KEYS),
        DelayByAge("X", ((24, figure(50)), (0, figure(25))), 1, AREA_KEYS),
        DelayByAge("X", ((0, DelayFigure(((1, 3, "a third"),), None, more_than=False)),), 1, AREA_KEYS),
        DelayByAge("X", ((0, DelayFigure(((50, 100, ""),), 6, more_than=False)),), 1, AREA_KEYS),
        DelayByAge("X", ((0, DelayFigure(((50, 100, ""),), None, more_than=True)),), 1, AREA_KEYS),
        AllOf("X", ()),
    ]


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(told(), max_size=20))
def test_what_columns_cannot_tell_is_left_to_be_asked_one_by_one(rows: list[Facts]) -> None:
    columns = Columns(rows)
    for rule in of_its_own():
        assert not said(rule, columns), f"{rule} answers from columns"


class Uncounted:
    """A rule that is no block and has no hash."""

    number, states, __hash__ = "LDS-10", "It holds.", None

    def __init__(self, seen: list[str]) -> None:
        self.seen = seen

    def test(self, facts: Facts) -> bool | None:
        self.seen.append(facts.route)
        return facts.agreement_home_based


def leeds(change: Callable[[tuple[Rule, ...], str], tuple[Rule, ...]]) -> tuple[Policy[Any], Edition]:
    """The policy of Leeds with other rules, and an edition of it."""
    known = council("leeds")

    class Changed(type(known.policy)):  # type: ignore[misc] # the class of an installed policy
        def rules(self, terms: Any, route: Any) -> tuple[Rule, ...]:
            return change(super().rules(terms, route), route.key)

    policy = Changed()
    return policy, policy.edition("leeds", known.published[-1].given)


def facts(policy: Policy[Any], route: str = "hen", **given: object) -> Facts:
    who = {"hen": "health-professional", "one-send": "senco", "request-form": "parent"}[route]
    agreement = {"parent": True, "home_based": given.pop("home_based", True)}
    delay = {area: {"percent": 50} for area in AREAS[:2]}
    child = {"date_of_birth": "2025-01-31", "lives_in_area": True, "delay": delay, **given}
    asked = {"received_on": "2026-01-05", "route": route, "referrer": who, "agreement": agreement, "child": child}
    return Facts.parse(policy, asked, council("leeds").published[-1].terms)


def test_a_rule_of_an_unknown_kind_is_asked_about_the_requests_of_its_route_while_nothing_has_decided() -> None:
    seen: list[str] = []
    policy, edition = leeds(lambda old, route: (Uncounted(seen), *old[1:]) if route == "one-send" else old)
    rows = [facts(policy), facts(policy, "one-send"), facts(policy, "one-send", lives_in_area=False)]
    rows += [facts(policy, "one-send", home_based=None), facts(policy, "request-form", delay=None)]
    wanted = ["eligible", "eligible", "not-eligible", "more-information", "more-information"]
    assert [*policy.outcomes(edition, Columns(rows))] == wanted
    assert seen == ["one-send", "one-send"]
    assert one_by_one(policy, edition, rows) == wanted


def test_a_policy_that_determines_in_its_own_way_is_asked_one_by_one() -> None:
    known = council("lancashire")

    class Kind(type(known.policy)):  # type: ignore[misc] # the class of an installed policy
        def determine(self, edition: Edition, facts: Facts) -> Any:
            made = super().determine(edition, facts)
            made.outcome = "eligible"
            return made

    policy = Kind()
    row = Facts.parse(policy, {
        "received_on": "2026-01-05", "route": "portage-form", "referrer": "parent",
        "child": {"date_of_birth": "2015-01-31"},
    }, known.published[-1].terms)  # fmt: skip
    assert [*known.policy.outcomes(known.published[-1], Columns([row]))] == ["not-eligible"]
    assert [*policy.outcomes(known.published[-1], Columns([row]))] == ["eligible"]


def test_outcomes_are_counted_compared_and_read_by_place() -> None:
    policy, edition = leeds(lambda old, _: old)
    rows = [facts(policy), facts(policy, lives_in_area=None), facts(policy, lives_in_area=False), facts(policy)]
    found = policy.outcomes(edition, Columns(rows))
    assert (len(found), found[1], [*found[2:]]) == (4, "more-information", ["not-eligible", "eligible"])
    assert found.counts == {"eligible": 2, "more-information": 1, "not-eligible": 1}
    _, other = leeds(lambda old, _: old[:2])
    assert policy.outcomes(other, Columns(rows)).changes(found) == [1, 2]
    assert [*policy.outcomes(edition, Columns([]))] == []


def test_a_request_by_a_route_that_the_edition_does_not_have_is_an_error_as_it_is_one_by_one() -> None:
    policy, edition = leeds(lambda old, _: old)
    stray = Facts(date(2026, 1, 5), "elsewhere", "parent", date(2025, 1, 1))
    with pytest.raises(KeyError):
        policy.determine(edition, stray)
    with pytest.raises(KeyError):
        policy.outcomes(edition, Columns([stray]))


def test_a_verdict_is_kept_once_for_all_requests_of_which_the_same_was_found() -> None:
    policy, edition = leeds(lambda old, _: old)
    one, two = policy.determine(edition, facts(policy)), policy.determine(edition, facts(policy))
    assert one.verdict is two.verdict
    assert [finding.because for finding in one.findings] == [finding.because for finding in two.findings]
    assert isinstance(one.plan.rules[0], Block)


def test_nothing_is_kept_of_an_answer_that_is_none() -> None:
    known = Known("LDS-12", "", "", lambda facts: facts.received_on, "", "", "")  # type: ignore[arg-type, return-value]
    policy, edition = leeds(lambda old, _: (known,))
    one, two = policy.determine(edition, facts(policy)), policy.determine(edition, facts(policy))
    assert one.verdict is not two.verdict
    assert one.findings[0].met == date(2026, 1, 5)
