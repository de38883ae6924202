"""Start with a caseload: a council's open cases, marked as begun before its policy was recorded here.

No request and no determination is invented for them; the longest support is the one that the council writes down.
"""

from collections import Counter
from uuid import UUID

from sqlalchemy import func, select

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Child
from portage.families.names import search_form
from portage.families.operations import NewCarer, NewChild, add_carer, add_child, is_postcode
from portage.settings.case_file import CaseRow, Problem
from portage.support.models import Episode
from portage.support.operations.allocation import Allocate, allocate_visitor
from portage.support.operations.episodes import NewEpisode, open_episode

LOADER = Actor(None, "system:cases")


def problems_with(cases: list[CaseRow]) -> list[Problem]:
    """What only the council's own data can show: visitors who are not there, children who already are, doubles."""
    visitors, known = _visitors(), _children_under_support()
    doubles = Counter(_key(case) for case in cases)
    found: list[Problem] = []
    for case in cases:
        if case.visitor_email.lower() not in visitors:
            sentence = "Nobody with an open place has this e-mail address. Invite the visitor first (People)."
            found.append(Problem(case.row, "Visitor's e-mail", sentence))
        if case.postcode and not is_postcode(case.postcode):
            found.append(Problem(case.row, "Postcode", "Write a full postcode, such as LS1 1UR, or leave it empty."))
        if _key(case) in known:
            found.append(Problem(case.row, "Child's family name", "This child already has support here."))
        if doubles[_key(case)] > 1:
            found.append(Problem(case.row, "Child's family name", "The same child stands in the file more than once."))
    return found


def load_cases(cases: list[CaseRow]) -> int:
    """Bring the cases in, all in the caller's transaction; answers how many."""
    visitors = _visitors()
    for case in cases:
        _load(case, visitors[case.visitor_email.lower()])
    return len(cases)


def _load(case: CaseRow, visitor_id: UUID) -> None:
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
    episode = open_episode(
        NewEpisode(
            child_id=child.id,
            opened_on=case.began_on,
            longest_months=case.longest_months,
            first_visit_on=case.first_visit_on,
        )
    )
    allocate_visitor(episode, Allocate(visitor_id, case.began_on), by=LOADER)


def _key(case: CaseRow) -> tuple[str, str]:
    return search_form(case.family_name, case.given_name), case.date_of_birth.isoformat()


def _visitors() -> dict[str, UUID]:
    rows = db.session.execute(
        select(func.lower(Person.email), Person.id).where(
            Person.tenant_id == current_tenant_id(), Person.email.is_not(None), Person.disabled_at.is_(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def _children_under_support() -> set[tuple[str, str]]:
    supported = select(Episode.child_id).where(Episode.tenant_id == current_tenant_id(), Episode.status == "open")
    rows = db.session.scalars(scoped(Child).where(Child.id.in_(supported)))
    return {(child.search_name, child.date_of_birth.isoformat()) for child in rows}
