"""Sending a family the main points of a visit: a link for each parent or carer whom e-mail reaches safely."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.tenancy import current_tenant_id
from portage.families.operations import carers_of
from portage.messages.operations import make_link, tell
from portage.referrals.models import Referral
from portage.support.models import WaitingEntry
from portage.support.operations import episode_here
from portage.visits.operations.planning import visit_here

VISIT = "visit"  # the purpose of the link, and the kind of the e-mail


class NothingToCopy(PortageError):
    """Only of a visit that took place are there main points."""

    code = "nothing-to-copy"
    message = "There is no record of what was done on this visit yet."


class NobodyToEmail(PortageError):
    """Nobody of the family can be reached by e-mail safely."""

    code = "nobody-to-email"
    message = "There is no parent or carer with an e-mail address that is safe. Print the page instead."


def send_copy(visit_id: UUID, *, at: datetime) -> int:
    """Send a link to the main points to each parent or carer whom e-mail reaches safely; answers to how many.

    Raises `NothingToCopy` and `NobodyToEmail`.
    """
    visit = visit_here(visit_id)
    if visit.status != "done":
        raise NothingToCopy
    safe = [carer for carer in carers_of(visit.child_id) if carer.email and carer.email_is_safe]
    if not safe:
        raise NobodyToEmail
    referral_id = episode_here(visit.episode_id).referral_id
    reference = _reference(referral_id, visit.child_id)
    for carer in safe:
        link_id = make_link(purpose=VISIT, subject_id=visit.id, recipient_kind="carer", recipient_id=carer.id, at=at)
        tell(
            kind=VISIT,
            recipient_kind="carer",
            recipient_id=carer.id,
            referral_id=referral_id,
            child_id=visit.child_id,
            reference=reference,
            stage="supported",
            link_id=link_id,
            subject_id=visit.id,
            again=str(link_id),
        )
    return len(safe)


def _reference(referral_id: UUID | None, child_id: UUID) -> str | None:
    """The reference of the request, or of the place on the list of a child who waited before recorded policy."""
    tenant_id = current_tenant_id()
    asked = select(Referral.reference).where(Referral.tenant_id == tenant_id, Referral.id == referral_id)
    waited = select(WaitingEntry.reference).where(
        WaitingEntry.tenant_id == tenant_id, WaitingEntry.child_id == child_id, WaitingEntry.reference.is_not(None)
    )
    return db.session.scalars(asked if referral_id else waited.limit(1)).first()
