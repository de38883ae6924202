"""Reading the trail, and proving that it is whole."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from portage.core.audit import audit_event
from portage.core.db import db
from portage.core.tenancy import current_tenant_id

_PAGE = 5_000
_ALL = 2**62


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of one council's chain found; `broken_at` is the number of the first event that does not fit."""

    events: int
    broken_at: int | None
    unsealed: int

    @property
    def whole(self) -> bool:
        """Whether every event is there, in order and unchanged."""
        return self.broken_at is None and self.unsealed == 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events to show; all parts may be left out. `before` pages backwards in time."""

    actor: str | None = None
    action: str | None = None
    subject_id: UUID | None = None
    before: datetime | None = None
    rows: bool = False  # also the changed rows, not only what people did


def verify() -> Verdict:
    """Recompute the chain of the council in scope from its first event; about a hundred thousand events a second.

    It ends at the event that was the last when it began: people go on working, and what they do meanwhile is whole too.
    """
    tenant = {"t": current_tenant_id()}
    last = db.session.execute(text("select seq, digest from audit_head where tenant_id = :t"), tenant).one_or_none()
    head, number = b"", 0
    for seq, digest, written in _sealed(last.seq if last else None):
        number += 1
        head = hashlib.sha256(head + written.encode()).digest()
        if seq != number or bytes(digest) != head:
            return Verdict(number, number, 0)
    now = db.session.execute(_LEFT_OVER, tenant).one()
    if now.beyond or (last is not None and (last.seq != number or bytes(last.digest) != head)):
        return Verdict(number, number + 1, now.unsealed)
    return Verdict(number, None, now.unsealed)


# One statement, so that both figures are of one instant: events without a seal, and seals that the head does not know.
_LEFT_OVER = text(
    "select (select count(*) from audit_event where tenant_id = :t)"
    "   - (select count(*) from audit_seal where tenant_id = :t) as unsealed,"
    " coalesce((select max(seq) from audit_seal where tenant_id = :t), 0)"
    "   - coalesce((select seq from audit_head where tenant_id = :t), 0) as beyond"
)


def _sealed(until: int | None) -> Iterator[tuple[int, bytes, str]]:
    """(number, digest, the event's canonical text) in the chain's order up to a number, read in pages."""
    after = 0
    while True:
        rows = db.session.execute(
            text(
                "select s.seq, s.digest, audit_text(e) from audit_seal s "
                "join audit_event e on e.tenant_id = s.tenant_id and e.id = s.event_id "
                "where s.tenant_id = :t and s.seq > :after and s.seq <= :until order by s.seq limit :page"
            ),
            {"t": current_tenant_id(), "after": after, "until": _ALL if until is None else until, "page": _PAGE},
        ).all()
        yield from ((seq, digest, written) for seq, digest, written in rows)
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]


def events(wanted: Wanted, limit: int = 100) -> list[Any]:
    """The newest events that fit, as rows (at, actor, action, subject_kind, subject_id, detail)."""
    table = audit_event.c
    query = select(
        table.id, table.at, table.actor, table.action, table.subject_kind, table.subject_id, table.detail
    ).where(table.tenant_id == current_tenant_id())
    if wanted.actor:
        query = query.where(table.actor == wanted.actor)
    if wanted.action:
        query = query.where(table.action == wanted.action)
    if wanted.subject_id:
        query = query.where(table.subject_id == wanted.subject_id)
    if wanted.before:
        query = query.where(table.at < wanted.before)
    if not wanted.rows:
        query = query.where(table.action.not_like("row.%"))
    return list(db.session.execute(query.order_by(table.at.desc(), table.id.desc()).limit(limit)))
