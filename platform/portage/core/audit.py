"""The trail: who did or read what, append-only and chained by the database for each council.

A request's events are kept in the session and written just before its commit, so that the chain is locked only for
an instant. A row holds ids and names of fields, never values: a family's data can be erased and the chain still holds.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, DateTime, MetaData, Table, Text, Uuid, event, insert
from sqlalchemy.orm import Session

from portage.core import clock
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id

audit_event = Table(
    "audit_event",
    MetaData(),
    Column("tenant_id", Uuid),
    Column("id", Uuid),
    Column("at", DateTime(timezone=True)),
    Column("actor", Text),
    Column("action", Text),
    Column("subject_kind", Text),
    Column("subject_id", Uuid),
    Column("detail", JSON),
)

_ADD = insert(audit_event)


def record(action: str, *, actor: str, subject: tuple[str, UUID] | None = None, **detail: Any) -> None:
    """Add one event to this transaction's trail; `detail` holds ids, keys and names of fields only."""
    kind, subject_id = subject or (None, None)
    session = db.session()
    if not session.in_transaction():
        session.begin()  # so that a rollback, also of a transaction without a statement, forgets the event
    session.info.setdefault("audit", []).append(
        {
            "tenant_id": current_tenant_id(),
            "id": new_id(),
            "at": clock.now(),
            "actor": actor,
            "action": action,
            "subject_kind": kind,
            "subject_id": subject_id,
            "detail": {key: str(value) if isinstance(value, UUID) else value for key, value in detail.items()},
        }
    )


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if rows := session.info.pop("audit", None):
        session.connection().execute(_ADD, rows)  # beside the session's own layer, which knows nothing of this table


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    if not session.in_nested_transaction():
        session.info.pop("audit", None)
