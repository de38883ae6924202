"""What holds for any well-formed request, drawn at random."""

import copy
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portage.policy import AREA_KEYS, EVIDENCE_KEYS, Determination, Facts, RouteShape, edition_in_force
from portage.policy.rules import AgeBetween
from support.lengths import examples
from support.policies import SHIPPED, council

maybe = st.sampled_from([True, False, None])
days = st.dates(date(2025, 3, 1), date(2030, 12, 31))
numbers = st.one_of(st.integers(0, 100), st.floats(0, 100, allow_nan=False), st.decimals(0, 100, allow_nan=False))


def routes(slug: str) -> tuple[RouteShape, ...]:
    """The routes of a council's newest published edition."""
    known = council(slug)
    return known.policy.shapes_of(known.published[-1].terms)


@st.composite
def delays(draw: st.DrawFn, born: date, received: date) -> dict[str, Any] | None:
    forms = st.one_of(
        st.none(),
        st.fixed_dictionaries({"percent": numbers}),
        st.fixed_dictionaries({"months": numbers}),
        st.fixed_dictionaries({
            "developmental_age_months": numbers,
            "assessed_on": st.dates(born, received).map(date.isoformat),
        }),
    )  # fmt: skip
    return draw(st.none() | st.dictionaries(st.sampled_from(sorted(AREA_KEYS)), forms))


@st.composite
def requests(draw: st.DrawFn, slug: str | None = None) -> tuple[str, dict[str, Any]]:
    slug = slug or draw(st.sampled_from(SHIPPED))
    shape = draw(st.sampled_from(routes(slug)))
    received = draw(days)
    born = received - timedelta(days=draw(st.integers(0, 3000)))
    child = {
        "date_of_birth": born.isoformat(),
        "lives_in_area": draw(maybe),
        "significant_need": draw(maybe),
        "setting_hours": draw(st.none() | numbers),
        "conditions": draw(st.lists(st.text(max_size=5), max_size=2)),
        "delay": draw(delays(born, received)),
        "reception_ends_on": draw(st.none() | st.dates(born + timedelta(days=1), date(2100, 1, 1)).map(date.isoformat)),
    }
    return slug, {
        "received_on": received.isoformat(),
        "route": shape.key,
        "referrer": draw(st.sampled_from(shape.referrers)),
        "agreement": {"parent": draw(maybe), "home_based": draw(maybe)},
        "child": child,
        "evidence": draw(st.lists(st.sampled_from(sorted(EVIDENCE_KEYS)))),
    }


def judged(slug: str, facts: dict[str, Any]) -> Determination:
    known = council(slug)
    read = Facts.parse(known.policy, facts, known.published[-1].terms)
    return known.policy.determine(edition_in_force(known.published, read.received_on), read)


@settings(max_examples=examples(300), deadline=None)
@given(requests())
def test_any_well_formed_request_is_answered_in_the_same_shape(drawn: tuple[str, dict[str, Any]]) -> None:
    slug, facts = drawn
    told = judged(slug, facts).as_json()
    found = [finding["met"] for finding in told["findings"]]
    if False in found:
        assert told["outcome"] == "not-eligible"
        assert (told["support"], told["offers"]) == (None, ["signposting"])
    elif None in found:
        assert told["outcome"] == "more-information"
    else:
        assert told["outcome"] in ("eligible", "panel")
    assert bool(told["missing"]) == (told["outcome"] == "more-information")
    assert told["missing"] == sorted(set(told["missing"]))
    assert all(finding["because"].endswith(".") for finding in told["findings"])
    assert judged(slug, facts).as_json() == told


@settings(max_examples=examples(200), deadline=None)
@given(requests())
def test_findings_come_in_the_order_of_the_rules_of_the_route(drawn: tuple[str, dict[str, Any]]) -> None:
    slug, facts = drawn
    made = judged(slug, facts)
    assert [finding.rule for finding in made.findings] == [rule.number for rule in made.plan.rules]


@settings(max_examples=examples(200), deadline=None)
@given(requests(), st.integers(0, 1500))
def test_a_child_once_too_old_never_becomes_young_enough_again(drawn: tuple[str, dict[str, Any]], later: int) -> None:
    slug, facts = drawn
    if facts["route"] == "moving-forwards":
        return
    now = judged(slug, facts)
    then_on = now.facts.received_on + timedelta(days=later)
    then = judged(slug, {**facts, "received_on": then_on.isoformat()})
    limit = now.plan.rules[0]
    first = limit.first_day_in(now.facts) if isinstance(limit, AgeBetween) else now.facts.date_of_birth
    if now.facts.received_on >= first:
        assert now.findings[0].met or not then.findings[0].met
    assert now.ages_out_on == then.ages_out_on
    assert then.findings[0].met is (first <= then_on < then.ages_out_on if then.ages_out_on else None)


@settings(max_examples=examples(200), deadline=None)
@given(requests(slug="leeds"), st.sampled_from(sorted(AREA_KEYS)))
def test_a_greater_delay_never_counts_against_a_child(drawn: tuple[str, dict[str, Any]], area: str) -> None:
    slug, facts = drawn
    before = judged(slug, facts).findings[1].met
    grown = {**(facts["child"]["delay"] or {}), area: {"percent": 100}}
    after = judged(slug, {**facts, "child": {**facts["child"], "delay": grown}}).findings[1].met
    assert not (before is True and after is not True)
    if facts["child"]["delay"] is not None:
        assert not (before is None and after is False)


@settings(max_examples=examples(200), deadline=None)
@given(requests())
def test_answering_what_is_missing_leaves_nothing_missing_there(drawn: tuple[str, dict[str, Any]]) -> None:
    slug, facts = drawn
    answered = copy.deepcopy(facts)
    for path in judged(slug, facts).missing:
        *parts, name = path.split(".")
        table = answered
        for part in parts:
            table = table[part]
        measured = {"percent": 60} if "delay" in parts else {}
        figure = 0 if name.endswith("_hours") else True
        table[name] = ["asq"] if name == "evidence" else measured if "delay" in (name, *parts) else figure
    assert judged(slug, answered).outcome != "more-information"


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(requests(slug="leeds"), max_size=5))
def test_many_at_once_are_answered_as_one_by_one(drawn: list[tuple[str, dict[str, Any]]]) -> None:
    known = council("leeds")
    edition = known.published[-1]
    read = [Facts.parse(known.policy, facts, edition.terms) for _, facts in drawn]
    together = [made.as_json() for made in known.policy.determine_all(edition, read)]
    assert together == [known.policy.determine(edition, facts).as_json() for facts in read]


def test_dates_at_the_ends_of_the_calendar_are_answered() -> None:
    for slug in SHIPPED:
        for born in ("0001-01-01", "2025-12-31", "9999-12-31"):
            facts = {"received_on": "9999-12-31", "child": {"date_of_birth": born}}
            for shape in routes(slug):
                route = {"route": shape.key, "referrer": shape.referrers[0]}
                assert judged(slug, {**facts, **route}).as_json()["outcome"]
