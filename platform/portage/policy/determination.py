"""The answer to one request: what a policy recommends, and why; a person decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from portage.policy.rules import AgeLimit, Finding, Rule, Test, delay_rule, test_of
from portage.policy.shapes import Agreement, Ask, DecidedBy, Step
from portage.policy.vocabulary import SIGNPOSTING, Outcome

if TYPE_CHECKING:
    from portage.policy.edition import Edition
    from portage.policy.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteShape:
    """A route as its plugin draws it; an edition adds the words."""

    key: str
    referrers: tuple[str, ...]
    rule: str  # the requirement that describes it
    path: tuple[Step, ...]
    finding: str | None = None  # the rule that the route adds to the findings
    agreements: tuple[Agreement, ...] = ()
    asks: tuple[Ask, ...] = ()
    statutory: bool = False
    needs_evidence: bool = False
    decided_by: DecidedBy = "officer"
    offers: tuple[str, ...] = ()  # kept for this route; none = every offer that no other route keeps for itself

    @property
    def assessment_first(self) -> bool:
        """Say whether an assessment is recorded before any offer."""
        return any(step.key == "assessment" for step in self.path)


@dataclass(slots=True, eq=False)
class Verdict:
    """What the rules of a route found, kept once for all requests that they find the same of."""

    plan: Plan
    outcome: Outcome
    answers: tuple[bool | None, ...]  # one for each rule, in their order


_ANSWERS: Final = (True, False, None)


class Verdicts(dict[tuple[bool | None, ...], Verdict]):
    """The verdicts of a route by the answers of its rules, each made when it first comes up."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __missing__(self, answers: tuple[bool | None, ...]) -> Verdict:
        outcome = self.plan.outcome
        if False in answers:
            outcome = "not-eligible"
        elif None in answers:
            outcome = "more-information"
        verdict = Verdict(self.plan, outcome, answers)
        if all(met in _ANSWERS for met in answers):  # what else a rule may say is neither kept nor counted on
            self[answers] = verdict
        return verdict


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules of one route with the values of one edition, composed into one function that judges a request."""

    rules: tuple[Rule, ...]
    outcome: Outcome  # when every rule is met
    offers: tuple[str, ...]
    support: Mapping[str, Any]
    judge: Callable[[Facts], Verdict] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "judge", _judge(tuple(test_of(rule) for rule in self.rules), Verdicts(self)))


def _judge(tests: tuple[Test, ...], verdicts: Verdicts) -> Callable[[Facts], Verdict]:
    """Compose the tests of a route; up to four are written out, for a loop over them costs as much as they do."""
    match tests:
        case (one,):
            return lambda facts: verdicts[(one(facts),)]
        case (one, two):
            return lambda facts: verdicts[one(facts), two(facts)]
        case (one, two, three):
            return lambda facts: verdicts[one(facts), two(facts), three(facts)]
        case (one, two, three, four):
            return lambda facts: verdicts[one(facts), two(facts), three(facts), four(facts)]
    return lambda facts: verdicts[tuple([test(facts) for test in tests])]


@dataclass(slots=True, eq=False, init=False)
class Determination:
    """What a policy recommends for one request, with every finding; `Policy.determine` fills it."""

    edition: Edition
    facts: Facts
    verdict: Verdict

    @property
    def plan(self) -> Plan:
        """Return the rules that judged."""
        return self.verdict.plan

    @property
    def outcome(self) -> Outcome:
        """Return what the answers of the rules come to."""
        return self.verdict.outcome

    @outcome.setter
    def outcome(self, outcome: Outcome) -> None:
        self.verdict = Verdict(self.plan, outcome, self.verdict.answers)

    @property
    def findings(self) -> list[Finding]:
        """Return what each rule found; the sentences are written when they are read."""
        asked = zip(self.plan.rules, self.verdict.answers, strict=True)
        return [Finding(rule.number, met, rule, self.facts) for rule, met in asked]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the paths of the facts wanted, sorted; none unless more information is needed."""
        return self.wanted if self.outcome == "more-information" else ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """Return the paths of every fact that would make an unknown finding known, whatever the outcome is now."""
        return tuple(sorted({path for finding in self.findings for path in finding.wants}))

    @property
    def offers(self) -> tuple[str, ...]:
        """Return the keys of what may be offered, in the order of showing."""
        return (SIGNPOSTING.key,) if self.outcome == "not-eligible" else self.plan.offers

    @property
    def support(self) -> Mapping[str, Any] | None:
        """Return the pattern of support, or None where the conditions are not met."""
        return None if self.outcome == "not-eligible" else self.plan.support

    @property
    def ages_out_on(self) -> date | None:
        """Return the first day on which the age rule no longer holds; None where no age is tested."""
        limits = (rule.first_day_out(self.facts) for rule in self.plan.rules if isinstance(rule, AgeLimit))
        return min(limits, default=None)

    @property
    def delayed_areas(self) -> int:
        """Return in how many areas the delay reaches the policy's figure; any delay counts where it has no figure."""
        rule = delay_rule(self.plan.rules)
        measured = [(area, delay) for area, delay in (self.facts.delay or {}).items() if delay is not None]
        if rule is None:
            return sum(1 for _, delay in measured if delay.share > 0)
        return sum(1 for area, delay in measured if area in rule.areas and rule.reaches(self.facts, delay))

    def as_json(self) -> dict[str, Any]:
        """Return the answer as the command line and the database hold it."""
        edition, ages_out_on, support = self.edition, self.ages_out_on, self.support
        return {
            "tenant": edition.tenant,
            "edition": {
                "effective_from": edition.effective_from.isoformat() if edition.effective_from else None,
                "source": edition.source,
            },
            "outcome": self.outcome,
            "findings": [finding.as_json() for finding in self.findings],
            "missing": list(self.missing),
            "offers": list(self.offers),
            "support": None if support is None else {**support, "elements": list(support["elements"])},
            "ages_out_on": ages_out_on.isoformat() if ages_out_on else None,
        }
