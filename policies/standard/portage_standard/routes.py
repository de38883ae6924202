"""The ways to ask as terms, and the steps that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, NamedTuple

from portage.policy import REFERRERS, Agreement, Ask, RouteShape, Step
from portage.policy.shapes import StepKey
from portage.policy.terms import RouteTerms, choice, choices, text, texts, yes_no
from portage_standard.questions import AGREEMENTS, QUESTION_WORDS, QUESTIONS, agreement, signature

DECIDERS: Final = {"officer": "a named officer", "panel": "a panel"}
STEPS: Final[Mapping[StepKey, tuple[str, str]]] = {
    "request": ("Request", "The request arrives, and you get a reference number."),
    "first-signposting": ("First pointers", "We write to you with services that may help at once."),
    "assessment": ("Assessment", "We see your child before any help is offered."),
    "panel": ("Panel", "A panel looks at everything and recommends what to do."),
    "decision": ("Decision", "A named person looks at everything and decides."),
    "tell-outcome": ("Outcome", "We tell you what was decided, and why."),
    "offer": ("Offer", "You say whether you would like what we offer."),
    "introductory-visit": ("First visit", "We come to meet you, at a time that suits you."),
    "allocation": ("Home visitor", "A home visitor is found for you."),
    "play-plan": ("Play plan", "You and your home visitor agree what to work on first."),
    "review": ("Review", "We look at progress together."),
}


# What a page may pass over; every other step follows from a term.
NOT_SHOWN: Final[Mapping[str, str]] = {
    "offer": "offer", "allocation": "home visitor", "play-plan": "play plan", "review": "review",
}  # fmt: skip


class Papers(NamedTuple):
    """The finding about evidence, and whose signatures it wants."""

    finding: str | None
    signatures: tuple[str, ...]


Cite = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardRouteTerms(RouteTerms):
    """One way to ask: its words, who may use it, what its form asks, and what follows."""

    referrers: Annotated[tuple[str, ...], choices("Who may use it", REFERRERS)]
    questions: Annotated[tuple[str, ...], choices("What its form asks beside names and addresses", QUESTION_WORDS)]
    agreements: Annotated[tuple[str, ...], choices("Agreements that are a condition", AGREEMENTS)] = ()
    asks_agreement: Annotated[tuple[str, ...], choices("Agreements that are asked and no condition", AGREEMENTS)] = ()
    evidence: Annotated[bool, yes_no("The evidence of the conditions is needed")] = False
    no_conditions: Annotated[bool, yes_no("No condition is tested")] = False
    statutory: Annotated[bool, yes_no("The law asks for it, so that no agreement is needed")] = False
    decided_by: Annotated[str, choice("Who decides", DECIDERS)]
    assessment_first: Annotated[bool, yes_no("An assessment comes before any offer")] = False
    first_visit: Annotated[bool, yes_no("A first visit comes before a visitor is found")] = False
    steps_not_shown: Annotated[tuple[str, ...], choices("Steps that are not among those shown", NOT_SHOWN)] = ()
    offers: Annotated[tuple[str, ...], texts("Offers kept for this route; left out = all shared ones")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTerms:
    """Other words for one step on the way of a request."""

    name: Annotated[str, text("Name of the step")]
    says: Annotated[str, text("What happens, in one sentence")]


def steps_of(route: StandardRouteTerms) -> tuple[StepKey, ...]:
    """Return the steps of a request by this route, in their order."""
    held: Mapping[StepKey, bool] = {
        "first-signposting": route.statutory,
        "assessment": route.assessment_first,
        "panel": route.decided_by == "panel",
        "decision": route.decided_by != "panel",
        "introductory-visit": route.first_visit,
    }
    return tuple(key for key in STEPS if held.get(key, True) and key not in route.steps_not_shown)


def drawn(
    key: str, route: StandardRouteTerms, finding: str | None, words: Mapping[str, StepTerms], papers: Papers, cite: Cite
) -> RouteShape:
    """Draw one route from its terms."""
    at = cite(f"routes.{key}") or ""
    conditions = tuple(_condition(name, route, finding) for name in route.agreements)
    conditions += tuple(signature(who, papers.finding) for who in papers.signatures if route.evidence)
    asked = tuple(agreement(name, None, required=False) for name in route.asks_agreement)
    return RouteShape(
        key=key,
        referrers=route.referrers,
        rule=at,
        path=tuple(_step(step, words.get(step), cite) for step in steps_of(route)),
        finding=finding,
        agreements=conditions + asked,
        asks=tuple(_ask(name) for name in route.questions),
        statutory=route.statutory,
        needs_evidence=route.evidence,
        decided_by="panel" if route.decided_by == "panel" else "officer",
        offers=route.offers,
    )


def _condition(name: str, route: StandardRouteTerms, finding: str | None) -> Agreement:
    """Return the question for an agreement that is a condition; on a parents' own form asking is agreeing."""
    if name == "parent" and route.referrers == ("parent",):
        return agreement(name, None, required=False)
    return agreement(name, finding, required=True)


def _ask(name: str) -> Ask:
    return QUESTIONS[name]


def _step(key: StepKey, words: StepTerms | None, cite: Cite) -> Step:
    name, says = (words.name, words.says) if words else STEPS[key]
    return Step(key, name, says, cite(f"steps.{key}") if words else None)
