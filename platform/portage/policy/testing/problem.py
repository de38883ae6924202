"""What is wrong with a plugin, in one message that names the plugin, the rule and the facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One promise that a plugin does not keep."""

    policy: str
    check: str  # which promise: clock, files, network, pure, sentence, number, wants, learning, ages-out, ...
    says: str
    rule: str | None = None
    edition: str | None = None
    facts: Mapping[str, Any] | None = field(default=None, hash=False)

    def __str__(self) -> str:
        """Return the message: who, under which edition, what, and for which facts."""
        at = [f"policy {self.policy}"]
        at += [f"edition {self.edition}"] if self.edition else []
        at += [f"rule {self.rule}"] if self.rule else []
        told = f" Facts: {json.dumps(self.facts, ensure_ascii=False, default=str)}" if self.facts is not None else ""
        return f"{', '.join(at)}: {self.says}{told}"


def once(problems: Iterable[Problem]) -> list[Problem]:
    """Keep the first problem of each promise and rule: the same defect shows with many facts."""
    kept: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        kept.setdefault((problem.check, problem.rule or problem.says), problem)
    return list(kept.values())
