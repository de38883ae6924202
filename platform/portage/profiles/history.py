"""What was marked on one step over time, corrections included, each with who and when."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Uuid, and_, bindparam, select
from sqlalchemy.orm import aliased

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.profiles.models import ProfileMark

_Corrector = aliased(Person)


def history_of(profile_id: UUID, item_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every mark of a step, the newest first; what was corrected among them. One query."""
    return db.session.execute(_history(), {"profile": profile_id, "item": item_id}).all()


@cache
def _history() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ProfileMark.id,
            ProfileMark.stage,
            ProfileMark.seen_on,
            ProfileMark.evidence,
            ProfileMark.note,
            ProfileMark.created_at,
            ProfileMark.corrected_at,
            ProfileMark.corrected_because,
            Person.name.label("marked_by"),
            _Corrector.name.label("corrected_by"),
        )
        .join(Person, and_(Person.tenant_id == ProfileMark.tenant_id, Person.id == ProfileMark.marked_by))
        .outerjoin(
            _Corrector, and_(_Corrector.tenant_id == ProfileMark.tenant_id, _Corrector.id == ProfileMark.corrected_by)
        )
        .where(
            ProfileMark.tenant_id == TENANT,
            ProfileMark.profile_id == bindparam("profile", type_=Uuid()),
            ProfileMark.item_id == bindparam("item", type_=Uuid()),
        )
        .order_by(ProfileMark.created_at.desc(), ProfileMark.id.desc())
    )
