"""Judging a request with care: within a time, and only by an answer that the contract allows.

A plugin that raises, loops or answers nonsense must not keep a request out. Then the request has no recommendation, and
a person looks at it; what the edition publishes beside its rules, the offers and the pattern of support, still holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from portage.policy.bounded import LONGEST_ANSWER, LONGEST_READING, PolicyFailed, within
from portage.policy.description import describe
from portage.policy.edition import Edition
from portage.policy.facts import FactErrors, Facts
from portage.policy.plugin import Policy
from portage.policy.replay import Replay, Stored, beside
from portage.policy.standin import StandIn
from portage.policy.vocabulary import OUTCOMES

NEEDS_A_PERSON: Final = "needs-a-person"  # in the place of an outcome, where the policy gave none
_LONGEST: Final = 200_000  # letters of an answer; ours take some two thousand
_FINDING: Final = {"rule", "met", "because"}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is kept of one request: the answer as JSON, the columns beside it, and why there is no answer if so."""

    answer: Mapping[str, Any]
    ages_out_on: date | None
    delayed_areas: int
    failed: PolicyFailed | None = None

    @property
    def outcome(self) -> str:
        """Return the policy's outcome, or that a person has to look."""
        return str(self.answer["outcome"])


def judge_with_care(policy: Policy[Any], edition: Edition, facts: Mapping[str, Any]) -> Judged:
    """Judge facts by an edition; raises FactErrors for facts that contradict each other, and nothing for the plugin."""
    try:
        if isinstance(policy, StandIn):
            raise PolicyFailed("not-installed", "the policy or its edition cannot be read")
        return _checked(_asked(policy, edition, facts))
    except PolicyFailed as failed:
        return Judged(_without_answer(edition, facts), None, 0, failed)


def replay_with_care(policy: Policy[Any], edition: Edition, stored: Stored) -> Replay | None:
    """Judge kept facts again by the rules installed now; None where these rules give no answer."""
    try:
        judged = judge_with_care(policy, edition, stored.facts)
    except FactErrors:
        return None  # the rules read facts in another way now
    if judged.failed is not None:
        return None
    return beside(policy, stored, judged.answer)


def read_with_care(
    policy: Policy[Any],
    tenant: str,
    given: Mapping[str, Any],
    id: UUID | None = None,  # noqa: A002 - the row's
) -> Edition:
    """Read an edition and ask every question about it once; raises PolicyFailed where any has no answer.

    A plugin's answers about an edition hang on its terms alone, so what was answered once is answered again: a page or
    a clock that asks later meets no surprise.
    """

    def question() -> Edition:
        edition = policy.edition(tenant, given, id)
        _ask_everything(policy, edition)
        return edition

    return within(policy.name, question, LONGEST_READING)


def _ask_everything(policy: Policy[Any], edition: Edition) -> None:
    terms = edition.terms
    describe(policy, edition)
    policy.service(terms), policy.support_pattern(terms), policy.arrangements(terms)
    for route in policy.routes(terms):
        policy.route(terms, route.key), policy.path(terms, route.key), policy.offers(terms, route.key)
        policy.clocks(edition, route.key), policy.messages(terms, route.key)
        for rule in edition.plans[route.key].rules:
            policy.rule_title(terms, rule.number)
    # A determination is kept with these.
    policy.version, policy.rules_digest  # noqa: B018 - each is worked out when it is first read


def _asked(policy: Policy[Any], edition: Edition, facts: Mapping[str, Any]) -> Any:
    """Read, determine and write every sentence in one question; facts that are wrong come back as they are."""

    def question() -> Any:
        try:
            read = Facts.parse(policy, facts, edition.terms)
        except FactErrors as wrong:
            return wrong
        made = policy.determine(edition, read)
        return made.as_json(), made.ages_out_on, made.delayed_areas

    answered = within(edition.plugin, question, LONGEST_ANSWER)
    if isinstance(answered, FactErrors):
        raise answered
    return answered


def _checked(answered: Any) -> Judged:
    """Take an answer only as the contract has it: what is kept is read for years."""
    if wrong := next(_wrong(*answered), None):
        raise PolicyFailed("nonsense", wrong)
    answer, ages_out_on, delayed_areas = answered
    return Judged(json.loads(json.dumps(answer)), ages_out_on, delayed_areas)


def _wrong(answer: Any, ages_out_on: Any, delayed_areas: Any) -> Iterator[str]:
    try:
        written = json.dumps(answer, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        yield "the answer cannot be kept"
        return
    if len(written) > _LONGEST or "\\u0000" in written:  # PostgreSQL keeps no NUL
        yield "the answer cannot be kept"
    if not isinstance(answer, dict) or not isinstance(answer.get("outcome"), str) or answer["outcome"] not in OUTCOMES:
        yield "the outcome is none of the contract's"
        return
    findings, missing, offers = (answer.get(name) for name in ("findings", "missing", "offers"))
    if not isinstance(findings, list) or not all(_is_finding(each) for each in findings):
        yield "a finding is not one of the contract's"
    if not (_is_keys(missing) and _is_keys(offers)):
        yield "what is missing or offered is no list of keys"
    if not isinstance(ages_out_on, date | None) or type(delayed_areas) is not int or not 0 <= delayed_areas < 100:
        yield "the day of ageing out or the number of delayed areas is none"
    if isinstance(findings, list) and answer["outcome"] != _follows(findings, answer["outcome"]):
        yield "the outcome does not follow from the findings"


def _is_keys(listed: Any) -> bool:
    return isinstance(listed, list) and all(isinstance(one, str) for one in listed)


def _is_finding(each: Any) -> bool:
    if not isinstance(each, dict) or not each.keys() >= _FINDING:
        return False
    number, met, because = each["rule"], each["met"], each["because"]
    written = isinstance(number, str) and isinstance(because, str) and bool(because.strip())
    return written and any(met is known for known in (True, False, None))


def _follows(findings: list[Any], outcome: str) -> str:
    """Return the outcome that the findings make: a policy that contradicts itself recommends nothing."""
    answers = [each.get("met") for each in findings if isinstance(each, dict)]
    if False in answers:
        return "not-eligible"
    if None in answers:
        return "more-information"
    return outcome if outcome in ("eligible", "panel") else "eligible"


def _without_answer(edition: Edition, facts: Mapping[str, Any]) -> dict[str, Any]:
    plan = edition.plans.get(str(facts.get("route")))
    support = plan.support if plan else {}
    return {
        "tenant": edition.tenant,
        "edition": {
            "effective_from": edition.effective_from.isoformat() if edition.effective_from else None,
            "source": edition.source,
        },
        "outcome": NEEDS_A_PERSON,
        "findings": [],
        "missing": [],
        "offers": list(plan.offers) if plan else [],
        "support": {**support, "elements": list(support["elements"])} if plan else None,
        "ages_out_on": None,
    }
