"""Visitors' phones: one in touch, one past its limit, one that a manager ended, and a visit that was recorded twice."""

from datetime import datetime, time, timedelta
from uuid import UUID

from portage.core import clock
from portage.core.access import ROLE_CAN, Role
from portage.core.db import db
from portage.core.identity import Actor, Viewer
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.demo.seed.staff import Staff
from portage.offline.operations.phones import end_phone, open_phone
from portage.offline.operations.sending import Sent, fields_of, keep_record, take_once
from portage.plans.operations import current_targets
from portage.plans.operations.seen import practised
from portage.visits.models import Visit
from portage.visits.operations.recording import Record, record_visit

ON_PAPER = "We looked at picture books. Turned three pages alone."
PARENTS = "She never sat still for a book before!"
SEEN = "Every evening but one. By Friday the book came to us."
WHO = "Mum, Grandad and the baby"


def invent_phones(staff: Staff) -> None:
    """Open phones on several days, and let one send the record of a visit that the office had typed in meanwhile."""
    by, now = staff.one("home-visitor"), clock.now()
    if by.person_id is None:
        return
    can = ROLE_CAN[Role.HOME_VISITOR]
    viewer = Viewer(kind="person", person_id=by.person_id, roles=frozenset({Role.HOME_VISITOR}), can=can)
    phones = [open_phone(new_id(), viewer=viewer, at=now - timedelta(days=days))[0] for days in (0, 3, 5)]
    end_phone(phones[2].id, by=staff.one("service-manager"), at=now - timedelta(days=1))
    visit = _last_visit()
    if visit is not None:
        _record_whole(visit, by, now)
        _record_twice(visit, phones[0].id, viewer, now)
    db.session.commit()


def _last_visit() -> Visit | None:
    wanted = scoped(Visit).where(Visit.status == "done", Visit.mode == "home")
    return db.session.scalars(wanted.order_by(Visit.done_on.desc(), Visit.id).limit(1)).first()


def _record_whole(visit: Visit, by: Actor, at: datetime) -> None:
    """All that the form asks, so that the next visit has something to take over."""
    targets, activities = current_targets(visit.episode_id), practised(visit.episode_id)
    record = Record(
        "done",
        visit.version,
        done_on=visit.done_on,
        mode=visit.mode,
        elements=tuple(visit.elements),
        who_was_there=WHO,
        time_in=time(10, 5),
        time_out=time(11),
        how_it_went=visit.how_it_went,
        parents_words=PARENTS,
        next_activity=visit.next_activity,
        targets={target.id: "with-help" for target in targets[:1]},
        seen={row.id: SEEN for row in activities[:1]},
    )
    record_visit(visit.id, record, by=by, at=at)


def _record_twice(visit: Visit, phone_id: UUID, viewer: Viewer, at: datetime) -> None:
    before = visit.version - 1
    fields = {**fields_of(visit), "how_it_went": ON_PAPER, "version": before}
    sent = Sent(new_id(), phone_id, "record", visit.id, at - timedelta(hours=2), fields)
    record = Record("done", before, done_on=visit.done_on, mode=visit.mode, how_it_went=ON_PAPER)
    take_once(sent, lambda: keep_record(visit, sent, record, viewer=viewer, at=at), viewer=viewer)
