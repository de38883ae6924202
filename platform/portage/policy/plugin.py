"""The base of a council's policy: its routes, its rules, its path and its offer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from marshmallow import Schema

from portage.policy.edition import Edition
from portage.policy.facts import ExtraFact, Facts
from portage.policy.rules import Finding, Rule
from portage.policy.shapes import (
    Agreement,
    Ask,
    Clock,
    DecidedBy,
    Message,
    Offer,
    Programme,
    Route,
    Service,
    SharingQuestion,
    Step,
    SupportPattern,
)
from portage.policy.terms import Terms
from portage.policy.vocabulary import Outcome

T = TypeVar("T", bound=Terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteShape:
    """A route as its plugin draws it; an edition adds the words."""

    key: str
    referrers: tuple[str, ...]
    rule: str  # the requirement that describes it
    path: tuple[Step, ...]
    agreements: tuple[Agreement, ...] = ()
    asks: tuple[Ask, ...] = ()
    statutory: bool = False
    needs_evidence: bool = False
    decided_by: DecidedBy = "officer"
    offers: tuple[str, ...] | None = None  # None = every offer that no other route keeps for itself


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules of one route with the values of one edition, ready to be asked."""

    shape: RouteShape
    rules: tuple[Rule, ...]
    outcome: Outcome  # when every rule is met
    offers: tuple[str, ...]
    support: Mapping[str, Any]


@dataclass(slots=True)
class Determination:
    """What a policy recommends for one request, with every finding; a person decides."""

    policy: Policy[Any]
    edition: Edition
    facts: Facts
    outcome: Outcome
    findings: list[Finding]

    @property
    def missing(self) -> tuple[str, ...]: ...
    @property
    def offers(self) -> tuple[str, ...]: ...
    @property
    def support(self) -> Mapping[str, Any] | None: ...
    @property
    def ages_out_on(self) -> Any: ...
    def as_json(self) -> dict[str, Any]: ...


class Policy(ABC, Generic[T]):
    """One council's rules. A plugin names its terms, routes and citations, and lists its rules."""

    name: ClassVar[str]
    terms_type: ClassVar[type[Terms]]
    requirements: ClassVar[Mapping[str, str]]  # number of each published statement to its title
    cites: ClassVar[Mapping[str, str]]  # path of a term to the number of the statement it restates
    shapes: ClassVar[tuple[RouteShape, ...]]
    extra_facts: ClassVar[tuple[ExtraFact, ...]] = ()

    @abstractmethod
    def rules(self, terms: T, route: RouteShape) -> tuple[Rule, ...]:
        """Return the rules of a route, in the order of their findings."""

    @property
    def version(self) -> str: ...
    @property
    def rules_digest(self) -> str: ...
    @property
    def terms_schema(self) -> Schema: ...
    def edition(self, tenant: str, given: Mapping[str, Any]) -> Edition: ...
    def determine(self, edition: Edition, facts: Facts) -> Determination: ...
    def determine_all(self, edition: Edition, facts: Iterable[Facts]) -> Iterator[Determination]: ...
    def rule_title(self, number: str) -> str: ...
    def cite(self, term: str) -> str | None: ...
    def routes(self, terms: Terms) -> tuple[Route, ...]: ...
    def route(self, terms: Terms, key: str) -> Route: ...
    def service(self, terms: Terms) -> Service: ...
    def offers(self, terms: Terms, route: str) -> tuple[Offer, ...]: ...
    def offer(self, terms: Terms, key: str) -> Offer: ...
    def support_pattern(self, terms: Terms) -> SupportPattern: ...
    def path(self, terms: Terms, route: str) -> tuple[Step, ...]: ...
    def clocks(self, edition: Edition, route: str) -> tuple[Clock, ...]: ...
    def sharing(self, terms: Terms) -> tuple[SharingQuestion, ...]: ...
    def programmes(self, terms: Terms) -> tuple[Programme, ...]: ...
    def messages(self, terms: Terms, route: str) -> tuple[Message, ...]: ...
