"""Every row of the contract's tables: who may use which route, what is answered, how each rule is read."""

import itertools
from datetime import date
from typing import Any

import pytest

from portage.policy import REFERRERS, FactErrors, Facts, NoEditionInForce, edition_in_force
from support.policies import COUNCILS, answer, council, met, request

ROUTES = {
    ("leeds", "request-form"): ({"parent", "practitioner"}, ["LDS-10", "LDS-11", "LDS-12", "LDS-13"]),
    ("leeds", "hen"): ({"health-professional"}, ["LDS-10", "LDS-11", "LDS-12", "LDS-14"]),
    ("leeds", "one-send"): ({"senco"}, ["LDS-10", "LDS-11", "LDS-12", "LDS-15"]),
    ("lancashire", "portage-form"): ({"parent"}, ["LAN-01-age", "LAN-01-need", "LAN-02"]),
    ("lancashire", "early-help"): (
        {"practitioner", "health-professional", "senco"}, ["LAN-01-age", "LAN-01-need", "LAN-03"],
    ),
    ("west-northants", "request-for-support"): (
        {"parent", "practitioner", "health-professional", "senco"}, ["WNC-01", "WNC-02"],
    ),
    ("west-northants", "setting-support"): ({"senco"}, ["WNC-01", "WNC-02"]),
    ("west-northants", "section-23"): ({"health-professional"}, ["WNC-01"]),
    ("west-northants", "school-transition"): ({"school-admissions"}, ["WNC-01"]),
    ("west-northants", "moving-forwards"): ({"parent"}, []),
}  # fmt: skip


@pytest.mark.parametrize(("slug", "route"), ROUTES)
@pytest.mark.parametrize("referrer", REFERRERS)
def test_a_route_is_for_its_referrers_and_yields_its_findings_in_order(slug: str, route: str, referrer: str) -> None:
    allowed, findings = ROUTES[slug, route]
    facts = request(slug, route=route, referrer=referrer)
    if referrer in allowed:
        assert list(met(answer(slug, facts))) == findings
    else:
        with pytest.raises(FactErrors, match="referrer: may not use the route"):
            Facts.parse(council(slug).policy, facts, council(slug).published[-1].terms)


def test_the_routes_are_those_of_the_contract_and_no_others() -> None:
    known = {slug: council(slug) for slug in COUNCILS}
    for at in ("published", "editions"):
        drawn = {
            (slug, shape.key)
            for slug, each in known.items()
            for edition in getattr(each, at)
            for shape in each.policy_of(edition).shapes_of(edition.terms)
        }
        assert drawn == set(ROUTES)


AGREED = {True: True, False: False, None: None}


@pytest.mark.parametrize("parent", AGREED)
def test_a_practitioner_a_health_professional_and_early_help_need_the_parents_agreement(parent: bool | None) -> None:
    agreement = {"parent": parent}
    for slug, route, referrer, rule in (
        ("leeds", "request-form", "practitioner", "LDS-13"),
        ("leeds", "hen", "health-professional", "LDS-14"),
        ("lancashire", "early-help", "senco", "LAN-03"),
    ):
        assert met(answer(slug, request(slug, route=route, referrer=referrer, agreement=agreement)))[rule] is parent


@pytest.mark.parametrize("parent", AGREED)
def test_a_parents_own_request_is_met_whatever_is_said_of_agreement(parent: bool | None) -> None:
    assert met(answer("leeds", request("leeds", agreement={"parent": parent})))["LDS-13"] is True
    assert met(answer("lancashire", request("lancashire", agreement={"parent": parent})))["LAN-02"] is True


@pytest.mark.parametrize(("parent", "home"), list(itertools.product((True, False, None), repeat=2)))
def test_one_send_needs_both_agreements(parent: bool | None, home: bool | None) -> None:
    facts = request("leeds", route="one-send", referrer="senco", agreement={"parent": parent, "home_based": home})
    expected = False if False in (parent, home) else None if None in (parent, home) else True
    assert met(answer("leeds", facts))["LDS-15"] is expected


@pytest.mark.parametrize("lives", AGREED)
def test_residence_is_the_fact_itself(lives: bool | None) -> None:
    assert met(answer("leeds", request("leeds", child={"lives_in_area": lives})))["LDS-12"] is lives


