"""A council moved to another policy: the same editions in its terms, once every answer that was kept is shown to stay.

The council's folder holds the editions as they shall be. The answers that were kept are the witnesses, so that the
policy that is left need not be installed any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped, tenant_scope
from portage.editions.models import PolicyEdition
from portage.editions.operations import edition_as_published
from portage.editions.publishing import one_publication_at_a_time
from portage.editions.restating import published_rows, restate, said_otherwise
from portage.policy import Edition
from portage.policy.dates import in_words
from portage.policy.standin import StandIn
from portage.referrals.witnesses import Placed, Witnessed, witness
from portage.settings.checking import Council, read_council
from portage.settings.loading import Loaded, bring_in
from portage.tenants.models import Tenant


class CannotMove(Exception):
    """What stands in the way of the files themselves; each of `reasons` is a sentence."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move found; nothing was written where `loaded` is None."""

    editions: int  # that were, or would be, written again
    witnessed: Witnessed
    drafts_left: int = 0  # that people work on, in the terms of the policy that is left
    loaded: Loaded | None = field(default=None)


def move_plugin(folder: Path, plugin: str, *, at: datetime, write: bool = True) -> Moved:
    """Move the council of a folder to the policy that its files name, and commit; nothing is written if any differs.

    Raises FolderInvalid for files that cannot be loaded, and CannotMove where they do not say the same editions.
    """
    council = read_council(folder)
    told = council.manifest.tables
    if told.plugin != plugin:
        raise CannotMove(f"{folder}/tenant.toml names the policy {told.plugin}, not {plugin}.")
    tenant_id = db.session.scalar(select(Tenant.id).where(Tenant.slug == told.slug))
    if tenant_id is None:
        raise CannotMove(f"There is no council {told.slug!r} in this database: load it instead.")
    with tenant_scope(tenant_id, "system:command"):
        return _move(council, tenant_id, at=at, write=write)


def _move(council: Council, tenant_id: UUID, *, at: datetime, write: bool) -> Moved:
    one_publication_at_a_time()
    pairs = _pairs(council)
    moving = {row.id: edition for row, edition in pairs if row.plugin != edition.plugin}
    if not moving:
        raise CannotMove("Every published edition is on the policy that the files name. Nothing is to be moved.")
    found = witness(_placed(council, pairs))
    if found.differ or not write:
        db.session.rollback()
        return Moved(len(moving), found)
    for row, edition in pairs:
        if row.id in moving:
            restate(row, edition, at=at)
    loaded = bring_in(council, tenant_id, new=False)
    left = _drafts_left({row.plugin for row, _ in pairs} - {council.policy.policy.name})
    db.session.commit()
    return Moved(len(moving), found, left, loaded)


def _pairs(council: Council) -> list[tuple[PolicyEdition, Edition]]:
    """Find the edition of the files for each published one, saying the same to families; raise CannotMove."""
    held = [each for each in council.policy.editions if not (each.draft or each.withdrawn)]
    told = {(each.effective_from, each.record.revision): each for each in held}
    pairs, reasons = [], []
    for row in published_rows():
        day = in_words(row.effective_from) if row.effective_from else ""
        edition = told.get((row.effective_from, row.revision))
        if edition is None:
            reasons.append(f"The edition from {day} is not in the files: write them with `portage tenants export`.")
        elif otherwise := said_otherwise(row, edition):
            reasons.append(f"The edition from {day} is published with other words in: {', '.join(otherwise)}.")
        else:
            pairs.append((row, edition))
    if reasons:
        raise CannotMove(*reasons)
    return pairs


def _placed(council: Council, pairs: list[tuple[PolicyEdition, Edition]]) -> dict[UUID, Placed]:
    """Every row whose answers are to be asked for again, also those that were written again before."""
    return {row_id: each for row, edition in pairs for row_id, each in _rows_of(council, row, edition)}


def _rows_of(council: Council, row: PolicyEdition, edition: Edition) -> Iterator[tuple[UUID, Placed]]:
    policy, now = edition_as_published(row.id)
    pair = None if isinstance(policy, StandIn) else (policy, now)
    placed = Placed(pair, (council.policy.policy_of(edition), edition))
    root = row.restates or row.id
    earlier = scoped(PolicyEdition).where((PolicyEdition.id == root) | (PolicyEdition.restates == root))
    yield from ((each.id, placed) for each in db.session.scalars(earlier))


def _drafts_left(plugins: set[str]) -> int:
    wanted = select(func.count()).where(
        PolicyEdition.tenant_id == current_tenant_id(),
        PolicyEdition.status == "draft",
        PolicyEdition.plugin.in_(plugins),
    )
    return db.session.scalar(wanted) or 0
