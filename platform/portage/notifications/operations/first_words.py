"""The first pointers to the parents of a notified child (WNC-13): by themselves only when four conditions hold.

The sender's work address is verified; the form says that the parents were told; there is an e-mail address that is
safe; neither the form nor what is known of the child bears a mark. Otherwise a person decides, on the same day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.identity import SYSTEM, Actor
from portage.core.mailboxes import is_mailbox
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.families.models import Carer, Child
from portage.families.operations import carers_of
from portage.messages import letters
from portage.messages.operations import make_link, tell
from portage.notifications.models import Notification
from portage.notifications.operations.tasks import set_task, settle_task
from portage.notifications.operations.warnings import marked
from portage.notifications.taken import Taken, taken_for
from portage.policy import Message
from portage.referrals.models import Referral
from portage.referrals.operations.first_words import About, first_letter, first_messages
from portage.tenants.models import Tenant

TASK = "first-words"
BY_ITSELF = "Sent by itself: all four conditions held."
BY_HAND = "Sent by a person."


class NotHeld(PortageError):
    """The pointers went out, or somebody closed the task, before this person pressed the button."""

    code = "not-held"
    message = "This was dealt with already: the page says what happened."


class NoWayToSend(PortageError):
    """There is neither a safe e-mail address nor a case file whose letter can be printed."""

    code = "no-way-to-send"
    message = "There is no safe way to send it yet. Telephone or visit instead, and close the task with a word on that."


@dataclass(frozen=True, slots=True)
class Conditions:
    """The four that have to hold before anything goes out by itself."""

    verified: bool
    informed: bool
    reachable: bool
    unmarked: bool

    @property
    def hold(self) -> bool:
        """Whether all four do."""
        return self.verified and self.informed and self.reachable and self.unmarked


def conditions_of(notification: Notification, *, on: date) -> Conditions:
    """The four conditions as they stand now."""
    child = db.session.get_one(Child, (current_tenant_id(), notification.child_id))
    return Conditions(
        verified=notification.sender_verified_at is not None,
        informed=notification.parent_informed,
        reachable=_by_email(notification) is not None,
        unmarked=not marked(notification, child, on),
    )


def hold_first_words(notification: Notification, taken: Taken, *, at: datetime) -> None:
    """Where the council's path begins with pointers, keep them for a person until the conditions hold."""
    if _message(taken) is None:
        return
    notification.first_words = "held"
    db.session.flush()
    set_task(notification, TASK, on=at.astimezone(LONDON).date())


def sender_opened(notification_id: UUID, *, at: datetime) -> None:
    """The link in the receipt was opened: that verifies a work address in a domain which the council trusts."""
    notification = _locked(notification_id)
    if notification.sender_verified_at is None and trusted(notification.work_email):
        notification.sender_verified_at = at
        db.session.flush()
    if notification.first_words == "held" and conditions_of(notification, on=at.astimezone(LONDON).date()).hold:
        _send(notification, by=SYSTEM, at=at, note=BY_ITSELF)


def send_first_words(notification_id: UUID, *, by: Actor, at: datetime) -> Notification:
    """A person sends them, whichever conditions fail; raises `NotHeld` or `NoWayToSend`."""
    notification = _locked(notification_id)
    if notification.first_words != "held":
        raise NotHeld
    _send(notification, by=by, at=at, note=BY_HAND)
    return notification


def close_first_words(notification_id: UUID, reason: str, *, by: Actor, at: datetime) -> Notification:
    """A person decides that nothing is sent, and says why; raises `NotHeld`."""
    notification = _locked(notification_id)
    if notification.first_words != "held":
        raise NotHeld
    notification.first_words, notification.first_words_reason = "closed", reason
    notification.first_words_at, notification.first_words_by = at, by.person_id
    settle_task(notification, TASK, by=by, on=at.astimezone(LONDON).date(), note=reason)
    db.session.flush()
    return notification


def trusted(address: str | None) -> bool:
    """Whether an address is in a domain that the council trusts, or in one below it."""
    if not address or not is_mailbox(address):
        return False
    domain = address.rpartition("@")[2].lower()
    profile = db.session.execute(select(Tenant.profile).where(Tenant.id == current_tenant_id())).scalar_one()
    known = profile.get("notifications", {}).get("trusted_domains", [])
    return any(domain == each or domain.endswith(f".{each}") for each in known)


def can_send(notification: Notification) -> bool:
    """Whether a person could send them now: by e-mail, or as a letter of the case file."""
    return _by_email(notification) is not None or _case_file(notification) is not None


def _send(notification: Notification, *, by: Actor, at: datetime, note: str) -> None:
    """Write the letter, and let an e-mail with its link go; without a safe address it is printed and posted."""
    taken, on = taken_for(notification), at.astimezone(LONDON).date()
    message = _message(taken) if taken else None
    carer, referral = _by_email(notification), _case_file(notification)
    if message is None or (carer is None and referral is None):
        raise NoWayToSend
    about = About(
        notification.child_id, notification.area_id, notification.reference, referral.id if referral else None
    )
    letter = first_letter(message, about, carer or _first_carer(notification), by=by, on=on)
    if carer is not None:
        _email(notification, referral, carer, letter.id, at=at)
    elif referral is not None:
        letters.deliver(letter, reference=notification.reference, stage=None, at=at)
    notification.first_words, notification.first_words_at, notification.first_words_by = "sent", at, by.person_id
    settle_task(notification, TASK, by=by, on=on, note=note)
    db.session.flush()


def _email(
    notification: Notification, referral: Referral | None, carer: Carer, letter_id: UUID, *, at: datetime
) -> None:
    link_id = make_link(purpose="letter", subject_id=letter_id, recipient_kind="carer", recipient_id=carer.id, at=at)
    tell(
        kind="first-signposting",
        recipient_kind="carer",
        recipient_id=carer.id,
        referral_id=referral.id if referral else None,
        child_id=notification.child_id,
        reference=notification.reference,
        link_id=link_id,
        subject_id=notification.id,
    )


def _message(taken: Taken) -> Message | None:
    """The pointers of the path that a notification takes, if it has any."""
    if not taken.told.route or not taken.route.key:
        return None
    return next(iter(first_messages(taken.policy, taken.edition, taken.route.key)), None)


def _first_carer(notification: Notification) -> Carer | None:
    return next(iter(carers_of(notification.child_id)), None)


def _by_email(notification: Notification) -> Carer | None:
    """The main contact, if e-mail is safe for them and there is an address."""
    carer = _first_carer(notification)
    return carer if carer and carer.email_is_safe and is_mailbox(carer.email or "") else None


def _case_file(notification: Notification) -> Referral | None:
    return db.session.scalars(scoped(Referral).where(Referral.notification_id == notification.id)).one_or_none()


def _locked(notification_id: UUID) -> Notification:
    """The notification, for one change at a time; raises `NotHere`."""
    return here(Notification, notification_id, lock=True)
