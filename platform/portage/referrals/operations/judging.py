"""What the policy in force on the day of receipt says of a request; kept whole, never changed."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.identity import Actor
from portage.editions.operations import edition_by_id
from portage.policy import Edition, FactErrors, Facts, Policy
from portage.policy.bounded import PolicyFailed, within
from portage.policy.careful import NEEDS_A_PERSON, Judged, judge_with_care
from portage.policy.standin import StandIn
from portage.referrals.models import Determination, Referral
from portage.referrals.operations.troubles import note_trouble, note_use, settle_troubles

log = logging.getLogger(__name__)


class FactsRefused(PortageError):
    """The facts contradict each other, such as a birth after the day of the request."""

    code = "facts-refused"
    message = "{sentence}"

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        self.problems = problems
        super().__init__(sentence="; ".join(f"{path}: {sentence}" for path, sentence in problems))


def judge(referral: Referral, *, by: Actor, at: datetime) -> Determination:
    """Judge the request by its own edition on the facts known now, and keep the answer; raises `FactsRefused`.

    Sets the request's `outcome`, `limit_on` and `delayed_areas`, which lists and previews read. Where the policy fails,
    the outcome kept is that a person has to look, and the operator is told: a request is never lost for its plugin.
    """
    policy, edition = edition_of(referral.edition_id)
    try:
        judged = judge_with_care(policy, edition, referral.facts)
    except FactErrors as error:
        raise _refused(error) from error
    stood_before = referral.outcome
    kept = _keep(referral, policy, edition, judged, by=by, at=at)
    if judged.failed is not None:
        log.error("council %s, policy %s gave no answer: %s", edition.tenant, edition.plugin, judged.failed)
        note_trouble(referral, policy, judged.failed)
    else:
        note_use(policy)
        if stood_before == NEEDS_A_PERSON:
            settle_troubles(referral.id, at=at)
    return kept


def _keep(
    referral: Referral, policy: Policy[Any], edition: Edition, judged: Judged, *, by: Actor, at: datetime
) -> Determination:
    kept = Determination(
        referral_id=referral.id,
        edition_id=edition.id or referral.edition_id,  # as it holds now, where it moved to another policy since
        plugin=policy.name,
        plugin_version=policy.version,
        rules_digest=policy.rules_digest,
        facts=referral.facts,
        answer=dict(judged.answer),
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


def check_facts(policy: Policy[Any], edition: Edition, facts: dict[str, Any]) -> None:
    """Refuse facts that contradict each other by `FactsRefused`; a policy that cannot read any keeps nothing out."""
    if isinstance(policy, StandIn):
        return

    def question() -> FactErrors | None:
        try:
            Facts.parse(policy, facts, edition.terms)
        except FactErrors as error:
            return error
        return None

    try:
        wrong = within(edition.plugin, question)
    except PolicyFailed:
        return  # judging meets the same, and keeps it
    if wrong is not None:
        raise _refused(wrong)


def _refused(error: FactErrors) -> FactsRefused:
    return FactsRefused(tuple((path, sentence) for path, sentence in error.problems))
