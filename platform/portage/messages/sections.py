"""What a request's page says of letters and e-mails about it."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, Select, Uuid, bindparam, cast, literal, select, union_all

from portage.core.identity import Viewer
from portage.core.sections import Entry, Section, adds_to
from portage.core.tenancy import TENANT, rows_of
from portage.messages.models import Letter, Message

LETTERS = {
    "outcome": "Letter about the decision",
    "signposting": "Letter with first pointers to help",
    "receipt": "Letter of receipt",
    "closing": "Letter about the end of support",
    "invitation": "Invitation to a meeting",
}
RECIPIENTS = {"carer": "the family", "referrer": "the person who asked"}
_REFERRAL = bindparam("referral_id", type_=Uuid())
STATUSES = {
    "waiting": "on its way",
    "sent": "sent",
    "held": "held back: see Letters",
    "failed": "could not be sent: see Letters",
    "unknown": "may not have arrived: see Letters",
}


@adds_to("referral", order=60)
def letters_and_mails(_viewer: Viewer, referral_id: UUID | None) -> Section | None:
    """Every letter and e-mail to the family or the person who asked, newest first, and what became of each."""
    rows = rows_of(_about(), {"referral_id": referral_id}).all()
    return Section("Letters and e-mails", tuple(_entry(row, referral_id) for row in rows), "Nothing was sent yet.")


@cache
def _about() -> Select[*tuple[Any, ...]]:
    """Letters and messages in one question: (what, id, kind, state, when, read_at)."""
    letters = select(
        literal("letter").label("what"),
        Letter.id,
        Letter.kind,
        literal("").label("state"),
        Letter.posted_on,
        Letter.read_at,
        Letter.created_at.label("at"),
    ).where(Letter.tenant_id == TENANT, Letter.referral_id == _REFERRAL, Letter.disposed_at.is_(None))
    mails = select(
        literal("mail"), Message.id, Message.recipient_kind, Message.status, cast(None, Date), Message.sent_at,
        Message.created_at,
    ).where(
        Message.tenant_id == TENANT,
        Message.referral_id == _REFERRAL,
        Message.recipient_kind.in_(tuple(RECIPIENTS)),
    )  # fmt: skip
    both = union_all(letters, mails).subquery()
    return select(both).order_by(both.c.at.desc(), both.c.id)


def _entry(row: Row[Any], referral_id: UUID | None) -> Entry:
    day = f"{row.at.day} {row.at:%b %Y}"
    if row.what == "mail":
        return Entry(f"E-mail to {RECIPIENTS[row.kind]}, {day}", quiet=STATUSES[row.state])
    reached = [f"posted on {row.posted_on.day} {row.posted_on:%b %Y}"] if row.posted_on else []
    reached += ["opened by the family"] if row.read_at else []
    url = f"/referrals/{referral_id}/letter/{row.id}"
    return Entry(f"{LETTERS[row.kind]}, {day}", url, ", ".join(reached) or "not posted and not opened yet")
