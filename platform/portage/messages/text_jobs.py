"""Sends texts and follows them up: each goes out once, as far as the protocol lets, and its fate is written down."""

from datetime import timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from portage.accounts.oidc.credentials import SecretStore
from portage.accounts.outbound import Reach
from portage.accounts.refusals import ProviderMisconfigured
from portage.core import clock, outbox
from portage.core.db import db
from portage.core.jobs import Again, NoSubject, effect
from portage.core.telephones import international, takes_texts
from portage.core.tenancy import current_tenant_id, scoped
from portage.messages.council import sender
from portage.messages.jobs import site_of
from portage.messages.models import TextMessage
from portage.messages.notify import PATIENCE, PUBLIC, ApiKey, Became, Notify, Told
from portage.messages.texts import FOLLOW_TEXT, SEND_TEXT, follow_failure, number_of, text_service

USELESS = timedelta(hours=1)  # a text that could not be sent for so long is no help any more
FIRST_LOOK = timedelta(seconds=10)
LAST_LOOK = timedelta(hours=2)


def way_out() -> Notify | str:
    """The council's service at GOV.UK Notify, or why no text goes out, in a sentence for staff."""
    told = text_service()
    if told is None:
        return "This council has no service for texts."
    settings = current_app.extensions["portage.settings"]
    try:
        key = ApiKey.read(SecretStore.of_process(settings.secrets).text(told.secret_name))
    except ProviderMisconfigured:
        return "The key for GOV.UK Notify is not there."
    if key is None:
        return "The key for GOV.UK Notify has another form than keys have."
    reach = Reach(loopback=not settings.https, seconds=PATIENCE, pins=settings.pinned_hosts)
    return Notify(key, told.template_id, settings.notify_url or PUBLIC, reach)


def _given_up(text_id: UUID) -> None:
    text = _text(text_id)
    if text.status in ("waiting", "unknown"):
        _failed(text, "It could not be sent.")


@effect(SEND_TEXT, when_dead=_given_up)
def send(text_id: UUID) -> Again | None:
    """Send one text. A repetition first asks Notify for our reference, so that a worker's end doubles none."""
    text = _text(text_id)
    if text.status not in ("waiting", "unknown"):
        return None
    if clock.now() - text.created_at > USELESS:
        _failed(text, text.because or "It could not be sent within an hour.")
        return None
    way, number = way_out(), number_of(text.person_id)
    if isinstance(way, str):
        _held(text, way)
        return None
    if not takes_texts(number):
        _held(text, "They have no number for texts here, or do not work here any more.")
        return None
    return _noted(text, _sent_once(text, way, international(number or "")))


def _sent_once(text: TextMessage, way: Notify, number: str) -> Told:
    if _attempts(text.id) > 1 and (known := way.find(str(text.id))).became is not Became.ABSENT:
        return known
    address = site_of(sender(clock.today())) + text.path
    return way.send(number, {"reference": text.reference, "link": address}, str(text.id))


def _attempts(text_id: UUID) -> int:
    """How often this was begun, the present time included: counted before, in a commit of its own."""
    row = outbox.Outbox
    wanted = select(row.attempts).where(
        row.tenant_id == current_tenant_id(), row.done_at.is_(None), row.kind == SEND_TEXT, row.subject_id == text_id
    )
    return db.session.execute(wanted).scalar_one_or_none() or 0


def _noted(text: TextMessage, told: Told) -> Again | None:
    text.notify_id = told.notify_id or text.notify_id
    if told.became in (Became.TAKEN, Became.DELIVERED):
        text.sent_at, text.because = text.sent_at or clock.now(), None
        if told.became is Became.DELIVERED:
            text.status, text.delivered_at = "delivered", clock.now()
            return None
        text.status = "sent"
        outbox.put(FOLLOW_TEXT, text.id, dedupe=f"{FOLLOW_TEXT}:{text.id}", not_before=clock.now() + FIRST_LOOK)
        return None
    if told.became in (Became.REFUSED, Became.UNDELIVERED):
        _failed(text, told.because or "")
        return None
    text.status = "unknown" if told.became is Became.UNKNOWN else text.status
    text.because = told.because
    return Again(told.because or "later")


def _no_more_looks(text_id: UUID) -> None:
    _text(text_id).because = "Nobody told us whether it arrived."


@effect(FOLLOW_TEXT, when_dead=_no_more_looks)
def follow(text_id: UUID) -> Again | None:
    """Ask what became of a text that was taken, until it is known or does not matter any more."""
    text, way = _text(text_id), way_out()
    if text.status != "sent" or text.notify_id is None or isinstance(way, str):
        return None
    told = way.look(text.notify_id)
    if told.became is Became.DELIVERED:
        text.status, text.delivered_at, text.because = "delivered", clock.now(), None
        return None
    if told.became is Became.UNDELIVERED:
        _failed(text, told.because or "")
        return None
    if clock.now() - (text.sent_at or text.created_at) > LAST_LOOK:
        _no_more_looks(text_id)
        return None
    return Again("the text is on its way")


def _held(text: TextMessage, because: str) -> None:
    """It cannot go out, so it does not arrive either: whoever asked for it goes another way at once."""
    text.status, text.because = "held", because
    follow_failure(text)


def _failed(text: TextMessage, because: str) -> None:
    """It does not arrive: whoever asked for it goes another way."""
    text.status, text.because = "failed", because
    follow_failure(text)


def _text(text_id: UUID) -> TextMessage:
    found = db.session.scalars(scoped(TextMessage).where(TextMessage.id == text_id)).one_or_none()
    if found is None:
        raise NoSubject("text")
    return found
