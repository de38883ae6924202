"""Terms that each are well written, and do not fit one another: one sentence for each, by path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from portage.policy import FactProblem
from portage_standard.conditions import tested
from portage_standard.eligibility import (
    BandTerms,
    DelayTerms,
    EligibilityTerms,
    EvidenceTerms,
    HoursTerms,
    OtherWays,
)
from portage_standard.routes import steps_of

if TYPE_CHECKING:
    from portage_standard import StandardTerms


def misfits(terms: StandardTerms, cites: Mapping[str, str]) -> Iterator[FactProblem]:
    """Find what does not fit."""
    yield from (FactProblem(path, sentence) for path, sentence in _conditions(terms.eligibility))
    yield from (FactProblem(path, sentence) for path, sentence in _routes(terms))
    yield from (FactProblem(path, sentence) for path, sentence in _of_no_route(terms))
    yield from (FactProblem(path, sentence) for path, sentence in _statements(terms, cites))


def _conditions(terms: EligibilityTerms) -> Iterator[tuple[str, str]]:
    if terms.age and not (terms.age.oldest or terms.age.until):
        yield "eligibility.age", "says neither an oldest age nor a date that ends it"
    if terms.delay:
        yield from _delay(terms.delay)
    if terms.ways_in:
        yield from _ways_in(terms.ways_in, terms.delay)
    if terms.hours:
        yield from _hours(terms.hours)
    if terms.other_services and not (terms.other_services.not_with or terms.other_services.universal_first):
        yield "eligibility.other_services", "says neither not_with nor universal_first"
    if terms.evidence:
        yield from _evidence(terms.evidence)


def _ways_in(terms: OtherWays, delay: DelayTerms | None) -> Iterator[tuple[str, str]]:
    if terms.sensory_loss and not delay:
        yield "eligibility.ways_in.sensory_loss", "stands beside a delay, and eligibility.delay is missing"
    if not (terms.condition or terms.screening or terms.sensory_loss or terms.professional_judgement):
        yield "eligibility.ways_in", "names no way in"


def _hours(terms: HoursTerms) -> Iterator[tuple[str, str]]:
    if terms.fewer_than_hours is None and terms.fewer_than_sessions is None:
        yield "eligibility.hours", "says neither fewer_than_hours nor fewer_than_sessions"
    elif terms.funded_at_two_exempt and terms.fewer_than_hours is None:
        yield "eligibility.hours.funded_at_two_exempt", "is about hours, and fewer_than_hours is missing"


def _evidence(terms: EvidenceTerms) -> Iterator[tuple[str, str]]:
    if not (terms.kinds or terms.signatures):
        yield "eligibility.evidence", "says neither kinds nor signatures"
    if terms.warn_days is not None and terms.within_weeks is None:
        yield "eligibility.evidence.warn_days", "is about a time that within_weeks does not give"


def _delay(terms: DelayTerms) -> Iterator[tuple[str, str]]:
    at = "eligibility.delay"
    if _no_figure(terms):
        yield at, "says none of percent, fraction and months"
    for key, band in terms.by_age.items():
        if _no_figure(band):
            yield f"{at}.by_age.{key}", "says none of percent, fraction and months"
    begins = [band.from_months for band in terms.by_age.values()]
    if len(begins) != len(set(begins)):
        yield f"{at}.by_age", "holds two bands from the same age"
    for area in sorted(set(terms.among) - set(terms.areas)):
        yield f"{at}.among", f"{area!r} is not one of the areas that count"
    most = len(terms.areas)
    if terms.in_areas + (terms.areas_compared == "more-than") > most:
        yield f"{at}.in_areas", f"asks for more areas than count, which are {most}"


def _no_figure(terms: DelayTerms | BandTerms) -> bool:
    return terms.percent is None and terms.fraction is None and terms.months is None


def _routes(terms: StandardTerms) -> Iterator[tuple[str, str]]:
    for key, route in terms.routes.items():
        at = f"routes.{key}"
        if not route.referrers:
            yield f"{at}.referrers", "names nobody who may use it"
        for twice in sorted(set(route.agreements) & set(route.asks_agreement)):
            yield f"{at}.asks_agreement", f"{twice!r} is a condition already"
        if route.statutory and route.agreements:
            yield f"{at}.agreements", "the law asks for this route, so that no agreement is a condition"
        if route.evidence and terms.eligibility.evidence is None:
            yield f"{at}.evidence", "is needed, and eligibility.evidence is missing"


def _of_no_route(terms: StandardTerms) -> Iterator[tuple[str, str]]:
    walked = {step for route in terms.routes.values() for step in steps_of(route)}
    for step in sorted(terms.steps.keys() - walked):
        yield f"steps.{step}", "is not a step of any route"
    for name in ("visits", "words"):
        if (table := getattr(terms, name)) is not None and table == type(table)():
            yield name, "says nothing"
    if terms.panel and all(route.decided_by != "panel" for route in terms.routes.values()):
        yield "panel", "decides no route"
    if terms.eligibility.evidence and not any(route.evidence for route in terms.routes.values()):
        yield "eligibility.evidence", "is needed by no route"


def _statements(terms: StandardTerms, cites: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path in [*tested(terms.eligibility).values(), *(f"routes.{key}" for key in terms.routes)]:
        if path not in cites:
            yield path, "is restated by no statement: name it in restated_by of one"
    for number, statement in terms.statements.items():
        for path in statement.restated_by:
            if not _holds(terms, path):
                yield f"statements.{number}.restated_by", f"{path!r} is not a term of this edition"
    named = [path for statement in terms.statements.values() for path in statement.restated_by]
    for path in sorted({path for path in named if named.count(path) > 1}):
        yield "statements", f"{path!r} is restated by two statements"


def _holds(terms: StandardTerms, path: str) -> bool:
    at: object = terms
    for name in path.split("."):
        at = at.get(name) if isinstance(at, Mapping) else getattr(at, name, None)
    return at not in (None, (), {})
