"""The policy behind one child's support: the edition that its request was judged by, as the plugin reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from portage.editions.operations import edition_by_id, edition_on
from portage.policy import Edition, Policy, Service, SupportPattern, Terms
from portage.support.models import Episode

LONGEST = "support.longest_months"


@dataclass(frozen=True, slots=True)
class Support:
    """How support runs for one child, and how the service names itself in that edition.

    `terms` are those of the edition, except where a person chose that one of them comes from another.
    """

    policy: Policy[Any]
    edition: Edition
    terms: Terms
    pattern: SupportPattern
    service: Service
    longest_source: str  # the document that states the longest support


def support_by(
    edition_id: UUID | None, *, on: date, terms_from: Mapping[str, Mapping[str, str]] | None = None
) -> Support:
    """The support of one stored edition; for a child from before the recorded policy, of the one in force that day.

    `terms_from` names the terms that come from another edition, as an episode keeps them.
    """
    policy, edition = edition_by_id(edition_id) if edition_id else edition_on(on)
    terms: Any = edition.terms
    source = edition.source
    for path, given in (terms_from or {}).items():
        _, other = edition_by_id(UUID(given["edition"]))
        terms = _taken(terms, other.terms, path)
        source = other.source if path == LONGEST else source
    return Support(policy, edition, terms, policy.support_pattern(terms), policy.service(edition.terms), source)


def support_of(episode: Episode, *, on: date) -> Support:
    """The support of a child whose episode was opened, with every term from the edition that was chosen for it."""
    return support_by(episode.edition_id, on=on, terms_from=episode.terms_from)


def age_looked_at(edition_id: UUID) -> str:
    """When an edition looks at the age last: at the `request`, at the `decision`, or as long as `support` lasts."""
    policy, edition = edition_by_id(edition_id)
    looks = policy.arrangements(edition.terms).looks_again
    return "support" if "support" in looks else "decision" if "decision" in looks else "request"


def _taken(terms: Any, other: Any, path: str) -> Any:
    """The terms with one of another edition: a whole table, or one term of a table (`support.longest_months`)."""
    name, _, below = path.partition(".")
    if not hasattr(other, name):
        return terms  # the policy that has this term was left since
    taken = getattr(other, name)
    return replace(terms, **{name: replace(getattr(terms, name), **{below: getattr(taken, below)}) if below else taken})
