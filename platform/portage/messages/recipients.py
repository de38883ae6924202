"""How a recipient can be reached, read from their own row at the moment of sending and kept nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.families.models import Carer, Child


@dataclass(frozen=True, slots=True)
class Reach:
    """Where somebody can be reached, what is safe, and the area team that looks after them."""

    name: str
    email: str | None
    email_is_safe: bool = True
    area_id: UUID | None = None
    child_id: UUID | None = None
    gone: bool = False

    @property
    def no_email_because(self) -> str | None:
        """Why nothing may go by e-mail now, in a sentence for staff; None when it may."""
        if self.gone:
            return "They no longer work with us."
        if not self.email_is_safe:
            return "E-mail is not safe for them."
        if not self.email:
            return "We hold no e-mail address."
        return None


Book = Callable[[UUID], Reach | None]
_books: dict[str, Book] = {}


def address_book(recipient_kind: str) -> Callable[[Book], Book]:
    """Register how recipients of one kind are found; a higher slice adds its own."""

    def keep(book: Book) -> Book:
        _books[recipient_kind] = book
        return book

    return keep


def reach(recipient_kind: str, recipient_id: UUID) -> Reach | None:
    """How to reach somebody now; None when this council knows no such recipient."""
    return _books[recipient_kind](recipient_id)


@address_book("carer")
def _carer(carer_id: UUID) -> Reach | None:
    found = db.session.execute(
        select(Carer.name, Carer.email, Carer.email_is_safe, Carer.child_id, Child.area_id)
        .join(Child, (Child.tenant_id == Carer.tenant_id) & (Child.id == Carer.child_id))
        .where(Carer.tenant_id == current_tenant_id(), Carer.id == carer_id)
    ).one_or_none()
    return found and Reach(found.name, found.email, found.email_is_safe, found.area_id, found.child_id)


@address_book("person")
def _person(person_id: UUID) -> Reach | None:
    found = db.session.execute(
        select(Person.name, Person.email, Person.disabled_at).where(
            Person.tenant_id == current_tenant_id(), Person.id == person_id
        )
    ).one_or_none()
    return found and Reach(found.name, found.email, gone=found.disabled_at is not None)
