"""Editions in the database: seeded from files, read back, and asked what holds on a day."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, not_, select

from portage.core.db import db
from portage.core.tenancy import TENANT, current_tenant_id, rows_of, scoped
from portage.editions.folders import TenantPolicy
from portage.editions.models import PolicyEdition
from portage.editions.records import record_of, says_the_same, write_record
from portage.editions.refusals import EditionAlreadyPublished, EditionOnAnotherPolicy
from portage.policy import (
    Edition,
    EditionInvalid,
    FactProblem,
    NoEditionInForce,
    Policy,
    PolicyNotInstalled,
    policy_named,
)
from portage.policy.bounded import PolicyFailed
from portage.policy.careful import read_with_care
from portage.policy.standin import StandIn
from portage.tenants.models import Tenant

log = logging.getLogger(__name__)

RESTATED = "restated"  # the status of an edition that another row holds now, written for another policy
_DRAFT = "draft"  # what a file's edition without a day is remembered as


@dataclass(frozen=True, slots=True)
class Seeded:
    """What loading a file of editions did; `kept` are drafts that people have worked on since, or used up."""

    added: int
    unchanged: int
    drafts_changed: int
    kept: int = 0


def load_editions(council: TenantPolicy) -> Seeded:
    """Bring a council's file of editions into its database; twice changes nothing, and a published edition stays.

    A draft that somebody has changed, published or withdrawn here since is the council's own: no file overwrites it.
    """
    rows = list(db.session.scalars(_in_order().where(PolicyEdition.status != RESTATED)))
    done = [_load(edition, rows) for edition in council.editions]
    db.session.flush()
    return Seeded(*(done.count(what) for what in ("added", "unchanged", "changed", "kept")))


def _load(edition: Edition, rows: list[PolicyEdition]) -> str:
    """Bring in one edition of a file, and say what became of it; a row that it was matched with is used up."""
    found = _match(edition, rows)
    if found is None:
        row = _as_row(edition)
        write_record(row, edition.record)
        db.session.add(row)
        return "added"
    rows.remove(found)
    if _same(found, edition):
        return "unchanged"
    if edition.effective_from is not None:
        day = edition.effective_from.isoformat()
        if found.plugin != edition.plugin:
            raise EditionOnAnotherPolicy(effective_from=day, held=found.plugin, told=edition.plugin)
        raise EditionAlreadyPublished(effective_from=day)
    if found.authors or found.status != "draft":
        return "kept"
    found.plugin, found.source = edition.plugin, edition.source
    found.terms, found.assumptions = dict(edition.given["terms"]), assumed_in(edition)
    return "changed"


def _match(edition: Edition, rows: list[PolicyEdition]) -> PolicyEdition | None:
    """Find the row of a file's edition: one that says the same, else the one that the file brought, else of its day."""
    if edition.effective_from is not None:
        gone = edition.withdrawn
        known = [row for row in rows if row.status == "published" or row.seeded_as is not None or gone]
        alike = [row for row in known if row.effective_from == edition.effective_from]
        if gone or edition.record.revision:
            alike = [row for row in alike if gone == (row.status == "withdrawn")]
            alike = [row for row in alike if row.revision == edition.record.revision]
    else:
        alike = [row for row in rows if row.seeded_as == _DRAFT or row.status == "draft"]
    same = [row for row in alike if _same(row, edition)]
    seeded = [row for row in alike if row.seeded_as is not None]
    if edition.draft:  # one of two drafts of a file is known by its document, while that is still its name
        return next(iter([*same, *(row for row in seeded if row.source == edition.source), *seeded]), None)
    return next(iter([*same, *seeded, *alike]), None)