@pytest.mark.parametrize("need", AGREED)
def test_significant_need_is_the_fact_itself(need: bool | None) -> None:
    assert met(answer("lancashire", request("lancashire", child={"significant_need": need})))["LAN-01-need"] is need


@pytest.mark.parametrize(
    ("born", "received", "young_enough", "out"),
    [
        ("2025-03-10", "2025-03-10", True, "2027-09-11"),  # born that day
        ("2023-05-15", "2025-11-15", True, "2025-11-16"),
        ("2023-05-14", "2025-11-15", False, "2025-11-15"),
        ("2023-08-31", "2026-02-28", True, "2026-03-01"),  # February lacks a 31st: its last day counts
        ("2023-08-31", "2026-03-01", False, "2026-03-01"),
        ("2023-08-29", "2026-02-28", True, "2026-03-01"),
        ("2024-02-29", "2026-08-29", True, "2026-08-30"),
    ],
)
def test_lds_10_holds_up_to_and_including_two_and_a_half(
    born: str, received: str, young_enough: bool, out: str
) -> None:
    told = answer("leeds", request("leeds", received_on=received, child={"date_of_birth": born}))
    assert (met(told)["LDS-10"], told["ages_out_on"]) == (young_enough, out)


def delay_finding(delay: object, **child: Any) -> bool | None:
    """What LDS-11 finds for a child of 20 completed months."""
    return met(answer("leeds", request("leeds", child={"delay": delay, **child})))["LDS-11"]


NONE, HALF, UNDER = None, {"percent": 50}, {"percent": 49}


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        (None, None),
        ({}, False),
        ({"vision": HALF}, False),
        ({"vision": HALF, "hearing": HALF}, True),
        ({"vision": HALF, "hearing": UNDER}, False),
        ({"vision": HALF, "hearing": NONE}, None),
        ({"vision": UNDER, "hearing": NONE}, False),
        ({"vision": NONE}, False),
        ({"vision": NONE, "hearing": NONE}, None),
        ({"vision": HALF, "hearing": HALF, "physical": NONE}, True),
        ({"vision": UNDER, "hearing": NONE, "physical": NONE}, None),
    ],
)
def test_lds_11_is_a_complete_statement_of_concerns(delay: object, expected: bool | None) -> None:
    assert delay_finding(delay) is expected


@pytest.mark.parametrize(
    ("form", "reaches"),
    [
        ({"months": 10}, True),  # 10 of 20 months
        ({"months": 9.999999}, False),
        ({"months": 10.0}, True),
        ({"months": 25}, True),
        ({"percent": 49.99999999999999}, False),
        ({"percent": 50.0}, True),
        ({"developmental_age_months": 10, "assessed_on": "2025-11-15"}, True),
        ({"developmental_age_months": 10.01, "assessed_on": "2025-11-15"}, False),
        ({"developmental_age_months": 5, "assessed_on": "2025-01-09"}, False),  # 9 completed months: 4 of 9
        ({"developmental_age_months": 5, "assessed_on": "2025-01-10"}, True),  # 10 completed months
        ({"developmental_age_months": 30, "assessed_on": "2025-11-15"}, False),  # ahead of age: a delay of 0
    ],
)
def test_a_delay_is_compared_exactly_with_the_age_in_completed_months(form: dict[str, Any], reaches: bool) -> None:
    assert delay_finding({"vision": HALF, "hearing": form}) is reaches


def test_at_an_age_of_no_months_nothing_can_be_measured() -> None:
    born_then = {"developmental_age_months": 0, "assessed_on": "2024-03-10"}
    told = answer(
        "leeds", request("leeds", child={"delay": {"vision": HALF, "hearing": born_then}, "lives_in_area": True})
    )
    assert met(told)["LDS-11"] is None
    assert told["missing"] == ["child.delay.hearing"]
    newborn = {"date_of_birth": "2025-11-01", "delay": {"vision": {"months": 0}, "hearing": HALF}}
    assert met(answer("leeds", request("leeds", child=newborn)))["LDS-11"] is None


