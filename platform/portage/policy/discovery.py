"""The policies that are installed, found through the entry point group `portage.policies`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from portage.policy.plugin import Policy

GROUP = "portage.policies"
log = logging.getLogger(__name__)


class PolicyNotInstalled(LookupError):
    """A council names a policy that is not installed here."""


@cache
def installed_policies() -> Mapping[str, Policy[Any]]:
    """Return the installed policies by name, each made once; one that cannot be made is left out, and said in the log.

    A plugin that fails when it is imported must not take away the policies of other councils.
    """
    policies: dict[str, Policy[Any]] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            policy = point.load()()
            if policy.name != point.name:
                raise TypeError(f"it calls itself {policy.name}")
        except Exception as error:
            log.error("the policy %s cannot be loaded: %s: %s", point.name, type(error).__name__, error)
        else:
            policies[point.name] = policy
    return policies


def policy_named(name: str) -> Policy[Any]:
    """Return the installed policy of that name; raise PolicyNotInstalled."""
    try:
        return installed_policies()[name]
    except KeyError:
        known = ", ".join(installed_policies()) or "none"
        raise PolicyNotInstalled(f"The policy {name} is not installed; installed are: {known}.") from None
