"""A council's developmental profiles as its folder holds them: `profiles.toml`, which it may leave out.

[[instrument]]            name, source, in_use_from; without a day it waits until a person takes it in the service
[[instrument.area]]       name: an area of development
[[instrument.area.step]]  wording, from_months, to_months: what a child can be seen to do, and at which ages
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from marshmallow import fields, validate

from portage.policy.terms import Day, schema_for, text, whole
from portage.tenants.problems import Problem, Source

MOST_AREAS, MOST_IN_AREA = 20, 60
LONGEST_AREA, LONGEST_STEP, OLDEST = 100, 300, 96


def _words(about: str, longest: int) -> fields.Field[Any]:
    checks = validate.Length(min=1, max=longest, error=f"Must be a text of at most {longest} characters.")
    return fields.String(validate=checks, metadata={"about": about, "kind": f"a text of at most {longest} characters"})


def _any_number_of(shape: type) -> fields.Field[Any]:
    return fields.List(fields.Nested(lambda: schema_for(shape)()))


def _some(shape: type, most: int, what: str) -> fields.Field[Any]:
    within = validate.Length(min=1, max=most, error=f"Must hold 1 to {most} {what}.")
    return fields.List(fields.Nested(lambda: schema_for(shape)()), validate=within)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentStep:
    """One observable step, and between which ages in months children often take it."""

    wording: Annotated[str, _words("What the child does, such as: Points at something to share it", LONGEST_STEP)]
    from_months: Annotated[int | None, whole("First age, in months", least=0, most=OLDEST)] = None
    to_months: Annotated[int | None, whole("Last age, in months", least=0, most=OLDEST)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentArea:
    """One area of development with its steps in their order."""

    name: Annotated[str, _words("Name of the area of development", LONGEST_AREA)]
    step: Annotated[tuple[InstrumentStep, ...], _some(InstrumentStep, MOST_IN_AREA, "steps")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One version of the list that a council profiles with."""

    name: Annotated[str, _words("Name of the list, as staff and families read it", 200)]
    source: Annotated[str, text("Where the list comes from, and by whose leave it is used")]
    in_use_from: Annotated[
        date | None, Day(metadata={"about": "Day from which new profiles follow it; left out = a person takes it"})
    ] = None
    area: Annotated[tuple[InstrumentArea, ...], _some(InstrumentArea, MOST_AREAS, "areas")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileTables:
    """The file `profiles.toml`."""

    instrument: Annotated[tuple[Instrument, ...], _any_number_of(Instrument)] = ()


def misfits_of_profiles(source: Source) -> Iterator[Problem]:
    """Find lists, areas and steps that are told twice, and ages that run backwards."""
    lists = [*_tables(source.told, "instrument", "")]
    yield from _twice(source, lists, ("name", "in_use_from"), "is told twice for the same day.")
    for at_list, told in lists:
        areas = [*_tables(told, "area", f"{at_list}.")]
        yield from _twice(source, areas, ("name",), "is told twice.")
        for at_area, area in areas:
            steps = [*_tables(area, "step", f"{at_area}.")]
            yield from _twice(source, steps, ("wording",), "is told twice in this area.")
            for at_step, step in steps:
                first, last = step.get("from_months"), step.get("to_months")
                if isinstance(first, int) and isinstance(last, int) and last < first:
                    yield source.problem(f"{at_step}.to_months", "comes before the first age.")


def _twice(
    source: Source, tables: list[tuple[str, Mapping[str, Any]]], by: tuple[str, ...], says: str
) -> Iterator[Problem]:
    seen: Counter[tuple[str, ...]] = Counter()
    for path, table in tables:
        key = tuple(str(table.get(name, "")).casefold() for name in by)
        seen[key] += 1
        if seen[key] == 2 and key[0]:
            yield source.problem(f"{path}.{by[0]}", f"“{table[by[0]]}” {says}")


def _tables(told: Mapping[str, Any], name: str, before: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = told.get(name)
    for number, table in enumerate(found if isinstance(found, list) else ()):
        if isinstance(table, Mapping):
            yield f"{before}{name}.{number}", table
