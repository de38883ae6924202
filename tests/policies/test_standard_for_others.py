"""The rules of Lancashire and Leeds as terms of the standard policy answer as their own plugins do."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portage.policy import AREA_KEYS, Edition, Facts, Policy, edition_in_force, policy_named
from support.policies import council

STANDARD: Any = policy_named("standard")
VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "determinations.jsonl").read_text(encoding="utf-8").splitlines()
    if line.strip()
]
ROUTES: dict[str, dict[str, dict[str, Any]]] = {
    "lancashire": {
        "portage-form": {"agreements": ["parent"]},
        "early-help": {"agreements": ["parent"]},
    },
    "leeds": {
        "request-form": {"agreements": ["parent"], "assessment_first": True},
        "hen": {"agreements": ["parent"], "assessment_first": True},
        "one-send": {"agreements": ["parent", "home-based"], "assessment_first": True},
    },
}
CITED = {
    "lancashire": {"LAN-01": ["eligibility.age", "eligibility.ways_in"], "LAN-02": ["routes.portage-form"],
                   "LAN-03": ["routes.early-help"]},
    "leeds": {"LDS-10": ["eligibility.age"], "LDS-11": ["eligibility.delay"], "LDS-12": ["eligibility.residence"],
              "LDS-13": ["routes.request-form"], "LDS-14": ["routes.hen"], "LDS-15": ["routes.one-send"]},
}  # fmt: skip


def eligibility(slug: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions of a council, as knobs."""
    if slug == "lancashire":
        until = {"event": "funded-place", "birthday": plain["funded_place_at_years"]}
        return {"age": {"until": until}, "ways_in": {"professional_judgement": True}}
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