def editions_of_tenant() -> TenantPolicy:
    """Return the policy of the council in scope with every edition that holds, is drafted or was withdrawn.

    A draft that was given up is not among them.
    A draft that does not fit together yet is no edition, so it is left out as well, and so is one that was written
    again for another policy, because that one holds in its place.
    """
    tenant = db.session.execute(select(Tenant.slug, Tenant.plugin).where(Tenant.id == current_tenant_id())).one()
    put_away = PolicyEdition.status == "withdrawn", PolicyEdition.effective_from.is_(None)
    rows = db.session.scalars(_in_order().where(PolicyEdition.status != RESTATED, not_(and_(*put_away))))
    readable = [row for row in rows if row.status == "published" or draft_problems(row) == []]
    editions = [replace(_compiled(tenant.slug, row), record=record_of(row)) for row in readable]
    return TenantPolicy(tenant.slug, policy_named(tenant.plugin), tuple(editions))


def draft_problems(row: PolicyEdition) -> list[FactProblem]:
    """Find what does not fit together in a draft: paths of terms with a sentence each; none where all is well."""
    try:
        _compiled("", row)
    except EditionInvalid as error:
        return list(error.problems)
    except PolicyNotInstalled as error:
        return [FactProblem("plugin", str(error))]
    return []


def edition_on(on: date) -> tuple[Policy[Any], Edition]:
    """Return the policy of the council in scope and its edition in force that day; raise NoEditionInForce.

    Where the plugin is away or fails, a `StandIn` comes back with what the edition says beside its rules.
    Asked once in each session: the frame of a page and the page itself want the same.
    """
    read: dict[date, tuple[Policy[Any], Edition]] = db.session().info.setdefault("editions_on", {})
    if on in read:
        return read[on]
    found = rows_of(_in_force(), {"on": on}).one_or_none()
    if found is None:
        raise NoEditionInForce.on(on, _first())
    read[on] = _with_policy(found)
    return read[on]


def forget_compiled() -> None:
    """Forget every edition that this process holds ready, before it turns to another database."""
    _kept.clear()


def forget_days() -> None:
    """Ask anew which edition holds on a day, after one was published or withdrawn in this session."""
    db.session().info.pop("editions_on", None)


def edition_by_id(edition_id: UUID) -> tuple[Policy[Any], Edition]:
    """Return one edition of the council in scope, for a case that was judged by it; asked once in each session.

    An edition that was written again for another policy is read as it holds now: the answers are the same.
    """
    read: dict[UUID, tuple[Policy[Any], Edition]] = db.session().info.setdefault("editions", {})
    if edition_id not in read:
        found = rows_of(_with_id(), {"edition_id": edition_id}).one()
        if found.status == RESTATED:
            found = rows_of(_restating(), {"root": found.restates or found.id}).one()
        read[edition_id] = _with_policy(found)
    return read[edition_id]


def edition_as_published(edition_id: UUID) -> tuple[Policy[Any], Edition]:
    """Return one edition of the council in scope in its own words, whatever it was written again as since."""
    return _with_policy(rows_of(_with_id(), {"edition_id": edition_id}).one())


def _in_order() -> Select[Any]:
    days = PolicyEdition.effective_from.nulls_last(), PolicyEdition.revision, PolicyEdition.id
    return scoped(PolicyEdition).order_by(*days)


def _first() -> tuple[date, str] | None:
    earliest = (
        select(PolicyEdition.effective_from, PolicyEdition.source)
        .where(PolicyEdition.tenant_id == current_tenant_id(), PolicyEdition.status == "published")
        .order_by(PolicyEdition.effective_from)
        .limit(1)
    )
    found = db.session.execute(earliest).one_or_none()
    return (found.effective_from, found.source) if found and found.effective_from else None


def _known() -> Select[*tuple[Any, ...]]:
    """Select what names an edition without its terms: reading those on every page would cost more than the page."""
    edition = PolicyEdition
    return (
        select(Tenant.slug, edition.plugin, edition.id, edition.version, edition.status, edition.restates)
        .join(Tenant, Tenant.id == PolicyEdition.tenant_id)
        .where(PolicyEdition.tenant_id == TENANT)
    )


