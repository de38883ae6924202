"""One-time links: the button on their page spends them for one browser, which may then read for a day.

The token is derived from the link's id under the service's own secret, so a repeated e-mail holds the same link; the
database keeps its hash alone.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped
from portage.messages.models import OneTimeLink
from portage.messages.recipients import reach

OPEN_FOR = timedelta(hours=24)


def token_of(link_id: UUID, secret: bytes) -> str:
    """The token of a link of the council in scope: 256 bits that only the holder of the secret can compute."""
    message = b"one-time-link." + current_tenant_id().bytes + link_id.bytes
    return urlsafe_b64encode(hmac.new(secret, message, hashlib.sha256).digest()).rstrip(b"=").decode()


def hashed(value: str) -> bytes:
    """How tokens and browsers' keys are kept."""
    return hashlib.sha256(value.encode()).digest()


def by_token(token: str) -> OneTimeLink | None:
    """The link behind a token of this council."""
    return db.session.scalars(scoped(OneTimeLink).where(OneTimeLink.token_hash == hashed(token))).one_or_none()


def spend(link: OneTimeLink, browser: str, *, at: datetime) -> bool:
    """Spend an unopened link for one browser; False when somebody else was first, it waited too long, or is unsafe."""
    if not still_safe(link):
        return False
    spent = db.session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.tenant_id == current_tenant_id(),
            OneTimeLink.id == link.id,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.closed_at.is_(None),
            OneTimeLink.expires_at > at,
        )
        .values(used_at=at, browser_hash=hashed(browser), open_until=at + OPEN_FOR)
        .returning(OneTimeLink.id)
        .execution_options(synchronize_session=False)
    )
    return spent.scalar_one_or_none() is not None


def opened_by(link_id: UUID, browser: str, *, at: datetime) -> OneTimeLink | None:
    """The link, if this browser opened it and may still read; None otherwise, whatever the reason."""
    found = db.session.scalars(
        scoped(OneTimeLink).where(
            OneTimeLink.id == link_id,
            OneTimeLink.browser_hash == hashed(browser),
            OneTimeLink.open_until > at,
            OneTimeLink.closed_at.is_(None),
        )
    ).one_or_none()
    return found if found is not None and still_safe(found) else None


def can_be_opened(link: OneTimeLink, *, at: datetime) -> bool:
    """Whether the button would still open it."""
    return link.used_at is None and link.closed_at is None and link.expires_at > at and still_safe(link)


def closed_by_hand(link: OneTimeLink) -> bool:
    """Whether a manager closed this link, or a later one to the same thing for the same recipient."""
    closed = select(OneTimeLink.id).where(
        OneTimeLink.tenant_id == current_tenant_id(),
        OneTimeLink.purpose == link.purpose,
        OneTimeLink.subject_id == link.subject_id,
        OneTimeLink.recipient_kind == link.recipient_kind,
        OneTimeLink.recipient_id == link.recipient_id,
        OneTimeLink.created_at >= link.created_at,
        OneTimeLink.closed_at.is_not(None),
    )
    return db.session.execute(closed.limit(1)).first() is not None


def still_safe(link: OneTimeLink) -> bool:
    """Whether e-mail is safe for its recipient now: somebody else may read the mailbox that the link went to before."""
    found = reach(link.recipient_kind, link.recipient_id)
    return found is not None and found.email_is_safe and not found.gone


@dataclass(frozen=True, slots=True)
class Shown:
    """What a link opens: whom it concerns, the template, and what that is given."""

    child_id: UUID
    template: str
    context: dict[str, Any]


Opener = Callable[[OneTimeLink, datetime], Shown | None]
_openers: dict[str, Opener] = {}


def opens(purpose: str) -> Callable[[Opener], Opener]:
    """Register what links of a purpose show; a higher slice adds its own."""

    def keep(opener: Opener) -> Opener:
        _openers[purpose] = opener
        return opener

    return keep


Spent = Callable[[OneTimeLink, datetime], None]
_spent: dict[str, Spent] = {}


def when_spent(purpose: str) -> Callable[[Spent], Spent]:
    """Register what happens when a link of a purpose is opened; a higher slice adds its own."""

    def keep(happens: Spent) -> Spent:
        _spent[purpose] = happens
        return happens

    return keep


def note_spending(link: OneTimeLink, *, at: datetime) -> None:
    """Let whoever made the link know that it was opened."""
    if happens := _spent.get(link.purpose):
        happens(link, at)


def shown_by(link: OneTimeLink, *, at: datetime) -> Shown | None:
    """What an opened link shows, None when that is no longer there."""
    return _openers[link.purpose](link, at)
