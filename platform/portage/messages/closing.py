"""Links that somebody out there holds: which still open, and closing one by hand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.identity import Viewer
from portage.core.tenancy import current_tenant_id
from portage.families.conflicts import conflict_of
from portage.families.models import Carer, Child
from portage.messages.letters import in_area
from portage.messages.models import Message, OneTimeLink

MOST_SHOWN = 50


def still_open(viewer: Viewer, *, at: datetime, reference: str = "") -> list[Any]:
    """Links of the viewer's area teams that open or are being read, newest first; of one request, if it is named."""
    wanted = _told(viewer).where(
        OneTimeLink.closed_at.is_(None),
        or_(and_(OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at), OneTimeLink.open_until > at),
    )
    if reference:
        wanted = wanted.where(Message.reference == reference)
    return list(db.session.execute(wanted.order_by(Message.created_at.desc(), OneTimeLink.id).limit(MOST_SHOWN)))


def close_link(link_id: UUID, viewer: Viewer, *, at: datetime) -> None:
    """Close a link for good; raises `NotHere` beyond the viewer's areas. One that is closed stays as it is."""
    if db.session.execute(_told(viewer).where(OneTimeLink.id == link_id).limit(1)).first() is None:
        raise NotHere
    db.session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.tenant_id == current_tenant_id(),
            OneTimeLink.id == link_id,
            OneTimeLink.closed_at.is_(None),
        )
        .values(closed_at=at, closed_by=viewer.person_id)
        .execution_options(synchronize_session=False)
    )


def _told(viewer: Viewer) -> Any:
    """Links with the e-mail that carries them, to families and referrers of the viewer's area teams."""
    wanted: Any = (
        select(
            OneTimeLink.id, OneTimeLink.purpose, OneTimeLink.used_at, OneTimeLink.expires_at, OneTimeLink.open_until,
            Message.reference, Message.referral_id, Carer.name,
            conflict_of(viewer.person_id, Message.child_id).label("shut"),
        )
        .join(Message, and_(Message.tenant_id == OneTimeLink.tenant_id, Message.link_id == OneTimeLink.id))
        .outerjoin(Child, and_(Child.tenant_id == Message.tenant_id, Child.id == Message.child_id))
        .outerjoin(
            Carer,
            and_(
                Carer.tenant_id == Message.tenant_id,
                Carer.id == Message.recipient_id,
                Message.recipient_kind == "carer",
            ),
        )
        .where(
            OneTimeLink.tenant_id == current_tenant_id(),
            Message.tenant_id == current_tenant_id(),
            Message.recipient_kind != "person",
            in_area(viewer),
        )
    )  # fmt: skip
    return wanted
