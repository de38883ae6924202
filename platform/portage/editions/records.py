"""The record of an edition between its row and its file: who decided, what it corrects, that it was withdrawn.

Files name no person of the council, so who published and who withdrew stays in the database and its trail.
"""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from portage.core import clock
from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.editions.models import PolicyEdition
from portage.editions.refusals import NothingToCorrect
from portage.policy.record import CorrectionRecord, DecisionRecord, Record, WithdrawalRecord


def record_of(row: PolicyEdition) -> Record:
    """Return what a row tells of its edition beside the terms."""
    return Record(
        revision=row.revision,
        waiting_moves=tuple(row.waiting_moves),
        decision=_decision(row),
        correction=_correction(row),
        withdrawn=_withdrawn(row),
    )


def _decision(row: PolicyEdition) -> DecisionRecord | None:
    if row.decided_body is None or row.decided_by is None or row.decided_on is None:
        return None
    return DecisionRecord(
        body=row.decided_body,
        by=row.decided_by,
        on=row.decided_on,
        minute_reference=row.minute_reference or "",
        call_in_ends_on=row.call_in_ends_on,
        equality_assessment=row.equality_assessment or "",
        source_address=row.source_address,
        local_offer=row.local_offer or "",
        local_offer_on=row.local_offer_on,
        published_on=_day(row.published_at),
    )


def _correction(row: PolicyEdition) -> CorrectionRecord | None:
    if row.corrects is None:
        return None
    wanted = select(PolicyEdition.effective_from, PolicyEdition.revision).where(
        PolicyEdition.tenant_id == current_tenant_id(), PolicyEdition.id == row.corrects
    )
    corrected = db.session.execute(wanted).one()
    return CorrectionRecord(
        effective_from=corrected.effective_from, revision=corrected.revision, reason=row.correction_reason or ""
    )


def _withdrawn(row: PolicyEdition) -> WithdrawalRecord | None:
    on = _day(row.withdrawn_at)
    return WithdrawalRecord(on=on, reason=row.withdrawn_reason or "") if on else None


def write_record(row: PolicyEdition, record: Record) -> None:
    """Write the record of a file's edition into its new row; raise NothingToCorrect for a correction of no edition."""
    row.revision, row.waiting_moves = record.revision, list(record.waiting_moves)
    if told := record.decision:
        row.decided_body, row.decided_by, row.decided_on = told.body, told.by, told.on
        row.minute_reference, row.call_in_ends_on = told.minute_reference, told.call_in_ends_on
        row.equality_assessment, row.source_address = told.equality_assessment, told.source_address
        row.local_offer, row.local_offer_on = told.local_offer, told.local_offer_on
        row.published_at = _instant(told.published_on)
    if record.correction:
        row.corrects, row.correction_reason = _corrected(record.correction), record.correction.reason
    if record.withdrawn:
        row.status = "withdrawn"
        row.withdrawn_at, row.withdrawn_reason = _instant(record.withdrawn.on), record.withdrawn.reason


def _corrected(correction: CorrectionRecord) -> UUID:
    db.session.flush()
    found = db.session.scalars(
        select(PolicyEdition.id)
        .where(PolicyEdition.tenant_id == current_tenant_id(), PolicyEdition.status == "published")
        .where(PolicyEdition.effective_from == correction.effective_from)
        .where(PolicyEdition.revision == correction.revision)
    ).one_or_none()
    if found is None:
        raise NothingToCorrect(day=correction.effective_from.isoformat())
    return found


def says_the_same(row: PolicyEdition, record: Record) -> bool:
    """Say whether a row tells what a file's record does; what the file leaves out is not asked about."""
    held = record_of(row)
    told = (name for name in ("decision", "correction", "withdrawn", "waiting_moves") if getattr(record, name))
    return record.revision in (0, held.revision) and all(getattr(held, name) == getattr(record, name) for name in told)


def _day(at: datetime | None) -> date | None:
    return at.astimezone(clock.LONDON).date() if at else None


def _instant(day: date | None) -> datetime | None:
    return datetime.combine(day, time(12), clock.LONDON) if day else None
