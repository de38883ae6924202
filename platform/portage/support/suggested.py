"""The waiting list and the visitors as a proposal reads them, from the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, or_, select

from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.families.models import Caseload, Child
from portage.referrals.models import Referral
from portage.support.models import WaitingEntry
from portage.support.operations import absences_of, why_not
from portage.support.pattern import support_by
from portage.support.suggesting import Family, Proposal, Visitor, propose
from portage.support.visitors import candidates
from portage.support.waiting_line import everybody, line_of, order_on

MOST = 300  # children of the head of the list who are looked at together


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposal as the page shows it: the lines, who cannot be proposed and why, and how many wait behind."""

    lines: list[Proposal]
    left_out: list[tuple[str, str]]
    behind: int


def suggestion(areas: frozenset[UUID], *, on: date) -> Suggestion:
    """Who could visit the children who wait in some areas (none: the whole council), in the order of the list."""
    order = order_on(on)
    waiters = [each for each in everybody(order) if not areas or each.area_id in areas]
    line = [child.entry_id for child in line_of(order, waiters).order]
    visitors = visitors_on(on)
    families = _families(line[:MOST], on)
    return Suggestion(
        propose([families[key] for key in line[:MOST] if key in families], visitors),
        [(each.who.name, each.problem) for each in visitors if each.problem],
        max(0, len(line) - MOST),
    )


def visitors_on(on: date) -> list[Visitor]:
    """Everybody with a visiting role, each with what keeps them from being proposed (LAN-05)."""
    people, support = candidates(None, on=on), support_by(None, on=on)
    away = {each.person_id: each for each in absences_of([each.id for each in people], on=on) if each.from_on <= on}
    found = []
    for who in people:
        problem = why_not(who, support)
        if problem is None and who.id in away:
            problem = f"{who.name} is away until {away[who.id].until_on:%d %B %Y}.".replace(" 0", " ")
        if problem is None and who.most_children is None:
            problem = f"For {who.name} nobody has written down how many children they can have."
        found.append(Visitor(who, problem))
    return found


def _families(entry_ids: Iterable[UUID], on: date) -> dict[UUID, Family]:
    rows = db.session.execute(_asked(), {"entries": list(entry_ids)}).all()
    known = {row.id: frozenset(row.people) for row in db.session.execute(_known())}
    volunteers = {each: support_by(each, on=on).pattern.volunteers for each in {row.edition_id for row in rows}}
    return {row.id: _family(row, known.get(row.id, frozenset()), volunteers=volunteers[row.edition_id]) for row in rows}


def _family(row: Any, known_to: frozenset[UUID], *, volunteers: bool) -> Family:
    return Family(
        row.id,
        f"{row.given_name} {row.family_name}",
        row.area_id,
        tuple(row.half_days),
        frozenset(row.skills),
        row.postcode.split()[0].upper() if row.postcode and " " in row.postcode else None,
        known_to,
        volunteers,
    )


@cache
def _asked() -> Select[*tuple[Any, ...]]:
    return (
        select(
            WaitingEntry.id,
            WaitingEntry.area_id,
            WaitingEntry.half_days,
            WaitingEntry.skills,
            Child.given_name,
            Child.family_name,
            Child.postcode,
            Referral.edition_id,
        )
        .join(Child, and_(Child.tenant_id == WaitingEntry.tenant_id, Child.id == WaitingEntry.child_id))
        .outerjoin(
            Referral, and_(Referral.tenant_id == WaitingEntry.tenant_id, Referral.id == WaitingEntry.referral_id)
        )
        .where(WaitingEntry.tenant_id == TENANT, WaitingEntry.id.in_(bindparam("entries", expanding=True)))
    )


@cache
def _known() -> Select[*tuple[Any, ...]]:
    """Who visited each child, or a child of the same family name at the same address, before or now."""
    sibling = Child.__table__.alias("sibling")
    same_home = and_(
        sibling.c.family_name == Child.family_name,
        sibling.c.address == Child.address,
        sibling.c.postcode == Child.postcode,
    )
    return (
        select(WaitingEntry.id, func.array_agg(func.distinct(Caseload.person_id)).label("people"))
        .join(Child, and_(Child.tenant_id == WaitingEntry.tenant_id, Child.id == WaitingEntry.child_id))
        .join(sibling, and_(sibling.c.tenant_id == Child.tenant_id, or_(sibling.c.id == Child.id, same_home)))
        .join(Caseload, and_(Caseload.tenant_id == sibling.c.tenant_id, Caseload.child_id == sibling.c.id))
        .where(
            WaitingEntry.tenant_id == TENANT,
            WaitingEntry.left_on.is_(None),
            sibling.c.tenant_id == TENANT,
            Caseload.kind.in_(("allocated", "cover")),
        )
        .group_by(WaitingEntry.id)
    )
