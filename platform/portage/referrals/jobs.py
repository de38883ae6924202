"""Background work about requests: outcome letters after a decision, and reminders of the policy's dates."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Row, select

from portage.core import clock, stray_files
from portage.core.access import Role
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.core.jobs import NoSubject, daily, effect, every
from portage.core.tenancy import current_tenant_id, scoped
from portage.messages.operations import alert
from portage.messages.recipients import Reach, address_book
from portage.policy.arrangements import EVIDENCE_TIME
from portage.referrals import link_page, operator_mail
from portage.referrals.letters import write_outcome_letter
from portage.referrals.models import Deadline, Decision, Referral
from portage.referrals.operations.decisions import OUTCOME_LETTER, last_decision
from portage.referrals.operations.drafts import forget_expired
from portage.referrals.operations.evidence_time import warn_families
from portage.referrals.operations.telling import tell_managers, tell_notifier

__all__ = ["forget_drafts", "link_page", "operator_mail", "referrer", "remind_of_dates", "write_letter"]

SOON = timedelta(days=5)


@address_book("referrer")
def referrer(referral_id: UUID) -> Reach | None:
    """The person who made a request; the recipient's id is the request's."""
    found = db.session.execute(
        select(Referral.referrer_name, Referral.referrer_email, Referral.area_id, Referral.child_id).where(
            Referral.tenant_id == current_tenant_id(), Referral.id == referral_id
        )
    ).one_or_none()
    return found and Reach(found.referrer_name, found.referrer_email, area_id=found.area_id, child_id=found.child_id)


@effect(OUTCOME_LETTER)
def write_letter(decision_id: UUID) -> None:
    """Write and send the letter about a decision, once for each decision.

    None is written when somebody decided again before the letter was on its way: the later letter tells the family.
    """
    decision = db.session.scalars(scoped(Decision).where(Decision.id == decision_id)).one_or_none()
    if decision is None:
        raise NoSubject("decision")
    referral = db.session.scalars(scoped(Referral).where(Referral.id == decision.referral_id)).one()
    if last_decision(referral.id) is not decision:
        return
    write_outcome_letter(referral, decision, by=SYSTEM, at=clock.now())
    if decision.outcome != "information":
        tell_notifier(referral, about=decision.id, at=clock.now())


@daily("07:00")
def remind_of_dates() -> None:
    """Tell the managers of the area team once when a date of the policy is near, and once when it has passed."""
    today = clock.today()
    for row in _near_or_passed(today):
        late = row.due_on < today
        what = "was due" if late else "is due"
        dedupe = f"deadline:{row.id}:{row.due_on}:{'late' if late else 'soon'}"
        raised = alert(
            kind="clock",
            path=f"/referrals/{row.referral_id}",
            sentence=_reminder(row, what),
            role=Role.SERVICE_MANAGER,
            area_id=row.area_id,
            child_id=row.child_id,
            dedupe=dedupe,
        )
        if raised is not None:
            tell_managers(
                row.area_id,
                reference=row.reference,
                child_id=row.child_id,
                referral_id=row.referral_id,
                again=dedupe,
            )
            db.session.get_one(Deadline, (current_tenant_id(), row.id)).reminded_on = today


@daily("07:10")
def warn_of_missing_papers() -> None:
    """Tell families that the time in which papers may follow comes to its end; a person decides what follows."""
    warn_families(clock.today())


@every(minutes=30)
def forget_drafts() -> None:
    """Delete what families began to write and did not send in time, with its files."""
    forget_expired(at=clock.now())


@daily("03:45")
def sweep_stray_files() -> None:
    """Delete files that a process left behind when it ended before the row that names them was kept."""
    stray_files.sweep(clock.now())


def _near_or_passed(today: date) -> list[Row[UUID, str, str, date, UUID, str, UUID, UUID | None]]:
    found = db.session.execute(
        select(
            Deadline.id, Deadline.key, Deadline.name, Deadline.due_on, Referral.id.label("referral_id"),
            Referral.reference, Referral.child_id, Referral.area_id,
        )
        .join(Referral, (Referral.tenant_id == Deadline.tenant_id) & (Referral.id == Deadline.referral_id))
        .where(
            Deadline.tenant_id == current_tenant_id(),
            Referral.tenant_id == current_tenant_id(),
            Deadline.stopped_on.is_(None),
            Deadline.due_on <= today + SOON,
            Referral.closed_on.is_(None),
        )
        .order_by(Deadline.due_on)
    )  # fmt: skip
    return [*found.all()]


def _reminder(row: Row[UUID, str, str, date, UUID, str, UUID, UUID | None], what: str) -> str:
    said = f"{row.reference}: “{row.name}” {what} on {row.due_on.day} {row.due_on:%B %Y}."
    return f"{said} A person gives more time or closes the request." if row.key == EVIDENCE_TIME else said
