"""A council made of nothing but files: every knob of the standard policy, and every wrong value of one."""

import copy
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from portage.editions.export import editions_as_toml
from portage.editions.folders import TenantPolicy
from portage.policy import Edition, FactErrors, Facts, describe, editions_from_toml, policy_named
from portage.policy.arrangements import EvidenceDeadline
from portage.policy.reference import ANY_KEY, reference, terms_of
from support.policies import ROOT, STANDARD, council, merged, met

HERE = ROOT / "policies" / "standard"
WRITTEN = (HERE / "example.toml").read_text(encoding="utf-8")
POLICY: Any = policy_named("standard")
GIVEN: dict[str, Any] = tomllib.loads(WRITTEN)["edition"][0]
LARKSHIRE = POLICY.edition("larkshire", GIVEN)

# A request that meets every condition: two years and six months old on the day.
GOOD: dict[str, Any] = {
    "received_on": "2026-07-20",
    "route": "request-form",
    "referrer": "practitioner",
    "agreement": {"parent": True, "home_based": True, "signed": True, "signed_by_professional": True},
    "evidence": ["report"],
    "child": {
        "date_of_birth": "2024-01-15",
        "lives_in_area": True,
        "lives_in_part_left_out": False,
        "delay": {
            "cognition-and-learning": {"percent": 30},
            "physical": {"percent": 35},
            "speech-and-language": {"months": 10},
        },
        "setting_hours": 11,
        "setting_sessions": 3,
        "other_service_involved": False,
        "universal_support_tried": True,
        "accepted_at_discretion": True,
    },
}
NUMBERS = ["LRK-01-age", "LRK-01-entry", *(f"LRK-0{number}" for number in range(2, 9))]


def told(change: dict[str, Any] | None = None, edition: Edition = LARKSHIRE) -> dict[str, Any]:
    """The answer to the good request with something changed."""
    facts = merged(GOOD, change or {})
    answer: dict[str, Any] = POLICY.determine(edition, Facts.parse(POLICY, facts, edition.terms)).as_json()
    return answer


def child(**changed: Any) -> dict[str, Any]:
    return {"child": changed}


def no_delay(**changed: Any) -> dict[str, Any]:
    """The same child without any delay, so that another way in decides."""
    facts = {**GOOD["child"], "delay": {}, "condition_likely_to_delay": False, "expected_delay": False,
             "sensory_loss": False, "significant_need": False, **changed}  # fmt: skip
    scores = {f"asq_{part}": 60 for part in ("communication", "gross_motor", "fine_motor", "problem_solving")}
    return {"child": {**scores, "asq_personal_social": 60, **facts}}


def judged(change: dict[str, Any], edition: Edition = LARKSHIRE) -> dict[str, Any]:
    """The answer with whole tables put in place of those of the good request."""
    facts = {**GOOD, **change}
    answer: dict[str, Any] = POLICY.determine(edition, Facts.parse(POLICY, facts, edition.terms)).as_json()
    return answer


def edition_with(change: Callable[[dict[str, Any]], object]) -> Edition:
    """The example edition with its terms changed."""
    given = copy.deepcopy(GIVEN)
    change(given["terms"])
    edition: Edition = POLICY.edition("larkshire", given)
    return edition


def test_a_request_that_meets_every_condition_is_eligible_by_findings_in_order() -> None:
    answer = told()
    assert met(answer) == dict.fromkeys(NUMBERS, True)
    assert answer["outcome"] == "eligible"
    assert answer["missing"] == []
    assert answer["offers"] == ["home-visits"]
    assert answer["ages_out_on"] == "2027-01-02"


