"""A council's `policy.toml` checked through its plugin: every wrong term of every edition, on its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from portage.editions.folders import TenantPolicy
from portage.policy import Edition, EditionInvalid, Policy, PolicyNotInstalled, policy_named
from portage.policy.files import policy_of_table, read_edition
from portage.policy.record import RECORD
from portage.policy.said import asked_for, field_at
from portage.tenants.problems import Problem, Source, read_source

_OF_AN_EDITION = ("plugin", *RECORD, "effective_from", "source", "assumptions", "terms")


def check_policy(folder: Path) -> tuple[TenantPolicy | None, list[Problem]]:
    """Read a council's editions as far as that goes, with everything that is wrong in them."""
    source, problems = read_source(folder / "policy.toml")
    policy, unknown = _policy(folder)
    if problems or unknown or policy is None:
        return None, [*problems, *unknown]
    problems = list(_form(source))
    editions = []
    for number, given in enumerate(_tables(source)):
        edition, wrong = _edition(policy, folder.name, source, number, given)
        problems += wrong
        if edition:
            editions.append(edition)
    problems += _same_day(source)
    return TenantPolicy(folder.name, policy, tuple(editions)), problems


def _policy(folder: Path) -> tuple[Policy[Any] | None, list[Problem]]:
    """Find the policy that the manifest names; a manifest that names none is told of where it is checked itself."""
    manifest, _ = read_source(folder / "tenant.toml")
    name = manifest.told.get("plugin")
    if not isinstance(name, str):
        return None, []
    try:
        return policy_named(name), []
    except PolicyNotInstalled as error:
        return None, [manifest.problem("plugin", str(error))]


def _form(source: Source) -> Iterator[Problem]:
    for name in source.told:
        if name != "edition":
            yield source.problem(name, "is not known here: the file holds [[edition]] tables and nothing else.")
    told = source.told.get("edition")
    if not isinstance(told, list) or not told:
        yield source.problem("edition", "is missing: the file holds at least one [[edition]] table.")


def _tables(source: Source) -> list[Any]:
    told = source.told.get("edition")
    return told if isinstance(told, list) else []


def _edition(
    policy: Policy[Any], tenant: str, source: Source, number: int, given: Any
) -> tuple[Edition | None, list[Problem]]:
    at = f"edition.{number}"
    if not isinstance(given, Mapping):
        return None, [source.problem(at, "must be a table.")]
    try:
        policy = policy_of_table(policy, given)
    except PolicyNotInstalled as error:
        return None, [source.problem(f"{at}.plugin", str(error))]
    problems, empty = [], set()
    for place, path in source.marked():
        if place[:2] == ("edition", number):
            asked = field_at(policy.terms_schema, place[2:])
            empty.add(path)
            problems.append(source.problem(path, f"is still to be filled in. {asked_for(asked)}"))
    try:
        return read_edition(policy, tenant, given), problems
    except EditionInvalid as error:
        wrong = [(_path(at, path, given), f"{sentence.rstrip('.')}.") for path, sentence in error.problems]
        return None, problems + [source.problem(*each) for each in wrong if each[0] not in empty]
    except Exception as error:  # a plugin is somebody's own code: what fails in it is told like a wrong term
        failed = f"the policy {policy.name} fails on this edition: {type(error).__name__}: {error}."
        return None, [*problems, source.problem(at, failed)]


def _path(at: str, path: str, given: Mapping[str, Any]) -> str:
    """Return the path within the file: a plugin names a term by its path below `terms`, a schema from the top."""
    first = path.partition(".")[0]
    return f"{at}.{path}" if first in _OF_AN_EDITION or first in given else f"{at}.terms.{path}"


def _same_day(source: Source) -> Iterator[Problem]:
    """Find two editions of one day and two drafts of one document: one of them could not be found again."""
    seen = set()
    for number, given in enumerate(_tables(source)):
        starts = given.get("effective_from") if isinstance(given, Mapping) else None
        told = starts.isoformat() if isinstance(starts, date) else starts
        if not isinstance(told, str | None) or not isinstance(given, Mapping):
            continue
        known = f"{told} {given.get('revision', 0)}" if told else f"draft {given.get('source')}"
        if "withdrawn" in given:
            continue
        if known in seen:
            path = f"edition.{number}.effective_from" if told else f"edition.{number}"
            told_twice = "another edition holds from the same day." if told else "is a second draft of one document."
            yield source.problem(path, told_twice)
        seen.add(known)
