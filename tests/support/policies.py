"""The shipped councils' policies, and requests that tests ask them about."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from portage.editions.folders import TenantPolicy, read_tenant_policy
from portage.policy import Edition, Facts, Policy, RouteShape, edition_in_force, editions_from_file, policy_named

ROOT = Path(__file__).resolve().parents[2]
TENANTS = ROOT / "tenants"
COUNCILS = ("leeds", "lancashire", "west-northants")
SHIPPED = (*COUNCILS, "hampshire", "lincoln-st-christophers", "portsmouth")
PLUGINS = {"west-northants": "west_northants"}
# Councils made only of files, on the policy whose every knob is a term.
STANDARD = tuple(slug for slug in SHIPPED if slug not in PLUGINS)
PLUGINS |= dict.fromkeys(STANDARD, "standard")

# A request that each route takes, with nothing known beyond what is required.
BARE: dict[str, dict[str, Any]] = {
    "leeds": {"route": "request-form", "referrer": "parent"},
    "lancashire": {"route": "portage-form", "referrer": "parent"},
    "west-northants": {"route": "request-for-support", "referrer": "parent"},
    "hampshire": {"route": "online-request", "referrer": "parent"},
    "lincoln-st-christophers": {"route": "referral", "referrer": "parent"},
    "portsmouth": {"route": "referral-form", "referrer": "parent"},
}


@cache
def council(slug: str) -> TenantPolicy:
    """A shipped council with its editions."""
    return read_tenant_policy(slug, TENANTS)


def shape_of(slug: str, route: str) -> RouteShape:
    """A route of the newest published edition of a council, as it is drawn."""
    known = council(slug)
    return known.policy.shape(known.published[-1].terms, route)


def request(slug: str, **changed: Any) -> dict[str, Any]:
    """A well-formed request; `child` and `agreement` given here are merged into the bare ones."""
    bare = {"received_on": "2025-11-15", "child": {"date_of_birth": "2024-03-10"}, **BARE[slug]}
    return merged(bare, changed)


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the base with the changes laid over it, table by table."""
    result = copy.deepcopy(dict(base))
    for key, value in change.items():
        held = result.get(key)
        result[key] = merged(held, value) if isinstance(value, Mapping) and isinstance(held, dict) else value
    return result


def answer(slug: str, facts: Mapping[str, Any], edition: Edition | None = None) -> dict[str, Any]:
    """Judge a request as the command does."""
    known = council(slug)
    read = Facts.parse(known.policy, facts, (edition or known.published[-1]).terms)
    return known.policy.determine(edition or edition_in_force(known.published, read.received_on), read).as_json()


def met(told: Mapping[str, Any]) -> dict[str, bool | None]:
    """The findings of an answer: rule to met, in order."""
    return {finding["rule"]: finding["met"] for finding in told["findings"]}


def all_editions() -> Iterator[tuple[Policy[Any], Edition]]:
    """Every shipped edition with its policy, drafts included."""
    for slug in SHIPPED:
        for edition in council(slug).editions:
            yield council(slug).policy, edition


def every_knob() -> tuple[Policy[Any], Edition]:
    """The example of the standard policy: an invented council that uses every term."""
    policy = policy_named("standard")
    (edition,) = editions_from_file(policy, "larkshire", ROOT / "policies" / "standard" / "example.toml")
    return policy, edition


def worked_examples(slug: str) -> list[dict[str, Any]]:
    """The worked examples that ship with a council's plugin; where councils share one, each example names its own."""
    text = (ROOT / "policies" / PLUGINS[slug] / "cases.toml").read_text(encoding="utf-8")
    cases: list[dict[str, Any]] = tomllib.loads(text)["case"]
    return [case for case in cases if case.get("tenant", slug) == slug]