FOUND: list[tuple[str, dict[str, Any], str, bool | None]] = [
    ("three months old on the day", child(date_of_birth="2026-04-20"), "LRK-01-age", True),
    ("a day younger than three months", child(date_of_birth="2026-04-21"), "LRK-01-age", False),
    (
        "the funded place begins that day", {"received_on": "2026-04-01", **child(date_of_birth="2023-03-31")},
        "LRK-01-age", False,
    ),
    (
        "the day before it begins", {"received_on": "2026-03-31", **child(date_of_birth="2023-03-31")},
        "LRK-01-age", True,
    ),
    (
        "the first day of the fifth term before school",
        {"received_on": "2026-01-01", **child(date_of_birth="2023-03-31")},
        "LRK-01-entry", True,
    ),
    ("a day later", {"received_on": "2026-01-02", **child(date_of_birth="2023-03-31")}, "LRK-01-entry", False),
    (
        "only two areas where more than two are asked", child(delay={"speech-and-language": {"months": 0}}),
        "LRK-02", None,
    ),
    ("lives elsewhere", child(lives_in_area=False), "LRK-03", False),
    ("lives in the part left out", child(lives_in_part_left_out=True), "LRK-03", False),
    ("whether it is the part left out is not known", child(lives_in_part_left_out=None), "LRK-03", None),
    ("twelve hours, none of them funded", child(setting_hours=12, funded_two_year_old_hours=0), "LRK-04", None),
    ("twelve hours, one of them funded", child(setting_hours=12, funded_two_year_old_hours=1), "LRK-04", True),
    ("four sessions", child(setting_sessions=4), "LRK-04", None),
    (
        "four sessions that a person accepted", child(setting_sessions=4, hours_accepted_by_a_person=True),
        "LRK-04", True,
    ),
    (
        "four sessions that a person did not accept", child(setting_sessions=4, hours_accepted_by_a_person=False),
        "LRK-04", False,
    ),
    ("another service", child(other_service_involved=True), "LRK-05", False),
    ("nothing universal tried", child(universal_support_tried=False), "LRK-05", False),
    ("another paper only", {"evidence": ["other"]}, "LRK-06", None),
    ("a signature is wanted and never a refusal", {"agreement": {"signed": False}}, "LRK-06", None),
    ("no professional's signature yet", {"agreement": {"signed_by_professional": None}}, "LRK-06", None),
    ("at the team's discretion", child(accepted_at_discretion=None), "LRK-07", None),
    ("the team decided otherwise", child(accepted_at_discretion=False), "LRK-07", False),
    ("the parents do not agree", {"agreement": {"parent": False}}, "LRK-08", False),
    ("a parent agrees by asking", {"referrer": "parent", "agreement": {"parent": None}}, "LRK-08", True),
    ("not at home", {"agreement": {"home_based": False}}, "LRK-08", False),
]  # fmt: skip


