"""The base of a council's policy: its routes, its rules, its path and its offer."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from marshmallow import Schema, ValidationError

from portage.policy import shapes
from portage.policy.arrangements import Arrangements
from portage.policy.columns import Columns
from portage.policy.determination import Determination, Plan, RouteShape
from portage.policy.edition import Assumption, Edition
from portage.policy.facts import ExtraFact, FactProblem, Facts
from portage.policy.notified import misfits_of_notifications
from portage.policy.outcomes import outcomes_of
from portage.policy.partly import partly_read
from portage.policy.rules import Rule
from portage.policy.said import said
from portage.policy.stated import WriteLine
from portage.policy.terms import NamedTerms, Terms, edition_schema
from portage.policy.vocabulary import SIGNPOSTING, Outcome

T = TypeVar("T", bound=Terms)
_SHARED_RULES = ("dates.py", "determination.py", "facts.py", "plugin.py", "reading.py", "vocabulary.py")


class EditionInvalid(ValueError):
    """An edition does not say what its policy needs; holds every wrong term."""

    def __init__(self, problems: list[FactProblem]) -> None:
        super().__init__("; ".join(f"{path}: {sentence}" for path, sentence in problems))
        self.problems = tuple(problems)


class Policy(ABC, Generic[T]):
    """One council's rules. A plugin names its terms, routes and citations, and lists its rules."""

    name: ClassVar[str]
    terms_type: ClassVar[type[Terms]]
    # A plugin that draws its routes and numbers itself names them here; one that reads them from its editions
    # overrides the three questions below.
    requirements: ClassVar[Mapping[str, str]] = {}  # number of each published statement to its title
    cites: ClassVar[Mapping[str, str]] = {}  # path of a term, or of a table of them, to the statement it restates
    route_shapes: ClassVar[tuple[RouteShape, ...]] = ()
    extra_facts: ClassVar[tuple[ExtraFact, ...]] = ()

    def shapes_of(self, terms: T | None) -> tuple[RouteShape, ...]:
        """Return the routes of an edition; None asks for those that hold in every edition."""
        return self.route_shapes

    def requirements_of(self, terms: T) -> Mapping[str, str]:
        """Return the published statements of an edition: number to title."""
        return self.requirements

    def cites_of(self, terms: T) -> Mapping[str, str]:
        """Return which statement each term of an edition, or each table of them, restates."""
        return self.cites

    def extra_facts_of(self, terms: T) -> tuple[ExtraFact, ...]:
        """Return which of the plugin's own facts an edition reads; all of them where it does not say."""
        return self.extra_facts

    def arrangements(self, terms: T) -> Arrangements:
        """Return what an edition says of waiting, visits, reviews and leaving beside the shared terms."""
        return Arrangements()

    def more_sections(self, edition: Edition, line: WriteLine) -> Iterable[shapes.Section]:
        """Return what a description says beside what every policy says; `line` cites and marks assumptions."""
        return ()

    @abstractmethod
    def rules(self, terms: T, route: RouteShape) -> tuple[Rule, ...]:
        """Return the rules of a route, in the order of their findings."""

    # What a determination is made with ---------------------------------------------------------------------------

    @cached_property
    def version(self) -> str:
        """Return the version of the plugin's distribution, which is named like its package."""
        return version(self._package.replace("_", "-"))

    @cached_property
    def rules_digest(self) -> str:
        """Return a SHA-256 over the source of the plugin and of the building blocks that its rules are made of."""
        digest = hashlib.sha256()
        shared = files("portage.policy")
        blocks = _sources(shared / "rules")
        for source in [*_sources(files(self._package)), *blocks, *(shared / name for name in _SHARED_RULES)]:
            digest.update(f"{source.name}\0".encode() + source.read_bytes() + b"\0")
        return digest.hexdigest()

    @property
    def _package(self) -> str:
        return type(self).__module__.partition(".")[0]

    @cached_property
    def terms_schema(self) -> Schema:
        """Return the marshmallow schema of one edition: effective_from, source, assumptions and terms."""
        return edition_schema(self.terms_type)

    def edition(self, tenant: str, given: Mapping[str, Any], id: UUID | None = None) -> Edition:  # noqa: A002 - the row's
        """Read one edition as TOML or the database holds it; raise EditionInvalid naming every wrong term."""
        try:
            read: dict[str, Any] = self.terms_schema.load(given)
        except ValidationError as error:
            raise EditionInvalid([*self._wrong(given, error)]) from error
        terms: T = read["terms"]
        assumptions = tuple(Assumption(each.term, each.says) for each in read["assumptions"])
        if problems := [*self._misfits(terms), *_unknown_terms(given["terms"], assumptions)]:
            raise EditionInvalid(problems)
        plans = {shape.key: self._plan(terms, shape) for shape in self.shapes_of(terms)}
        return Edition(tenant, self.name, read["effective_from"], read["source"], terms, assumptions, given, plans, id)

    def _wrong(self, given: Mapping[str, Any], error: ValidationError) -> Iterator[FactProblem]:
        """Find every wrong term, and with what could be read also what does not fit together."""
        yield from (FactProblem(*each) for each in said(self.terms_schema, error.messages))
        assumed = given.get("assumptions")
        named = [str(each["term"]) for each in assumed or () if isinstance(each, Mapping) and "term" in each]
        if isinstance(assumed, list) and len(named) == len(assumed) and isinstance(given.get("terms"), Mapping):
            yield from _unknown_terms(given["terms"], tuple(Assumption(term, "") for term in named))
        yield from self._misfits_of_the_rest(error)

    def _misfits_of_the_rest(self, error: ValidationError) -> list[FactProblem]:
        """Find what does not fit together, up to where a term that is wrong would have to be asked."""
        messages: Any = error.messages
        valid: Any = error.valid_data
        wrong, read = messages.get("terms", {}), valid.get("terms")
        found: list[FactProblem] = []
        if isinstance(wrong, Mapping) and isinstance(read, Mapping) and "_schema" not in wrong:
            schema: Any = self.terms_schema.fields["terms"]
            read = partly_read(schema.schema, read, wrong)
        terms: Any = read
        if not isinstance(terms, Mapping | None):
            with suppress(Exception):  # a plugin's own code may fail in its own way where a term is wrong
                for problem in self._misfits(terms):
                    found.append(problem)  # noqa: PERF402 - what was found before it stopped is kept
        return found

    def _misfits(self, terms: T) -> Iterator[FactProblem]:
        drawn = self.shapes_of(terms)
        keys = {shape.key for shape in drawn}
        for key in sorted(keys ^ terms.routes.keys()):
            yield FactProblem(f"routes.{key}", "is missing" if key in keys else "is not a route of this policy")
        for shape in drawn:
            for offer in sorted(set(shape.offers) - terms.offers.keys()):
                yield FactProblem(f"offers.{offer}", f"is missing: the route {shape.key} offers it")
        named = {f"clocks.{key}.routes": clock.routes for key, clock in terms.clocks.items()}
        named |= {f"messages.{key}.routes": message.routes for key, message in terms.messages.items()}
        named |= {f"programmes.{key}.route": (each.route,) for key, each in terms.programmes.items() if each.route}
        for path, routes in named.items():
            for route in sorted(set(routes) - keys):
                yield FactProblem(path, f"{route!r} is not a route of this policy")
        if terms.notifications:
            yield from misfits_of_notifications(terms.notifications, drawn)

    def _plan(self, terms: T, shape: RouteShape) -> Plan:
        support = {
            "longest_months": terms.support.longest_months,
            "visit_minutes": terms.support.visit_minutes,
            "frequency": terms.support.frequency.key if terms.support.frequency else None,
            "elements": list(terms.support.elements),
        }
        outcome: Outcome = "panel" if shape.decided_by == "panel" else "eligible"
        return Plan(self.rules(terms, shape), outcome, self._offered(terms, shape), support)

    def determine(self, edition: Edition, facts: Facts) -> Determination:
        """Apply an edition to the facts: every finding, and what follows from them."""
        made = Determination()  # filled here, because an __init__ would cost as much as a rule
        made.edition = edition
        made.facts = facts
        made.verdict = edition.plans[facts.route].judge(facts)
        return made

    def determine_all(self, edition: Edition, facts: Iterable[Facts]) -> Iterator[Determination]:
        """Apply an edition to many facts, one after the other, holding none of them."""
        determine = self.determine
        for each in facts:
            yield determine(edition, each)

    def outcomes(self, edition: Edition, columns: Columns) -> Sequence[Outcome]:
        """Return the outcome of each of many requests, the same as determining them one by one, many times as fast."""
        if type(self).determine is not Policy.determine:
            return [self.determine(edition, facts).outcome for facts in columns.rows]
        return outcomes_of(edition, columns)

    # What pages, letters and clocks ask ---------------------------------------------------------------------------

    def rule_title(self, terms: T, number: str) -> str:
        """Return the title of a published statement; a part of one (`ABC-01-age`) has its statement's."""
        titles = self.requirements_of(terms)
        return titles.get(number) or titles["-".join(number.split("-")[:2])]

    def cite(self, terms: T, term: str) -> str | None:
        """Return the number of the statement that a term restates, from the longest path that is cited."""
        names = term.split(".")
        paths = (".".join(names[:length]) for length in range(len(names), 0, -1))
        cites = self.cites_of(terms)
        return next((cites[path] for path in paths if path in cites), None)

    def shape(self, terms: T, route: str) -> RouteShape:
        """Return a route as it is drawn; raise KeyError for a route that is not offered."""
        for shape in self.shapes_of(terms):
            if shape.key == route:
                return shape
        raise KeyError(route)

    def routes(self, terms: T) -> tuple[shapes.Route, ...]:
        """Return every way to ask."""
        return tuple(self.route(terms, shape.key) for shape in self.shapes_of(terms))

    def route(self, terms: T, key: str) -> shapes.Route:
        """Return one way to ask; raise KeyError for a route that is not offered."""
        shape, words = self.shape(terms, key), terms.routes[key]
        return shapes.Route(
            key, words.name, words.form_name, words.for_whom, shape.referrers, shape.rule, shape.finding,
            shape.agreements, shape.asks, shape.statutory, shape.needs_evidence, shape.decided_by,
            shape.assessment_first,
        )  # fmt: skip

    def service(self, terms: T) -> shapes.Service:
        """Return the service as it names itself."""
        named, contact = terms.service, terms.contact
        return shapes.Service(
            named.name, named.former_name, named.short_name, named.aim, named.quality_mark, named.visitor_title,
            named.partners, contact.telephone, contact.email, contact.words,
            tuple(
                shapes.Statement(key, each.title, each.says, self.cite(terms, f"how_it_works.{key}"))
                for key, each in terms.how_it_works.items()
            ),
        )  # fmt: skip

    def offers(self, terms: T, route: str) -> tuple[shapes.Offer, ...]:
        """Return what may be offered to a request by this route."""
        return tuple(self.offer(terms, key) for key in self._offered(terms, self.shape(terms, route)))

    def _offered(self, terms: T, shape: RouteShape) -> tuple[str, ...]:
        kept = {key for other in self.shapes_of(terms) for key in other.offers}
        return shape.offers or tuple(key for key in terms.offers if key not in kept)

    def offer(self, terms: T, key: str) -> shapes.Offer:
        """Return an offer by its key; signposting is always possible."""
        named = terms.offers.get(key)
        if named is None and key == SIGNPOSTING.key:
            return SIGNPOSTING
        named = terms.offers[key]
        return shapes.Offer(key, named.name, named.explanation)

    def support_pattern(self, terms: T) -> shapes.SupportPattern:
        """Return how support runs."""
        support = terms.support
        frequency = shapes.Frequency(**asdict(support.frequency)) if support.frequency else None
        return shapes.SupportPattern(
            support.longest_months, support.visit_minutes, frequency,
            _elements(support.elements) + _elements(support.in_a_visit), support.modes, support.block,
            support.same_day_and_time, support.review_when, support.play_plan, support.between_visits, support.training,
            support.volunteers, support.longest_chosen_by or "received",
        )  # fmt: skip

    def path(self, terms: T, route: str) -> tuple[shapes.Step, ...]:
        """Return the steps of a request by this route."""
        return self.shape(terms, route).path

    def clocks(self, edition: Edition, route: str) -> tuple[shapes.Clock, ...]:
        """Return the times that hold for a request by this route."""
        terms: Any = edition.terms
        return tuple(
            shapes.Clock(
                key,
                each.name,
                each.days,
                each.unit,
                each.counts_from,
                self.cite(terms, f"clocks.{key}"),
                edition.source,
                edition.assumed(f"clocks.{key}.days"),
            )
            for key, each in terms.clocks.items()
            if not each.routes or route in each.routes
        )

    def sharing(self, terms: T) -> tuple[shapes.SharingQuestion, ...]:
        """Return the permissions that are asked for one by one."""
        return tuple(
            shapes.SharingQuestion(key, each.party, each.purpose, each.question, self.cite(terms, f"sharing.{key}"))
            for key, each in terms.sharing.items()
        )

    def programmes(self, terms: T) -> tuple[shapes.Programme, ...]:
        """Return what else the service does."""
        return tuple(
            shapes.Programme(
                key,
                each.name,
                each.for_whom,
                each.what_happens,
                each.how_to_ask,
                each.route,
                self.cite(terms, f"programmes.{key}"),
            )
            for key, each in terms.programmes.items()
        )

    def notifications(self, terms: T) -> shapes.Notifications | None:
        """Return how health bodies' notifications are taken; None where the council takes none."""
        told = terms.notifications
        if told is None:
            return None
        rule = self.cite(terms, "notifications") or (self.cite(terms, f"routes.{told.route}") if told.route else None)
        return shapes.Notifications(
            told.name, told.follows, told.route, told.agreement_first, told.request_day or "agreement", rule
        )

    def messages(self, terms: T, route: str) -> tuple[shapes.Message, ...]:
        """Return the words that are sent at a stage of this route."""
        return tuple(
            shapes.Message(
                key, each.routes, each.to, each.title, each.says, each.links, self.cite(terms, f"messages.{key}")
            )
            for key, each in terms.messages.items()
            if route in each.routes
        )


def _sources(folder: Traversable) -> list[Traversable]:
    return sorted((file for file in folder.iterdir() if file.name.endswith(".py")), key=lambda file: file.name)


def _elements(named: Mapping[str, NamedTerms]) -> tuple[shapes.Element, ...]:
    return tuple(shapes.Element(key, each.name, each.explanation) for key, each in named.items())


def _unknown_terms(given: Mapping[str, Any], assumptions: tuple[Assumption, ...]) -> Iterator[FactProblem]:
    """Find assumptions about terms that the edition does not hold."""
    for number, assumption in enumerate(assumptions):
        at: Any = given
        for name in assumption.term.split("."):
            at = at.get(name) if isinstance(at, Mapping) else None
        if at is None and assumption.term not in ("effective_from", "source"):
            yield FactProblem(f"assumptions.{number}.term", f"{assumption.term!r} is not a term of this edition")
