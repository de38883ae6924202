"""Which of the facts that only this policy knows an edition reads: its conditions, its forms and its agreements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from portage_standard import questions as asked
from portage_standard.eligibility import EligibilityTerms, OtherWays
from portage_standard.routes import StandardRouteTerms

_SCORES = tuple(fact.path for fact in asked.FACTS if fact.path.startswith("child.asq_"))
_SIGNED = {"parent": asked.SIGNED, "professional": asked.SIGNED_BY_PROFESSIONAL}


def facts_read(terms: EligibilityTerms, routes: Mapping[str, StandardRouteTerms]) -> set[str]:
    """Return the paths of these facts."""
    found = {fact for route in routes.values() for fact in _of_a_form(route)}
    if terms.delay and terms.delay.expected:
        found.add(asked.EXPECTED_DELAY)
    if terms.ways_in:
        found |= set(_of_the_ways(terms.ways_in))
    if terms.residence and terms.residence.left_out:
        found.add(asked.LEFT_OUT)
    if terms.hours and terms.hours.effect != "visits":
        found |= {"child.setting_sessions", "child.funded_two_year_old_hours"}
        found |= {asked.HOURS_WEIGHED} if terms.hours.effect == "person" else set()
    if services := terms.other_services:
        found |= {asked.OTHER_SERVICE} if services.not_with else set()
        found |= {asked.UNIVERSAL_TRIED} if services.universal_first else set()
        found |= {asked.SERVICES_WEIGHED} if services.effect == "person" else set()
    if terms.evidence:
        found |= {_SIGNED[who] for who in terms.evidence.signatures}
    if terms.discretion:
        found.add(asked.DISCRETION)
    return found


def _of_the_ways(ways: OtherWays) -> Iterator[str]:
    if ways.condition:
        yield asked.CONDITION
    if ways.screening:
        yield from _SCORES
    if ways.sensory_loss:
        yield asked.SENSORY_LOSS


def _of_a_form(route: StandardRouteTerms) -> Iterable[str]:
    yield from (asked.QUESTIONS[name].fact or "" for name in route.questions)
    yield from (f"agreement.{name}" for name in (*route.agreements, *route.asks_agreement))
