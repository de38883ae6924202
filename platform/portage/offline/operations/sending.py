"""What a phone sends is taken once: its id is claimed in the transaction that keeps what it led to."""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import LockNotAvailable
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from portage.accounts.operations.clearance import standing
from portage.core import clock
from portage.core.access import Can, Role
from portage.core.db import db
from portage.core.errors import NotAllowed, SentDifferently, StillWorking
from portage.core.identity import Actor, Viewer
from portage.core.tenancy import current_tenant_id
from portage.families.access import ASSIGNED
from portage.families.models import Caseload, Child
from portage.messages.operations import alert
from portage.offline.models import CHANGED, MOVED, RecordConflict, SentFromPhone
from portage.offline.operations.conflicts import TWO_RECORDS
from portage.plans.operations.agreeing import targets_of
from portage.plans.operations.seen import plans_of_activities, seen_on_visit
from portage.visits.models import Visit
from portage.visits.operations import Record, Worry, raise_concern, record_visit, tried_in
from portage.visits.operations.presence import NotNow, arrive, leave
from portage.visits.refusals import NotInThePolicy
from portage.visits.words import ACTIVITY, TARGET
from portage.volunteers.operations.own import record_own

# Arriving and leaving that are no time of the visit any more stay with what the phone sent.
NOT_NOTED = {"state": "sent", "why": "not-noted"}
LATELY = timedelta(days=31)  # for how long after the last visit a phone that lay in a drawer is still listened to
AHEAD = timedelta(minutes=2)  # a phone's clock that is no more than this ahead is taken at its word


@dataclass(frozen=True, slots=True)
class Sent:
    """What came from a phone: its own id for it, what kind, of which visit, when it was written there, and the words.

    `fields` are those of the visit's form, or of a worry's; nothing for arriving and leaving.
    """

    key: UUID
    phone_id: UUID
    kind: str
    visit_id: UUID
    written_at: datetime
    fields: dict[str, Any]

    @property
    def digest(self) -> bytes:
        """SHA-256 over everything but the id."""
        told = [str(self.phone_id), self.kind, str(self.visit_id), self.written_at.isoformat(), self.fields]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()

    def happened(self, at: datetime, on: date | None = None) -> datetime:
        """When it happened, by the phone's clock; that of the service where the phone's runs ahead.

        With a day `on` which it can only have happened: that of the service too where it reaches us on that day and
        the phone's clock says another.
        """
        if self.written_at > at + AHEAD or (_day(at) == on != _day(self.written_at)):
            return at
        return self.written_at


def _day(at: datetime) -> date:
    return at.astimezone(clock.LONDON).date()


def take_once(sent: Sent, carry_out: Callable[[], dict[str, Any]], *, viewer: Viewer) -> dict[str, Any]:
    """Carry out what a phone sent, or answer as the first time when it was sent before.

    Two sendings at the same moment wait for each other; raises `StillWorking` when that takes too long, and
    `SentDifferently` for other words under the same id. What is refused leaves no trace, so that it can be mended.
    """
    if viewer.person_id is None:
        raise NotAllowed
    if (first := _first_answer(sent, viewer.person_id)) is not None:
        return first
    answer = carry_out()
    version_after = db.session.execute(
        select(Visit.version).where(Visit.tenant_id == current_tenant_id(), Visit.id == sent.visit_id)
    ).scalar_one()
    db.session.execute(
        update(SentFromPhone)
        .where(SentFromPhone.tenant_id == current_tenant_id(), SentFromPhone.id == sent.key)
        .values(answer=answer, version_after=version_after)
    )
    return answer


def _first_answer(sent: Sent, person_id: UUID) -> dict[str, Any] | None:
    row = insert(SentFromPhone).values(
        tenant_id=current_tenant_id(),
        id=sent.key,
        phone_id=sent.phone_id,
        person_id=person_id,
        visit_id=sent.visit_id,
        kind=sent.kind,
        digest=sent.digest,
        written_at=sent.written_at,
        version_before=sent.fields.get("version"),
        answer={},
    )
    row = row.on_conflict_do_nothing(index_elements=["tenant_id", "id"])
    try:
        claimed = db.session.execute(row.returning(SentFromPhone.id)).scalar_one_or_none()
    except OperationalError as waited:
        if isinstance(waited.orig, LockNotAvailable):
            raise StillWorking from waited
        raise
    if claimed is not None:
        return None
    first = db.session.execute(
        select(SentFromPhone.digest, SentFromPhone.answer, SentFromPhone.person_id).where(
            SentFromPhone.tenant_id == current_tenant_id(), SentFromPhone.id == sent.key
        )
    ).one()
    if first.digest != sent.digest or first.person_id != person_id:
        raise SentDifferently
    answer: dict[str, Any] = first.answer
    return answer


def refuse_other_childs(visit: Visit, targets: Collection[UUID], activities: Collection[UUID]) -> None:
    """Raise `NotInThePolicy` for a target or an activity that is not of this support."""
    practised = plans_of_activities(visit.episode_id, activities)
    if not set(targets) <= targets_of(visit.episode_id) or not set(activities) <= practised.keys():
        raise NotInThePolicy


