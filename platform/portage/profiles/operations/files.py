"""A council's instruments brought in from its folder, and told as the folder holds them.

Files seed: what is in the database stays, whatever a file says later, and an instrument in use is never changed.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.tenancy import scoped
from portage.profiles.models import ProfileInstrument
from portage.profiles.operations.instruments import as_read, keep_read, steps_of
from portage.profiles.sheet import ReadArea, ReadStep
from portage.tenants.instruments import Instrument, InstrumentArea, InstrumentStep


class InstrumentInUse(PortageError):
    """A file says something else of a list that is in use from that day."""

    code = "instrument-in-use"
    message = (
        "profiles.toml: the list “{name}” in use from {day} has other words in the database. A list that is in use is"
        " never changed: give the new one a later day."
    )


def bring_in_instruments(told: Sequence[Instrument]) -> int:
    """Add the instruments that the council does not have; answers how many. Raises `InstrumentInUse`."""
    if not told:
        return 0
    held = list(db.session.scalars(scoped(ProfileInstrument)))
    said = {each.id: as_read(steps_of(each.id)) for each in held if each.name in {one.name for one in told}}
    return sum(_bring_in(each, [row for row in held if row.name == each.name], said) for each in told)


def _bring_in(told: Instrument, named: list[ProfileInstrument], said: dict[UUID, list[ReadArea]]) -> bool:
    areas = _as_sheet(told)
    if any(said[row.id] == areas and told.in_use_from in (row.in_use_from, None) for row in named):
        return False
    if told.in_use_from is not None and told.in_use_from in [row.in_use_from for row in named]:
        raise InstrumentInUse(name=told.name, day=told.in_use_from.isoformat())
    waits = [row for row in named if row.status == "waiting" and said[row.id] == areas]
    kept = waits[0] if waits else keep_read(told.name, told.source, areas)
    if told.in_use_from is not None:
        _put_in_use(kept, told.in_use_from)
    return True


def _put_in_use(kept: ProfileInstrument, day: date) -> None:
    """The council's own files take it, as they publish an edition: no person of the service does."""
    kept.status, kept.in_use_from = "in-use", day
    db.session.flush()


def told_instruments() -> tuple[Instrument, ...]:
    """The instruments of the council in scope in the order in which they came, but for its copy of the example.

    What was put away stays behind.
    """
    rows = db.session.scalars(
        scoped(ProfileInstrument)
        .where(ProfileInstrument.example.is_(None), ProfileInstrument.status != "put-away")
        .order_by(ProfileInstrument.id)
    )
    return tuple(as_told(row.name, row.source, as_read(steps_of(row.id)), in_use_from=row.in_use_from) for row in rows)


def as_told(name: str, source: str, areas: Sequence[ReadArea], *, in_use_from: date | None) -> Instrument:
    """An instrument as a folder holds it, from what a spreadsheet or the database says."""
    told = tuple(
        InstrumentArea(
            name=area.name,
            step=tuple(
                InstrumentStep(wording=step.wording, from_months=step.from_months, to_months=step.to_months)
                for step in area.steps
            ),
        )
        for area in areas
    )
    return Instrument(name=name, source=source, in_use_from=in_use_from, area=told)


def _as_sheet(told: Instrument) -> list[ReadArea]:
    return [
        ReadArea(area.name, tuple(ReadStep(step.wording, step.from_months, step.to_months) for step in area.step))
        for area in told.area
    ]
