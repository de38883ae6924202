"""The facts that one council's policy reads and no other does, as staff record and read them."""

from typing import Any

from portage.policy import ExtraFact, Facts
from portage.policy.bounded import PolicyFailed, within
from portage.policy.careful import NEEDS_A_PERSON
from portage.referrals.models import Referral
from portage.referrals.queries_case import Case


def own_facts(case: Case) -> tuple[ExtraFact, ...]:
    """The facts to ask staff for: what the form asked, what is known already, and what a finding still wants."""
    if not case.policy.extra_facts:
        return ()
    asked = {ask.fact for ask in case.route.asks} | {each.fact for each in case.route.agreements} | _wanted(case)
    return tuple(
        fact
        for fact in case.policy.extra_facts
        if fact.kind in ("yes-no", "number") and (fact.path in asked or stated(case.referral, fact) is not None)
    )


def _wanted(case: Case) -> set[str]:
    """What a finding still wants; nothing where the policy fails, for then the page is needed all the more.

    What these rules said of these facts when they last judged is taken from there where it says so.
    """
    policy, edition, facts = case.policy, case.edition, case.referral.facts
    last = case.determination
    if last is not None and last.facts == facts and case.by_these_rules(last):
        if last.outcome == "more-information":
            return set(last.answer["missing"])
        if last.outcome != NEEDS_A_PERSON and all(each["met"] is not None for each in last.answer["findings"]):
            return set()

    def question() -> tuple[str, ...]:
        return policy.determine(edition, Facts.parse(policy, facts, edition.terms)).wanted

    try:
        return set(within(edition.plugin, question))
    except PolicyFailed:
        return set()


def stated(referral: Referral, fact: ExtraFact) -> Any:
    """What a request says of a fact; None where it is not known."""
    at: Any = referral.facts
    for name in fact.path.split("."):
        at = at.get(name) if isinstance(at, dict) else None
    return at


def field_name(fact: ExtraFact) -> str:
    """The name under which a form holds the fact."""
    return fact.path.replace(".", "_")


def in_a_sentence(fact: ExtraFact) -> str:
    """What the fact is, to stand inside a sentence."""
    return fact.help if fact.help[:2].isupper() else fact.help[0].lower() + fact.help[1:]
