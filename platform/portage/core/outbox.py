"""Effects that must happen after the commit: a row of the same transaction, so that none is lost and none invented."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped

from portage.core import clock
from portage.core.db import Index, Model, TenantOwned, UniqueConstraint, db
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id


class Outbox(TenantOwned, Model):
    """One effect to carry out: its kind and the id it concerns, nothing of a family.

    What the row under that id says is read when the effect runs, so rows may be carried out in any order.
    `leased_until` keeps two workers apart; a lease that ran out is taken again, so work survives any process.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe"),
        Index("ix_outbox_tenant_id_done_at_not_before", "tenant_id", "done_at", "not_before"),
    )

    kind: Mapped[str]
    subject_id: Mapped[UUID]
    dedupe: Mapped[str | None]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


def put(kind: str, subject_id: UUID, *, dedupe: str | None = None, not_before: datetime | None = None) -> UUID | None:
    """Ask for an effect once this transaction commits; answers its id, or None when `dedupe` was asked for before."""
    row = {
        "tenant_id": current_tenant_id(),
        "id": new_id(),
        "kind": kind,
        "subject_id": subject_id,
        "dedupe": dedupe,
        "not_before": not_before or clock.now(),
        "attempts": 0,
    }
    asked = db.session.execute(
        insert(Outbox).values(**row).on_conflict_do_nothing(index_elements=["tenant_id", "dedupe"]).returning(Outbox.id)
    )
    return asked.scalar_one_or_none()


def forget_done(before: datetime) -> int:
    """Delete this council's rows that were done before an instant; answers how many. Dead letters stay."""
    gone = db.session.execute(
        delete(Outbox)
        .where(Outbox.tenant_id == current_tenant_id(), Outbox.done_at < before)
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
