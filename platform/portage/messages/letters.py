"""Letters after they are written: behind a link where e-mail is safe, else printed and posted; and what still waits."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, update

from portage.core.access import Role
from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Actor, Viewer
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.families.conflicts import conflict_of
from portage.families.models import Carer, Child
from portage.messages.links import Shown, opens, when_spent
from portage.messages.models import Letter, Message, OneTimeLink
from portage.messages.operations import alert, make_link, tell

PAGE = 50
ON_ITS_WAY = ("waiting", "sent", "unknown")


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An e-mail that did not go: whom it was for, why not, and how else they can be reached safely."""

    id: UUID
    reference: str | None
    referral_id: UUID | None
    kind: str
    status: str
    because: str | None
    asked_at: datetime
    name: str | None
    telephone: str | None
    address: str | None
    shut: bool = False  # the viewer declared a conflict of interest about the child


def deliver(letter: Letter, *, reference: str, stage: str | None, at: datetime) -> None:
    """Send a letter the safe way: an e-mail with a one-time link, or an alert to print and post it.

    Whether e-mail is safe is asked again when it is sent; if not then, the letter is back among those to post.
    """
    carer = _carer(letter.carer_id)
    if carer is not None and carer.email and carer.email_is_safe:
        link_id = make_link(
            purpose="letter", subject_id=letter.id, recipient_kind="carer", recipient_id=carer.id, at=at
        )
        tell(
            kind="letter",
            recipient_kind="carer",
            recipient_id=carer.id,
            referral_id=letter.referral_id,
            child_id=letter.child_id,
            reference=reference,
            stage=stage,
            link_id=link_id,
            subject_id=letter.id,
        )
        return
    child = db.session.get_one(Child, (current_tenant_id(), letter.child_id))
    alert(
        kind="letter-to-post",
        path=f"/referrals/{letter.referral_id}/letter/{letter.id}",
        sentence=f"The letter about {reference} is ready to print and post: e-mail is not possible or not safe.",
        role=Role.TEAM_ADMINISTRATOR,
        area_id=child.area_id,
        child_id=letter.child_id,
        dedupe=f"letter-to-post:{letter.id}",
    )


def letter_of(referral_id: UUID, letter_id: UUID) -> Letter:
    """One letter of one request; raises `NotHere`."""
    return here(Letter, letter_id, Letter.referral_id == referral_id, Letter.disposed_at.is_(None))


def letters_of(referral_id: UUID) -> list[Letter]:
    """The letters about a request, newest first."""
    wanted = scoped(Letter).where(Letter.referral_id == referral_id, Letter.disposed_at.is_(None))
    return list(db.session.scalars(wanted.order_by(Letter.created_at.desc())))


def mark_posted(letter: Letter, *, on: date) -> None:
    """Note the day on which a letter went to the post; the first day stays."""
    letter.posted_on = letter.posted_on or on
    db.session.flush()


def to_post(viewer: Viewer, page: int = 1) -> tuple[list[Any], int]:
    """One page of the letters that reached nobody yet, and how many: not posted, not read, no e-mail on its way.

    `shut` marks what is about a child about whom the viewer declared a conflict of interest: they read no name.
    """
    emailed = exists(
        select(Message.id)
        .join(OneTimeLink, (OneTimeLink.tenant_id == Message.tenant_id) & (OneTimeLink.id == Message.link_id))
        .where(
            Message.tenant_id == current_tenant_id(),
            OneTimeLink.tenant_id == current_tenant_id(),
            OneTimeLink.subject_id == Letter.id,
            Message.status.in_(ON_ITS_WAY),
        )
    )
    wanted = (
        select(
            Letter.id, Letter.referral_id, Letter.kind, Letter.dated_on, Child.given_name, Child.family_name,
            Letter.content["reference"].astext.label("reference"),
            Carer.post_is_safe, Carer.address, Carer.contact_note,
            conflict_of(viewer.person_id, Letter.child_id).label("shut"), func.count().over().label("total"),
        )
        .join(Child, (Child.tenant_id == Letter.tenant_id) & (Child.id == Letter.child_id))
        .outerjoin(Carer, (Carer.tenant_id == Letter.tenant_id) & (Carer.id == Letter.carer_id))
        .where(
            Letter.tenant_id == current_tenant_id(),
            Letter.posted_on.is_(None),
            Letter.read_at.is_(None),
            Letter.disposed_at.is_(None),
            ~emailed,
            in_area(viewer),
        )
    )  # fmt: skip
    return _page_of(wanted.order_by(Letter.dated_on, Letter.id), page)


def undelivered(viewer: Viewer, page: int = 1) -> tuple[list[Undelivered], int]:
    """One page of the e-mails that were held, failed or may not have arrived, and that nobody has dealt with."""
    wanted = (
        _messages(viewer)
        .where(Message.status.in_(("held", "failed", "unknown")), Message.handled_on.is_(None))
        .add_columns(func.count().over().label("total"))
    )
    rows, total = _page_of(wanted.order_by(Message.created_at, Message.id), page)
    return [
        Undelivered(
            row.id, row.reference, row.referral_id, row.kind, row.status, row.held_because, row.created_at,
            None if row.shut else row.name, row.telephone if row.telephone_is_safe and not row.shut else None,
            row.address if row.post_is_safe and not row.shut else None, row.shut,
        )
        for row in rows
    ], total  # fmt: skip


