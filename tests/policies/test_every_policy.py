"""What holds for every installed policy under each of its editions, drafts included, whatever is asked."""

import copy
import json
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portage.policy import (
    AREA_KEYS,
    EVIDENCE_KEYS,
    AgeLimit,
    Determination,
    Edition,
    Facts,
    Policy,
    RouteShape,
    Stored,
    edition_in_force,
    installed_policies,
    replay,
)
from portage.policy.careful import judge_with_care, replay_with_care
from portage.policy.facts import ExtraFact
from portage.policy.rules import AgeBetween
from support.lengths import examples
from support.policies import SHIPPED, all_editions, council, every_knob

UNDER = [*all_editions(), every_knob()]
WAYS = [(policy, edition, shape) for policy, edition in UNDER for shape in policy.shapes_of(edition.terms)]
Way = tuple[Policy[Any], Edition, RouteShape]
ways = st.sampled_from(WAYS)
AREAS = sorted(AREA_KEYS)
# Both sides of the days on which school years, terms and funded places turn, leap days, and last days of short months.
EDGES = [
    (2, 28), (2, 29), (3, 1), (3, 31), (4, 1), (4, 30), (5, 31), (6, 30), (8, 31), (9, 1), (9, 30), (11, 30), (12, 31),
    (1, 1), (1, 31),
]  # fmt: skip
SCALARS = (
    "agreement.parent", "agreement.home_based", "child.lives_in_area", "child.significant_need", "child.setting_hours",
)  # fmt: skip


def test_every_installed_policy_is_tried_by_these_tests() -> None:
    assert {policy.name for policy, _ in UNDER} == set(installed_policies())


@st.composite
def edges(draw: st.DrawFn) -> date:
    """A day on an edge of the calendar, or any other."""
    year = draw(st.integers(2019, 2028))
    month, day = draw(st.sampled_from(EDGES))
    leap = year % 4 == 0
    on_edge = date(year, month, 28 if (month, day) == (2, 29) and not leap else day)
    return draw(st.just(on_edge) | st.dates(date(2019, 1, 1), date(2028, 12, 31)))


def put(facts: dict[str, Any], path: str, value: Any) -> None:
    *parts, name = path.split(".")
    for part in parts:
        facts = facts.setdefault(part, {})
    facts[name] = value


def extra(fact: ExtraFact) -> st.SearchStrategy[Any]:
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "yes-no": st.booleans(),
        "number": st.integers(0, 60),
        "date": edges().map(date.isoformat),
        "text": st.text(st.characters(codec="ascii"), max_size=5),
        "texts": st.lists(st.text(st.characters(codec="ascii"), max_size=5), max_size=2),
    }
    return kinds[fact.kind]


@st.composite
def wholes(draw: st.DrawFn) -> tuple[Way, dict[str, Any], list[str]]:
    """A request of which everything is known, and the paths of what can be taken away from it."""
    policy, edition, shape = draw(ways)
    received = draw(edges())
    born = received - timedelta(days=draw(st.integers(0, 2300)))
    areas = draw(st.lists(st.sampled_from(AREAS), unique=True, max_size=5))
    forms = st.fixed_dictionaries({"percent": st.integers(0, 100)}) | st.fixed_dictionaries(
        {"months": st.integers(0, 40)}
    )
    facts: dict[str, Any] = {
        "received_on": received.isoformat(),
        "route": shape.key,
        "referrer": draw(st.sampled_from(shape.referrers)),
        "child": {
            "date_of_birth": born.isoformat(),
            "delay": {area: draw(forms) for area in areas},
            "conditions": draw(st.sampled_from([[], ["Down syndrome"], ["something"]])),
        },
        "evidence": draw(st.lists(st.sampled_from(sorted(EVIDENCE_KEYS)), unique=True, max_size=3)),
    }
    for path in SCALARS:
        put(facts, path, draw(st.integers(0, 40)) if path.endswith("hours") else draw(st.booleans()))
    asked = [fact for fact in policy.extra_facts if fact.kind != "texts"]  # the absence of a list is an answer
    for fact in asked:
        put(facts, fact.path, draw(extra(fact)))
    maskable = [*SCALARS, *(fact.path for fact in asked), *(f"child.delay.{area}" for area in areas), "child.delay"]
    return (policy, edition, shape), facts, maskable


def without(facts: dict[str, Any], paths: set[str]) -> dict[str, Any]:
    """The request with these facts not known; the whole of the delays last, for it holds the others."""
    less = copy.deepcopy(facts)
    for path in sorted(paths, key=lambda path: path == "child.delay"):
        put(less, path, None)
    return less


def judged(way: Way, facts: dict[str, Any]) -> Determination:
    policy, edition, _ = way
    return policy.determine(edition, Facts.parse(policy, facts, edition.terms))


@settings(max_examples=examples(400), deadline=None)
@given(wholes(), st.data())
def test_what_is_known_stays_whatever_is_learned_step_by_step(
    drawn: tuple[Way, dict[str, Any], list[str]], data: st.DataObject
) -> None:
    """Three-valued logic: met stays met, not met stays not met, and with everything known nothing is left unknown."""
    way, facts, maskable = drawn
    many = data.draw(st.sets(st.sampled_from(maskable)))
    few = data.draw(st.sets(st.sampled_from(sorted(many)))) if many else set()
    steps = [judged(way, without(facts, masked)) for masked in (many, few, set())]
    for before, after in ((steps[0], steps[1]), (steps[1], steps[2])):
        for was, now in zip(before.findings, after.findings, strict=True):
            assert was.met is None or was.met is now.met, was.rule
        if before.outcome != "more-information":
            assert after.outcome == before.outcome
        assert bool(before.missing) == (before.outcome == "more-information")


