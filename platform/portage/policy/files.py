"""Editions as files: `policy.toml` of a council, read without a database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portage.policy.discovery import PolicyNotInstalled, policy_named
from portage.policy.edition import Edition
from portage.policy.facts import FactProblem
from portage.policy.plugin import EditionInvalid, Policy


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
    dated = [edition.effective_from for edition in editions if edition.effective_from is not None]
    if len(dated) != len(set(dated)):
        raise EditionInvalid([FactProblem("effective_from", "two editions hold from the same day")])
    return editions


def read_edition(policy: Policy[Any], tenant: str, given: Mapping[str, Any]) -> Edition:
    """Read one edition of a file by the policy that it names as `plugin`, else by the council's own."""
    try:
        named = policy_of_table(policy, given)
    except PolicyNotInstalled as error:
        raise EditionInvalid([FactProblem("plugin", str(error))]) from error
    return named.edition(tenant, {key: value for key, value in given.items() if key != "plugin"})


def policy_of_table(policy: Policy[Any], given: Mapping[str, Any]) -> Policy[Any]:
    """Return the policy that one edition of a file is written for; raise PolicyNotInstalled."""
    name = given.get("plugin", policy.name)
    return policy if name == policy.name else policy_named(str(name))


def editions_from_file(policy: Policy[Any], tenant: str, path: Path) -> list[Edition]:
    """Read every edition of a council's `policy.toml`."""
    return editions_from_toml(policy, tenant, path.read_text(encoding="utf-8"))
