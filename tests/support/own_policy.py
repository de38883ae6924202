"""A council with a policy of its own, loaded as it was, whose files state the same editions on `standard` since.

The invented council is on the rules that Lancashire had as a plugin once: significant need, until the funded place, a
form for parents or early help.
"""

import copy
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tomli_w

from portage.policy import Policy, RouteShape, Rule, Step, Terms, asks, rules
from portage.policy.terms import part, whole
from support.policies import TENANTS

SLUG = "brambledale"
OWN = "brambledale"  # the name of its policy
DAY = "2025-01-01"
LATER = "2026-03-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEligibility:
    funded_place_at_years: Annotated[int, whole("Birthday that the funded place follows, in years", least=2, most=4)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTerms(Terms):
    eligibility: Annotated[OwnEligibility, part(OwnEligibility)]


_PATH = (
    Step("request", "Request", "The request arrives, and your area team gets in touch.", "LAN-02"),
    Step("decision", "Decision", "A named person in the area team looks at everything and decides.", "LAN-11"),
    Step("tell-outcome", "Outcome", "We tell you what was decided, and why."),
    Step("offer", "Offer", "You say whether you would like home visits."),
    Step("allocation", "Home visitor", "A home visitor with Portage training is found for you.", "LAN-05"),
    Step("play-plan", "Play plan", "You and your home visitor agree a play plan.", "LAN-04"),
    Step("review", "Review", "At the end of each block of visits we look at progress together.", "LAN-08"),
)


class OwnPolicy(Policy[OwnTerms]):
    """Two conditions and two routes: a parent's own form, or early help."""

    name = OWN
    terms_type = OwnTerms
    requirements = {
        "LAN-01": "Which children it is for", "LAN-01-age": "Age", "LAN-01-need": "Need",
        "LAN-02": "Portage referral form and area teams", "LAN-03": "Early Help Assessment and Plan",
        "LAN-04": "Play plan", "LAN-05": "Visits by a trained visitor", "LAN-06": "In a visit",
        "LAN-07": "Between visits", "LAN-08": "Review at the end of each block", "LAN-09": "Sharing with permission",
        "LAN-10": "Sharing progress when the child leaves", "LAN-11": "Protocol",
    }  # fmt: skip
    cites = {
        "service.name": "LAN-01", "service.visitor_title": "LAN-04", "contact": "LAN-02", "eligibility": "LAN-01",
        "routes.portage-form": "LAN-02", "routes.early-help": "LAN-03", "offers.home-visits": "LAN-05",
        "support.frequency": "LAN-05", "support.in_a_visit": "LAN-06", "support.modes": "LAN-05",
        "support.block": "LAN-05", "support.same_day_and_time": "LAN-05", "support.review_when": "LAN-08",
        "support.play_plan": "LAN-04", "support.between_visits": "LAN-07", "support.training": "LAN-05",
        "how_it_works.play-plan": "LAN-04", "how_it_works.reviews": "LAN-08", "how_it_works.leaving": "LAN-10",
        "how_it_works.protocol": "LAN-11", "sharing": "LAN-09", "sharing.leaving-setting": "LAN-10",
    }  # fmt: skip
    route_shapes = (
        RouteShape(
            key="portage-form", referrers=("parent",), rule="LAN-02", finding="LAN-02", path=_PATH,
            agreements=(asks.parents_agree(None, required=False),),
            asks=(asks.CONCERNS, asks.OWN_WORDS, asks.SIGNIFICANT_NEED, asks.CONDITIONS, asks.SETTING_NAME),
        ),
        RouteShape(
            key="early-help", referrers=("practitioner", "health-professional", "senco"), rule="LAN-03",
            finding="LAN-03", path=_PATH, agreements=(asks.parents_agree("LAN-03"),),
            asks=(
                asks.EARLY_HELP_REFERENCE, asks.DISCUSSION_DATE, asks.SIGNIFICANT_NEED, asks.CONCERNS, asks.OWN_WORDS,
                asks.CONDITIONS, asks.SETTING_NAME,
            ),
        ),
    )  # fmt: skip

    def __init__(self) -> None:
        self.__dict__.update(version="0.9.0", rules_digest="a" * 64)  # it is no distribution of its own

    def rules(self, terms: OwnTerms, route: RouteShape) -> tuple[Rule, ...]:
        """Return age, need, and what the route asks for."""
        return (
            rules.before_funded_place("LAN-01-age", terms.eligibility.funded_place_at_years),
            rules.significant_need("LAN-01-need"),
            rules.AskedByParent("LAN-02") if route.key == "portage-form" else rules.parents_agree("LAN-03"),
        )


def on_standard(home: Path, change: Callable[[dict[str, Any]], object] = lambda told: None) -> Path:
    """Write the council's folder with its editions on `standard`; `change` may alter its policy file."""
    folder = home / SLUG
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(TENANTS / "lancashire", folder)
    manifest = folder / "tenant.toml"
    told = manifest.read_text("utf-8").replace("lancashire", SLUG).replace("Lancashire", "Brambledale")
    manifest.write_text(told, "utf-8")
    policy = tomllib.loads((folder / "policy.toml").read_text("utf-8"))
    change(policy)
    (folder / "policy.toml").write_text(tomli_w.dumps(policy), "utf-8")
    return folder


NOT_ITS_OWN = ("steps", "statements", "waiting_list")


def in_own_assumptions(assumptions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what is assumed of terms that this policy does not have."""
    return [each for each in assumptions if not each["term"].startswith(NOT_ITS_OWN)]


def in_own_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """State the terms of an edition on `standard` in those of this policy."""
    told = {name: each for name, each in terms.items() if name not in NOT_ITS_OWN}
    told["eligibility"] = {"funded_place_at_years": terms["eligibility"]["age"]["until"]["birthday"]}
    words = ("name", "form_name", "for_whom")
    told["routes"] = {key: {name: one[name] for name in words} for key, one in terms["routes"].items()}
    return told


def on_its_own(home: Path, change: Callable[[dict[str, Any]], object] = lambda told: None) -> Path:
    """Write the council's folder with its editions in the terms of its own policy."""

    def back(told: dict[str, Any]) -> None:
        for edition in told["edition"]:
            edition["terms"] = in_own_terms(edition["terms"])
            edition["assumptions"] = in_own_assumptions(edition["assumptions"])
        change(told)

    folder = on_standard(home, back)
    manifest = folder / "tenant.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('plugin = "standard"', f'plugin = "{OWN}"'), "utf-8")
    return folder


def second_edition(told: dict[str, Any]) -> None:
    """Add an edition from a later day, and a draft of a third."""
    (first,) = told["edition"]
    later = copy.deepcopy(first) | {"effective_from": _day(LATER), "source": "Leaflet of March 2026"}
    later["terms"]["support"]["longest_months"] = 18
    draft = copy.deepcopy(later) | {"source": "Draft of a leaflet"}
    del draft["effective_from"]
    for each in (later, draft):
        each["assumptions"] = [one for one in each["assumptions"] if one["term"] != "effective_from"]
    told["edition"] += [later, draft]


def _day(iso: str) -> Any:
    return tomllib.loads(f"day = {iso}")["day"]
