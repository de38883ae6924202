"""What holds for any request that the standard policy judges, and for any day on which a child is born."""

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portage.policy import Facts, Stored, edition_in_force, replay
from portage.policy.dates import add_months, compulsory_school_age, terms_before
from portage.policy.rules import (
    AgeLimit,
    Until,
    age_between,
    latest_entry,
    until_age,
    until_before_school,
    until_compulsory_school_age,
    until_funded_place,
    until_school_year_after,
    until_the_end_of_reception,
)
from support.lengths import examples
from support.policies import STANDARD, council, every_knob

POLICY, LARKSHIRE = every_knob()
AREAS = ("cognition-and-learning", "speech-and-language", "social-communication-and-interaction", "physical", "vision")
YES_NO = [fact.path for fact in POLICY.extra_facts if fact.kind == "yes-no"]
NUMBERS = [fact.path for fact in POLICY.extra_facts if fact.kind == "number"]
MASKED = [
    *YES_NO, *NUMBERS, "agreement.parent", "agreement.home_based", "child.lives_in_area", "child.significant_need",
    "child.setting_hours", *(f"child.delay.{area}" for area in AREAS),
]  # fmt: skip
yes_no = st.booleans()


def put(facts: dict[str, Any], path: str, value: object) -> None:
    *parts, name = path.split(".")
    for part in parts:
        facts = facts.setdefault(part, {})
    facts[name] = value


@st.composite
def complete(draw: st.DrawFn) -> dict[str, Any]:
    """A request of which everything is known."""
    received = draw(st.dates(date(2026, 1, 1), date(2031, 12, 31)))
    born = received - timedelta(days=draw(st.integers(0, 1800)))
    facts: dict[str, Any] = {
        "received_on": received.isoformat(),
        "route": "request-form",
        "referrer": draw(st.sampled_from(["parent", "practitioner"])),
        "child": {"date_of_birth": born.isoformat(), "conditions": draw(st.sampled_from([[], ["Down syndrome"]]))},
        "evidence": draw(st.sampled_from([[], ["report"], ["other"]])),
    }
    for path in (*YES_NO, "agreement.parent", "agreement.home_based", "child.lives_in_area", "child.significant_need"):
        put(facts, path, draw(yes_no))
    for path in NUMBERS:
        put(facts, path, draw(st.integers(0, 30)))
    put(facts, "child.setting_hours", draw(st.integers(0, 30)))
    for area in AREAS:
        put(facts, f"child.delay.{area}", {draw(st.sampled_from(["percent", "months"])): draw(st.integers(0, 100))})
    return facts


def found(facts: dict[str, Any]) -> list[tuple[str, bool | None]]:
    read = Facts.parse(POLICY, facts, LARKSHIRE.terms)
    return [(finding.rule, finding.met) for finding in POLICY.determine(LARKSHIRE, read).findings]


@settings(max_examples=examples(300), deadline=None)
@given(complete(), st.sets(st.sampled_from(MASKED)))
def test_what_is_not_known_never_changes_sides_when_it_becomes_known(facts: dict[str, Any], masked: set[str]) -> None:
    """Three-valued logic: an answer found with gaps stands whatever fills them."""
    less = copy.deepcopy(facts)
    for path in masked:
        put(less, path, None)
    for (rule, with_gaps), (_, whole) in zip(found(less), found(facts), strict=True):
        assert with_gaps is None or with_gaps is whole, rule


@settings(max_examples=examples(300), deadline=None)
@given(complete(), st.sets(st.sampled_from(MASKED)))
def test_a_finding_that_is_not_known_names_what_is_wanted_and_others_name_nothing(
    facts: dict[str, Any], masked: set[str]
) -> None:
    for path in masked:
        put(facts, path, None)
    read = Facts.parse(POLICY, facts, LARKSHIRE.terms)
    for finding in POLICY.determine(LARKSHIRE, read).findings:
        assert bool(finding.wants) is (finding.met is None), finding.rule
        assert finding.because.endswith(".")


