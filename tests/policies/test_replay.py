"""A kept determination can be judged again years later; another version says so, and nothing is overwritten."""

import copy
from dataclasses import replace
from typing import Any

import pytest

from portage.policy import DelayInAreas, Facts, Finding, Policy, RouteShape, Rule, Stored, replay
from portage_standard import StandardPolicy, StandardTerms
from support.policies import answer, council, request


@pytest.fixture
def stored() -> Stored:
    policy = council("leeds").policy
    facts = request("leeds", child={"delay": {"vision": {"percent": 55}, "hearing": {"percent": 55}}})
    return Stored(facts, answer("leeds", facts), policy.version, policy.rules_digest)


class Stricter(StandardPolicy):
    """Leeds, as a later version that asks for more might be."""

    def rules(self, terms: StandardTerms, route: RouteShape) -> tuple[Rule, ...]:
        return tuple(
            replace(rule, percent=60) if isinstance(rule, DelayInAreas) else rule
            for rule in super().rules(terms, route)
        )


def in_force(policy: Policy[Any]) -> Any:
    return policy.edition("leeds", council("leeds").published[-1].given)


def test_the_same_rules_give_the_same_answer(stored: Stored) -> None:
    again = replay(council("leeds").policy, council("leeds").published[-1], stored)
    assert again.same_rules
    assert again.differs_in == ()
    assert again.answer == stored.answer
    assert "same rules" in again.sentence


def test_another_version_says_so_and_leaves_what_was_kept(stored: Stored) -> None:
    kept = copy.deepcopy(stored)
    later = Stricter()
    later.__dict__["version"] = "9.0.0"
    again = replay(later, in_force(later), stored)
    assert not again.same_rules
    assert "other rules: version 9.0.0" in again.sentence
    assert f"version {stored.version}" in again.sentence
    assert set(again.differs_in) >= {"outcome", "findings"}
    assert "The kept answer stands." in again.sentence
    assert stored == kept


def test_another_digest_under_the_same_version_is_other_rules_too(stored: Stored) -> None:
    policy = council("leeds").policy
    again = replay(policy, council("leeds").published[-1], replace(stored, digest="0" * 64))
    assert not again.same_rules
    assert "The answer is the same." in again.sentence


def test_a_sentence_is_written_only_when_it_is_read() -> None:
    class Watched:
        number = "X-1"
        states = ""
        reads = 0

        def test(self, facts: Facts) -> bool | None:
            return None

        def explain(self, facts: Facts, met: bool | None) -> str:
            self.reads += 1
            return "Because."

        def wants(self, facts: Facts) -> tuple[str, ...]:
            return ("evidence",)

    rule = Watched()
    facts = Facts.parse(council("leeds").policy, request("leeds"), council("leeds").published[-1].terms)
    finding = Finding(rule.number, rule.test(facts), rule, facts)
    assert (rule.reads, finding.wants) == (0, ("evidence",))
    assert (finding.because, rule.reads) == ("Because.", 1)
