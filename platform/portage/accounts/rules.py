"""A council's rules for its provider: which groups give which role, and how people must have signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portage.accounts.models import ROLES
from portage.accounts.oidc.provider import Relation


class RulesNotUsable(ValueError):
    """The rules of a provider, as the council's settings state them, cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class GroupRule:
    """People whose claim holds `value` have `role`; with `area` (its key) they belong to that area team."""

    value: str
    role: str
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What is read from a provider: `claim` is the claim's name, `scope` what is asked for so that it comes."""

    claim: str = "groups"
    scope: str = "openid profile email"
    groups: tuple[GroupRule, ...] = ()

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Rules:
        """Read `{"claim": ..., "scope": ..., "groups": [{"value": ..., "role": ..., "area": ...}]}`."""
        if unknown := set(told) - {"claim", "scope", "groups"}:
            raise RulesNotUsable(f"A provider's rules do not know {', '.join(sorted(unknown))}.")
        groups = tuple(GroupRule(**rule) for rule in told.get("groups", ()))
        for rule in groups:
            if rule.role not in ROLES:
                raise RulesNotUsable(f"There is no role called {rule.role}.")
        return cls(told.get("claim", "groups"), told.get("scope", "openid profile email"), groups)

    def matching(self, claims: Mapping[str, Any]) -> list[GroupRule]:
        """The rules that somebody with these claims meets; the claim is a text or a list of texts."""
        held = claims.get(self.claim)
        values = (
            {held} if isinstance(held, str) else {str(value) for value in held} if isinstance(held, list) else set()
        )
        return [rule for rule in self.groups if rule.value in values]


def relation(
    *, issuer: str, client_id: str, auth_method: str, secret_name: str, rules: Rules, demands: Mapping[str, Any]
) -> Relation:
    """What the protocol needs to know of a provider; `demands` is `{"acr": [...], "amr": [...]}`, both optional."""
    return Relation(
        issuer=issuer,
        client_id=client_id,
        auth_method=auth_method,
        secret_name=secret_name,
        scope=rules.scope,
        acr=tuple(demands.get("acr", ())),
        amr=tuple(demands.get("amr", ())),
        wanted_claim=rules.claim if rules.groups else "",
    )