@cache
def _in_force() -> Select[*tuple[Any, ...]]:
    published = _known().where(PolicyEdition.status == "published", PolicyEdition.effective_from <= bindparam("on"))
    return published.order_by(PolicyEdition.effective_from.desc(), PolicyEdition.revision.desc()).limit(1)


@cache
def _with_id() -> Select[*tuple[Any, ...]]:
    return _known().where(PolicyEdition.id == bindparam("edition_id"))


@cache
def _restating() -> Select[*tuple[Any, ...]]:
    return _known().where(PolicyEdition.restates == bindparam("root"), PolicyEdition.status != RESTATED)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An edition as it was read, with the policy or what stands in for it; that is tried again after a while."""

    policy: Policy[Any]
    edition: Edition
    until: float | None = None  # by the monotonic clock


_kept: dict[tuple[UUID, UUID, int], _Kept] = {}  # (council, edition, version): published, it never changes
_KEPT_AT_MOST = 2048
_TRIED_AGAIN = 60.0  # seconds


def _with_policy(known: Any) -> tuple[Policy[Any], Edition]:
    key = (current_tenant_id(), known.id, known.version)
    kept = _kept.get(key)
    if kept is None or (kept.until is not None and kept.until < monotonic()):
        row = db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.id == known.id)).one()
        kept = _keep(key, _read_with_care(known.slug, row))
    return kept.policy, kept.edition


def _read_with_care(tenant: str, row: PolicyEdition) -> _Kept:
    """Read an edition by its plugin; whatever the plugin does, the council's pages and its intake go on.

    Nobody's request hangs on a draft, so whoever works on one is told what is wrong with it.
    """
    given = _given(row)
    if row.status == "draft":
        return _Kept(policy_named(row.plugin), policy_named(row.plugin).edition(tenant, given, row.id))
    try:
        policy = policy_named(row.plugin)
        return _Kept(policy, read_with_care(policy, tenant, given, row.id))
    except (PolicyNotInstalled, PolicyFailed) as failed:
        log.error("council %s, policy %s: the edition from %s: %s", tenant, row.plugin, row.effective_from, failed)
        stand_in = StandIn(row.plugin)
        return _Kept(stand_in, stand_in.edition(tenant, given, row.id), monotonic() + _TRIED_AGAIN)


def _compiled(tenant: str, row: PolicyEdition) -> Edition:
    """Read an edition strictly, for those who look after the policy: they are told what is wrong with it."""
    key = (row.tenant_id, row.id, row.version)
    if (kept := _kept.get(key)) is not None and kept.until is None:
        return kept.edition
    policy = policy_named(row.plugin)
    return _keep(key, _Kept(policy, policy.edition(tenant, _given(row), row.id))).edition


def _keep(key: tuple[UUID, UUID, int], found: _Kept) -> _Kept:
    if not found.edition.draft:
        if len(_kept) >= _KEPT_AT_MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = found
    return found


def _given(row: PolicyEdition) -> dict[str, Any]:
    """The edition as a plugin reads it."""
    return {
        "effective_from": row.effective_from,
        "source": row.source,
        "assumptions": row.assumptions,
        "terms": row.terms,
    }


def assumed_in(edition: Edition) -> list[dict[str, str]]:
    """Return an edition's assumptions as its row holds them."""
    return [{"term": each.term, "says": each.says} for each in edition.assumptions]


def _same(row: PolicyEdition, edition: Edition) -> bool:
    held: Sequence[Any] = (row.plugin, row.source, row.terms, row.assumptions)
    told = (edition.plugin, edition.source, edition.given["terms"], assumed_in(edition))
    return held == told and says_the_same(row, edition.record)


def _as_row(edition: Edition) -> PolicyEdition:
    return PolicyEdition(
        plugin=edition.plugin,
        effective_from=edition.effective_from,
        source=edition.source,
        terms=dict(edition.given["terms"]),
        assumptions=assumed_in(edition),
        status="draft" if edition.draft else "published",
        seeded_as=edition.effective_from.isoformat() if edition.effective_from else _DRAFT,
    )
