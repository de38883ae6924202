"""The drafts that can be previewed, and the previews that were asked for."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, true

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import current_tenant_id, here
from portage.editions.models import PolicyEdition
from portage.previews.models import Preview

_MOST = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """An edition that is still to come."""

    id: UUID
    source: str
    effective_from: date | None


def drafts(on: date) -> list[Draft]:
    """Every draft, and what is published for a later day."""
    found = db.session.execute(
        select(PolicyEdition.id, PolicyEdition.source, PolicyEdition.effective_from)
        .where(
            PolicyEdition.tenant_id == current_tenant_id(),
            or_(
                PolicyEdition.status == "draft",
                and_(PolicyEdition.status == "published", PolicyEdition.effective_from > on),
            ),
        )
        .order_by(PolicyEdition.effective_from.nulls_first(), PolicyEdition.id.desc())
    )
    return [Draft(*row) for row in found]


def recent(edition_id: UUID | None = None) -> list[Any]:
    """The latest previews, of all drafts or of one: whose draft, who asked, and how it went."""
    found = db.session.execute(
        select(
            Preview.id, Preview.status, Preview.asked_at, Preview.from_on, PolicyEdition.source, Person.name.label("by")
        )
        .join(PolicyEdition, _same(PolicyEdition, Preview.edition_id))
        .join(Person, _same(Person, Preview.asked_by))
        .where(
            Preview.tenant_id == current_tenant_id(),
            PolicyEdition.tenant_id == current_tenant_id(),
            Person.tenant_id == current_tenant_id(),
            true() if edition_id is None else Preview.edition_id == edition_id,
        )
        .order_by(Preview.asked_at.desc(), Preview.id.desc())
        .limit(_MOST)
    )
    return list(found)


def _same(model: Any, key: Any) -> Any:
    return and_(model.tenant_id == Preview.tenant_id, model.id == key)


def preview_here(preview_id: UUID) -> Preview:
    """One preview of the council in scope; raises `NotHere`."""
    return here(Preview, preview_id)


def name_of(person_id: UUID) -> str:
    """Who asked for a preview."""
    return db.session.execute(
        select(Person.name).where(Person.tenant_id == current_tenant_id(), Person.id == person_id)
    ).scalar_one()


def source_of(edition_id: UUID) -> str:
    """What an edition or a draft is called."""
    found: str = db.session.execute(
        select(PolicyEdition.source).where(
            PolicyEdition.tenant_id == current_tenant_id(), PolicyEdition.id == edition_id
        )
    ).scalar_one()
    return found
