"""Marking what a child can do: per step, with the day and how it is known; a correction closes a mark and keeps it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portage.core.db import db
from portage.core.errors import NotAllowed, NotHere, PortageError
from portage.core.identity import Actor
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id, scoped
from portage.families.models import Child
from portage.profiles.models import ChildProfile, ProfileItem, ProfileMark
from portage.profiles.operations.instruments import in_force_or_example, steps_of


class NotThatDay(PortageError):
    """A day in the future, or before the child was born."""

    code = "not-that-day"
    message = "{why}"


@dataclass(frozen=True, slots=True)
class Changed:
    """One step on a page: what stood there when the page was opened, and what the person chose. None: not marked."""

    item_id: UUID
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class MarkArea:
    """What was chosen on one area's page; the day and the evidence hold for everything that was changed."""

    seen_on: date
    evidence: str
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class MarkOne:
    """A mark on one step, with a note of what was seen."""

    stage: str
    seen_on: date
    evidence: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Correct:
    """Why a mark does not hold."""

    because: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a page: how many steps changed, and those that somebody else had changed meanwhile."""

    steps: int
    missed: tuple[UUID, ...]


def profile_of(child_id: UUID) -> ChildProfile | None:
    """The child's profile by the newest instrument that it was begun with; None before the first."""
    wanted = scoped(ChildProfile).where(ChildProfile.child_id == child_id)
    return db.session.scalars(wanted.order_by(ChildProfile.id.desc()).limit(1)).one_or_none()


def begin(child_id: UUID, *, by: Actor, on: date) -> ChildProfile:
    """Begin a child's profile by the instrument in force, or answer the one that there is.

    A step of the same words in an area of the same name keeps the marks that it has in the profile before.
    """
    if by.person_id is None:
        raise NotAllowed
    before, instrument = profile_of(child_id), in_force_or_example(on)
    if before is not None and before.instrument_id == instrument.id:
        return before
    new = {
        "tenant_id": current_tenant_id(), "id": new_id(), "child_id": child_id, "instrument_id": instrument.id,
        "begun_on": on, "begun_by": by.person_id,
    }  # fmt: skip
    made = db.session.execute(
        insert(ChildProfile)
        .values(**new)
        .on_conflict_do_nothing(index_elements=["tenant_id", "child_id", "instrument_id"])
        .returning(ChildProfile.id)
    ).scalar_one_or_none()
    found = db.session.scalars(
        scoped(ChildProfile).where(ChildProfile.child_id == child_id, ChildProfile.instrument_id == instrument.id)
    ).one()
    if made is not None and before is not None:
        _carry_over(before, found)
    return found


def _carry_over(before: ChildProfile, after: ChildProfile) -> None:
    """Marks that hold go with the same words; day, evidence and who marked them stay."""
    target = {key: item_id for item_id, key in _worded(after.instrument_id).items()}
    words = _worded(before.instrument_id)
    held = scoped(ProfileMark).where(ProfileMark.profile_id == before.id, ProfileMark.corrected_at.is_(None))
    for mark in db.session.scalars(held).all():
        if (item_id := target.get(words[mark.item_id])) is not None:
            db.session.add(
                ProfileMark(
                    profile_id=after.id, item_id=item_id, stage=mark.stage, seen_on=mark.seen_on,
                    evidence=mark.evidence, note=mark.note, marked_by=mark.marked_by,
                )
            )  # fmt: skip
    db.session.flush()


def _worded(instrument_id: UUID) -> dict[UUID, tuple[str, str]]:
    """The words of each step, with those of its area, in the form in which two versions are compared."""
    return {step.id: (step.area.casefold(), step.wording.casefold()) for step in steps_of(instrument_id)}


def save_area(profile_id: UUID, area_id: UUID, command: MarkArea, *, by: Actor, at: datetime, on: date) -> Saved:
    """Save each step that the person changed; one that somebody else changed meanwhile is left and named."""
    profile = _locked(profile_id, command.seen_on, on)
    known = set(
        db.session.scalars(
            select(ProfileItem.id).where(ProfileItem.tenant_id == current_tenant_id(), ProfileItem.area_id == area_id)
        )
    )
    if not {each.item_id for each in command.changed} <= known:
        raise NotHere
    changed = [each for each in command.changed if each.now != each.was]
    held = _held(profile.id, [each.item_id for each in changed])
    steps, missed = 0, []
    for each in changed:
        stands = stage_of(held[each.item_id])
        if stands == each.now:
            continue
        if stands != each.was:
            missed.append(each.item_id)
            continue
        _set(profile, each.item_id, held[each.item_id], each.now, command, by=by, at=at)
        steps += 1
    db.session.flush()
    return Saved(steps, tuple(missed))


