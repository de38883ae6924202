"""What the policy in force on the day of receipt says of a request; kept whole, never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.identity import Actor
from portage.editions.operations import edition_by_id
from portage.policy import Edition, FactErrors, Facts, Policy
from portage.referrals.models import Determination, Referral


class FactsRefused(PortageError):
    """The facts contradict each other, such as a birth after the day of the request."""

    code = "facts-refused"
    message = "{sentence}"

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        self.problems = problems
        super().__init__(sentence="; ".join(f"{path}: {sentence}" for path, sentence in problems))


def judge(referral: Referral, *, by: Actor, at: datetime) -> Determination:
    """Judge the request by its own edition on the facts known now, and keep the answer; raises `FactsRefused`.

    Sets the request's `outcome`, `limit_on` and `delayed_areas`, which lists and previews read.
    """
    policy, edition = edition_of(referral.edition_id)
    facts = read_facts(policy, edition, referral.facts)
    judged = policy.determine(edition, facts)
    kept = Determination(
        referral_id=referral.id,
        edition_id=referral.edition_id,
        plugin=policy.name,
        plugin_version=policy.version,
        rules_digest=policy.rules_digest,
        facts=referral.facts,
        answer=judged.as_json(),
        outcome=judged.outcome,
        made_at=at,
        made_by=by.label,
    )
    referral.outcome = judged.outcome
    referral.limit_on = judged.ages_out_on
    referral.delayed_areas = judged.delayed_areas
    db.session.add(kept)
    db.session.flush()
    return kept


def edition_of(edition_id: UUID) -> tuple[Policy[Any], Edition]:
    """The policy and the edition that a request is judged by, whatever is in force today."""
    return edition_by_id(edition_id)


def read_facts(policy: Policy[Any], edition: Edition, facts: dict[str, Any]) -> Facts:
    """The facts as the policy reads them; raises `FactsRefused`."""
    try:
        return Facts.parse(policy, facts, edition.terms)
    except FactErrors as error:
        raise FactsRefused(tuple((path, sentence) for path, sentence in error.problems)) from error