def _page_of(wanted: Any, page: int) -> tuple[list[Any], int]:
    """The rows of one page, and how many rows there are in all."""
    rows = list(db.session.execute(wanted.limit(PAGE).offset(PAGE * (page - 1))))
    return rows, rows[0].total if rows else 0


def handled(message_id: UUID, viewer: Viewer, *, on: date) -> None:
    """Somebody told the person another way; raises `NotHere` for a message beyond the viewer's areas."""
    _own(message_id, viewer)
    db.session.execute(
        update(Message)
        .where(Message.tenant_id == current_tenant_id(), Message.id == message_id)
        .values(handled_on=on, handled_by=viewer.person_id)
    )


def send_again(message_id: UUID, viewer: Viewer, *, at: datetime) -> bool:
    """Ask for the same e-mail once more, with a fresh link; False when that was asked for already."""
    _own(message_id, viewer)
    message = db.session.get_one(Message, (current_tenant_id(), message_id))
    sent = repeat(message, again=str(message.id), at=at)
    if sent:
        handled(message_id, viewer, on=at.astimezone(LONDON).date())
    return sent


def fresh_link(link: OneTimeLink, *, at: datetime) -> bool:
    """A family asks for a new link: to the address that we hold, never to one that is typed; at most once an hour."""
    message = db.session.scalars(
        scoped(Message).where(Message.link_id == link.id).order_by(Message.created_at.desc()).limit(1)
    ).one_or_none()
    return message is not None and repeat(message, again=f"{link.id}:{at:%Y%m%d%H}", at=at, kind="new-link")


def repeat(message: Message, *, again: str, at: datetime, kind: str | None = None) -> bool:
    """Tell the same recipient the same thing once more."""
    link_id = None
    if message.link_id is not None:
        old = db.session.get_one(OneTimeLink, (current_tenant_id(), message.link_id))
        link_id = make_link(
            purpose=old.purpose, subject_id=old.subject_id, recipient_kind=old.recipient_kind,
            recipient_id=old.recipient_id, at=at,
        )  # fmt: skip
    told = tell(
        kind=kind or message.kind, recipient_kind=message.recipient_kind, recipient_id=message.recipient_id,
        referral_id=message.referral_id, child_id=message.child_id, reference=message.reference, stage=message.stage,
        link_id=link_id, subject_id=message.referral_id or message.child_id, again=again,
    )  # fmt: skip
    return told is not None


def write(
    *,
    kind: str,
    child_id: UUID,
    referral_id: UUID | None,
    carer_id: UUID | None,
    on: date,
    content: dict[str, Any],
    by: Actor,
) -> Letter:
    """Keep a letter with its sections as they read today."""
    letter = Letter(
        id=new_id(), kind=kind, child_id=child_id, referral_id=referral_id, carer_id=carer_id, dated_on=on,
        content=content, written_by=by.person_id,
    )  # fmt: skip
    db.session.add(letter)
    db.session.flush()
    return letter


@when_spent("letter")
def note_opening(link: OneTimeLink, at: datetime) -> None:
    """Note when a family first opened a letter."""
    db.session.execute(
        update(Letter)
        .where(Letter.tenant_id == current_tenant_id(), Letter.id == link.subject_id, Letter.read_at.is_(None))
        .values(read_at=at)
    )


@opens("letter")
def _show(link: OneTimeLink, _at: datetime) -> Shown | None:
    letter = db.session.scalars(
        scoped(Letter).where(Letter.id == link.subject_id, Letter.disposed_at.is_(None))
    ).one_or_none()
    if letter is None:
        return None
    return Shown(letter.child_id, "messages/opened_letter.html", {"letter": letter, "until": link.open_until})


def _carer(carer_id: UUID | None) -> Carer | None:
    return None if carer_id is None else db.session.get(Carer, (current_tenant_id(), carer_id))


def _messages(viewer: Viewer) -> Any:
    """Messages to families and referrers of the viewer's area teams, with how else to reach a carer."""
    wanted: Any = (
        select(
            Message.id, Message.reference, Message.referral_id, Message.kind, Message.status, Message.held_because,
            Message.created_at, Carer.name, Carer.telephone, Carer.telephone_is_safe, Carer.address, Carer.post_is_safe,
            conflict_of(viewer.person_id, Message.child_id).label("shut"),
        )
        .outerjoin(Child, (Child.tenant_id == Message.tenant_id) & (Child.id == Message.child_id))
        .outerjoin(
            Carer,
            and_(
                Carer.tenant_id == Message.tenant_id,
                Carer.id == Message.recipient_id,
                Message.recipient_kind == "carer",
            ),
        )
        .where(Message.tenant_id == current_tenant_id(), Message.recipient_kind != "person", in_area(viewer))
    )  # fmt: skip
    return wanted


def _own(message_id: UUID, viewer: Viewer) -> None:
    if db.session.execute(_messages(viewer).where(Message.id == message_id)).one_or_none() is None:
        raise NotHere


def in_area(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of the viewer's area teams, and those of no area; all for somebody who works for the whole council."""
    if not viewer.areas:
        return true()
    return or_(Child.area_id.is_(None), Child.area_id.in_(viewer.areas))
