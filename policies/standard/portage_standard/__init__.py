"""The standard policy: every knob is a term of the edition, so that an ordinary council needs no code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, NamedTuple

from marshmallow import fields, validate

from portage.policy import Clock, Edition, ExtraFact, FactProblem, Policy, RouteShape, Rule, Section, Terms
from portage.policy.arrangements import (
    CADENCE_DAYS,
    EVIDENCE_TIME,
    Arrangements,
    EvidenceDeadline,
    FirstContactTerms,
    LeavingTerms,
    MissedVisitTerms,
    PanelTerms,
    ReviewTerms,
    VisitorTerms,
    VisitTerms,
    WaitingTerms,
    WordTerms,
)
from portage.policy.shapes import Line
from portage.policy.stated import WriteLine, stated
from portage.policy.terms import part, table, text, texts
from portage_standard.conditions import CONDITION_WORDS, conditions, of_the_route, tested
from portage_standard.eligibility import EligibilityTerms
from portage_standard.facts_read import facts_read
from portage_standard.misfits import misfits
from portage_standard.questions import FACTS
from portage_standard.routes import Papers, StandardRouteTerms, StepTerms, drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTerms:
    """One statement of the published page, and the terms that restate it."""

    title: Annotated[str, text("Title of the statement")]
    restated_by: Annotated[tuple[str, ...], texts("Paths of the terms, or of tables of terms, that restate it")]


def _by_number() -> fields.Dict:
    """Declare the table of statements: each has a number such as ABC-01."""
    number = fields.String(validate=validate.Regexp(r"^[A-Z]{2,6}-[0-9]{2}$", error="Write it as ABC-01."))
    return fields.Dict(keys=number, values=part(PublishedTerms))


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardTerms(Terms):
    """Every term of an edition."""

    routes: Annotated[Mapping[str, StandardRouteTerms], table(StandardRouteTerms)] = field(default_factory=dict)
    eligibility: Annotated[EligibilityTerms, part(EligibilityTerms)]
    steps: Annotated[Mapping[str, StepTerms], table(StepTerms)] = field(default_factory=dict)
    first_contact: Annotated[FirstContactTerms | None, part(FirstContactTerms)] = None
    panel: Annotated[PanelTerms | None, part(PanelTerms)] = None
    visits: Annotated[VisitTerms | None, part(VisitTerms)] = None
    waiting_list: Annotated[WaitingTerms | None, part(WaitingTerms)] = None
    missed_visits: Annotated[MissedVisitTerms | None, part(MissedVisitTerms)] = None
    reviews: Annotated[ReviewTerms | None, part(ReviewTerms)] = None
    leaving: Annotated[LeavingTerms | None, part(LeavingTerms)] = None
    visitors: Annotated[VisitorTerms | None, part(VisitorTerms)] = None
    words: Annotated[WordTerms | None, part(WordTerms)] = None
    statements: Annotated[Mapping[str, PublishedTerms], _by_number()]


_ARRANGED = {
    "first_contact": "First contact", "panel": "Panel", "visits": "Visits", "waiting_list": "Waiting list",
    "missed_visits": "Missed visits", "reviews": "Reviews", "leaving": "Leaving", "visitors": "Who may visit",
    "words": "Words",
}  # fmt: skip
_WORDS_OF_ROUTES = ("name", "form_name", "for_whom")  # written where the routes are


class _Read(NamedTuple):
    """What an edition draws; it holds the terms, so that no others come to stand at their address."""

    terms: StandardTerms
    cites: Mapping[str, str]
    shapes: tuple[RouteShape, ...]


_KEPT_AT_MOST = 256


class StandardPolicy(Policy[StandardTerms]):
    """Routes, conditions, numbers and arrangements, all read from the edition."""

    name = "standard"
    terms_type = StandardTerms
    extra_facts = FACTS

    def shapes_of(self, terms: StandardTerms | None) -> tuple[RouteShape, ...]:
        """Draw the routes of an edition; no route holds in every one."""
        if terms is None:
            raise ValueError("The routes of this policy stand in its editions: name one.")
        return self._read(terms).shapes

    def requirements_of(self, terms: StandardTerms) -> Mapping[str, str]:
        """Return the statements of the page, by number."""
        return {number: statement.title for number, statement in terms.statements.items()}

    def extra_facts_of(self, terms: StandardTerms) -> tuple[ExtraFact, ...]:
        """Return the facts that the conditions, forms and agreements of an edition read."""
        read = facts_read(terms.eligibility, terms.routes)
        return tuple(fact for fact in self.extra_facts if fact.path in read)

    def cites_of(self, terms: StandardTerms) -> Mapping[str, str]:
        """Return which statement each term restates."""
        return self._read(terms).cites

    @cached_property
    def _kept(self) -> dict[int, _Read]:
        return {}

    def _read(self, terms: StandardTerms) -> _Read:
        """Draw the routes and gather the numbers of an edition once: a page asks for them many times."""
        kept = self._kept.get(id(terms))
        if kept is None:
            if len(self._kept) >= _KEPT_AT_MOST:
                self._kept.clear()
            cites = {path: number for number, one in terms.statements.items() for path in one.restated_by}
            kept = self._kept[id(terms)] = _Read(terms, cites, _shapes(terms, cites))
        return kept

    def rule_title(self, terms: StandardTerms, number: str) -> str:
        """Return the title of a statement; of one of several conditions in it, with what that one is about."""
        statement, _, part = number.rpartition("-")
        if number in terms.statements or part not in CONDITION_WORDS:
            return super().rule_title(terms, number)
        return f"{super().rule_title(terms, statement)}: {CONDITION_WORDS[part]}"

    def rules(self, terms: StandardTerms, route: RouteShape) -> tuple[Rule, ...]:
        """Return the conditions, and what the route asks for."""
        asked, cites, paths = terms.routes[route.key], self.cites_of(terms), tested(terms.eligibility)
        found: list[Rule] = []
        if not asked.no_conditions:
            found += conditions(
                terms.eligibility, lambda name: _number(terms, cites, name, paths[name]), evidence=asked.evidence
            )
        if route.finding is not None:
            found.append(of_the_route(asked, route.finding))
        return tuple(found)

    def clocks(self, edition: Edition, route: str) -> tuple[Clock, ...]:
        """Return the times that hold for a request, with first contact and the rhythm of the panel."""
        terms: StandardTerms = edition.terms  # type: ignore[assignment] # an edition of this policy
        named = list(super().clocks(edition, route))
        if contact := terms.first_contact:
            weeks = contact.unit == "weeks"
            named.append(
                Clock(
                    "first-contact", "We get in touch with you", contact.number * (7 if weeks else 1),
                    "working" if contact.unit == "working-days" else "calendar",
                    contact.counts_from, self.cite(terms, "first_contact"), edition.source,  # type: ignore[arg-type] # closed list
                    edition.assumed("first_contact.number"),
                )
            )  # fmt: skip
        evidence = terms.eligibility.evidence
        if evidence and evidence.within_weeks and terms.routes[route].evidence:
            named.append(
                Clock(
                    EVIDENCE_TIME, "The papers that show the need follow", evidence.within_weeks * 7, "calendar",
                    "received", self.cite(terms, "eligibility.evidence.within_weeks"), edition.source,
                    edition.assumed("eligibility.evidence.within_weeks"),
                )
            )  # fmt: skip
        if terms.panel and terms.routes[route].decided_by == "panel":
            named.append(
                Clock(
                    "panel", "The panel looks at the request", CADENCE_DAYS[terms.panel.every], "calendar", "received",
                    self.cite(terms, "panel"), edition.source, edition.assumed("panel.every"),
                )
            )  # fmt: skip
        return tuple(named)

    def arrangements(self, terms: StandardTerms) -> Arrangements:
        """Return what the edition says of the work beside its conditions."""
        plain = Arrangements(**{name: getattr(terms, name) for name in _ARRANGED})
        age, evidence = terms.eligibility.age, terms.eligibility.evidence
        deadline = None
        if evidence and evidence.within_weeks:
            deadline = EvidenceDeadline(weeks=evidence.within_weeks, warn_days=evidence.warn_days)
        return replace(plain, looks_again=age.looks_again if age else (), evidence_deadline=deadline)

    def more_sections(self, edition: Edition, line: WriteLine) -> Iterator[Section]:
        """Write what each form asks, the figures behind the conditions, and the arrangements."""
        terms: StandardTerms = edition.terms  # type: ignore[assignment] # an edition of this policy
        yield Section("forms", "What each form asks, and who decides", tuple(_forms(terms, line)))
        figures = stated(terms.eligibility, "eligibility", "Condition", line)
        yield Section("figures", "The figures of the conditions", tuple(figures))
        arranged = [
            each
            for name, title in _ARRANGED.items()
            if (table := getattr(terms, name)) is not None
            for each in stated(table, name, title, line)
        ]
        yield Section("arrangements", "How the service arranges its work", tuple(arranged))
        numbers = (Line(number, one.title, number) for number, one in terms.statements.items())
        yield Section("statements", "What the published page states", tuple(numbers))

    def _misfits(self, terms: StandardTerms) -> Iterator[FactProblem]:
        yield from super()._misfits(terms)
        yield from misfits(terms, self.cites_of(terms))


def _shapes(terms: StandardTerms, cites: Mapping[str, str]) -> tuple[RouteShape, ...]:
    evidence = terms.eligibility.evidence
    papers = Papers(None, ())
    if evidence:
        papers = Papers(_number(terms, cites, "evidence", "eligibility.evidence"), evidence.signatures)
    return tuple(
        drawn(key, route, _finding(terms, cites, key), terms.steps, papers, cites.get)
        for key, route in terms.routes.items()
    )


def _forms(terms: StandardTerms, line: WriteLine) -> Iterator[Line]:
    for key, route in terms.routes.items():
        yield from stated(route, f"routes.{key}", route.name, line, leaving_out=_WORDS_OF_ROUTES)


def _finding(terms: StandardTerms, cites: Mapping[str, str], key: str) -> str | None:
    return _number(terms, cites, "request", f"routes.{key}") if terms.routes[key].agreements else None


def _number(terms: StandardTerms, cites: Mapping[str, str], name: str, path: str) -> str:
    """Return the number of a finding: its statement's, with the condition's name where several stand in one."""
    statement = cites.get(path, "")
    sharing = {other for other, at in tested(terms.eligibility).items() if cites.get(at) == statement}
    sharing |= {
        "request" for key, route in terms.routes.items() if route.agreements and cites.get(f"routes.{key}") == statement
    }
    return f"{statement}-{name}" if len(sharing) > 1 else statement
