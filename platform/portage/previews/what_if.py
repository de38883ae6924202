"""What the policy would have said of one request had it come on another day: asked, shown, and never kept."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portage.editions.operations import edition_by_id, edition_on
from portage.policy import Edition, FactErrors, Policy
from portage.policy.careful import Judged, judge_with_care
from portage.policy.dates import in_words
from portage.previews.comparing import Judge
from portage.referrals.models import Referral


class CannotBeAsked(ValueError):
    """A day on which this request could not have come; the text is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one edition says, with the day of receipt that it was asked for."""

    policy: Policy[Any]
    edition: Edition
    judged: Judged
    on: date

    def finding(self, rule: str) -> Any:
        """The finding of a rule, or None where this edition does not test it."""
        return next((finding for finding in self.judged.answer["findings"] if finding["rule"] == rule), None)

    def title(self, rule: str) -> str:
        """The title of a rule in this edition."""
        return self.policy.rule_title(self.edition.terms, rule)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The real answer beside the imagined one, and what had to be left out."""

    real: Answer
    imagined: Answer
    left_out: tuple[str, ...]  # areas whose measure was taken after the imagined day

    @property
    def rules(self) -> list[str]:
        """The rules of either, the real ones first."""
        real, imagined = (
            [each["rule"] for each in side.judged.answer["findings"]] for side in (self.real, self.imagined)
        )
        return [*real, *(rule for rule in imagined if rule not in real)]


def ask(referral: Referral, on: date, edition_id: UUID | None = None) -> WhatIf:
    """Judge a request as if it had come on that day, by the edition of that day or by one that is named.

    Raises `CannotBeAsked` with a sentence, `NoEditionInForce` before the first edition.
    """
    policy, edition = edition_on(on) if edition_id is None else _draft(edition_id)
    own_policy, own = edition_by_id(referral.edition_id)
    real = judge_with_care(own_policy, own, referral.facts)
    imagined: dict[str, Any] = deepcopy(referral.facts)
    imagined["received_on"] = on.isoformat()
    if date.fromisoformat(imagined["child"]["date_of_birth"]) > on:
        raise CannotBeAsked("The child was not born yet on this day. Choose a later one.")
    left_out = _leave_out_later_measures(imagined, on)
    try:
        judged = judge_with_care(policy, edition, imagined)
    except FactErrors as wrong:
        raise CannotBeAsked(_sentence(wrong, on)) from wrong
    return WhatIf(
        Answer(own_policy, own, real, referral.received_on), Answer(policy, edition, judged, on), tuple(left_out)
    )


def _draft(edition_id: UUID) -> tuple[Policy[Any], Edition]:
    judge = Judge.by(edition_id)
    if judge is None:
        raise CannotBeAsked("The draft has terms that must be put right before it can judge a request.")
    return judge.policy, judge.edition


def _leave_out_later_measures(facts: dict[str, Any], on: date) -> list[str]:
    """Take away measures from after the day: nobody knew them then. Answers the areas."""
    delays = facts["child"].get("delay") or {}
    later = [area for area, form in delays.items() if form and form.get("assessed_on", "") > on.isoformat()]
    for area in later:
        delays[area] = None
    return later


def _sentence(wrong: FactErrors, on: date) -> str:
    if any(problem.path in ("route", "referrer") for problem in wrong.problems):
        return f"On {in_words(on)} nobody could ask in this way: the edition of that day does not have it."
    return f"The rules of {in_words(on)} cannot read this request: {wrong.problems[0].sentence}."