@settings(max_examples=examples(300), deadline=None)
@given(wholes(), st.data())
def test_what_is_not_known_becomes_known_by_the_facts_that_it_wants(
    drawn: tuple[Way, dict[str, Any], list[str]], data: st.DataObject
) -> None:
    """A finding hangs on what it says; a no that refuses nobody, such as a missing signature, may leave it open."""
    way, facts, maskable = drawn
    numbers = {"child.setting_hours", *(fact.path for fact in way[0].extra_facts if fact.kind == "number")}
    less = without(facts, data.draw(st.sets(st.sampled_from(maskable))))
    for _ in range(6):  # an answer may make another fact wanted
        for path in judged(way, less).wanted:
            if path == "evidence":
                less["evidence"] = sorted(EVIDENCE_KEYS)
            elif path == "child.delay":
                less["child"]["delay"] = {area: {"percent": 60} for area in AREAS}
            else:
                put(less, path, {"percent": 60} if ".delay." in path else 0 if path in numbers else True)
    assert judged(way, less).wanted == ()


@settings(max_examples=examples(400), deadline=None)
@given(ways, edges())
def test_an_age_holds_from_its_first_day_to_its_last_and_on_no_other(way: Way, born: date) -> None:
    policy, edition, shape = way
    limits = [rule for rule in edition.plans[shape.key].rules if isinstance(rule, AgeLimit)]
    asked = {
        "received_on": born.isoformat(),
        "route": shape.key,
        "referrer": shape.referrers[0],
        "child": {"date_of_birth": born.isoformat()},
    }
    facts = Facts.parse(policy, asked, edition.terms)
    for limit in limits:
        begins = limit.first_day_in(facts) if isinstance(limit, AgeBetween) else born
        out = limit.first_day_out(facts)
        for day in sorted({*around(begins), *around(out)}):
            if day < born:
                continue
            on_day = Facts.parse(policy, {**asked, "received_on": day.isoformat()}, edition.terms)
            met = limit.test(on_day)
            assert met is (begins <= day < out), (limit.number, born, day)
            assert limit.explain(on_day, met).endswith(".")
    ends = min((limit.first_day_out(facts) for limit in limits), default=None)
    assert policy.determine(edition, facts).ages_out_on == ends


def around(day: date) -> list[date]:
    return [day + timedelta(days=off) for off in (-32, -2, -1, 0, 1, 2, 32)]


@settings(max_examples=examples(300), deadline=None)
@given(ways, edges(), st.integers(1, 3))
@example(WAYS[0], date(2024, 2, 29), 1)
@example(WAYS[0], date(2023, 8, 31), 1)
def test_a_child_born_later_never_becomes_too_old_earlier(way: Way, born: date, days: int) -> None:
    policy, edition, shape = way

    def out(day: date) -> date | None:
        asked = {
            "received_on": "2030-01-01",
            "route": shape.key,
            "referrer": shape.referrers[0],
            "child": {"date_of_birth": day.isoformat()},
        }
        return policy.determine(edition, Facts.parse(policy, asked, edition.terms)).ages_out_on

    older, younger = out(born), out(born + timedelta(days=days))
    assert (older is None) is (younger is None)
    assert older is None or younger is None or older <= younger


@pytest.mark.parametrize("slug", SHIPPED)
def test_an_edition_holds_from_its_own_day_and_the_one_before_it_until_the_day_before(slug: str) -> None:
    published = council(slug).published
    for before, after in pairwise(published):
        starts = after.effective_from
        assert starts is not None
        assert edition_in_force(published, starts) is after
        assert edition_in_force(published, starts - timedelta(days=1)) is before
    first = published[0].effective_from
    assert first is not None
    assert edition_in_force(published, first) is published[0]


@settings(max_examples=examples(300), deadline=None)
@given(wholes(), st.data())
def test_any_kept_determination_is_answered_the_same_when_it_is_judged_again(
    drawn: tuple[Way, dict[str, Any], list[str]], data: st.DataObject
) -> None:
    (policy, edition, shape), facts, maskable = drawn
    asked = without(facts, data.draw(st.sets(st.sampled_from(maskable))))
    kept = judged((policy, edition, shape), asked).as_json()
    held = json.loads(json.dumps({"facts": asked, "answer": kept}))
    stored = Stored(held["facts"], held["answer"], policy.version, policy.rules_digest)
    again = replay(policy, edition, stored)
    assert again.same_rules
    assert again.differs_in == ()
    assert "The answer is the same." in again.sentence


@settings(max_examples=examples(60), deadline=None)
@given(wholes(), st.data())
def test_judging_with_care_answers_as_the_policy_does_and_keeps_it_as_the_database_will(
    drawn: tuple[Way, dict[str, Any], list[str]], data: st.DataObject
) -> None:
    (policy, edition, shape), facts, maskable = drawn
    asked = without(facts, data.draw(st.sets(st.sampled_from(maskable))))
    made = judged((policy, edition, shape), asked)
    careful = judge_with_care(policy, edition, asked)
    assert careful.failed is None
    assert careful.answer == made.as_json()
    assert (careful.ages_out_on, careful.delayed_areas) == (made.ages_out_on, made.delayed_areas)
    stored = Stored(asked, careful.answer, policy.version, policy.rules_digest)
    again = replay_with_care(policy, edition, stored)
    assert again is not None
    assert again.differs_in == ()
