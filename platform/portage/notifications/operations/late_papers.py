"""Papers that a professional adds behind the link in their e-mail, until there is an outcome."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portage.core.access import Role
from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.files import Kept
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Child
from portage.messages.models import OneTimeLink
from portage.messages.operations import alert
from portage.notifications.models import Notification, NotificationPaper
from portage.notifications.operations.receive import add_papers
from portage.referrals.models import Evidence, Referral
from portage.referrals.operations.evidence import add_late_evidence
from portage.referrals.operations.stages import TAKES_PAPERS


@dataclass(frozen=True, slots=True)
class Awaiting:
    """What papers behind a link belong to: a request that awaits its outcome, or a notification without a case file."""

    about: Referral | Notification

    @property
    def path(self) -> str:
        """Where the team finds it."""
        kind = "referrals" if isinstance(self.about, Referral) else "notifications"
        return f"/{kind}/{self.about.id}"


def awaiting(link: OneTimeLink, *, lock: bool = False) -> Awaiting | None:
    """What a professional's link may still bring papers to; None for a family's, and once there is an outcome."""
    if link.purpose == "notification":
        told = scoped(Notification).where(
            Notification.id == link.subject_id, Notification.state != "closed", Notification.disposed_at.is_(None)
        )
        notification = db.session.scalars(told.with_for_update() if lock else told).one_or_none()
        if notification is None or notification.state != "followed":
            return Awaiting(notification) if notification is not None else None
        mine = Referral.notification_id == notification.id
    elif link.purpose == "request" and link.recipient_kind == "referrer":
        mine = Referral.id == link.subject_id
    else:
        return None
    asked = scoped(Referral).where(mine, Referral.stage.in_(TAKES_PAPERS), Referral.disposed_at.is_(None))
    referral = db.session.scalars(asked.with_for_update() if lock else asked).one_or_none()
    return Awaiting(referral) if referral is not None else None


def brought(to: Awaiting, *, by: Actor) -> int:
    """How many papers this sender has added so far."""
    table = Evidence if isinstance(to.about, Referral) else NotificationPaper
    theirs = select(func.count()).where(table.tenant_id == current_tenant_id(), table.added_by == by.label)
    number: int = db.session.execute(theirs).scalar_one()
    return number


def bring(to: Awaiting, papers: list[tuple[Kept, str]], *, by: Actor, at: datetime) -> None:
    """Add papers; a new kind of evidence is judged at once, and the team hears of them once a day."""
    if isinstance(to.about, Referral):
        add_late_evidence(to.about, papers, by=by, at=at)
    else:
        add_papers(to.about, papers, by=by)
    alert(
        kind="late-papers",
        path=to.path,
        sentence=f"Papers came later for {to.about.reference}. Please look at them.",
        role=Role.TEAM_ADMINISTRATOR,
        area_id=_area_of(to.about.child_id),
        child_id=to.about.child_id,
        dedupe=f"late-papers:{to.about.id}:{at.astimezone(LONDON).date()}",
    )


def _area_of(child_id: UUID) -> UUID | None:
    found = select(Child.area_id).where(Child.tenant_id == current_tenant_id(), Child.id == child_id)
    return db.session.execute(found).scalar_one()
