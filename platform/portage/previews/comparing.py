"""One request judged by two editions, and what differs: the policy itself is asked, twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from portage.editions.operations import edition_by_id
from portage.policy import Edition, EditionInvalid, FactErrors, Facts, Policy
from portage.policy.determination import Determination
from portage.policy.standin import StandIn

NOT_OFFERED = "not-offered"  # the draft has no such route, or not for the person who asked
BEFORE_DECISION = frozenset({"new", "information", "assessment", "panel", "to-decide"})
NOT_ENDED = BEFORE_DECISION | {"to-offer", "offered", "waiting", "supported"}


class Turned(NamedTuple):
    """A finding that differs; None is not known, and a rule that an edition lacks counts as met."""

    rule: str
    was: bool | None
    now: bool | None


class Difference(NamedTuple):
    """What a draft would change for one request."""

    was: str
    now: str
    turned: tuple[Turned, ...]
    aged_out_on: date | None = None
    ages_out_on: date | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """A policy with one of its editions, and when it looks at a child's age again after the day of the request."""

    policy: Policy[Any]
    edition: Edition
    looks_again: tuple[str, ...]

    @classmethod
    def of(cls, policy: Policy[Any], edition: Edition) -> "Judge":
        return cls(policy, edition, policy.arrangements(edition.terms).looks_again)

    @classmethod
    def by(cls, edition_id: UUID) -> "Judge | None":
        """The judge of a stored edition; None where its terms do not fit together, or its policy is not installed."""
        try:
            found = cls.of(*edition_by_id(edition_id))
        except EditionInvalid:
            return None
        return None if isinstance(found.policy, StandIn) else found

    @property
    def by_rules_alone(self) -> bool:
        """Whether the outcome follows from the rules; a policy may determine in a way of its own."""
        return type(self.policy).determine is Policy.determine

    def read(self, facts: Mapping[str, Any]) -> Facts:
        """Read the facts for this edition; raises `FactErrors`, as where it has no such route."""
        return Facts.parse(self.policy, facts, self.edition.terms)

    def judge(self, facts: Facts) -> Determination:
        """Judge; raises `LookupError` where a stand-in is all there is of the policy, which judges nothing."""
        if isinstance(self.policy, StandIn):
            raise LookupError(self.policy.name)
        return self.policy.determine(self.edition, facts)

    def ages_out(self, judged: Determination, stage: str) -> date | None:
        """The first day on which a child of this request becomes too old, where the age is looked at again."""
        looked_at = ("support" in self.looks_again and stage in NOT_ENDED) or (
            "decision" in self.looks_again and stage in BEFORE_DECISION
        )
        return judged.ages_out_on if looked_at else None


def compare(own: Judge, draft: Judge, facts: Mapping[str, Any], stage: str) -> tuple[Facts, Difference | None]:
    """Judge a request by its own edition and by the draft; answers the facts as read, and what differs, if anything.

    Raises `FactErrors` where the rules of today cannot read what was kept.
    """
    try:
        read = draft.read(facts)
    except FactErrors:
        read = own.read(facts)
        return read, Difference(own.judge(read).outcome, NOT_OFFERED, ())
    before = own.judge(read if own.policy is draft.policy else own.read(facts))
    after = draft.judge(read)
    turned = _turned(before, after)
    aged_out_on, ages_out_on = own.ages_out(before, stage), draft.ages_out(after, stage)
    earlier = (
        ages_out_on is not None
        and read.received_on < ages_out_on
        and (aged_out_on is None or ages_out_on < aged_out_on)
    )
    if not turned and before.outcome == after.outcome and not earlier:
        return read, None
    days = (aged_out_on, ages_out_on) if earlier else (None, None)
    return read, Difference(before.outcome, after.outcome, turned, *days)


def _turned(before: Determination, after: Determination) -> tuple[Turned, ...]:
    numbers = [rule.number for rule in before.plan.rules]
    if numbers == [rule.number for rule in after.plan.rules]:  # as nearly always; a preview compares very many
        each = zip(numbers, before.verdict.answers, after.verdict.answers, strict=True)
    else:
        was = {finding.rule: finding.met for finding in before.findings}
        now = {finding.rule: finding.met for finding in after.findings}
        rules = [*now, *(rule for rule in was if rule not in now)]
        each = zip(rules, [was.get(rule, True) for rule in rules], [now.get(rule, True) for rule in rules], strict=True)
    return tuple(Turned(rule, a, b) for rule, a, b in each if a is not b)
