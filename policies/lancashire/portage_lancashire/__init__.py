"""Lancashire: significant need, until the funded place for three-year-olds (LAN-01 to LAN-11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from portage.policy import Policy, RouteShape, Rule, Step, Terms, asks, rules
from portage.policy.terms import part, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class LancashireEligibility:
    """The one figure of the conditions."""

    funded_place_at_years: Annotated[int, whole("Birthday that the funded place follows, in years", least=2, most=4)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LancashireTerms(Terms):
    """The terms of one edition."""

    eligibility: Annotated[LancashireEligibility, part(LancashireEligibility)]


_PATH = (
    Step("request", "Request", "The request arrives, and your area team gets in touch.", "LAN-02"),
    Step("decision", "Decision", "A named person in the area team looks at everything and decides.", "LAN-11"),
    Step("tell-outcome", "Outcome", "We tell you what was decided, and why."),
    Step("offer", "Offer", "You say whether you would like home visits."),
    Step("allocation", "Home visitor", "A home visitor with Portage training is found for you.", "LAN-05"),
    Step("play-plan", "Play plan", "You and your home visitor agree a play plan.", "LAN-04"),
    Step("review", "Review", "At the end of each block of visits we look at progress together.", "LAN-08"),
)


class LancashirePolicy(Policy[LancashireTerms]):
    """Two conditions and two routes: a parent's own form, or early help."""

    name = "lancashire"
    terms_type = LancashireTerms
    requirements = {
        "LAN-01": "Which children it is for",
        "LAN-01-age": "Age",
        "LAN-01-need": "Need",
        "LAN-02": "Portage referral form and area teams",
        "LAN-03": "Early Help Assessment and Plan",
        "LAN-04": "Play plan",
        "LAN-05": "Visits by a trained visitor",
        "LAN-06": "In a visit",
        "LAN-07": "Between visits",
        "LAN-08": "Review at the end of each block",
        "LAN-09": "Sharing with permission",
        "LAN-10": "Sharing progress when the child leaves",
        "LAN-11": "Protocol",
    }
    cites = {
        "service.name": "LAN-01",
        "service.visitor_title": "LAN-04",
        "contact": "LAN-02",
        "eligibility": "LAN-01",
        "routes.portage-form": "LAN-02",
        "routes.early-help": "LAN-03",
        "offers.home-visits": "LAN-05",
        "support.frequency": "LAN-05",
        "support.in_a_visit": "LAN-06",
        "support.modes": "LAN-05",
        "support.block": "LAN-05",
        "support.same_day_and_time": "LAN-05",
        "support.review_when": "LAN-08",
        "support.play_plan": "LAN-04",
        "support.between_visits": "LAN-07",
        "support.training": "LAN-05",
        "how_it_works.play-plan": "LAN-04",
        "how_it_works.reviews": "LAN-08",
        "how_it_works.leaving": "LAN-10",
        "how_it_works.protocol": "LAN-11",
        "sharing": "LAN-09",
        "sharing.leaving-setting": "LAN-10",
    }
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

    def rules(self, terms: LancashireTerms, route: RouteShape) -> tuple[Rule, ...]:
        """Return age, need, and what the route asks for."""
        return (
            rules.before_funded_place("LAN-01-age", terms.eligibility.funded_place_at_years),
            rules.significant_need("LAN-01-need"),
            rules.AskedByParent("LAN-02") if route.key == "portage-form" else rules.parents_agree("LAN-03"),
        )
