"""Looking again at a stored determination: says when another version is used, overwrites nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portage.policy.edition import Edition
from portage.policy.facts import Facts
from portage.policy.plugin import Policy


@dataclass(frozen=True, slots=True)
class Stored:
    """What was kept of a determination."""

    facts: Mapping[str, Any]  # Facts.given
    answer: Mapping[str, Any]  # Determination.as_json()
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Replay:
    """A stored answer beside the answer of the rules installed now, on the same facts and edition."""

    stored: Stored
    answer: Mapping[str, Any]
    version: str
    digest: str
    differs_in: tuple[str, ...]  # fields of the answer that differ

    @property
    def same_rules(self) -> bool:
        """Say whether the rules are the very ones that made the stored answer."""
        return (self.version, self.digest) == (self.stored.version, self.stored.digest)

    @property
    def sentence(self) -> str:
        """Say under which rules it was judged again, and what differs."""
        result = (
            f"The answer differs in: {', '.join(self.differs_in)}." if self.differs_in else "The answer is the same."
        )
        if self.same_rules:
            return f"Judged again by the same rules (version {self.version}). {result}"
        return (
            f"Judged again by other rules: version {self.version} ({self.digest[:12]}). The kept answer was made by "
            f"version {self.stored.version} ({self.stored.digest[:12]}). {result} The kept answer stands."
        )


def replay(policy: Policy[Any], edition: Edition, stored: Stored) -> Replay:
    """Judge the stored facts again by the same edition; what is stored is never changed."""
    return beside(policy, stored, policy.determine(edition, Facts.parse(policy, stored.facts, edition.terms)).as_json())


def beside(policy: Policy[Any], stored: Stored, answer: Mapping[str, Any]) -> Replay:
    """Lay an answer of the rules installed now beside the one that was kept."""
    differs = tuple(key for key in answer if answer[key] != stored.answer.get(key))
    return Replay(stored, answer, policy.version, policy.rules_digest, differs)
