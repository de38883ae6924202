"""Every way in which facts can be malformed is named by field, and nothing is guessed."""

from typing import Any

import pytest

from portage.policy import FactErrors, Facts
from support.policies import BARE, council, merged, request


def wrong_fields(slug: str, facts: object) -> list[str]:
    """The paths of everything that is wrong, in order."""
    known = council(slug)
    try:
        Facts.parse(known.policy, facts, known.published[-1].terms, extra=known.extra_facts(known.policy))
    except FactErrors as errors:
        for _, sentence in errors.problems:
            assert sentence
            assert not sentence.endswith(":")
        return [path for path, _ in errors.problems]
    return []


def vision(form: object) -> dict[str, Any]:
    """A request in which one area has this delay."""
    return {"child": {"delay": {"vision": form}}}


DELAY = "child.delay.vision"
AGE = "developmental_age_months"
MALFORMED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("an unknown field", {"colour": 1}, ["colour"]),
    ("an unknown field of the child", {"child": {"name": "Sam"}}, ["child.name"]),
    ("an unknown agreement", {"agreement": {"panel": True}}, ["agreement.panel"]),
    ("an unknown form of delay", vision({"years": 1}), [f"{DELAY}.years", DELAY]),
    ("an unknown route", {"route": "fax"}, ["route"]),
    ("a route that is no text", {"route": ["hen"]}, ["route"]),
    ("a route that the tenant does not offer", {"route": "moving-forwards"}, ["route"]),
    ("an unknown referrer", {"referrer": "neighbour"}, ["referrer"]),
    ("a referrer that is no text", {"referrer": {}}, ["referrer"]),
    ("a referrer who may not use the route", {"referrer": "senco"}, ["referrer"]),
    ("an unknown area", {"child": {"delay": {"maths": None}}}, ["child.delay.maths"]),
    ("an unknown kind of evidence", {"evidence": ["asq", "photo"]}, ["evidence"]),
    ("a percentage that is not finite", vision({"percent": float("nan")}), [f"{DELAY}.percent"]),
    ("an endless percentage", vision({"percent": float("inf")}), [f"{DELAY}.percent"]),
    ("a percentage over 100", vision({"percent": 100.5}), [f"{DELAY}.percent"]),
    ("a negative percentage", vision({"percent": -1}), [f"{DELAY}.percent"]),
    ("a percentage that is a boolean", vision({"percent": True}), [f"{DELAY}.percent"]),
    ("a percentage that is a text", vision({"percent": "55"}), [f"{DELAY}.percent"]),
    ("a percentage that is null", vision({"percent": None}), [f"{DELAY}.percent"]),
    ("negative months", vision({"months": -0.5}), [f"{DELAY}.months"]),
    ("months that are a boolean", vision({"months": False}), [f"{DELAY}.months"]),
    ("two forms of delay", vision({"percent": 5, "months": 5}), [DELAY]),
    ("no form of delay", vision({}), [DELAY]),
    ("a bare number for a delay", vision(55), [DELAY]),
    ("a list of delays", {"child": {"delay": ["vision"]}}, ["child.delay"]),
    ("no day beside a developmental age", vision({AGE: 5}), [f"{DELAY}.assessed_on"]),
    ("an empty day beside it", vision({AGE: 5, "assessed_on": None}), [f"{DELAY}.assessed_on"]),
    ("an assessment before birth", vision({AGE: 5, "assessed_on": "2024-03-09"}), [f"{DELAY}.assessed_on"]),
    ("an assessment after the request", vision({AGE: 5, "assessed_on": "2025-11-16"}), [f"{DELAY}.assessed_on"]),
    ("a day beside a percentage", vision({"percent": 5, "assessed_on": "2025-01-01"}), [f"{DELAY}.assessed_on"]),
    ("hours that are negative", {"child": {"setting_hours": -3}}, ["child.setting_hours"]),
    ("hours that are a boolean", {"child": {"setting_hours": True}}, ["child.setting_hours"]),
    ("hours that are endless", {"child": {"setting_hours": float("inf")}}, ["child.setting_hours"]),
    ("a birth after the request", {"child": {"date_of_birth": "2025-11-16"}}, ["child.date_of_birth"]),
    ("a birth that is no day", {"child": {"date_of_birth": "2024-02-30"}}, ["child.date_of_birth"]),
    ("a birth written otherwise", {"child": {"date_of_birth": "20240310"}}, ["child.date_of_birth"]),
    ("no date of birth", {"child": {"date_of_birth": None}}, ["child.date_of_birth"]),
    ("no day of receipt", {"received_on": None}, ["received_on"]),
    ("a day of receipt that is a number", {"received_on": 20251115}, ["received_on"]),
    ("reception that ends at birth", {"child": {"reception_ends_on": "2024-03-10"}}, ["child.reception_ends_on"]),
    ("an agreement that is a text", {"agreement": {"parent": "yes"}}, ["agreement.parent"]),
    ("an agreement that is a number", {"agreement": {"home_based": 1}}, ["agreement.home_based"]),
    ("agreements that are a list", {"agreement": [True]}, ["agreement"]),
    ("residence that is a text", {"child": {"lives_in_area": "Leeds"}}, ["child.lives_in_area"]),
    ("a need that is a number", {"child": {"significant_need": 0}}, ["child.significant_need"]),
    ("conditions that are a text", {"child": {"conditions": "deaf"}}, ["child.conditions"]),
    ("a condition that is no text", {"child": {"conditions": [3]}}, ["child.conditions"]),
    ("evidence that is a text", {"evidence": "asq"}, ["evidence"]),
    ("a child that is a list", {"child": []}, ["child", "child.date_of_birth"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "paths"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_a_malformed_field_is_named(change: dict[str, Any], paths: list[str]) -> None:
    assert wrong_fields("leeds", request("leeds", **change)) == paths


@pytest.mark.parametrize("required", ["received_on", "route", "referrer", "child"])
def test_a_required_field_left_out_is_named(required: str) -> None:
    facts = request("leeds")
    del facts[required]
    assert wrong_fields("leeds", facts) == ["child.date_of_birth" if required == "child" else required]


@pytest.mark.parametrize("not_an_object", [None, [], "x", 3, True])
def test_a_request_is_an_object(not_an_object: object) -> None:
    assert wrong_fields("leeds", not_an_object) == ["request"]


def test_every_wrong_field_is_named_at_once() -> None:
    facts = {
        "received_on": "x",
        "route": "fax",
        "child": {"delay": {"vision": {"percent": 101}, "maths": None}},
        "z": 0,
    }
    of_the_child = ["child.date_of_birth", "child.delay.maths", "child.delay.vision.percent"]
    assert sorted(wrong_fields("leeds", facts)) == [*of_the_child, "received_on", "referrer", "route", "z"]


@pytest.mark.parametrize("slug", BARE)
def test_everything_optional_may_be_left_out_or_null(slug: str) -> None:
    nothing = {
        "agreement": {"parent": None, "home_based": None},
        "evidence": [],
        "child": {
            "lives_in_area": None, "delay": None, "significant_need": None, "setting_hours": None, "conditions": [],
            "reception_ends_on": None,
        },
    }  # fmt: skip
    terms = council(slug).published[-1].terms
    read = Facts.parse(council(slug).policy, request(slug), terms)
    known = Facts.parse(council(slug).policy, merged(request(slug), nothing), terms)
    assert [getattr(read, name) for name in Facts.__slots__ if name != "given"] == [
        getattr(known, name) for name in Facts.__slots__ if name != "given"
    ]
    assert read.delay is None
    assert read.evidence == frozenset()


def test_duplicates_of_evidence_are_ignored() -> None:
    read = Facts.parse(
        council("leeds").policy,
        request("leeds", evidence=["asq", "report", "asq"]),
        council("leeds").published[-1].terms,
    )
    assert read.evidence == {"asq", "report"}
