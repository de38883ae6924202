"""Sends e-mails: reads the address and what is safe at that very moment, and says what became of each."""

from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID, uuid5

from flask import current_app

from portage.core import clock, jobs, outbox
from portage.core.access import Role
from portage.core.db import db
from portage.core.jobs import Again, NoSubject, effect
from portage.core.mailboxes import is_mailbox
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Child
from portage.messages import links, words
from portage.messages.council import Sender, sender
from portage.messages.models import Message, OneTimeLink
from portage.messages.operations import SEND, UNOPENED, alert
from portage.messages.recipients import Reach, reach
from portage.messages.smtp import Delivery, deliver

LATE = timedelta(minutes=15)  # after which staff hear that an e-mail is still waiting
KEPT = timedelta(days=60)  # how long a finished outbox row stays, so that the same thing is not asked for twice


def _given_up(message_id: UUID) -> None:
    """All attempts are used up: whoever looks after the family finds another way."""
    message = _message(message_id)
    if message.status == "waiting":
        message.status = "failed"
    _alert(message, "failed", "could not be sent in three days. Please telephone or write")


@effect(SEND, when_dead=_given_up)
def send(message_id: UUID) -> Again | None:
    """Send one message, or hold it when e-mail is not safe at this moment. A repetition carries the same Message-ID."""
    message = _message(message_id)
    if message.status not in ("waiting", "unknown"):
        return None
    found = reach(message.recipient_kind, message.recipient_id)
    if found is None or found.no_email_because:
        _hold(message, found.no_email_because if found and found.no_email_because else "We do not find them any more.")
        return None
    if not is_mailbox(found.email or ""):
        _failed(message, "This is no e-mail address that works.", "could not be sent, the address is wrong")
        return None
    url = current_app.extensions["portage.settings"].smtp_url
    if not url:
        return _wait(message, "No mail server is set.")
    mail = _written(message, found)
    return _noted(message, deliver(url, mail), str(mail["Message-ID"]))


def _noted(message: Message, delivery: Delivery, message_id: str) -> Again | None:
    """Keep what became of it."""
    message.message_id = message_id
    if delivery is Delivery.SENT:
        message.status, message.sent_at, message.held_because = "sent", clock.now(), None
        return None
    if delivery is Delivery.REFUSED:
        because = "The mail server refused it for good: the address may be wrong."
        _failed(message, because, "came back, the address may be wrong")
        return None
    if delivery is Delivery.UNKNOWN:
        message.status = "unknown"
        return _wait(message, "The mail server went away after it had the message; it may have arrived.")
    return _wait(message, "The mail server does not take it yet.")


def _failed(message: Message, because: str, sentence: str) -> None:
    """Trying again would not help, so the team hears at once."""
    message.status, message.held_because = "failed", because
    _alert(message, "failed", f"{sentence}. Please telephone or write")


def _wait(message: Message, because: str) -> Again:
    message.held_because = because
    if clock.now() - message.created_at > LATE:
        _alert(message, "late", "is still waiting to be sent. If it is urgent, please telephone")
    return Again(because)


def _hold(message: Message, because: str) -> None:
    message.status, message.held_because = "held", because
    _alert(message, "held", f"was not sent. {because} Please telephone or write")


def _alert(message: Message, what: str, sentence: str) -> None:
    subject = f"An e-mail about {message.reference}" if message.reference else "An e-mail"
    alert(
        kind=f"message-{what}",
        path="/letters",
        sentence=f"{subject} {sentence}.",
        role=Role.TEAM_ADMINISTRATOR,
        area_id=_area_of(message),
        child_id=message.child_id,
        dedupe=f"message-{what}:{message.id}",
    )


def _written(message: Message, to: Reach) -> EmailMessage:
    """The e-mail: a reference, a stage, a link, and the council's contacts."""
    council = sender(clock.today(), _area_of(message))
    staff = message.recipient_kind == "person"
    mail = EmailMessage()
    mail["From"] = Address(council.council, addr_spec=council.address)
    mail["To"] = Address(addr_spec=to.email or "")
    if council.team.email:
        mail["Reply-To"] = Address(council.team.name, addr_spec=council.team.email)
    mail["Subject"] = words.subject_of(message.kind, message.reference)
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{message.id}@{council.host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(
        words.text_of(
            message.kind,
            reference=message.reference,
            stage=message.stage,
            address=_page(message, council) if staff else _link(message, council),
            staff=staff,
            signature=[council.council, *council.team.lines],
            more=words.more_of(message.kind, council),
        )
    )
    return mail


def _page(message: Message, council: Sender) -> str:
    path = f"/referrals/{message.referral_id}" if message.referral_id else "/today"
    return site_of(council) + path


def _link(message: Message, council: Sender) -> str:
    """The address of the message's link. Its id and token follow from the message, so a repetition holds the same."""
    link_id = message.link_id or uuid5(message.id, "link")
    secret: bytes = current_app.extensions["portage.settings"].secret_key
    token = links.token_of(link_id, secret)
    link = db.session.get(OneTimeLink, (current_tenant_id(), link_id))
    if link is None:
        link = OneTimeLink(
            id=link_id,
            purpose="request",
            subject_id=message.referral_id,
            recipient_kind=message.recipient_kind,
            recipient_id=message.recipient_id,
            expires_at=clock.now() + UNOPENED,
            token_hash=links.hashed(token),
        )
        db.session.add(link)
        message.link_id = link_id
    elif link.used_at is None:
        link.token_hash = links.hashed(token)
    db.session.flush()
    return f"{site_of(council)}/l/{token}"


def site_of(council: Sender) -> str:
    """Where the council's site begins, as links from outside name it."""
    settings = current_app.extensions["portage.settings"]
    port = f":{settings.public_port}" if settings.public_port else ""
    return f"{'https' if settings.https else 'http'}://{council.host}{port}"


def _message(message_id: UUID) -> Message:
    found = db.session.scalars(scoped(Message).where(Message.id == message_id)).one_or_none()
    if found is None:
        raise NoSubject("message")
    return found


def _area_of(message: Message) -> UUID | None:
    if message.child_id is None:
        return None
    child = db.session.get(Child, (current_tenant_id(), message.child_id))
    return child.area_id if child else None


@jobs.on_dead_letter
def tell_of_dead_letter(kind: str, subject_id: UUID) -> None:
    """Nothing is given up in silence: the managers see that something did not happen."""
    if kind != SEND:
        alert(
            kind="dead-letter",
            path="/letters",
            sentence=f"Something the service should have done by itself did not work ({kind}). Please tell support.",
            role=Role.SERVICE_MANAGER,
            dedupe=f"dead-letter:{kind}:{subject_id}",
        )


@jobs.daily("03:30")
def tidy_outbox() -> None:
    """Forget outbox rows that were done long ago, so that looking for due ones stays quick."""
    outbox.forget_done(clock.now() - KEPT)
