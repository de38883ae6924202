"""What the service does about notifications beside pages: who is written to, what links open, what e-mails add."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portage.core import clock
from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.jobs import daily
from portage.core.tenancy import current_tenant_id, scoped
from portage.messages.council import Sender, sender
from portage.messages.links import Shown, opens, when_spent
from portage.messages.models import OneTimeLink
from portage.messages.recipients import Reach, address_book
from portage.messages.words import STAGES, adds_words
from portage.notifications.models import Notification
from portage.notifications.operations.first_words import sender_opened, trusted
from portage.notifications.operations.late_papers import awaiting
from portage.notifications.operations.tasks import show_overdue
from portage.notifications.words import TOLD_BACK
from portage.referrals.models import Referral
from portage.referrals.operations.first_words import pointers


@daily("07:05")
def show_overdue_tasks() -> None:
    """Let managers see what is still open after its day."""
    show_overdue(clock.today())


@address_book("notifier")
def notifier(notification_id: UUID) -> Reach | None:
    """The professional who notified; the recipient's id is the notification's."""
    found = db.session.execute(
        select(Notification.professional, Notification.work_email, Notification.area_id, Notification.child_id).where(
            Notification.tenant_id == current_tenant_id(), Notification.id == notification_id
        )
    ).one_or_none()
    return found and Reach(found.professional, found.work_email, area_id=found.area_id, child_id=found.child_id)


@when_spent("notification")
def verify(link: OneTimeLink, at: datetime) -> None:
    """Whoever opened the link reads the mailbox that it went to."""
    sender_opened(link.subject_id, at=at)


@opens("notification")
def show(link: OneTimeLink, at: datetime) -> Shown | None:
    """What became of a notification, for who sent it: not a word about the child or the family."""
    notification = db.session.scalars(
        scoped(Notification).where(Notification.id == link.subject_id, Notification.disposed_at.is_(None))
    ).one_or_none()
    if notification is None:
        return None
    council = sender(at.astimezone(LONDON).date(), notification.area_id)
    return Shown(
        notification.child_id,
        "notifications/link_page.html",
        {
            "notification": notification,
            "stands": _stands(notification),
            "confirmed": notification.sender_verified_at is not None,
            "trusted": trusted(notification.work_email),
            "team": council.team,
            "until": link.open_until,
            "link": link,
            "papers": awaiting(link) is not None,
        },
    )


@adds_words("first-signposting")
def pointers_in_email(council: Sender) -> list[str]:
    """The council's public pointers: first the SENCo or nursery manager, then SENDIASS (WNC-13, WNC-15)."""
    listed = [f"{number}. {each}" for number, each in enumerate(pointers(council), 1)]
    return ["You can turn to these at once:\n" + "\n".join(listed)] if listed else []


def _stands(notification: Notification) -> str:
    """Where it stands, in a sentence: as its case file does, where it has one."""
    if notification.state != "followed":
        return TOLD_BACK[notification.closed_as or notification.state]
    stage = db.session.execute(
        select(Referral.stage).where(
            Referral.tenant_id == current_tenant_id(), Referral.notification_id == notification.id
        )
    ).scalar_one()
    said = STAGES[stage]
    return f"{said[0].upper()}{said[1:]}."
