"""The family's side of a plan: a link to it, what they saw between visits, and who of the staff reads that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, Select, Uuid, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from portage.accounts.models import Person, RoleGrant
from portage.core import clock
from portage.core.access import Role
from portage.core.db import db
from portage.core.errors import NotAllowed, NotHere, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import TENANT, current_tenant_id, here, scoped
from portage.families.access import ASSIGNED
from portage.families.models import Carer, Caseload, Child
from portage.families.operations import carers_of
from portage.messages.operations import alert, make_link, settle, tell
from portage.plans.models import Activity, FamilyNote, PlayPlan
from portage.plans.operations.activities import activities_of
from portage.plans.operations.agreeing import open_plan_here, plan_here
from portage.support.models import Episode
from portage.support.operations import episode_here
from portage.support.operations.episodes import reference_of

CAME_BY = {
    "link": "Written by the family",
    "visit": "Told on a visit",
    "chart": "From the activity chart",
    "telephone": "Told on the telephone",
}
PLAN = "plan"  # the purpose of links to a plan, and the kind of the e-mail
KIND = "family-note"


class NoSafeEmail(PortageError):
    """Nobody of the family can be reached by e-mail safely."""

    code = "no-safe-email"
    message = "There is no parent or carer with an e-mail address that is safe. Print the plan and the chart instead."


class PlanEnded(PortageError):
    """A plan that another one followed."""

    code = "plan-ended"
    message = "This plan has ended. The family hears about the plan that is worked on now."


class NotThatDay(PortageError):
    """A day in the future, or before the child was born."""

    code = "not-that-day"
    message = "Write the day on which it was seen: today or before."


@dataclass(frozen=True, slots=True)
class NewNote:
    """What the family saw: in their words, on which day, in which activity if in one, and how it came to us."""

    words: str
    seen_on: date
    activity_id: UUID | None = None
    came_by: str = "link"


def send_link(plan_id: UUID, *, at: datetime) -> int:
    """Send a link to the plan to each parent or carer whom e-mail reaches safely; answers to how many.

    Raises `NoSafeEmail` when there is none, and `PlanEnded`.
    """
    plan = open_plan_here(plan_id)
    if plan.ended_on is not None:
        raise PlanEnded
    episode = episode_here(plan.episode_id)
    safe = [carer for carer in carers_of(episode.child_id) if carer.email and carer.email_is_safe]
    if not safe:
        raise NoSafeEmail
    reference = reference_of(episode)
    for carer in safe:
        link_id = make_link(purpose=PLAN, subject_id=plan.id, recipient_kind="carer", recipient_id=carer.id, at=at)
        tell(
            kind=PLAN,
            recipient_kind="carer",
            recipient_id=carer.id,
            referral_id=episode.referral_id,
            child_id=episode.child_id,
            reference=reference,
            stage="supported",
            link_id=link_id,
            subject_id=plan.id,
            again=str(link_id),
        )
    return len(safe)


def hear_from_family(plan_id: UUID, carer_id: UUID | None, command: NewNote, *, at: datetime) -> FamilyNote:
    """Keep what a family wrote in their own space, and give whoever visits them a task."""
    plan = plan_here(plan_id)
    if plan.ended_on is not None:
        raise PlanEnded
    note = _kept(plan, command, on=_day(at), carer_id=carer_id)
    _give_task(note, plan, on=_day(at))
    return note


def write_note(plan_id: UUID, command: NewNote, *, by: Actor, at: datetime) -> FamilyNote:
    """Write down what a family told or wrote on their chart; who writes it has read it."""
    if by.person_id is None:
        raise NotAllowed
    plan = open_plan_here(plan_id)
    return _kept(plan, command, on=_day(at), written_by=by.person_id, read_by=by.person_id, read_at=at)


def _day(at: datetime) -> date:
    return at.astimezone(clock.LONDON).date()


def _kept(plan: PlayPlan, command: NewNote, *, on: date, **who: Any) -> FamilyNote:
    if command.seen_on > on:
        raise NotThatDay
    if command.activity_id is not None and command.activity_id not in {each.id for each in activities_of(plan.id)}:
        raise NotHere
    note = FamilyNote(
        plan_id=plan.id,
        activity_id=command.activity_id,
        words=command.words,
        seen_on=command.seen_on,
        came_by=command.came_by,
        **who,
    )
    db.session.add(note)
    db.session.flush()
    return note


def _give_task(note: FamilyNote, plan: PlayPlan, *, on: date) -> None:
    """An alert for each home visitor of the child; without one, for the managers of the area. Volunteers read none."""
    child = db.session.execute(
        select(Child.id, Child.area_id)
        .join(Episode, and_(Episode.tenant_id == Child.tenant_id, Episode.child_id == Child.id))
        .where(Child.tenant_id == current_tenant_id(), Episode.id == plan.episode_id)
    ).one()
    told: dict[str, Any] = {
        "kind": KIND,
        "path": f"/plans/{plan.id}",
        "sentence": "A family wrote what they saw between visits. Read it before the next visit.",
        "child_id": child.id,
    }
    visitors = db.session.scalars(_visitors(), {"child": child.id, "on": on}).all()
    for person_id in visitors:
        alert(person_id=person_id, dedupe=f"{KIND}:{note.id}:{person_id}", **told)
    if not visitors:
        alert(role=Role.SERVICE_MANAGER, area_id=child.area_id, dedupe=f"{KIND}:{note.id}", **told)


@cache
def _visitors() -> Select[UUID]:
    day = bindparam("on", type_=Date())
    return (
        select(Caseload.person_id)
        .distinct()
        .join(RoleGrant, and_(RoleGrant.tenant_id == Caseload.tenant_id, RoleGrant.person_id == Caseload.person_id))
        .where(
            Caseload.tenant_id == TENANT,
            RoleGrant.tenant_id == TENANT,
            RoleGrant.role == Role.HOME_VISITOR.value,
            Caseload.child_id == bindparam("child", type_=Uuid()),
            Caseload.kind.in_(ASSIGNED),
            Caseload.from_on <= day,
            or_(Caseload.until_on.is_(None), Caseload.until_on >= day),
        )
    )


def note_here(note_id: UUID) -> FamilyNote:
    """One note of this council; raises NotHere."""
    return here(FamilyNote, note_id)


def mark_read(note_id: UUID, *, by: Actor, at: datetime) -> FamilyNote:
    """Note who read it first; when nothing of the plan waits any more, the task is done."""
    if by.person_id is None:
        raise NotAllowed
    note = note_here(note_id)
    if note.read_at is None:
        note.read_by, note.read_at = by.person_id, at
        db.session.flush()
    waits = scoped(FamilyNote).where(FamilyNote.plan_id == note.plan_id, FamilyNote.read_at.is_(None)).limit(1)
    if db.session.scalars(waits).first() is None:
        settle(KIND, f"/plans/{note.plan_id}")
    return note


_Reader, _Writer = aliased(Person), aliased(Person)


def notes_of(plan_id: UUID, limit: int = 50) -> Sequence[Row[*tuple[Any, ...]]]:
    """What the family saw, the latest first, each with who told it and who read it. One query."""
    return db.session.execute(_notes().limit(limit), {"plan": plan_id}).all()


@cache
def _notes() -> Select[*tuple[Any, ...]]:
    note = FamilyNote
    return (
        select(
            note.id, note.words, note.seen_on, note.came_by, note.created_at, note.read_at, note.carer_id,
            note.visit_id, Activity.wording.label("activity"), Carer.name.label("carer"), _Reader.name.label("read_by"),
            _Writer.name.label("written_by"),
        )
        .outerjoin(Activity, and_(Activity.tenant_id == note.tenant_id, Activity.id == note.activity_id))
        .outerjoin(Carer, and_(Carer.tenant_id == note.tenant_id, Carer.id == note.carer_id))
        .outerjoin(_Reader, and_(_Reader.tenant_id == note.tenant_id, _Reader.id == note.read_by))
        .outerjoin(_Writer, and_(_Writer.tenant_id == note.tenant_id, _Writer.id == note.written_by))
        .where(note.tenant_id == TENANT, note.plan_id == bindparam("plan", type_=Uuid()))
        .order_by(note.seen_on.desc(), note.created_at.desc())
    )  # fmt: skip
