"""Telling people of a visit of which nobody has heard: the visitor first, two named people, then more of them.

`look_round` may run as often as it likes: what was done stands in the row of the overdue visit, which it locks.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from portage.accounts.models import Person, RoleGrant, VolunteerClearance
from portage.core import audit, outbox
from portage.core.access import Role
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id, scoped
from portage.lone_working.models import OverdueEntry, OverdueVisit, OverdueWatch
from portage.lone_working.operations.noticing import ASKED_FOR, grace_of, planned_for, reminder_of, unheard_of
from portage.lone_working.operations.watch import AGAIN, gaps, named_at, told_at, watch_here
from portage.messages.models import Alert
from portage.messages.operations import alert, settle, tell, until_settled
from portage.messages.texts import text_to
from portage.visits.models import Visit
from portage.visits.operations.presence import ends_at, when_heard

OVERDUE = until_settled("visit-overdue")  # looking at it is not enough: it stands until somebody has heard
REMINDER = until_settled("visit-reminder")
LOOK = "overdue.look"  # the kind of outbox row that looks round at the very minute something falls due
SAFE_PAGE = "/out-and-safe"
MOST_MANAGERS = 10
SECOND, MANAGERS = 1, 2  # steps after the first telling


def page_of(overdue_id: UUID) -> str:
    """Where an overdue visit has its steps and its log."""
    return f"/overdue-visits/{overdue_id}"


def look_round(at: datetime) -> int:
    """Ask, tell, tell again or settle, whatever is due at an instant; answers how many visits were newly told of."""
    watch, told = watch_here(), 0
    known = {each.visit_id: each for each in db.session.scalars(_open().with_for_update())}
    for row, ended in unheard_of(at, watch):
        overdue = known.pop(row.id, None)
        if overdue is not None and (overdue.visitor_id, overdue.planned_for) != (row.visitor_id, planned_for(row)):
            close(overdue, "changed", at=at)
            overdue = None
        overdue = overdue or _begin(row, ended, watch, at)
        if overdue is not None:
            told += _go_on(overdue, row, ended, watch, at)
    for overdue in known.values():
        _heard(overdue, at)
    _tell_of_gaps(watch)
    db.session.flush()
    return told


def _open() -> Any:
    return scoped(OverdueVisit).where(OverdueVisit.settled_at.is_(None)).order_by(OverdueVisit.id)


def _begin(
    row: Row[*tuple[Any, ...]], ended: datetime, watch: OverdueWatch | None, at: datetime
) -> OverdueVisit | None:
    """Open the matter and ask the visitor; None when another look has just done so."""
    overdue_id, due = new_id(), ended + grace_of(watch)
    made = insert(OverdueVisit).values(
        tenant_id=current_tenant_id(), id=overdue_id, visit_id=row.id, visitor_id=row.visitor_id,
        reference=f"V-{overdue_id.hex[-6:].upper()}", planned_for=planned_for(row), ends_at=ended, due_at=due,
    )  # fmt: skip
    if db.session.execute(made.on_conflict_do_nothing().returning(OverdueVisit.id)).scalar_one_or_none() is None:
        return None
    overdue = db.session.scalars(scoped(OverdueVisit).where(OverdueVisit.id == overdue_id)).one()
    if at < due and reminder_of(watch):
        _remind(overdue, at)
    _look_again(overdue, due)
    return overdue


def _remind(overdue: OverdueVisit, at: datetime) -> None:
    overdue.reminded_at = at
    alert(
        kind=REMINDER,
        path=SAFE_PAGE,
        sentence="Are you out of your visit, and safe? Please say so, or others will be told.",
        person_id=overdue.visitor_id,
        dedupe=f"{REMINDER}:{overdue.id}",
    )
    _note(overdue, "reminded", at, person_id=overdue.visitor_id)
    _write(overdue, overdue.visitor_id, kind=REMINDER, path=SAFE_PAGE, again="")


def _go_on(
    overdue: OverdueVisit, row: Row[*tuple[Any, ...]], ended: datetime, watch: OverdueWatch | None, at: datetime
) -> int:
    overdue.ends_at, overdue.due_at = ended, ended + grace_of(watch)
    if overdue.raised_at is None:
        if at < overdue.due_at:
            return 0
        _raise(overdue, row, watch, at)
        return 1
    again = timedelta(minutes=watch.again_minutes if watch else AGAIN)
    if overdue.taken_at is None and overdue.step < MANAGERS and overdue.told_at and at >= overdue.told_at + again:
        tell_more(overdue, overdue.step + 1, watch, at)
    return 0


def _raise(overdue: OverdueVisit, row: Row[*tuple[Any, ...]], watch: OverdueWatch | None, at: datetime) -> None:
    overdue.raised_at = overdue.told_at = at
    people = [*told_at(watch, at, but=row.visitor_id), *_supervisors(row.visitor_id)]
    mine = (Visit.tenant_id == current_tenant_id(), Visit.id == row.id)
    db.session.execute(
        update(Visit).where(*mine).values(overdue_told_at=at).execution_options(synchronize_session=False)
    )
    if people:
        _tell_people(overdue, dict.fromkeys(people), "told", at)
        _look_again(overdue, at + timedelta(minutes=watch.again_minutes if watch else AGAIN))
    else:
        tell_more(overdue, MANAGERS, watch, at)


def tell_more(overdue: OverdueVisit, step: int, watch: OverdueWatch | None, at: datetime) -> None:
    """Tell the second person again, or the managers, and wait anew."""
    overdue.step, overdue.told_at = step, at
    second = told_at(watch, at, but=overdue.visitor_id)[-1:]
    if step == SECOND and second:
        _tell_people(overdue, second, "told-again", at)
        _look_again(overdue, at + timedelta(minutes=watch.again_minutes if watch else AGAIN))
        return
    overdue.step = MANAGERS
    _alert(overdue, role=Role.SERVICE_MANAGER)
    _tell_people(overdue, _managers(overdue.visitor_id), "managers-told", at)


def fall_on_the_next(overdue_id: UUID, person_id: UUID, at: datetime) -> None:
    """A text did not arrive: whoever comes next is told at once, unless somebody has taken it on."""
    found = db.session.scalars(_open().where(OverdueVisit.id == overdue_id).with_for_update()).one_or_none()
    if found is None:
        return
    _note(found, "text-failed", at, person_id=person_id)
    if found.taken_at is not None:
        return
    watch = watch_here()
    first = named_at(watch, at)[0] if watch else None
    step = SECOND if person_id == first else MANAGERS
    if found.step < step:
        tell_more(found, step, watch, at)
    db.session.flush()


def _tell_people(overdue: OverdueVisit, people: Iterable[UUID], kind: str, at: datetime) -> None:
    for person_id in people:
        _alert(overdue, person_id=person_id)
        _write(overdue, person_id, kind=OVERDUE, path="/overdue-visits", again=kind)
        _note(overdue, kind, at, person_id=person_id)


def _write(overdue: OverdueVisit, person_id: UUID, *, kind: str, path: str, again: str) -> None:
    """By e-mail in any case, and by text where the council has them: neither says more than a reference."""
    reference, same = overdue.reference, f"{kind}:{again}:{overdue.id}"
    text_to(person_id, kind=kind, reference=reference, path=path, about_id=overdue.id, again=same)
    tell(
        kind="alert",
        recipient_kind="person",
        recipient_id=person_id,
        subject_id=overdue.id,
        reference=reference,
        again=same,
    )


def _alert(overdue: OverdueVisit, *, role: Role | None = None, person_id: UUID | None = None) -> None:
    name = db.session.execute(
        select(Person.name).where(Person.tenant_id == current_tenant_id(), Person.id == overdue.visitor_id)
    ).scalar_one()
    alert(
        kind=OVERDUE,
        path=page_of(overdue.id),
        sentence=f"Nobody has heard from {name} since a visit that was to end. Please ring now.",
        role=role,
        person_id=person_id,
        dedupe=f"{OVERDUE}:{overdue.id}:{person_id or role}",
    )


def _supervisors(visitor_id: UUID) -> list[UUID]:
    wanted = (
        select(VolunteerClearance.supervisor_id)
        .join(
            Person,
            (Person.tenant_id == VolunteerClearance.tenant_id) & (Person.id == VolunteerClearance.supervisor_id),
        )
        .where(
            VolunteerClearance.tenant_id == current_tenant_id(),
            VolunteerClearance.person_id == visitor_id,
            Person.disabled_at.is_(None),
        )
    )
    return list(db.session.scalars(wanted))


def _managers(but: UUID) -> list[UUID]:
    wanted = (
        select(Person.id)
        .join(RoleGrant, (RoleGrant.tenant_id == Person.tenant_id) & (RoleGrant.person_id == Person.id))
        .where(
            Person.tenant_id == current_tenant_id(),
            RoleGrant.role == str(Role.SERVICE_MANAGER),
            Person.disabled_at.is_(None),
            Person.id != but,
        )
        .group_by(Person.id)
        .order_by(Person.id)
        .limit(MOST_MANAGERS)
    )
    return list(db.session.scalars(wanted))


def _heard(overdue: OverdueVisit, at: datetime) -> None:
    """Settle what nobody waits for any more, with the visitor's own time; what was only forgotten stays open."""
    visit = db.session.scalars(scoped(Visit).where(Visit.id == overdue.visit_id)).one()
    if visit.left_at is not None:
        close(overdue, "left", at=at, heard_at=visit.left_at)
    elif visit.status in ("done", "not-available"):
        close(overdue, "recorded", at=at, heard_at=visit.recorded_at)
    elif visit.status == "cancelled":
        close(overdue, "cancelled", at=at)
    elif (overdue.visitor_id, overdue.planned_for) != (visit.visitor_id, planned_for(visit)):
        close(overdue, "changed", at=at)
    elif visit.arrived_at is not None and ends_at(visit) > overdue.ends_at:
        close(overdue, "arrived", at=at, heard_at=visit.arrived_at)
    elif at < overdue.ends_at + ASKED_FOR:
        close(overdue, "changed", at=at)


