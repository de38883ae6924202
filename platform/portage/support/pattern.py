"""The policy behind one child's support: the edition that its request was judged by, as the plugin reads it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portage.editions.operations import edition_by_id, edition_on
from portage.policy import Edition, Policy, Service, SupportPattern


@dataclass(frozen=True, slots=True)
class Support:
    """How support runs for one child, and how the service names itself in that edition."""

    policy: Policy[Any]
    edition: Edition
    pattern: SupportPattern
    service: Service


def support_by(edition_id: UUID | None, *, on: date) -> Support:
    """The support of one stored edition; for a child from before the recorded policy, of the one in force that day."""
    policy, edition = edition_by_id(edition_id) if edition_id else edition_on(on)
    return Support(policy, edition, policy.support_pattern(edition.terms), policy.service(edition.terms))