ENDS = [
    until_age(30, day_included=True), until_age(60, day_included=False), until_funded_place(3),
    until_compulsory_school_age(5), until_the_end_of_reception(5), until_school_year_after(3, "nursery"),
    until_before_school(1, "school term"), until_before_school(4, "school term"), until_before_school(1, "school year"),
    until_before_school(28, "month"),
]  # fmt: skip
births = st.dates(date(2015, 1, 1), date(2030, 12, 31))


def rule_of(end: Until, youngest: int) -> AgeLimit:
    return age_between("X-01", youngest, (end,))


@settings(max_examples=examples(400), deadline=None)
@given(births, st.sampled_from(ENDS), st.integers(0, 14))
@example(date(2020, 2, 29), ENDS[0], 0)
@example(date(2020, 2, 29), ENDS[1], 12)
@example(date(2020, 8, 31), ENDS[3], 0)
@example(date(2020, 9, 1), ENDS[4], 1)
@example(date(2020, 12, 31), ENDS[2], 2)
def test_an_age_holds_from_its_first_day_to_its_last_and_on_no_other(born: date, end: Until, youngest: int) -> None:
    rule = rule_of(end, youngest)
    facts = Facts(born, "route", "parent", born)
    out, begins = rule.first_day_out(facts), add_months(born, youngest)
    for day in (begins - timedelta(days=1), begins, out - timedelta(days=1), out, out + timedelta(days=1)):
        if day >= born:
            asked = Facts(day, "route", "parent", born)
            assert rule.test(asked) is (begins <= day < out)
            assert rule.explain(asked, rule.test(asked)).endswith(".")


@settings(max_examples=examples(300), deadline=None)
@given(births, births)
def test_an_older_child_is_never_out_later(one: date, other: date) -> None:
    older, younger = sorted((one, other))
    for end in ENDS:
        rule = latest_entry("X-02", end)
        assert rule.first_day_out(Facts(older, "", "", older)) <= rule.first_day_out(Facts(younger, "", "", younger))


@given(births)
def test_compulsory_school_age_is_the_first_prescribed_day_on_or_after_the_fifth_birthday(born: date) -> None:
    day = add_months(born, 60)
    while (day.month, day.day) not in {(3, 31), (8, 31), (12, 31)}:
        day += timedelta(days=1)
    assert compulsory_school_age(born) == day


@pytest.mark.parametrize(
    ("born", "starts"),
    [
        (date(2020, 8, 31), date(2025, 8, 31)),
        (date(2020, 9, 1), date(2025, 12, 31)),
        (date(2020, 3, 31), date(2025, 3, 31)),
        (date(2020, 4, 1), date(2025, 8, 31)),
        (date(2020, 2, 29), date(2025, 3, 31)),
        (date(2020, 12, 31), date(2025, 12, 31)),
    ],
)
def test_compulsory_school_age_of_children_born_on_the_edges(born: date, starts: date) -> None:
    assert compulsory_school_age(born) == starts


def test_terms_are_counted_back_from_september() -> None:
    first = [terms_before(date(2027, 9, 1), number) for number in range(7)]
    assert first == [
        date(2027, 9, 1), date(2027, 4, 1), date(2027, 1, 1), date(2026, 9, 1), date(2026, 4, 1), date(2026, 1, 1),
        date(2025, 9, 1),
    ]  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(complete(), st.sampled_from([*STANDARD, "larkshire"]))
def test_a_stored_determination_is_answered_the_same_when_it_is_looked_at_again(
    facts: dict[str, Any], slug: str
) -> None:
    if slug == "larkshire":
        edition = LARKSHIRE
    else:
        edition = edition_in_force(council(slug).published, date.fromisoformat(facts["received_on"]))
        shape = POLICY.shapes_of(edition.terms)[0]
        referrer = facts["referrer"] if facts["referrer"] in shape.referrers else shape.referrers[0]
        facts = {**facts, "route": shape.key, "referrer": referrer}
    answer = POLICY.determine(edition, Facts.parse(POLICY, facts, edition.terms)).as_json()
    again = replay(POLICY, edition, Stored(facts, answer, POLICY.version, POLICY.rules_digest))
    assert again.same_rules
    assert again.differs_in == ()
