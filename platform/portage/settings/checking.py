"""Whether a council's folder can be loaded: everything that is wrong in it, without a database."""

from dataclasses import dataclass
from pathlib import Path

from portage.editions.checking import check_policy
from portage.editions.folders import TenantPolicy
from portage.tenants.manifest import Manifest
from portage.tenants.problems import FolderInvalid, Problem
from portage.tenants.reading import check_manifest


@dataclass(frozen=True, slots=True)
class Council:
    """A council's folder that can be loaded."""

    manifest: Manifest
    policy: TenantPolicy


def problems_of(folder: Path) -> list[Problem]:
    """Return everything that is wrong in a council's folder, file by file and line by line."""
    return _checked(folder)[1]


def read_council(folder: Path) -> Council:
    """Read a council's folder; raise FolderInvalid with everything that is wrong."""
    council, problems = _checked(folder)
    if council is None or problems:
        raise FolderInvalid(problems)
    return council


def _checked(folder: Path) -> tuple[Council | None, list[Problem]]:
    manifest, problems = check_manifest(folder)
    policy, wrong = check_policy(folder)
    told = list(dict.fromkeys([*problems, *wrong]))
    files = list(dict.fromkeys(problem.file for problem in told))
    told.sort(key=lambda problem: (files.index(problem.file), problem.line))
    return (Council(manifest, policy) if manifest and policy else None), told
