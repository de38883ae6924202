"""Councils' folders on disk: which policy each has, and its editions, without a database."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portage.policy import Edition, ExtraFact, Policy, editions_from_file, policy_named


class NoSuchTenant(LookupError):
    """There is no folder with a policy for that council."""


@dataclass(frozen=True, slots=True)
class TenantPolicy:
    """A council's policy with all its editions, drafts included; an edition may name a policy of its own."""

    tenant: str
    policy: Policy[Any]
    editions: tuple[Edition, ...]

    def policy_of(self, edition: Edition) -> Policy[Any]:
        """Return the policy whose terms an edition states; raise PolicyNotInstalled."""
        return self.policy if edition.plugin == self.policy.name else policy_named(edition.plugin)

    def extra_facts(self, policy: Policy[Any]) -> tuple[ExtraFact, ...]:
        """Return the facts beside the shared ones that any of the council's editions on a policy reads."""
        read = {
            fact.path
            for edition in self.editions
            if edition.plugin == policy.name
            for fact in policy.extra_facts_of(edition.terms)
        }
        return tuple(fact for fact in policy.extra_facts if fact.path in read)

    @property
    def published(self) -> tuple[Edition, ...]:
        """Return the editions that have a date and were not withdrawn, the earliest first; of one day the last."""
        dated = [edition for edition in self.editions if edition.effective_from and not edition.withdrawn]
        ordered = sorted(dated, key=lambda edition: (edition.effective_from or date.max, edition.record.revision))
        return tuple({edition.effective_from: edition for edition in ordered}.values())

    @property
    def draft(self) -> Edition:
        """Return the draft; raise LookupError where there is none."""
        for edition in self.editions:
            if edition.draft:
                return edition
        raise LookupError(f"{self.tenant} has no draft edition.")


def tenants_folder() -> Path:
    """Return the folder of all councils: PORTAGE_TENANTS, else `tenants` in the working folder."""
    return Path(os.environ.get("PORTAGE_TENANTS") or "tenants")


def read_tenant_policy(tenant: str, folder: Path | None = None) -> TenantPolicy:
    """Read a council's editions; raise NoSuchTenant, PolicyNotInstalled or EditionInvalid."""
    home = (folder or tenants_folder()) / tenant
    file = home / "policy.toml"
    if Path(tenant).name != tenant or not file.is_file():
        raise NoSuchTenant(f"There is no council {tenant!r} with a policy in {home.parent}.")
    policy = policy_named(_plugin(home) or tenant)
    return TenantPolicy(tenant, policy, tuple(editions_from_file(policy, tenant, file)))


def _plugin(home: Path) -> str | None:
    manifest = home / "tenant.toml"
    if not manifest.is_file():
        return None
    plugin: str | None = tomllib.loads(manifest.read_text(encoding="utf-8")).get("plugin")
    return plugin


def editions_of_policy(policy: Policy[Any], folder: Path | None = None) -> list[Edition]:
    """Read every council's editions on a policy, one council after the other; raise EditionInvalid."""
    home = folder or tenants_folder()
    councils = [read_tenant_policy(file.parent.name, home) for file in sorted(home.glob("*/policy.toml"))]
    return [edition for council in councils for edition in council.editions if edition.plugin == policy.name]