@pytest.mark.parametrize(
    ("born", "starts"),
    [
        ("2023-01-01", "2026-04-01"), ("2023-03-31", "2026-04-01"), ("2023-04-01", "2026-09-01"),
        ("2023-08-31", "2026-09-01"), ("2023-09-01", "2027-01-01"), ("2023-12-31", "2027-01-01"),
        ("2024-02-29", "2027-04-01"),
    ],
)  # fmt: skip
def test_lan_01_age_holds_until_the_funded_place_starts(born: str, starts: str) -> None:
    before = date.fromisoformat(starts).toordinal() - 1
    for received, young_enough in ((date.fromordinal(before).isoformat(), True), (starts, False)):
        told = answer("lancashire", request("lancashire", received_on=received, child={"date_of_birth": born}))
        assert (met(told)["LAN-01-age"], told["ages_out_on"]) == (young_enough, starts)


@pytest.mark.parametrize(
    ("child", "last_day"),
    [
        ({"date_of_birth": "2021-08-31"}, "2026-08-31"),
        ({"date_of_birth": "2021-09-01"}, "2027-08-31"),
        ({"date_of_birth": "2021-01-01"}, "2026-08-31"),
        ({"date_of_birth": "2021-08-31", "reception_ends_on": "2027-07-20"}, "2027-07-20"),
    ],
)
def test_wnc_01_holds_to_the_end_of_reception(child: dict[str, str], last_day: str) -> None:
    after = date.fromordinal(date.fromisoformat(last_day).toordinal() + 1).isoformat()
    for received, young_enough in ((last_day, True), (after, False)):
        told = answer("west-northants", request("west-northants", received_on=received, child=child))
        assert (met(told)["WNC-01"], told["ages_out_on"]) == (young_enough, after)


@pytest.mark.parametrize(
    ("kind", "shows"),
    [
        ("adpr", True), ("smart-targets", True), ("portage-profile", True), ("asq", True),
        ("report", None), ("diagnosis-letter", None), ("other", None),
    ],
)  # fmt: skip
def test_wnc_02_wants_one_of_four_papers_and_never_refuses(kind: str, shows: bool | None) -> None:
    told = answer("west-northants", request("west-northants", evidence=[kind]))
    assert met(told)["WNC-02"] is shows
    assert told["outcome"] == ("panel" if shows else "more-information")
    assert told["missing"] == ([] if shows else ["evidence"])


@pytest.mark.parametrize(
    ("received", "edition", "months", "often"),
    [
        ("2025-03-01", "2025-03-01", 12, "fortnightly"),
        ("2025-09-30", "2025-03-01", 12, "fortnightly"),
        ("2025-10-01", "2025-10-01", 6, "by-need"),
        ("2026-10-01", "2025-10-01", 6, "by-need"),
    ],
)
def test_a_leeds_request_is_judged_by_the_edition_of_its_day(
    received: str, edition: str, months: int, often: str
) -> None:
    told = answer("leeds", request("leeds", received_on=received, child={"date_of_birth": "2025-01-01"}))
    assert told["edition"]["effective_from"] == edition
    assert told["support"] == {
        "longest_months": months, "visit_minutes": 60, "frequency": often,
        "elements": ["structured-teaching", "child-led-play", "family-focus"],
    }  # fmt: skip
    assert told["offers"] == ["home-visits", "telephone-consultation", "signposting"]


def test_the_undated_page_is_a_draft_without_telephone_consultations() -> None:
    draft = council("leeds").draft
    told = answer("leeds", request("leeds"), draft)
    assert told["edition"]["effective_from"] is None
    assert told["offers"] == ["home-visits", "signposting"]
    assert draft not in council("leeds").published


def test_undated_pages_hold_from_an_assumed_day() -> None:
    for slug in ("lancashire", "west-northants"):
        (edition,) = council(slug).editions
        assert edition.effective_from == date(2025, 1, 1)
        assert edition.assumed("effective_from")


@pytest.mark.parametrize(("slug", "first"), [("leeds", "1 March 2025"), ("lancashire", "1 January 2025")])
def test_before_the_first_edition_no_rule_was_in_force(slug: str, first: str) -> None:
    with pytest.raises(NoEditionInForce, match=first):
        edition_in_force(council(slug).published, date(2024, 12, 31))


