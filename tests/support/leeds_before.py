"""Leeds as a plugin of its own, which it had before its rules were stated as terms: what is answered is the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from portage.policy import AREA_KEYS, DelayInAreas, Policy, RouteShape, Rule, Step, Terms, asks, rules
from portage.policy.terms import part, text, texts, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class LeedsEligibility:
    """The figures of the three conditions."""

    oldest_months: Annotated[int, whole("Oldest age at request in months, that day included", least=1, most=71)]
    delay_percent: Annotated[int, whole("Delay in percent of age", least=1, most=100)]
    delayed_areas: Annotated[int, whole("In how many areas at least", least=1, most=9)]
    areas: Annotated[tuple[str, ...], texts("Areas of development that count", one_of=tuple(sorted(AREA_KEYS)))]
    area_name: Annotated[str, text("The area in which the family lives")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeedsTerms(Terms):
    """The terms of one edition."""

    eligibility: Annotated[LeedsEligibility, part(LeedsEligibility)]


_PATH = (
    Step("request", "Request", "The request arrives, and you get a reference number."),
    Step("assessment", "Assessment", "We see your child before any help is offered.", "LDS-04"),
    Step("decision", "Decision", "A named person looks at everything and decides."),
    Step("tell-outcome", "Outcome", "Someone from the service tells you the outcome and what we can offer.", "LDS-16"),
    Step("offer", "Offer", "You say whether you would like what we offer.", "LDS-04"),
    Step("allocation", "Home visitor", "If home visits would help, you get a home visitor of your own.", "LDS-05"),
)
_ABOUT_THE_CHILD = (
    asks.CONCERNS,
    asks.OWN_WORDS,
    asks.RESIDENCE,
    asks.CONDITIONS,
    asks.SETTING_NAME,
    asks.SETTING_HOURS,
)


class LeedsPolicy(Policy[LeedsTerms]):
    """Three conditions and three routes; an assessment comes before any offer."""

    name = "leeds"
    terms_type = LeedsTerms
    requirements = {
        "LDS-01": "Name of the service",
        "LDS-02": "Aim",
        "LDS-03": "Quality mark",
        "LDS-04": "What may be offered after an assessment",
        "LDS-05": "Allocation of a home visitor",
        "LDS-06": "Frequency of visits",
        "LDS-07": "Longest support",
        "LDS-08": "A visit and its three elements",
        "LDS-09": "The work of the home visitor",
        "LDS-10": "Age at request",
        "LDS-11": "Delay in areas of development",
        "LDS-12": "Where the family lives",
        "LDS-13": "Request form",
        "LDS-14": "Health to Education Notification",
        "LDS-15": "One SEND Services Request for Support",
        "LDS-16": "Telling the outcome",
        "LDS-17": "Partners",
        "LDS-18": "Contact",
    }
    cites = {
        "service": "LDS-01",
        "service.aim": "LDS-02",
        "service.quality_mark": "LDS-03",
        "service.visitor_title": "LDS-05",
        "service.partners": "LDS-17",
        "contact": "LDS-18",
        "eligibility.age.oldest.age": "LDS-10",
        "eligibility.delay.percent": "LDS-11",
        "eligibility.delay.in_areas": "LDS-11",
        "eligibility.areas": "LDS-11",
        "eligibility.area_name": "LDS-12",
        "routes.request-form": "LDS-13",
        "routes.hen": "LDS-14",
        "routes.one-send": "LDS-15",
        "offers": "LDS-04",
        "support.longest_months": "LDS-07",
        "support.visit_minutes": "LDS-08",
        "support.frequency": "LDS-06",
        "support.elements": "LDS-08",
        "support.modes": "LDS-04",
        "clocks.tell-outcome": "LDS-16",
        "how_it_works.assessment": "LDS-04",
        "how_it_works.allocation": "LDS-05",
        "how_it_works.the-work": "LDS-09",
        "how_it_works.outcome": "LDS-16",
        "sharing": "LDS-17",
    }
    route_shapes = (
        RouteShape(
            key="request-form", referrers=("parent", "practitioner"), rule="LDS-13", finding="LDS-13", path=_PATH,
            agreements=(asks.parents_agree("LDS-13"),), asks=_ABOUT_THE_CHILD,
        ),
        RouteShape(
            key="hen", referrers=("health-professional",), rule="LDS-14", finding="LDS-14", path=_PATH,
            agreements=(asks.parents_agree("LDS-14"),), asks=_ABOUT_THE_CHILD,
        ),
        RouteShape(
            key="one-send", referrers=("senco",), rule="LDS-15", finding="LDS-15", path=_PATH,
            agreements=(asks.parents_agree("LDS-15"), asks.home_based("LDS-15")), asks=_ABOUT_THE_CHILD,
        ),
    )  # fmt: skip

    def rules(self, terms: LeedsTerms, route: RouteShape) -> tuple[Rule, ...]:
        """Return age, delay, residence, and what the route asks for."""
        figures = terms.eligibility
        return (
            rules.age_up_to("LDS-10", figures.oldest_months),
            DelayInAreas("LDS-11", figures.delay_percent, figures.delayed_areas, frozenset(figures.areas)),
            rules.lives_in_area("LDS-12", figures.area_name),
            self._of_the_route(route),
        )

    def _of_the_route(self, route: RouteShape) -> Rule:
        if route.key == "request-form":
            return rules.AskedByParent("LDS-13", otherwise=rules.parents_agree("LDS-13"))
        if route.key == "hen":
            return rules.parents_agree("LDS-14")
        return rules.AllOf("LDS-15", (rules.parents_agree("LDS-15"), rules.agreed_at_home("LDS-15")))

    def __init__(self) -> None:
        self.__dict__.update(version="0.9.0", rules_digest="d" * 64)  # it is no distribution of its own


def in_own_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """State the terms of an edition on `standard` in those of this policy."""
    told = {name: each for name, each in terms.items() if name not in ("steps", "statements", "waiting_list")}
    figures = terms["eligibility"]
    told["eligibility"] = {
        "oldest_months": figures["age"]["oldest"]["age"], "delay_percent": figures["delay"]["percent"],
        "delayed_areas": figures["delay"]["in_areas"], "areas": figures["delay"]["areas"],
        "area_name": figures["residence"]["area_name"],
    }  # fmt: skip
    words = ("name", "form_name", "for_whom")
    told["routes"] = {key: {name: one[name] for name in words} for key, one in terms["routes"].items()}
    return told
