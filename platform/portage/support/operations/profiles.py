"""What somebody who visits can take on, when they are away, and a council's own choices about giving children."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portage.accounts.operations.people import find_person
from portage.core import audit
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.tenancy import here, scoped
from portage.support.half_days import in_words, known
from portage.support.models import AllocationChoice, VisitorAbsence, VisitorProfile
from portage.support.refusals import WrongDates


@dataclass(frozen=True, slots=True)
class TakesOn:
    """What somebody can take on; None where it is not to be counted."""

    weekly_minutes: int | None
    half_days: tuple[str, ...]
    most_children: int | None
    most_visits: int | None
    skills: tuple[str, ...]
    district: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which somebody is away as planned, both included."""

    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Choices:
    """The skills that the council's visitors may have, and whether "Suggest" is on."""

    skills: tuple[str, ...]
    suggests: bool
    version: int


def profile_of(person_id: UUID) -> VisitorProfile | None:
    """What somebody can take on; None where nobody has written it down."""
    return db.session.scalars(scoped(VisitorProfile).where(VisitorProfile.person_id == person_id)).one_or_none()


def write_profile(person_id: UUID, command: TakesOn) -> VisitorProfile:
    """Keep what somebody can take on; skills are those of the council's list."""
    person = find_person(person_id)
    profile = profile_of(person.id) or VisitorProfile(person_id=person.id, half_days=[], skills=[], version=0)
    if profile.version != command.version:
        raise ChangedMeanwhile(theirs=_told(profile), yours=_told(command), back=f"/visitors/{person.id}")
    if profile.version == 0:
        profile.version = 1
        db.session.add(profile)
    profile.weekly_minutes, profile.half_days = command.weekly_minutes, known(command.half_days)
    profile.most_children, profile.most_visits = command.most_children, command.most_visits
    profile.skills = [skill for skill in choices().skills if skill in command.skills]
    profile.district = command.district.upper().split()[0] if command.district else None
    db.session.flush()
    return profile


def _told(profile: VisitorProfile | TakesOn) -> list[tuple[str, str]]:
    return [
        ("Half days", in_words(profile.half_days)),
        ("Children at most", str(profile.most_children or "")),
        ("Visits a week at most", str(profile.most_visits or "")),
    ]


def absences_of(person_ids: Collection[UUID], *, on: date) -> list[VisitorAbsence]:
    """The absences of some people that have not ended by a day, the earliest first."""
    wanted = scoped(VisitorAbsence).where(
        VisitorAbsence.person_id.in_(person_ids), VisitorAbsence.until_on >= on, VisitorAbsence.ended_at.is_(None)
    )
    return list(db.session.scalars(wanted.order_by(VisitorAbsence.from_on, VisitorAbsence.id))) if person_ids else []


def absence_here(person_id: UUID, absence_id: UUID) -> VisitorAbsence:
    """One absence of a person that was not taken back; raises NotHere."""
    return here(VisitorAbsence, absence_id, VisitorAbsence.person_id == person_id, VisitorAbsence.ended_at.is_(None))


def plan_absence(person_id: UUID, command: Away, *, by: Actor, on: date) -> VisitorAbsence:
    """Write down that somebody is away; why is not asked."""
    person = find_person(person_id)
    if command.until_on < command.from_on or command.until_on < on:
        raise WrongDates("The last day is on or after the first one, and not in the past.")
    row = VisitorAbsence(
        person_id=person.id, from_on=command.from_on, until_on=command.until_on, recorded_by=by.person_id
    )
    db.session.add(row)
    db.session.flush()
    return row


def take_absence_back(person_id: UUID, absence_id: UUID, *, at: datetime) -> None:
    """The person is there after all; a cover that was named stays until a person ends it."""
    absence_here(person_id, absence_id).ended_at = at
    db.session.flush()


def choices() -> AllocationChoice:
    """The council's choices; those of a council that made none are empty."""
    found = db.session.scalars(scoped(AllocationChoice)).one_or_none()
    return found or AllocationChoice(skills=[], suggests_since=None, version=0)


def write_choices(command: Choices, *, by: Actor, on: date) -> AllocationChoice:
    """Keep the skills and whether "Suggest" is on, with the day and who changed it."""
    kept = choices()
    if kept.version != command.version:
        raise ChangedMeanwhile(
            theirs=[("Skills", ", ".join(kept.skills)), ("Suggest", "On" if kept.suggests_since else "Off")],
            yours=[("Skills", ", ".join(command.skills)), ("Suggest", "On" if command.suggests else "Off")],
            back="/allocation-choices",
        )
    if kept.version == 0:
        kept.version = 1
        db.session.add(kept)
    kept.skills = list(dict.fromkeys(command.skills))
    if command.suggests != (kept.suggests_since is not None):
        kept.suggests_since = on if command.suggests else None
        audit.record("suggestions.switched", actor=by.label, subject=None, on=command.suggests)
    kept.changed_by = by.person_id
    db.session.flush()
    return kept
