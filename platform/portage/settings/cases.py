"""Start with a caseload: a council's open cases, marked as begun before its policy was recorded here.

No request and no determination is invented for them; the longest support is the one that the council writes down.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Result, Row, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Child
from portage.families.names import search_form
from portage.families.operations import NewCarer, NewChild, add_carer, add_child, is_postcode
from portage.referrals.models import Referral
from portage.referrals.stage_words import OPEN_STAGES
from portage.settings.case_file import CaseRow, Problem, UnderWay, Waits
from portage.settings.case_template import is_example
from portage.support.models import Episode, WaitingEntry
from portage.support.operations import Allocate, NewEpisode, PlaceBefore, allocate_visitor, bring_in, open_episode
from portage.support.visitors import candidates
from portage.tenants.models import Area

LOADER = Actor(None, "system:cases")
LEFT = "This child was loaded before and has left the waiting list. Put the child back there, or enter a new request."
ENDED = "This child was loaded before, and the support has ended. What the family wishes now is a new request."
Key = tuple[str, str]  # a child as people tell two apart: the name as lists sort it, and the date of birth


@dataclass(frozen=True, slots=True)
class Known:
    """What the council has already: visitors by e-mail, area teams, and why a child is not loaded again."""

    visitors: dict[str, UUID]
    areas: list[Area]
    children: dict[Key, str]
    shut: frozenset[UUID] = frozenset()  # volunteers among the visitors who may not visit today

    def area(self, written: str) -> Area | None:
        """The area team that somebody wrote down, by its name or by its short key."""
        return next((area for area in self.areas if written.casefold() in (area.name.casefold(), area.key)), None)


def known_here(on: date) -> Known:
    """Read what the rows of a file are held against on a day."""
    visitors = _visitors()
    areas = list(db.session.scalars(scoped(Area).order_by(Area.name)))
    shut = frozenset(each.id for each in candidates(None, on=on) if each.shut)
    return Known(visitors, areas, _children(), shut)


def problems_with(cases: list[CaseRow], *, on: date) -> list[Problem]:
    """What only the council's own data can show: visitors who are not there, children who already are, doubles."""
    known, doubles = known_here(on), Counter(_key(case) for case in cases)
    found: list[Problem] = []
    for case in cases:
        found += _misfits(case, known)
        if doubles[_key(case)] > 1:
            found.append(Problem(case.row, "Child's family name", "The same child stands in the file more than once."))
    return found


def _misfits(case: CaseRow, known: Known) -> Iterator[Problem]:
    if is_example(case):
        yield Problem(case.row, "Child's family name", "This is the template's invented example. Take the row out.")
    if isinstance(case.stands, UnderWay) and case.stands.visitor_email.lower() not in known.visitors:
        sentence = "Nobody with an open place has this e-mail address. Invite the visitor first (People)."
        yield Problem(case.row, "Visitor's e-mail", sentence)
    elif isinstance(case.stands, UnderWay) and known.visitors[case.stands.visitor_email.lower()] in known.shut:
        sentence = "This volunteer may not visit now: see Volunteers for what is missing. Or name another visitor."
        yield Problem(case.row, "Visitor's e-mail", sentence)
    if case.postcode and not is_postcode(case.postcode):
        yield Problem(case.row, "Postcode", "Write a full postcode, such as LS1 1UR, or leave it empty.")
    if case.area and known.area(case.area) is None:
        there = "; ".join(f"{area.key} for {area.name}" for area in known.areas)
        sentence = f"Write one of the area teams ({there})." if there else "This council has no area teams."
        yield Problem(case.row, "Area team", f"{sentence} Or leave it empty.")
    if (why := known.children.get(_key(case))) is not None:
        yield Problem(case.row, "Child's family name", why)


def load_cases(cases: Iterable[CaseRow], *, on: date) -> Counter[str]:
    """Bring the cases in, all in the caller's transaction; answers how many are `supported` and how many `waiting`."""
    known, loaded = known_here(on), Counter[str]()
    for case in cases:
        child_id = _family(case, known.area(case.area) if case.area else None)
        if isinstance(case.stands, UnderWay):
            _support(child_id, case.stands, known.visitors[case.stands.visitor_email.lower()])
        else:
            _place(child_id, case.stands)
        loaded["supported" if isinstance(case.stands, UnderWay) else "waiting"] += 1
    return loaded


def _family(case: CaseRow, area: Area | None) -> UUID:
    child = add_child(
        NewChild(
            given_name=case.given_name,
            family_name=case.family_name,
            date_of_birth=case.date_of_birth,
            address=case.address,
            postcode=case.postcode,
            setting_name=case.setting_name,
        )
    )
    if area is not None:
        child.area_id = area.id
    add_carer(
        child.id,
        NewCarer(
            name=case.carer_name,
            relationship_to_child=case.relationship,
            email=case.carer_email,
            telephone=case.carer_telephone,
            email_is_safe=case.email_is_safe,
            main_contact=True,
        ),
    )
    return child.id


def _support(child_id: UUID, support: UnderWay, visitor_id: UUID) -> None:
    episode = open_episode(
        NewEpisode(
            child_id=child_id,
            opened_on=support.began_on,
            longest_months=support.longest_months,
            first_visit_on=support.first_visit_on,
        )
    )
    allocate_visitor(episode, Allocate(visitor_id, support.began_on), by=LOADER)


def _place(child_id: UUID, waits: Waits) -> None:
    bring_in(
        PlaceBefore(
            child_id=child_id,
            asked_on=waits.asked_on,
            known_by=waits.known_by,
            decided_on=waits.decided_on,
            longest_months=waits.longest_months,
            note=waits.note,
        )
    )


def _key(case: CaseRow) -> Key:
    return search_form(case.family_name, case.given_name), case.date_of_birth.isoformat()


def _visitors() -> dict[str, UUID]:
    rows = db.session.execute(
        select(func.lower(Person.email), Person.id).where(
            Person.tenant_id == current_tenant_id(), Person.email.is_not(None), Person.disabled_at.is_(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def _children() -> dict[Key, str]:
    """The children whom a file may not bring in (again), each with the sentence that says why."""
    found: dict[Key, str] = {}
    for row in _named(Referral, Referral.reference, Referral.stage.in_(OPEN_STAGES)):
        found[_key_of(row)] = f"This child has an open request here, {row[2]}. Take the row out, or close the request."
    for row in _named(WaitingEntry, WaitingEntry.left_on, WaitingEntry.before_recorded_policy.is_(True)):
        found[_key_of(row)] = LEFT if row[2] else "This child waits here already."
    loaded_or_open = or_(Episode.status == "open", Episode.before_recorded_policy.is_(True))
    for row in _named(Episode, Episode.closed_on, loaded_or_open):
        found[_key_of(row)] = ENDED if row[2] else "This child already has support here."
    return found


def _named(
    model: type[Referral | WaitingEntry | Episode], told: InstrumentedAttribute[Any], where: ColumnElement[bool]
) -> Result[*tuple[Any, ...]]:
    """Rows of one kind with the child's name and date of birth: (search_name, date_of_birth, told)."""
    return db.session.execute(
        select(Child.search_name, Child.date_of_birth, told)
        .join(model, (model.tenant_id == Child.tenant_id) & (model.child_id == Child.id))
        .where(Child.tenant_id == current_tenant_id(), model.tenant_id == current_tenant_id(), where)
    )


def _key_of(row: Row[*tuple[Any, ...]]) -> Key:
    return row[0], row[1].isoformat()
