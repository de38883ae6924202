"""A council's instruments: what is read waits for a person, is taken once, and is never changed after that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, and_, bindparam, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_leave

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, PortageError
from portage.core.ids import new_id
from portage.core.tenancy import TENANT, current_tenant_id, here, scoped
from portage.profiles.models import ProfileArea, ProfileInstrument, ProfileItem
from portage.profiles.sheet import ReadArea, ReadStep, read_sheet

EXAMPLE = "1"  # the version of the platform's own list; another one when its wording changes
EXAMPLE_NAME = "Example profile"
EXAMPLE_SOURCE = "An example in our own words, which every council may use, change and replace."
_FILE = Path(__file__).resolve().parents[1] / "example.csv"


class NotWaiting(PortageError):
    """An instrument that was taken or put away already."""

    code = "instrument-not-waiting"
    message = "This list was taken or put away already."


@dataclass(frozen=True, slots=True)
class Taking:
    """From which day new profiles follow an instrument."""

    in_use_from: date
    version: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a stored instrument."""

    id: UUID
    area_id: UUID
    area: str
    wording: str
    from_months: int | None
    to_months: int | None


@cache
def example_areas() -> tuple[ReadArea, ...]:
    """The platform's own list, from the same kind of file that councils send."""
    areas, problems = read_sheet(_FILE.read_bytes(), _FILE.name)
    if problems:
        raise ValueError(f"{_FILE.name}: {problems}")
    return tuple(areas)


def in_force(on: date) -> ProfileInstrument | None:
    """The instrument that new profiles follow on a day; None where the council took none, and the example serves."""
    return db.session.scalars(_in_force(), {"on": on}).one_or_none()


@cache
def _in_force() -> Select[ProfileInstrument]:
    return (
        select(ProfileInstrument)
        .where(
            ProfileInstrument.tenant_id == TENANT,
            ProfileInstrument.status == "in-use",
            ProfileInstrument.in_use_from <= bindparam("on", type_=Date()),
        )
        .order_by(
            ProfileInstrument.in_use_from.desc(),
            ProfileInstrument.taken_at.desc().nulls_last(),  # the example is taken by nobody
            ProfileInstrument.id.desc(),
        )
        .limit(1)
    )


def in_force_or_example(on: date) -> ProfileInstrument:
    """The instrument for a new profile; the example becomes the council's own copy when it is first used."""
    found = in_force(on)
    if found is not None:
        return found
    new = {
        "tenant_id": current_tenant_id(), "id": new_id(), "name": EXAMPLE_NAME, "source": EXAMPLE_SOURCE,
        "example": EXAMPLE, "status": "in-use", "in_use_from": on,
    }  # fmt: skip
    made = db.session.execute(
        insert_or_leave(ProfileInstrument)
        .values(**new)
        .on_conflict_do_nothing(index_elements=["tenant_id", "example"])
        .returning(ProfileInstrument.id)
    ).scalar_one_or_none()
    if made is not None:
        _keep_steps(made, example_areas())
    # Another's copy, made a moment ago, may begin on a later day than a profile that is entered with an earlier one.
    return db.session.scalars(scoped(ProfileInstrument).where(ProfileInstrument.example == EXAMPLE)).one()


def instrument_here(instrument_id: UUID, *, lock: bool = False) -> ProfileInstrument:
    """One instrument of this council; raises `NotHere`."""
    return here(ProfileInstrument, instrument_id, lock=lock)


def instruments(limit: int = 50) -> list[ProfileInstrument]:
    """The council's instruments, the newest first."""
    wanted = scoped(ProfileInstrument).order_by(ProfileInstrument.created_at.desc(), ProfileInstrument.id.desc())
    return list(db.session.scalars(wanted.limit(limit)))


def steps_of(instrument_id: UUID) -> list[Step]:
    """Every step of an instrument in its order, in one query."""
    rows = db.session.execute(_steps(), {"instrument": instrument_id})
    return [Step(*row) for row in rows]


@cache
def _steps() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ProfileItem.id,
            ProfileArea.id.label("area_id"),
            ProfileArea.name,
            ProfileItem.wording,
            ProfileItem.from_months,
            ProfileItem.to_months,
        )
        .join(ProfileArea, and_(ProfileArea.tenant_id == ProfileItem.tenant_id, ProfileArea.id == ProfileItem.area_id))
        .where(
            ProfileItem.tenant_id == TENANT,
            ProfileArea.tenant_id == TENANT,
            ProfileArea.instrument_id == bindparam("instrument", type_=Uuid()),
        )
        .order_by(ProfileArea.position, ProfileItem.position)
    )


def as_read(steps: Iterable[Step]) -> list[ReadArea]:
    """A stored instrument in the shape of a file."""
    areas: dict[str, list[ReadStep]] = {}
    for step in steps:
        areas.setdefault(step.area, []).append(ReadStep(step.wording, step.from_months, step.to_months))
    return [ReadArea(name, tuple(found)) for name, found in areas.items()]


def keep_read(name: str, source: str, areas: Sequence[ReadArea], *, by: UUID | None = None) -> ProfileInstrument:
    """Keep what a file says until a person takes it or puts it away; None: it came with the council's folder."""
    kept = ProfileInstrument(name=name, source=source, read_by=by, status="waiting")
    db.session.add(kept)
    db.session.flush()
    _keep_steps(kept.id, areas)
    return kept


def _keep_steps(instrument_id: UUID, areas: Sequence[ReadArea]) -> None:
    tenant_id = current_tenant_id()
    new_areas, new_items = [], []
    for place, area in enumerate(areas, start=1):
        area_id = new_id()
        new_areas.append(
            {
                "tenant_id": tenant_id,
                "id": area_id,
                "instrument_id": instrument_id,
                "position": place,
                "name": area.name,
            }
        )
        new_items += [
            {
                "tenant_id": tenant_id, "id": new_id(), "area_id": area_id, "position": number, "wording": step.wording,
                "from_months": step.from_months, "to_months": step.to_months,
            }
            for number, step in enumerate(area.steps, start=1)
        ]  # fmt: skip
    db.session.execute(insert(ProfileArea), new_areas)
    db.session.execute(insert(ProfileItem), new_items)


def take(instrument_id: UUID, command: Taking, *, by: UUID, at: datetime) -> ProfileInstrument:
    """Let new profiles follow an instrument from a day; profiles that were begun stay with their own."""
    found = _waiting(instrument_id, command.version)
    found.status, found.in_use_from = "in-use", command.in_use_from
    found.taken_by, found.taken_at = by, at
    db.session.flush()
    return found


def put_away(instrument_id: UUID, *, version: int) -> None:
    """Take nothing of what was read."""
    _waiting(instrument_id, version).status = "put-away"
    db.session.flush()


def _waiting(instrument_id: UUID, version: int) -> ProfileInstrument:
    found = instrument_here(instrument_id, lock=True)
    if found.status != "waiting":
        raise NotWaiting
    if found.version != version:
        raise ChangedMeanwhile(theirs=[("List", found.name)], yours=[], back=f"/profiles/{found.id}")
    return found
