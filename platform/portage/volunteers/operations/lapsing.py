"""What the calendar says to people about checks. It opens and shuts nothing: that is worked out at every click."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select

from portage.accounts.models import VolunteerClearance
from portage.accounts.operations.clearance import Standing, rules_on, standings
from portage.core.access import Role
from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Child
from portage.messages.operations import alert, tell
from portage.policy.dates import in_words
from portage.visits.models import Visit
from portage.volunteers.models import Volunteer

REMIND = 42  # days before a check is to be renewed, where the policy does not say


def look_after(on: date) -> int:
    """Suspend on paper whoever lapsed, remind of what comes near; answers how many people were told something new."""
    rules = rules_on(on)
    ahead = (rules.terms.remind_days if rules and rules.terms else None) or REMIND
    active = db.session.scalars(scoped(Volunteer).where(Volunteer.status == "active").order_by(Volunteer.id)).all()
    found = standings([row.person_id for row in active if row.person_id is not None], on=on)
    told = 0
    for volunteer in active:
        if volunteer.person_id is None:
            continue
        state = found[volunteer.person_id]
        if not state.may_visit:
            told += _lapsed(volunteer, volunteer.person_id, state, on)
        elif state.until is not None and state.until <= on + timedelta(days=ahead):
            told += _remind(volunteer, state.until)
    return told


def _lapsed(volunteer: Volunteer, person_id: UUID, state: Standing, on: date) -> int:
    """Write the suspension down, so that a renewal alone does not lift it, and tell of the visits that are flagged."""
    held = db.session.scalars(
        scoped(VolunteerClearance).where(VolunteerClearance.person_id == person_id).with_for_update()
    ).one()
    if held.status == "open":
        held.status, held.since, held.reason = "suspended", on, " ".join(state.problems)
        db.session.flush()
    count = len(flagged(person_id, on))
    visits = f" {count} planned {'visit needs' if count == 1 else 'visits need'} another visitor." if count else ""
    sentence = f"A volunteer may not visit any more, because a check is not in date.{visits}"
    return _tell(volunteer, "volunteer-shut", sentence, f"{held.since.isoformat()}")


def _remind(volunteer: Volunteer, until: date) -> int:
    sentence = f"A check of a volunteer is to be renewed by {in_words(until)}. After that day they cannot visit."
    return _tell(volunteer, "volunteer-renew", sentence, until.isoformat())


def _tell(volunteer: Volunteer, kind: str, sentence: str, since: str) -> int:
    """The supervisor, by alert and e-mail, and the managers; each once."""
    told = 0
    for person_id, role in ((volunteer.supervisor_id, None), (None, Role.SERVICE_MANAGER)):
        if person_id is None and role is None:
            continue
        raised = alert(
            kind=kind,
            path=f"/volunteers/{volunteer.id}",
            sentence=sentence,
            person_id=person_id,
            role=role,
            dedupe=f"{kind}:{volunteer.id}:{since}:{person_id or role}",
        )
        if raised is not None and person_id is not None:
            tell(kind="alert", recipient_kind="person", recipient_id=person_id, subject_id=volunteer.id, again=since)
        told += raised is not None
    return told


def flagged(person_id: UUID, on: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """The planned visits of a volunteer on days on which they may not visit, as the checks stand now."""
    rows = db.session.execute(
        select(Visit.id, Visit.planned_on, Visit.planned_at, Visit.episode_id, Child.given_name)
        .join(Child, and_(Child.tenant_id == Visit.tenant_id, Child.id == Visit.child_id))
        .where(
            Visit.tenant_id == current_tenant_id(),
            Visit.visitor_id == person_id,
            Visit.status == "planned",
            Visit.planned_on >= on,
        )
        .order_by(Visit.planned_on, Visit.planned_at, Visit.id)
        .limit(200)
    ).all()
    now = standings([person_id], on=on)[person_id]
    return [row for row in rows if not now.may_visit or (now.until is not None and row.planned_on > now.until)]
