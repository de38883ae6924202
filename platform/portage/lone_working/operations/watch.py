"""Who is told of an overdue visit: two named people in hours and two out of them, and where that list has a gap."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from portage.accounts.models import Person, RoleGrant
from portage.core.access import ROLE_CAN, Can
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, FieldRefused, NotHere
from portage.core.identity import Actor
from portage.core.telephones import takes_texts
from portage.core.tenancy import current_tenant_id, scoped
from portage.lone_working.hours import in_hours
from portage.lone_working.models import WORKING_WEEK, OverdueWatch
from portage.tenants.working_days import closures

GRACE, REMIND, AGAIN = 30, 10, 15  # minutes, until a council says otherwise
SLOTS = {
    "first_id": "First person in hours",
    "second_id": "Second person in hours",
    "out_first_id": "First person out of hours",
    "out_second_id": "Second person out of hours",
}


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told of an overdue visit, when, and how soon; see `OverdueWatch`."""

    first_id: UUID
    second_id: UUID
    grace_minutes: int
    out_first_id: UUID | None = None
    out_second_id: UUID | None = None
    hours: list[Any] = field(default_factory=lambda: list(WORKING_WEEK))
    remind_minutes: int = REMIND
    again_minutes: int = AGAIN
    staff_after_arrival: bool = False
    duty_name: str | None = None
    duty_number: str | None = None
    seen: int | None = None  # the version that the person saw, 0 where nobody was named; None: whatever it is


SETTINGS = tuple(name for name in Watch.__dataclass_fields__ if name != "seen")


@dataclass(frozen=True, slots=True)
class Gap:
    """A place on the list that does not work: which, who stands there, and why."""

    slot: str
    person_id: UUID
    sentence: str
    gone: bool = True  # they cannot be told at all, as opposed to without a number for texts

    @property
    def place(self) -> str:
        """The place in the middle of a sentence."""
        return f"the {SLOTS[self.slot].lower()}"


def watch_here() -> OverdueWatch | None:
    """Who is told in this council; None where nobody was named."""
    return db.session.scalars(scoped(OverdueWatch)).one_or_none()


def watchers() -> list[tuple[UUID, str]]:
    """Who can be told: people who look out for others here and may sign in, by name."""
    return [(row.id, row.name) for row in _able(None)]


def _able(among: Collection[UUID] | None) -> list[Row[*tuple[Any, ...]]]:
    roles = [str(role) for role, can in ROLE_CAN.items() if Can.LOOK_OUT in can]
    holds = select(RoleGrant.person_id).where(RoleGrant.tenant_id == current_tenant_id(), RoleGrant.role.in_(roles))
    wanted = select(Person.id, Person.name, Person.telephone).where(
        Person.tenant_id == current_tenant_id(), Person.disabled_at.is_(None), Person.id.in_(holds)
    )
    if among is not None:
        wanted = wanted.where(Person.id.in_(among))
    return list(db.session.execute(wanted.order_by(Person.name, Person.id)))


def name_watch(command: Watch, *, by: Actor) -> OverdueWatch:
    """Name who is told; raises `FieldRefused` for the same person twice, and `NotHere` for somebody of another council.

    Raises `ChangedMeanwhile` where somebody else named others since the page was opened.

    Who is named out of hours may be who is named in hours; without anybody they are the same two.
    """
    known = {key for key, _ in watchers()}
    out = {each for each in (command.out_first_id, command.out_second_id) if each is not None}
    if not {command.first_id, command.second_id} | out <= known:
        raise NotHere
    if command.first_id == command.second_id:
        raise FieldRefused("second_id", "Choose two different people who work here.")
    if len(out) == 1:
        field_name = "out_second_id" if command.out_second_id in (None, command.out_first_id) else "out_first_id"
        raise FieldRefused(field_name, "Choose two different people who work here, or nobody.")
    watch = db.session.scalars(scoped(OverdueWatch).with_for_update()).one_or_none() or OverdueWatch()
    if command.seen is not None and command.seen != (watch.version or 0):
        raise ChangedMeanwhile(theirs=_told(watch), yours=_told(command), back="/lone-working")
    for name in SETTINGS:
        setattr(watch, name, getattr(command, name))
    watch.set_by = by.person_id
    db.session.add(watch)
    db.session.flush()
    return watch


def _told(said: OverdueWatch | Watch) -> list[tuple[str, str]]:
    """Who is told and how soon, line by line, for a page that shows two of them."""
    ids = {slot: getattr(said, slot) for slot in SLOTS}
    names = db.session.execute(
        select(Person.id, Person.name).where(Person.tenant_id == current_tenant_id(), Person.id.in_(ids.values()))
    )
    known = {row.id: row.name for row in names}
    people = [(SLOTS[slot], known.get(key, "")) for slot, key in ids.items()]
    return [*people, ("Minutes until others are told", str(said.grace_minutes or ""))]


def named_at(watch: OverdueWatch, at: datetime) -> tuple[UUID, UUID]:
    """The two who are named for an instant, whether or not they can still be told."""
    if watch.out_first_id and watch.out_second_id and not in_hours(watch.hours, at, closures()):
        return watch.out_first_id, watch.out_second_id
    return watch.first_id, watch.second_id


def told_at(watch: OverdueWatch | None, at: datetime, *, but: UUID | None = None) -> list[UUID]:
    """Who of the two can be told at an instant, in their order; `but` is the visitor whom nobody has heard from."""
    if watch is None:
        return []
    named = [each for each in named_at(watch, at) if each != but]
    able = {row.id for row in _able(named)}
    return [each for each in named if each in able]


def gaps(watch: OverdueWatch | None) -> list[Gap]:
    """The places on the list that do not work: somebody has left, or has no number for texts."""
    if watch is None:
        return []
    named = {slot: getattr(watch, slot) for slot in SLOTS}
    able = {row.id: row for row in _able({each for each in named.values() if each})}
    found = []
    for slot, person_id in named.items():
        if person_id is None:
            continue
        if person_id not in able:
            found.append(Gap(slot, person_id, "does not work here any more, or may not see overdue visits"))
        elif not takes_texts(able[person_id].telephone):
            found.append(Gap(slot, person_id, "has no mobile number here, so no text reaches them", gone=False))
    return found
