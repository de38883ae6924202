"""Invented requests for three councils, a third each, with the edition that judges each: what every engine is given."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from portage.editions.folders import TenantPolicy, read_tenant_policy
from portage.policy import AREA_KEYS, EVIDENCE_KEYS, Edition, Facts, Policy, edition_in_force

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
COUNCILS = ("leeds", "lancashire", "west-northants")
ROUTES = {
    "leeds": (
        ("request-form", "parent"), ("request-form", "practitioner"), ("hen", "health-professional"),
        ("one-send", "senco"),
    ),
    "lancashire": (("portage-form", "parent"), ("early-help", "senco")),
    "west-northants": (
        ("request-for-support", "parent"), ("section-23", "health-professional"), ("setting-support", "senco"),
    ),
}  # fmt: skip
Case = tuple[Policy[Any], Edition, Facts]
Batch = tuple[Policy[Any], Edition, list[Facts]]


def invented_facts(tenant: str, draw: random.Random) -> dict[str, Any]:
    """Draw one request with all that may be known, and some that is not."""
    born = date(2021, 1, 1) + timedelta(days=draw.randrange(1700))
    received = max(born, date(2025, 3, 1)) + timedelta(days=draw.randrange(500))
    route, referrer = draw.choice(ROUTES[tenant])
    areas = draw.sample(sorted(AREA_KEYS), draw.randrange(6))
    child: dict[str, Any] = {
        "date_of_birth": born.isoformat(),
        "lives_in_area": draw.choice((True, True, True, False, None)),
        "significant_need": draw.choice((True, True, False, None)),
        "delay": {
            area: draw.choice((None, {"percent": draw.randrange(101)}, {"months": draw.randrange(20)}))
            for area in areas
        },
    }
    if draw.random() < 0.1:
        del child["delay"]
    if draw.random() < 0.05:
        child["reception_ends_on"] = (born + timedelta(days=2200)).isoformat()
    return {
        "received_on": received.isoformat(),
        "route": route,
        "referrer": referrer,
        "agreement": {"parent": draw.choice((True, True, None)), "home_based": draw.choice((True, None, False))},
        "child": child,
        "evidence": draw.sample(sorted(EVIDENCE_KEYS), draw.randrange(3)),
    }


def cases(number: int, seed: int = 1) -> list[Case]:
    """Draw requests, a third for each council, with the edition that judges each."""
    draw = random.Random(seed)
    councils: dict[str, TenantPolicy] = {slug: read_tenant_policy(slug, TENANTS) for slug in COUNCILS}
    drawn: list[Case] = []
    for position in range(number):
        council = councils[COUNCILS[position % 3]]
        given = invented_facts(council.tenant, draw)
        edition = edition_in_force(council.published, date.fromisoformat(given["received_on"]))
        drawn.append((council.policy, edition, Facts.parse(council.policy, given, edition.terms)))
    return drawn


def batches(drawn: list[Case]) -> list[Batch]:
    """Gather requests that the same edition judges."""
    gathered: dict[int, Batch] = {}
    for policy, edition, facts in drawn:
        gathered.setdefault(id(edition), (policy, edition, []))[2].append(facts)
    return list(gathered.values())