ENOUGH = {
    "leeds": {"child": {"lives_in_area": True, "delay": {"vision": HALF, "hearing": HALF}}},
    "lancashire": {"child": {"significant_need": True}},
    "west-northants": {"evidence": ["asq"]},
}
TOO_OLD = {"child": {"date_of_birth": "2015-01-01"}}


@pytest.mark.parametrize("slug", COUNCILS)
def test_the_outcome_follows_from_the_findings(slug: str) -> None:
    met_all = answer(slug, request(slug, **ENOUGH[slug]))
    assert met_all["outcome"] == ("panel" if slug == "west-northants" else "eligible")
    unknown = answer(slug, request(slug))
    assert unknown["outcome"] == "more-information"
    assert unknown["missing"]
    too_old = answer(slug, request(slug, **TOO_OLD))
    assert (too_old["outcome"], too_old["missing"]) == ("not-eligible", [])
    assert (too_old["offers"], too_old["support"]) == (["signposting"], None)


def test_missing_paths_are_sorted() -> None:
    facts = request(
        "leeds", referrer="practitioner", child={"delay": {"vision": None, "hearing": HALF, "physical": None}}
    )
    assert answer("leeds", facts)["missing"] == [
        "agreement.parent", "child.delay.physical", "child.delay.vision", "child.lives_in_area",
    ]  # fmt: skip
    assert "child.delay" in answer("leeds", request("leeds"))["missing"]


def test_offers_and_support_of_lancashire_and_west_northants() -> None:
    lancashire = answer("lancashire", request("lancashire", **ENOUGH["lancashire"]))
    assert lancashire["offers"] == ["home-visits"]
    assert lancashire["support"] == {
        "longest_months": None, "visit_minutes": None, "frequency": "weekly-or-fortnightly", "elements": [],
    }  # fmt: skip
    nothing_stated = {"longest_months": None, "visit_minutes": None, "frequency": None, "elements": []}
    west = answer("west-northants", request("west-northants", **ENOUGH["west-northants"]))
    assert west["offers"] == ["home-visits", "setting-support", "training", "signposting"]
    assert west["support"] == nothing_stated
    meeting = answer("west-northants", request("west-northants", route="moving-forwards"))
    assert (meeting["outcome"], meeting["offers"]) == ("eligible", ["moving-forwards-meeting"])
    assert (meeting["findings"], meeting["ages_out_on"], meeting["support"]) == ([], None, nothing_stated)


def test_the_answer_has_the_fields_of_the_contract_in_its_order() -> None:
    told = answer("leeds", request("leeds"))
    assert list(told) == [
        "tenant", "edition", "outcome", "findings", "missing", "offers", "support", "ages_out_on",
    ]  # fmt: skip
    assert list(told["findings"][0]) == ["rule", "met", "because"]
    assert told["edition"] == {"effective_from": "2025-10-01", "source": "One minute guide no. 166, October 2025"}


def test_a_fact_that_no_rule_tests_changes_nothing() -> None:
    plain = answer("lancashire", request("lancashire"))
    more = request(
        "lancashire", evidence=["asq"], child={"setting_hours": 3.5, "conditions": ["x"], "delay": {"vision": HALF}}
    )
    assert answer("lancashire", more) == plain


def test_reasons_hold_the_childs_own_figures() -> None:
    delay = {"vision": {"developmental_age_months": 8, "assessed_on": "2025-11-15"}, "hearing": {"percent": 62.5}}
    findings = answer("leeds", request("leeds", child={"delay": delay}))["findings"]
    age, why = findings[0]["because"], findings[1]["because"]
    assert "1 year and 8 months" in age
    assert "10 September 2026" in age
    assert "like a child of 8 months at the age of 20 months, which is 60%" in why
    assert "Hearing (62.5%)" in why


def test_no_reason_claims_a_figure_that_was_rounded_up_over_the_limit() -> None:
    why = answer("leeds", request("leeds", child={"delay": {"vision": {"months": 9.999}}}))["findings"][1]["because"]
    assert "which is 49.9%" in why
