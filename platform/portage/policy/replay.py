"""Looking again at a stored determination: says when another version is used, overwrites nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portage.policy.edition import Edition
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
    """A stored answer beside the answer of today's rules on the same facts and edition."""

    stored: Stored
    answer: Mapping[str, Any]
    version: str
    digest: str
    same_rules: bool
    differs_in: tuple[str, ...]  # top-level fields of the answer that differ

    @property
    def sentence(self) -> str:
        """Say in one sentence under which rules it was replayed and what differs."""
        raise NotImplementedError


def replay(policy: Policy[Any], edition: Edition, stored: Stored) -> Replay:
    """Judge the stored facts again by the same edition; never changes what is stored."""
    raise NotImplementedError
