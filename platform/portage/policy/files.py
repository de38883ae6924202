"""Editions as files: `policy.toml` of a council, read without a database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from portage.policy.discovery import PolicyNotInstalled, policy_named
from portage.policy.edition import Edition
from portage.policy.facts import FactProblem
from portage.policy.plugin import EditionInvalid, Policy
from portage.policy.record import taken_apart


def editions_from_toml(policy: Policy[Any], tenant: str, text: str) -> list[Edition]:
    """Read every edition of a policy file, drafts last; raise EditionInvalid naming the edition and the term."""
    read: Mapping[str, Any] = tomllib.loads(text)
    tables = read.get("edition")
    if read.keys() != {"edition"} or not isinstance(tables, list):
        raise EditionInvalid([FactProblem("edition", "the file holds [[edition]] tables and nothing else")])
    editions = []
    for position, given in enumerate(tables, 1):
        try:
            editions.append(read_edition(policy, tenant, given))
        except EditionInvalid as error:
            at = f"edition {position}"
            raise EditionInvalid([FactProblem(f"{at}: {path}", said) for path, said in error.problems]) from error
    held = [each for each in editions if each.effective_from is not None and not each.withdrawn]
    dated = [(each.effective_from, each.record.revision) for each in held]
    if len(dated) != len(set(dated)):
        raise EditionInvalid([FactProblem("effective_from", "two editions hold from the same day")])
    return editions


def read_edition(policy: Policy[Any], tenant: str, given: Mapping[str, Any]) -> Edition:
    """Read one edition of a file by the policy that it names as `plugin`, else by the council's own."""
    try:
        named = policy_of_table(policy, given)
    except PolicyNotInstalled as error:
        raise EditionInvalid([FactProblem("plugin", str(error))]) from error
    told = taken_apart(given)
    try:
        edition = named.edition(tenant, told.for_the_policy)
    except EditionInvalid as error:
        raise EditionInvalid([*told.problems, *error.problems]) from error
    if told.problems:
        raise EditionInvalid([*told.problems])
    return replace(edition, record=told.record)


def policy_of_table(policy: Policy[Any], given: Mapping[str, Any]) -> Policy[Any]:
    """Return the policy that one edition of a file is written for; raise PolicyNotInstalled."""
    name = given.get("plugin", policy.name)
    return policy if name == policy.name else policy_named(str(name))


def editions_from_file(policy: Policy[Any], tenant: str, path: Path) -> list[Edition]:
    """Read every edition of a council's `policy.toml`."""
    return editions_from_toml(policy, tenant, path.read_text(encoding="utf-8"))