@pytest.mark.parametrize(("change", "rule", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_each_knob_decides_as_its_term_says(change: dict[str, Any], rule: str, expected: bool | None) -> None:
    assert met(told(change))[rule] is expected


WAYS: list[tuple[str, dict[str, Any], bool | None]] = [
    ("none", {}, False),
    ("an expected delay", {"expected_delay": True}, True),
    ("a condition that the terms name", {"conditions": [" down SYNDROME"], "condition_likely_to_delay": None}, True),
    ("a condition that a professional finds likely to delay", {"condition_likely_to_delay": True}, True),
    ("a condition that nobody judged yet", {"conditions": ["Something rare"], "condition_likely_to_delay": None}, None),
    ("two low scores", {"asq_communication": 20, "asq_fine_motor": 3}, True),
    ("one low score", {"asq_communication": 20}, False),
    ("one low score and one not known", {"asq_communication": 20, "asq_fine_motor": None}, None),
    ("sensory loss alone", {"sensory_loss": True}, False),
    ("sensory loss with a delay", {"sensory_loss": True, "delay": {"physical": {"percent": 30}}}, True),
    ("a professional's judgement", {"significant_need": True}, True),
    ("a third of age in three areas, none of them among those asked for", {"delay": {
        area: {"percent": 50} for area in ("physical", "speech-and-language", "vision")}}, False),
    ("the younger child's figure", {"date_of_birth": "2025-03-01", "delay": {
        area: {"percent": 39} for area in ("physical", "speech-and-language", "cognition-and-learning")}}, False),
    ("the older child's figure", {"delay": {
        area: {"percent": 30} for area in ("physical", "speech-and-language", "cognition-and-learning")}}, True),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "expected"), [row[1:] for row in WAYS], ids=[row[0] for row in WAYS])
def test_each_way_in_is_enough_and_none_is_not(changed: dict[str, Any], expected: bool | None) -> None:
    assert met(judged(no_delay(**changed)))["LRK-02"] is expected


def test_discretion_says_that_a_person_decides_and_asks_for_the_decision() -> None:
    answer = told(child(setting_sessions=9, accepted_at_discretion=None))
    said = {finding["rule"]: finding["because"] for finding in answer["findings"]}
    assert "A person decides." in said["LRK-04"]
    assert "A person decides." in said["LRK-07"]
    assert answer["missing"] == ["child.accepted_at_discretion", "child.hours_accepted_by_a_person"]


def test_a_hard_cap_and_one_that_only_changes_visits() -> None:
    def effect(name: str) -> Edition:
        def change(terms: dict[str, Any]) -> None:
            terms["eligibility"]["hours"]["effect"] = name
            terms["statements"]["LRK-04"]["restated_by"] = ["eligibility.hours"]

        return edition_with(change)

    many = child(setting_sessions=9)
    assert met(told(many, effect("condition")))["LRK-04"] is False
    assert "LRK-04" not in met(told(many, effect("visits")))


def test_the_routes_are_those_of_the_edition() -> None:
    form, health, notification = POLICY.shapes_of(LARKSHIRE.terms)
    assert (form.decided_by, health.decided_by, notification.decided_by) == ("officer", "panel", "officer")
    asked = ["parent", "home_based", "signed", "signed_by_professional", "sharing"]
    assert [each.key for each in form.agreements] == asked
    assert form.assessment_first
    assert [step.key for step in notification.path][:2] == ["request", "first-signposting"]
    assert POLICY.offers(LARKSHIRE.terms, "notification")[0].key == "first-talk"
    assert [clock.key for clock in POLICY.clocks(LARKSHIRE, "health-form")] == ["first-contact", "panel"]
    assert {clock.key: clock.days for clock in POLICY.clocks(LARKSHIRE, "health-form")}["panel"] == 14
    with pytest.raises(FactErrors, match="must be a route that this policy offers: request-form, health-form"):
        Facts.parse(POLICY, {**GOOD, "route": "hen"}, LARKSHIRE.terms)
    with pytest.raises(ValueError, match="stand in its editions"):
        Facts.parse(POLICY, GOOD)


def test_the_arrangements_are_readable_by_what_they_are() -> None:
    held = POLICY.arrangements(LARKSHIRE.terms)
    assert held.looks_again == ("decision",)
    assert held.evidence_deadline == EvidenceDeadline(weeks=6, warn_days=14)
    assert (held.missed_visits.threshold, held.missed_visits.considered) == (3, ("letter", "managers-check"))
    assert held.waiting_list.order == ("most-complex-need", "date")
    assert held.visits.stages["first"].every_weeks == 2
    assert POLICY.arrangements(council("portsmouth").editions[0].terms).first_contact is None


def test_the_age_limit_is_the_earliest_of_the_ends_and_of_the_latest_entry() -> None:
    assert told(child(date_of_birth="2023-03-31"))["ages_out_on"] == "2026-01-02"
    assert told(child(date_of_birth="2024-09-01"))["ages_out_on"] == "2028-01-01"


def test_the_example_states_every_term() -> None:
    rows = {row.path for row in terms_of(POLICY)}
    stated = {path for path in rows if holds(GIVEN["terms"], path.split("."))}
    assert sorted(rows - stated) == []


def holds(given: Any, names: list[str]) -> bool:
    """Whether an edition states a term of that path."""
    if not names:
        return given is not None
    if not isinstance(given, dict):
        return False
    if names[0] == ANY_KEY:
        return any(holds(one, names[1:]) for one in given.values())
    return holds(given.get(names[0]), names[1:])


def test_the_readme_holds_the_reference_of_every_term() -> None:
    assert (HERE / "README.md").read_text(encoding="utf-8").endswith(f"\n{reference(POLICY, GIVEN['terms'])}")


@pytest.mark.parametrize("slug", [*STANDARD, "larkshire"])
def test_an_edition_is_written_back_as_it_was_read(slug: str) -> None:
    text = WRITTEN if slug == "larkshire" else (ROOT / "tenants" / slug / "policy.toml").read_text(encoding="utf-8")
    editions = editions_from_toml(POLICY, slug, text)
    written = editions_as_toml(TenantPolicy(slug, POLICY, tuple(editions)))
    assert tomllib.loads(written) == tomllib.loads(text)
    assert slug == "larkshire" or written == text


def test_what_a_shipped_page_does_not_state_is_shown_as_an_assumption() -> None:
    stated = {"lancashire": {"support.training"}, "leeds": {"contact.words"}}
    unstated = {"effective_from", "contact.words", "support.training", "clocks.tell-outcome.days"}
    for slug, edition in [(one, edition) for one in STANDARD for edition in council(one).editions]:
        assumed = {assumption.term for assumption in edition.assumptions}
        assert assumed >= unstated - stated.get(slug, set()) - ({"effective_from"} if edition.draft else set())
        lines = [line for section in describe(POLICY, edition) for line in section.lines]
        for assumption in edition.assumptions:
            assert assumption.says in {line.text for line in lines}
            shown = assumption.says in {line.assumption for line in lines}
            assert shown or assumption.term in ("effective_from", "eligibility.ways_in.condition"), assumption.term