@when_heard
def _look_soon(visit: Visit) -> None:
    """Whoever rings should hear at once that the visitor has spoken."""
    waiting = select(OverdueVisit.id).where(
        OverdueVisit.tenant_id == current_tenant_id(),
        OverdueVisit.visit_id == visit.id,
        OverdueVisit.settled_at.is_(None),
    )
    for overdue_id in db.session.scalars(waiting):
        outbox.put(LOOK, overdue_id)


def close(
    overdue: OverdueVisit, how: str, *, at: datetime, heard_at: datetime | None = None, by_id: UUID | None = None
) -> None:
    """Settle an overdue visit: its alerts rest, and its log says how it ended."""
    overdue.settled_at, overdue.settled_how, overdue.heard_at = at, how, heard_at
    settle(OVERDUE, page_of(overdue.id))
    _rest_reminder(overdue)
    _note(overdue, "settled", at, by_id=by_id, outcome=how)
    db.session.flush()


def _rest_reminder(overdue: OverdueVisit) -> None:
    mine = (Alert.tenant_id == current_tenant_id(), Alert.dedupe == f"{REMINDER}:{overdue.id}", Alert.seen_at.is_(None))
    db.session.execute(
        update(Alert).where(*mine).values(seen_at=overdue.settled_at).execution_options(synchronize_session=False)
    )


