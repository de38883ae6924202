"""Where a child stands by the marks: what is there, where the gaps are, and which steps could come next (WNC-06)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select

from portage.core.db import db
from portage.core.tenancy import TENANT
from portage.profiles.models import ProfileMark
from portage.profiles.operations.instruments import Step

NEXT_STEPS = 3  # as many as a family and a visitor can choose from


@dataclass(frozen=True, slots=True)
class Held:
    """A mark that holds."""

    item_id: UUID
    stage: str
    seen_on: date
    evidence: str


@dataclass(frozen=True, slots=True)
class Place:
    """One step with the mark that says most: what the child can do, else what is beginning, else nothing yet."""

    step: Step
    mark: Held | None

    @property
    def stage(self) -> str | None:
        """`can-do`, `beginning`, or None where nothing is marked."""
        return self.mark.stage if self.mark else None


@dataclass(frozen=True, slots=True)
class Standing:
    """One area of a child's profile."""

    id: UUID
    name: str
    places: tuple[Place, ...]

    @property
    def can_do(self) -> int:
        """How many steps the child can do."""
        return sum(place.stage == "can-do" for place in self.places)

    @property
    def beginning(self) -> int:
        """How many steps the child is beginning to do."""
        return sum(place.stage == "beginning" for place in self.places)

    @property
    def gaps(self) -> tuple[Place, ...]:
        """Steps before the furthest one that the child can do which are not marked as done yet."""
        return tuple(place for place in self.places[: self._furthest] if place.stage != "can-do")

    @property
    def next_steps(self) -> tuple[Place, ...]:
        """The first steps after the furthest one that the child can do, those that are beginning among them."""
        return self.places[self._furthest : self._furthest + NEXT_STEPS]

    @property
    def _furthest(self) -> int:
        """The place after the last step that the child can do."""
        return max((number for number, each in enumerate(self.places, start=1) if each.stage == "can-do"), default=0)


def held_marks(profile_id: UUID) -> list[Held]:
    """Every mark of a profile that holds, in one query."""
    return [Held(*row) for row in db.session.execute(_held(), {"profile": profile_id})]


@cache
def _held() -> Select[*tuple[Any, ...]]:
    return (
        select(ProfileMark.item_id, ProfileMark.stage, ProfileMark.seen_on, ProfileMark.evidence)
        .where(
            ProfileMark.tenant_id == TENANT,
            ProfileMark.profile_id == bindparam("profile", type_=Uuid()),
            ProfileMark.corrected_at.is_(None),
        )
        .order_by(ProfileMark.seen_on, ProfileMark.created_at)
    )


def standings(steps: Sequence[Step], marks: Iterable[Held]) -> list[Standing]:
    """Each area of an instrument with what is marked in it."""
    best: dict[UUID, Held] = {}
    for mark in marks:
        known = best.get(mark.item_id)
        if known is None or known.stage == "beginning":
            best[mark.item_id] = mark
    return [
        Standing(area_id, found[0].area, tuple(Place(step, best.get(step.id)) for step in found))
        for area_id, group in groupby(steps, key=lambda step: step.area_id)
        for found in [list(group)]
    ]


@dataclass(frozen=True, slots=True)
class Moment:
    """How much was marked by the end of a day."""

    on: date
    can_do: int
    beginning: int


def progress(marks: Sequence[Held], *, most: int = 10) -> list[Moment]:
    """How the numbers grew, at no more than so many days: the first, the last, and others spread between them."""
    days = sorted({mark.seen_on for mark in marks})
    if len(days) > most:
        days = [days[round(place * (len(days) - 1) / (most - 1))] for place in range(most)]
    return [_by(marks, day) for day in days]


def _by(marks: Iterable[Held], day: date) -> Moment:
    found: dict[UUID, str] = {}
    for mark in marks:
        if mark.seen_on <= day and found.get(mark.item_id) != "can-do":
            found[mark.item_id] = mark.stage
    can_do = sum(stage == "can-do" for stage in found.values())
    return Moment(day, can_do, len(found) - can_do)


def latest_steps(standing: Iterable[Standing], most: int = 6) -> list[str]:
    """The wording of what was newly marked as something that the child can do, the latest first."""
    done = [place for area in standing for place in area.places if place.stage == "can-do" and place.mark]
    done.sort(key=lambda place: place.mark.seen_on if place.mark else date.min, reverse=True)
    return [place.step.wording for place in done[:most]]
