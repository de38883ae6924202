"""For operators: which policy each council runs, by which edition, and where it gave no answer; no family's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from portage.core.db import db
from portage.policy import Policy


@dataclass(frozen=True, slots=True)
class InForce:
    """The edition in force: the document that it restates, and since when."""

    source: str
    since: date


@dataclass(frozen=True, slots=True)
class Trouble:
    """Requests that wait for a person because the policy failed in one way."""

    how: str
    what: str
    plugin: str
    version: str
    waiting: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One council's policy as operators see it."""

    in_force: InForce | None
    other_versions: tuple[str, ...]  # that judged requests whose answers are kept, and are not installed now
    troubles: tuple[Trouble, ...]


def policies_in_use(installed: Mapping[str, Policy[Any]], on: date) -> dict[UUID, PolicyRow]:
    """Every council by its id, in three questions, however many councils there are."""
    in_force, used, troubles = _in_force(on), _used(), _troubles()
    return {
        council: PolicyRow(
            in_force.get(council),
            tuple(_named(use) for use in used.get(council, ()) if not _is_installed(use, installed)),
            tuple(troubles.get(council, ())),
        )
        for council in {*in_force, *used, *troubles}
    }


def _in_force(on: date) -> dict[UUID, InForce]:
    rows = db.session.execute(
        text(
            "select distinct on (council_id) council_id, source, effective_from from published_edition "
            "where effective_from <= :on order by council_id, effective_from desc, revision desc"
        ),
        {"on": on},
    )
    return {row.council_id: InForce(row.source, row.effective_from) for row in rows}


def _used() -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in db.session.execute(
        text("select tenant_id, plugin, plugin_version, rules_digest from policy_use order by created_at desc")
    ):
        found.setdefault(row.tenant_id, []).append(row)
    return found


def _troubles() -> dict[UUID, list[Trouble]]:
    found: dict[UUID, list[Trouble]] = {}
    for row in db.session.execute(
        text(
            "select tenant_id, how, what, plugin, plugin_version, count(*) as waiting, max(created_at) as last_at "
            "from policy_trouble where settled_at is null "
            "group by tenant_id, how, what, plugin, plugin_version order by max(created_at) desc"
        )
    ):
        trouble = Trouble(row.how, row.what, row.plugin, row.plugin_version, row.waiting, row.last_at)
        found.setdefault(row.tenant_id, []).append(trouble)
    return found


def _is_installed(use: Any, installed: Mapping[str, Policy[Any]]) -> bool:
    policy = installed.get(use.plugin)
    return policy is not None and (policy.version, policy.rules_digest) == (use.plugin_version, use.rules_digest)


def _named(use: Any) -> str:
    return f"{use.plugin} {use.plugin_version} ({use.rules_digest[:12]})"
