"""The rules of Lancashire and Leeds as terms of the standard policy answer as plugins of their own do."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portage.policy import AREA_KEYS, Edition, Facts, Policy, describe, edition_in_force, policy_named
from support.own_policy import OwnPolicy, in_own_terms
from support.policies import council

STANDARD: Any = policy_named("standard")
VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "determinations.jsonl").read_text(encoding="utf-8").splitlines()
    if line.strip()
]
ROUTES: dict[str, dict[str, dict[str, Any]]] = {
    "leeds": {
        "request-form": {"agreements": ["parent"], "assessment_first": True},
        "hen": {"agreements": ["parent"], "assessment_first": True},
        "one-send": {"agreements": ["parent", "home-based"], "assessment_first": True},
    },
}
CITED = {
    "leeds": {"LDS-10": ["eligibility.age"], "LDS-11": ["eligibility.delay"], "LDS-12": ["eligibility.residence"],
              "LDS-13": ["routes.request-form"], "LDS-14": ["routes.hen"], "LDS-15": ["routes.one-send"]},
}  # fmt: skip


def eligibility(slug: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions of a council, as knobs."""
    return {
        "age": {"oldest": {"age": plain["oldest_months"], "unit": "months", "last_day": "included"}},
        "delay": {
            "percent": plain["delay_percent"], "compared": "at-least", "in_areas": plain["delayed_areas"],
            "areas_compared": "at-least", "areas": [area for area in plain["areas"] if area in AREA_KEYS],
        },
        "residence": {"area_name": plain["area_name"]},
    }  # fmt: skip


def rewritten(policy: Policy[Any], edition: Edition) -> Edition:
    """An edition of a council's own plugin as one of the standard policy."""
    slug, given = edition.tenant, copy.deepcopy(dict(edition.given))
    terms = given["terms"]
    terms["eligibility"] = eligibility(slug, terms["eligibility"])
    for shape in policy.route_shapes:
        terms["routes"][shape.key] |= {
            "referrers": list(shape.referrers), "questions": ["concerns"], "decided_by": "officer",
            **ROUTES[slug][shape.key],
        }  # fmt: skip
    terms["statements"] = {
        number: {"title": policy.requirements[number], "restated_by": paths} for number, paths in CITED[slug].items()
    }
    given["assumptions"] = []
    made: Edition = STANDARD.edition(slug, given)
    return made


@pytest.mark.parametrize("slug", ROUTES)
def test_the_same_answers_come_from_terms_alone(slug: str) -> None:
    known = council(slug)
    again = {edition: rewritten(known.policy, edition) for edition in known.published}
    asked = [vector["facts"] for vector in VECTORS if vector["tenant"] == slug]
    assert len(asked) > 10
    for facts in asked:
        read = Facts.parse(known.policy, facts)
        edition = edition_in_force(known.published, read.received_on)
        own = known.policy.determine(edition, read).as_json()
        told = STANDARD.determine(again[edition], Facts.parse(STANDARD, facts, again[edition].terms)).as_json()
        if slug == "leeds":  # whose delay is worded a little differently: "50% of age"
            for answer in (own, told):
                del answer["findings"][1]["because"]
        assert told == own


def lancashire_before() -> tuple[OwnPolicy, Edition]:
    """Lancashire's edition on the plugin that it had."""
    policy, given = OwnPolicy(), copy.deepcopy(dict(council("lancashire").editions[0].given))
    given["terms"] = in_own_terms(given["terms"])
    return policy, policy.edition("lancashire", given)


def test_lancashire_answers_as_the_plugin_that_it_had() -> None:
    before, old = lancashire_before()
    known = council("lancashire")
    asked = [vector["facts"] for vector in VECTORS if vector["tenant"] == "lancashire"]
    assert len(asked) > 10
    for facts in asked:
        own = before.determine(old, Facts.parse(before, facts)).as_json()
        read = Facts.parse(known.policy, facts, known.editions[0].terms)
        assert known.policy.determine(known.editions[0], read).as_json() == own


def test_lancashire_shows_what_it_showed() -> None:
    before, old = lancashire_before()
    policy, edition = council("lancashire").policy, council("lancashire").editions[0]
    assert policy.routes(edition.terms) == before.routes(old.terms)
    assert (policy.service(edition.terms), policy.sharing(edition.terms)) == (
        before.service(old.terms), before.sharing(old.terms),
    )  # fmt: skip
    for route in before.routes(old.terms):
        key = route.key
        assert policy.path(edition.terms, key) == before.path(old.terms, key)
        assert policy.offers(edition.terms, key) == before.offers(old.terms, key)
        assert policy.clocks(edition, key) == before.clocks(old, key)
    was, now = (
        {(part.title, line.text, line.rule, line.assumption) for part in parts for line in part.lines}
        for parts in (describe(before, old), describe(policy, edition))
    )
    assert was <= now
    titles = {policy.rule_title(edition.terms, number) for number in ("LAN-01-age", "LAN-01-need", "LAN-01")}
    assert titles == {
        "Which children it is for: age", "Which children it is for: need", "Which children it is for",
    }  # fmt: skip
