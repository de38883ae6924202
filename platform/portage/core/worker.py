"""Carries out effects: opens the council's scope, claims the row, runs its effect, and marks it done in one commit.

PostgreSQL holds the truth. A job in Redis is only a hint which rows to look at: a lost one is repeated by the relay, a
repeated one finds the row done, and one that names another council's row finds none.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from portage.core import clock, jobs
from portage.core.db import db
from portage.core.outbox import Outbox
from portage.core.tenancy import current_tenant_id, tenant_scope

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 10
# Seconds to wait after each failure: soon at first, 72 hours in all, so that a weekend without mail loses none.
BACKOFF = (5, 30, 120, 600, 3_600, 14_400, 43_200, 86_400, 111_000)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this worker has taken: its `attempts` include the present one."""

    id: UUID
    kind: str
    subject_id: UUID
    attempts: int


def drain(pointers: list[list[str]]) -> None:
    """The one function that a job may name: carry out a batch of [council's id, outbox row's id]."""
    for pointer in pointers:
        tenant_id, outbox_id = (UUID(part) for part in pointer)
        try:
            carry_out(tenant_id, outbox_id)
        except OperationalError as away:
            # The rest of the batch would fare no better; its lease runs out and the relay hands it on again.
            log.warning("the database went away: %s", type(away.orig).__name__)
            return


def carry_out(tenant_id: UUID, outbox_id: UUID, *, lease: timedelta | None = None) -> str:
    """Carry out one row for one council; answers `done`, `again`, `dead`, or `none` when there is nothing to do."""
    with tenant_scope(tenant_id, "worker"):
        row = _claim(outbox_id, lease or LEASE)
        if row is None:
            return "none"
        if row.kind not in jobs.known_kinds():
            return _give_up(row, "unknown kind")
        if row.attempts > MOST_ATTEMPTS:
            return _give_up(row, "the worker ended during each attempt")
        try:
            answer = _perform(row)
        except OperationalError:
            raise
        except Exception as failed:
            db.session.rollback()
            # A message of an exception may hold a family's words, so the row and the log get its type alone.
            log.warning("%s %s failed at attempt %d: %s", row.kind, row.id, row.attempts, type(failed).__name__)
            answer = jobs.Again(type(failed).__name__)
        return _put_off(row, answer) if answer else "done"


def _claim(outbox_id: UUID, lease: timedelta) -> Claimed | None:
    """Take the row and count the attempt in a commit of its own, so that an effect that kills the worker is counted."""
    row = db.session.execute(_due(outbox_id)).one_or_none()
    if row is None:
        db.session.rollback()
        return None
    _set(outbox_id, attempts=row.attempts + 1, leased_until=clock.now() + lease)
    db.session.commit()
    return Claimed(outbox_id, row.kind, row.subject_id, row.attempts + 1)


def _perform(row: Claimed) -> jobs.Again | None:
    """Run the effect and commit it together with the row; a worker that was overtaken does nothing."""
    if db.session.execute(_due(row.id)).one_or_none() is None:
        db.session.rollback()
        return None
    answer = jobs.effect_for(row.kind)(row.subject_id)
    if answer is None:
        _set(row.id, done_at=clock.now(), leased_until=None, last_error=None)
    db.session.commit()
    return answer


def _put_off(row: Claimed, answer: jobs.Again) -> str:
    if row.attempts >= MOST_ATTEMPTS:
        return _give_up(row, answer.because)
    wait = timedelta(seconds=BACKOFF[min(row.attempts, len(BACKOFF)) - 1])
    _set(row.id, not_before=clock.now() + wait, leased_until=None, last_error=answer.because)
    db.session.commit()
    return "again"


def _give_up(row: Claimed, because: str) -> str:
    """Make the row a dead letter: it stays, is shown, and those who must know are told."""
    log.error("%s %s is given up after %d attempts: %s", row.kind, row.id, row.attempts, because)
    _set(row.id, dead_at=clock.now(), leased_until=None, last_error=because)
    db.session.commit()
    try:
        jobs.mourn(row.kind, row.subject_id)
        db.session.commit()
    except Exception as failed:
        db.session.rollback()
        log.error("telling of dead letter %s failed: %s", row.id, type(failed).__name__)
    return "dead"


def _due(outbox_id: UUID) -> Any:
    """The row, if it is this council's, due and not in another worker's hands; locked until the commit."""
    return (
        select(Outbox.kind, Outbox.subject_id, Outbox.attempts)
        .where(
            Outbox.tenant_id == current_tenant_id(),
            Outbox.id == outbox_id,
            Outbox.done_at.is_(None),
            Outbox.dead_at.is_(None),
            Outbox.not_before <= clock.now(),
        )
        .with_for_update(skip_locked=True)
    )


def _set(outbox_id: UUID, **values: Any) -> None:
    db.session.execute(
        update(Outbox).where(Outbox.tenant_id == current_tenant_id(), Outbox.id == outbox_id).values(**values)
    )