def keep_record(visit: Visit, sent: Sent, command: Record, *, viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Keep a record; beside the other one, where somebody recorded the visit meanwhile."""
    version = visit.version
    if version != command.version and visit.status != "planned" and not _follows_own(visit, command, sent):
        conflict = _keep_both(visit, sent, viewer, CHANGED)
        sentence = "A visit was recorded twice. Please look at both records, and say which stands."
        _ask(conflict, visit, sentence, person_id=viewer.person_id)
        return {"state": "needs-you", "why": "two-records", "where": f"/record-conflicts/{conflict.id}"}
    fitting = replace(command, version=version)
    if visits_short(viewer):
        record_own(visit, fitting, viewer=viewer, at=at, written_at=sent.happened(at))
    else:
        record_visit(visit.id, fitting, by=Actor.of(viewer), at=at, written_at=sent.happened(at))
    return {"state": "sent", "version": visit.version}


def keep_presence(visit: Visit, sent: Sent, *, at: datetime) -> dict[str, Any]:
    """Note an arrival or a departure at the time that the phone says.

    Where that can be no time of this visit any more, it stays with what the phone sent: nobody can mend it there.
    """
    happened = sent.happened(at, on=visit.planned_on)
    try:
        if sent.kind == "arrived":
            arrive(visit, at=happened)
        else:
            leave(visit, at=happened)
    except NotNow:
        return NOT_NOTED
    return {"state": "sent"}


def keep_for_manager(visit: Visit, sent: Sent, *, viewer: Viewer) -> dict[str, Any]:
    """Put a record before a manager: the child has another visitor now, and what happened must not be lost."""
    conflict = _keep_both(visit, sent, viewer, MOVED)
    area_id = db.session.execute(
        select(Child.area_id).where(Child.tenant_id == current_tenant_id(), Child.id == visit.child_id)
    ).scalar_one()
    sentence = "A record came from who visited a child before. Please say whether it stands."
    _ask(conflict, visit, sentence, role=Role.SERVICE_MANAGER, area_id=area_id)
    return {"state": "sent", "why": "with-manager"}


def keep_worry(visit: Visit, command: Worry, *, viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Write a worry down and alert those who handle worries, as from the page."""
    concern = raise_concern(visit.child_id, command, by=Actor.of(viewer), at=at, visit_id=visit.id)
    return {"state": "sent", "concern": str(concern.id)}


def visited_before(visit: Visit, viewer: Viewer, *, at: datetime) -> bool:
    """Whether this person was the child's visitor until lately, so that their phone may hold what happened there.

    Never while a volunteer's check is not in date: nothing that follows from visiting is theirs then.
    """
    if visits_short(viewer) and not (viewer.person_id and standing(viewer.person_id, on=_day(at)).may_visit):
        return False
    since = _day(at) - LATELY
    had = select(Caseload.id).where(
        Caseload.tenant_id == current_tenant_id(),
        Caseload.person_id == viewer.person_id,
        Caseload.child_id == visit.child_id,
        Caseload.kind.in_(ASSIGNED),
        Caseload.from_on <= _day(at),
        or_(Caseload.until_on.is_(None), Caseload.until_on >= since),
    )
    return db.session.execute(select(had.exists())).scalar_one()


def visits_short(viewer: Viewer) -> bool:
    """Whether this person records by the short form of volunteers."""
    return Can.RECORD_VISIT not in viewer.can


def _follows_own(visit: Visit, command: Record, sent: Sent) -> bool:
    """Whether the record that stands there is this phone's own earlier one, of which it had no answer yet."""
    latest = db.session.execute(
        select(SentFromPhone.version_before, SentFromPhone.version_after)
        .where(
            SentFromPhone.tenant_id == current_tenant_id(),
            SentFromPhone.visit_id == visit.id,
            SentFromPhone.phone_id == sent.phone_id,
            SentFromPhone.kind == "record",
            SentFromPhone.id != sent.key,
        )
        .order_by(SentFromPhone.created_at.desc())
        .limit(1)
    ).one_or_none()
    return latest is not None and (latest.version_before, latest.version_after) == (command.version, visit.version)


def _keep_both(visit: Visit, sent: Sent, viewer: Viewer, why: str) -> RecordConflict:
    conflict = RecordConflict(
        why=why,
        visit_id=visit.id,
        sent_by=viewer.person_id,
        written_at=sent.written_at,
        ours=sent.fields,
        theirs=fields_of(visit),
    )
    db.session.add(conflict)
    db.session.flush()
    return conflict


def _ask(conflict: RecordConflict, visit: Visit, sentence: str, **whom: Any) -> None:
    """Remind somebody of two records until one of them stands."""
    alert(
        kind=TWO_RECORDS,
        path=f"/record-conflicts/{conflict.id}",
        sentence=sentence,
        child_id=visit.child_id,
        dedupe=f"two-records:{conflict.id}",
        **whom,
    )


def fields_of(visit: Visit) -> dict[str, Any]:
    """A visit's record as the fields of its form."""
    return {
        "status": visit.status,
        "done_on": visit.done_on.isoformat() if visit.done_on else None,
        "mode": visit.mode,
        "time_in": f"{visit.time_in:%H:%M}" if visit.time_in else None,
        "time_out": f"{visit.time_out:%H:%M}" if visit.time_out else None,
        "who_was_there": visit.who_was_there,
        "elements": list(visit.elements),
        "how_it_went": visit.how_it_went,
        "parents_words": visit.parents_words,
        "next_activity": visit.next_activity,
        "cancelled_by": visit.cancelled_by,
        "reason_cancelled": visit.reason if visit.status == "cancelled" else None,
        "reason_not_available": visit.reason if visit.status == "not-available" else None,
        "version": visit.version,
        **{f"{TARGET}{key}": result for key, result in tried_in(visit.id).items()},
        **{f"{ACTIVITY}{key}": words for key, _, words in seen_on_visit(visit.id)},
    }