def _note(overdue: OverdueVisit, kind: str, at: datetime, **more: Any) -> None:
    note(overdue.id, kind, at, **more)


def note(overdue_id: UUID, kind: str, at: datetime, **more: Any) -> None:
    """Add to the log of an overdue visit, and to the trail."""
    db.session.add(OverdueEntry(overdue_id=overdue_id, at=at, kind=kind, **more))
    by_id = more.get("by_id")
    actor = f"person:{by_id}" if by_id else "system"
    audit.record(f"overdue.{kind}", actor=actor, subject=("overdue-visit", overdue_id))


def _look_again(overdue: OverdueVisit, when: datetime) -> None:
    outbox.put(LOOK, overdue.id, dedupe=f"{LOOK}:{overdue.id}:{when.isoformat()}", not_before=when)


def _tell_of_gaps(watch: OverdueWatch | None) -> None:
    for gap in gaps(watch):
        for role in (Role.SERVICE_MANAGER, Role.TENANT_ADMINISTRATOR) if gap.gone else ():
            alert(
                kind="watch-gap",
                path="/lone-working",
                sentence=f"The list of who is told of overdue visits has a gap: {gap.place} {gap.sentence}.",
                role=role,
                dedupe=f"watch-gap:{gap.slot}:{gap.person_id}:{watch.version if watch else 0}:{role}",
            )
