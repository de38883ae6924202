"""What other councils have published, in force or coming, for laying it beside one's own; never a draft of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import select

from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.tenancy import current_tenant_id
from portage.editions.models import PublishedEdition
from portage.policy import Edition, EditionInvalid, Policy, PolicyNotInstalled, policy_named
from portage.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Shelved:
    """One published edition of another council, named by what is public: the council, the day and its revision."""

    slug: str
    council: str
    effective_from: date
    revision: int
    source: str

    @property
    def name(self) -> str:
        """Name it for an address."""
        return f"{self.slug}:{self.effective_from.isoformat()}:{self.revision}"


def shelf(today: date) -> list[Shelved]:
    """Return what other active councils have in force today, and what they have published for a later day."""
    wanted = (
        select(
            Tenant.slug,
            Tenant.name,
            PublishedEdition.effective_from,
            PublishedEdition.revision,
            PublishedEdition.source,
        )
        .join(Tenant, Tenant.id == PublishedEdition.council_id)
        .where(Tenant.active, PublishedEdition.council_id != current_tenant_id())
        .order_by(Tenant.name, Tenant.slug, PublishedEdition.effective_from.desc(), PublishedEdition.revision.desc())
    )
    found = [Shelved(*row) for row in db.session.execute(wanted)]
    return [each for _, of_one in groupby(found, lambda each: each.slug) for each in _held(list(of_one), today)]


def _held(editions: list[Shelved], today: date) -> Iterator[Shelved]:
    """Yield the newest revision of each day, the latest first, down to the one that is in force."""
    days: set[date] = set()
    for each in editions:
        if each.effective_from not in days:
            yield each
        days.add(each.effective_from)
        if each.effective_from <= today:
            return


def shelved(name: str, today: date) -> tuple[Shelved, Policy[Any], Edition]:
    """Return an edition of the shelf by its name; raise NotHere for anything that is not on it."""
    found = next((each for each in shelf(today) if each.name == name), None)
    if found is None:
        raise NotHere
    row = db.session.execute(
        select(PublishedEdition)
        .join(Tenant, Tenant.id == PublishedEdition.council_id)
        .where(
            Tenant.slug == found.slug,
            PublishedEdition.effective_from == found.effective_from,
            PublishedEdition.revision == found.revision,
        )
    ).scalar_one()
    given = {"effective_from": row.effective_from, "source": row.source, "assumptions": row.assumptions}
    try:
        policy = policy_named(row.plugin)
        return found, policy, policy.edition(found.slug, {**given, "terms": row.terms})
    except (PolicyNotInstalled, EditionInvalid) as error:
        raise NotHere from error
