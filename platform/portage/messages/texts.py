"""Texts to people who work here: asked for in the transaction, sent afterwards, and what became of each."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portage.accounts.models import Person
from portage.core import outbox
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id, scoped
from portage.messages.models import TextMessage
from portage.tenants.models import Tenant

SEND_TEXT = "text.send"  # the kinds of outbox rows whose effects send a text, and follow it up
FOLLOW_TEXT = "text.follow"
STATES = {
    "waiting": "not sent yet",
    "unknown": "not sure that it was sent",
    "sent": "sent",
    "delivered": "delivered",
    "held": "not sent",
    "failed": "could not be delivered: ring instead",
}
NOT_GONE = ("held", "failed", "unknown")


@dataclass(frozen=True, slots=True)
class TextService:
    """Where the council's manifest says that its texts go out: the name of the key, never the key, and the template."""

    secret_name: str
    template_id: str


def text_service() -> TextService | None:
    """The council's service for texts as its manifest names it; None where it names none."""
    profile = db.session.execute(select(Tenant.profile).where(Tenant.id == current_tenant_id())).scalar_one()
    told = profile.get("texts") or {}
    if not told.get("secret_name") or not told.get("template_id"):
        return None
    return TextService(told["secret_name"], told["template_id"])


def text_to(
    person_id: UUID, *, kind: str, reference: str, path: str, about_id: UUID | None = None, again: str = ""
) -> UUID | None:
    """Ask for one text once this transaction commits; answers its id, None without texts or when it was asked before.

    It says `reference` and the address of `path` on the council's site, where one signs in, and nothing else. The
    number is read from the person when it is sent. `again` marks a deliberate repetition.
    """
    if text_service() is None:
        return None
    text_id = new_id()
    same = ":".join(map(str, ("text", kind, person_id, about_id or text_id, again)))
    if outbox.put(SEND_TEXT, text_id, dedupe=same) is None:
        return None
    text = TextMessage(id=text_id, kind=kind, person_id=person_id, reference=reference, path=path, about_id=about_id)
    db.session.add(text)
    db.session.flush()
    return text_id


def texts_about(about: Collection[UUID]) -> Sequence[TextMessage]:
    """The texts about some things, the oldest first."""
    wanted = scoped(TextMessage).where(TextMessage.about_id.in_(about))
    return db.session.scalars(wanted.order_by(TextMessage.created_at, TextMessage.id)).all()


def last_text(kind: str, person_id: UUID) -> TextMessage | None:
    """The latest text of a kind to somebody."""
    wanted = scoped(TextMessage).where(TextMessage.kind == kind, TextMessage.person_id == person_id)
    return db.session.scalars(wanted.order_by(TextMessage.created_at.desc()).limit(1)).one_or_none()


def number_of(person_id: UUID) -> str | None:
    """The number for texts of somebody who works here, as it is kept; None for who left or has none."""
    return db.session.execute(
        select(Person.telephone).where(
            Person.tenant_id == current_tenant_id(), Person.id == person_id, Person.disabled_at.is_(None)
        )
    ).scalar_one_or_none()


Failed = Callable[[UUID, UUID], None]
_when_failed: dict[str, Failed] = {}


def when_text_fails(kind: str) -> Callable[[Failed], Failed]:
    """Register what follows when a text of a kind does not arrive: `work(about_id, person_id)`."""

    def keep(work: Failed) -> Failed:
        _when_failed[kind] = work
        return work

    return keep


def follow_failure(text: TextMessage) -> None:
    """Do what was registered for a text that did not arrive."""
    if text.kind in _when_failed and text.about_id is not None:
        _when_failed[text.kind](text.about_id, text.person_id)
