"""A policy in force, as a parent could read it."""

from __future__ import annotations

from typing import Any

from portage.policy.edition import Edition
from portage.policy.plugin import Policy
from portage.policy.shapes import Section


def describe(policy: Policy[Any], edition: Edition) -> list[Section]:
    """Return the edition as titled sections of plain lines, with citations and assumptions."""
    raise NotImplementedError