def mark_one(profile_id: UUID, item_id: UUID, command: MarkOne, *, by: Actor, at: datetime, on: date) -> None:
    """Mark one step; the same stage again corrects the day, the evidence and the note of the mark before."""
    profile = _locked(profile_id, command.seen_on, on)
    marks = _held(profile.id, [item_id])[item_id]
    for mark in marks:
        if mark.stage == command.stage or (mark.stage == "can-do" and command.stage == "beginning"):
            _close(mark, by, at, None)
    db.session.flush()
    _add(profile, item_id, command.stage, command.seen_on, command.evidence, command.note, by)
    db.session.flush()


def mark_here(profile_id: UUID, item_id: UUID, mark_id: UUID) -> ProfileMark:
    """One mark on a step, for one change at a time; raises NotHere."""
    found: ProfileMark | None = db.session.scalars(
        scoped(ProfileMark)
        .where(ProfileMark.id == mark_id, ProfileMark.profile_id == profile_id, ProfileMark.item_id == item_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotHere
    return found


def correct(profile_id: UUID, item_id: UUID, mark_id: UUID, command: Correct, *, by: Actor, at: datetime) -> None:
    """Say that a mark does not hold; it stays to be read, with who says so and why."""
    mark = mark_here(profile_id, item_id, mark_id)
    if mark.corrected_at is None:
        _close(mark, by, at, command.because)
    db.session.flush()


def stage_of(marks: Sequence[ProfileMark]) -> str | None:
    """Where a step stands by the marks that hold."""
    stages = {mark.stage for mark in marks}
    return "can-do" if "can-do" in stages else "beginning" if stages else None


def _locked(profile_id: UUID, seen_on: date, on: date) -> ChildProfile:
    """The profile, for one change at a time, once the day is one on which the child could be seen."""
    row = db.session.execute(
        select(ChildProfile, Child.date_of_birth)
        .join(Child, (Child.tenant_id == ChildProfile.tenant_id) & (Child.id == ChildProfile.child_id))
        .where(
            ChildProfile.tenant_id == current_tenant_id(),
            Child.tenant_id == current_tenant_id(),
            ChildProfile.id == profile_id,
        )
        .with_for_update(of=ChildProfile)
    ).one_or_none()
    if row is None:
        raise NotHere
    if seen_on > on:
        raise NotThatDay(why="Write the day on which it was seen or told: today or before.")
    if seen_on < row.date_of_birth:
        raise NotThatDay(why="This day is before the child was born.")
    profile: ChildProfile = row.ChildProfile
    return profile


def _held(profile_id: UUID, item_ids: Sequence[UUID]) -> dict[UUID, list[ProfileMark]]:
    """The marks that hold, for each of these steps."""
    found: dict[UUID, list[ProfileMark]] = defaultdict(list)
    wanted = scoped(ProfileMark).where(
        ProfileMark.profile_id == profile_id, ProfileMark.item_id.in_(item_ids), ProfileMark.corrected_at.is_(None)
    )
    for mark in db.session.scalars(wanted.execution_options(populate_existing=True)):
        found[mark.item_id].append(mark)
    return found


def _set(
    profile: ChildProfile,
    item_id: UUID,
    marks: Sequence[ProfileMark],
    now: str | None,
    command: MarkArea,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """From one stage to another: a step forward is a further mark, a step back corrects what was marked too early."""
    for mark in marks:
        if now is None or (now == "beginning" and mark.stage == "can-do"):
            _close(mark, by, at, None)
    db.session.flush()
    if now is not None and not any(mark.stage == now and mark.corrected_at is None for mark in marks):
        _add(profile, item_id, now, command.seen_on, command.evidence, None, by)


def _add(
    profile: ChildProfile, item_id: UUID, stage: str, seen_on: date, evidence: str, note: str | None, by: Actor
) -> None:
    if by.person_id is None:
        raise NotAllowed
    db.session.add(
        ProfileMark(
            profile_id=profile.id, item_id=item_id, stage=stage, seen_on=seen_on, evidence=evidence, note=note,
            marked_by=by.person_id,
        )
    )  # fmt: skip


def _close(mark: ProfileMark, by: Actor, at: datetime, because: str | None) -> None:
    if by.person_id is None:
        raise NotAllowed
    mark.corrected_at, mark.corrected_by, mark.corrected_because = at, by.person_id, because
