"""A council's instrument as a spreadsheet, CSV or Excel: every problem at once, formulas never followed."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portage.core.spreadsheet import NotASpreadsheet, guarded, rows_of, unguarded
from portage.tenants.instruments import LONGEST_AREA, LONGEST_STEP, MOST_AREAS, MOST_IN_AREA, OLDEST

AREA, STEP, FROM, TO = COLUMNS = ("Area", "Step", "From months", "To months")
NEEDED = (AREA, STEP)
MOST_ROWS, MOST_PROBLEMS = 600, 100
_FORMULA = "This cell holds a formula. Write the words or the number themselves."


@dataclass(frozen=True, slots=True)
class ReadStep:
    """One step as a file says it, with the ages in months where it names them."""

    wording: str
    from_months: int | None = None
    to_months: int | None = None


@dataclass(frozen=True, slots=True)
class ReadArea:
    """One area with its steps, in the order of the file."""

    name: str
    steps: tuple[ReadStep, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell, in a sentence that says what to do."""

    row: int
    column: str
    says: str


@dataclass(slots=True)
class _Row:
    """One row while it is read."""

    number: int
    cells: Mapping[str, Any]
    problems: list[Problem]

    def text(self, column: str, longest: int) -> str:
        """The words of a cell on one line; a problem where they are a formula or too long."""
        value = self.cells.get(column)
        said = " ".join(("" if value is None else str(value)).replace("\0", "").split())
        if said.startswith("="):
            self.wrong(column, _FORMULA)
            return ""
        said = str(unguarded(said))
        if len(said) > longest:
            self.wrong(column, f"Use {longest} characters or fewer; these are {len(said)}.")
            return ""
        return said

    def months(self, column: str) -> int | None:
        """A whole number of months, None where the cell is empty."""
        value = self.cells.get(column)
        said = " ".join(("" if value is None else str(value)).split())
        if said.startswith("="):
            self.wrong(column, _FORMULA)
            return None
        said = str(unguarded(said)).removesuffix(".0")
        if not said:
            return None
        if not (said.isascii() and said.isdecimal() and len(said) <= 3 and int(said) <= OLDEST):
            self.wrong(column, f"Write a whole number of months from 0 to {OLDEST}, such as 18, or leave it empty.")
            return None
        return int(said)

    def wrong(self, column: str, says: str) -> None:
        """Keep a problem of this row."""
        self.problems.append(Problem(self.number, column, says))


def read_sheet(content: bytes, name: str) -> tuple[list[ReadArea], list[Problem]]:
    """Read every row of a CSV file or of a workbook's first sheet; raises `NotASpreadsheet` when nothing can be read.

    An empty cell under Area means the area of the row above, as merged cells are saved.
    """
    # Formulas come as they are typed, so that they are refused and none of their values is taken.
    rows = rows_of(content, name, most_rows=MOST_ROWS, formulas=True)
    _, first = next(rows, (1, ()))
    headings = _headings(first)
    problems: list[Problem] = []
    areas: dict[str, list[ReadStep]] = {}
    names: dict[str, str] = {}
    seen: dict[tuple[str, str], int] = {}
    area = ""
    for count, (number, cells) in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise NotASpreadsheet(why=f"The file has more than {MOST_ROWS} steps. Nobody could keep such a profile.")
        row = _Row(number, dict(zip(headings, cells, strict=False)), problems)
        area = row.text(AREA, LONGEST_AREA) or area
        if not area:
            row.wrong(AREA, "Write the area of development; only below another row of the same area it may be empty.")
        if (step := _step(row, area, seen)) is not None:
            areas.setdefault(names.setdefault(area.casefold(), area), []).append(step)
    if not areas and not problems:
        raise NotASpreadsheet(why="There is no row under the headings.")
    problems += _too_many(areas)
    return [ReadArea(each, tuple(steps)) for each, steps in areas.items()], problems[:MOST_PROBLEMS]


def _step(row: _Row, area: str, seen: dict[tuple[str, str], int]) -> ReadStep | None:
    before = len(row.problems)
    wording = row.text(STEP, LONGEST_STEP)
    if not wording and len(row.problems) == before:
        row.wrong(STEP, "Write what the child does, such as: Points at something to share it.")
    from_months, to_months = row.months(FROM), row.months(TO)
    if from_months is not None and to_months is not None and from_months > to_months:
        row.wrong(TO, f"This age comes before {from_months} months, the age in the column before.")
    key = (area.casefold(), wording.casefold())
    if wording and key in seen:
        row.wrong(STEP, f"The same step stands in row {seen[key]} of this area already.")
    seen.setdefault(key, row.number)
    return ReadStep(wording, from_months, to_months) if len(row.problems) == before and wording and area else None


def _too_many(areas: Mapping[str, Sequence[ReadStep]]) -> Iterator[Problem]:
    if len(areas) > MOST_AREAS:
        yield Problem(1, AREA, f"There are {len(areas)} areas; {MOST_AREAS} is the most.")
    for name, steps in areas.items():
        if len(steps) > MOST_IN_AREA:
            yield Problem(
                1, STEP, f"“{name}” has {len(steps)} steps; {MOST_IN_AREA} is the most for one page of a phone."
            )


def as_csv(areas: Iterable[ReadArea]) -> str:
    """An instrument as the very file that can be read again."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for area in areas:
        for step in area.steps:
            writer.writerow(
                [guarded(area.name), guarded(step.wording), _number(step.from_months), _number(step.to_months)]
            )
    return out.getvalue()


def _number(months: int | None) -> str:
    return "" if months is None else str(months)


def _headings(cells: Sequence[Any]) -> list[str]:
    """The column of each cell; raises `NotASpreadsheet` when a needed one is not there, or comes twice."""
    known = {heading.casefold(): heading for heading in COLUMNS}
    headings = [known.get(" ".join(str(cell or "").split()).casefold(), "") for cell in cells]
    missing = [heading for heading in NEEDED if heading not in headings]
    if missing:
        raise NotASpreadsheet(why=f"The first row lacks the headings: {', '.join(missing)}.")
    twice = [heading for heading in COLUMNS if headings.count(heading) > 1]
    if twice:
        raise NotASpreadsheet(why=f"The first row has these headings twice: {', '.join(twice)}.")
    return headings
