"""A spreadsheet of services, CSV or Excel: every problem of every row at once."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from portage.core.spreadsheet import NotASpreadsheet, guarded, rows_of, unguarded
from portage.directory import entries
from portage.directory.entries import Entry, Problem, Wrong
from portage.directory.operations.keeping import Particulars
from portage.families.names import search_form

MOST_ROWS, MOST_PROBLEMS = 300, 200
CHECKED = "Last checked on"
COLUMNS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "Name": ("name", entries.words(entries.LONGEST_NAME)),
    "What it is for": ("what_for", entries.words(entries.LONGEST_TEXT)),
    "From age": ("age_from_months", entries.maybe(entries.age)),
    "To age": ("age_to_months", entries.maybe(entries.age)),
    "Telephone": ("telephone", entries.maybe(entries.telephone)),
    "E-mail": ("email", entries.maybe(entries.email)),
    "Web page": ("web_page", entries.maybe(entries.web_page)),
    "Area": ("area", entries.maybe(entries.words(entries.LONGEST_NAME))),
    CHECKED: ("last_checked_on", entries.maybe(entries.day)),
}
NEEDED = ("Name", "What it is for")


def read_sheet(content: bytes, name: str, *, today: date) -> tuple[list[Entry], list[Problem]]:
    """Read every row; raises `NotASpreadsheet` when there is nothing to read."""
    numbered = rows_of(content, name, most_rows=MOST_ROWS)
    _, first = next(numbered, (1, ()))
    headings = _headings(first)
    found: list[Entry] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in numbered:
        if len(found) >= MOST_ROWS:
            raise NotASpreadsheet(why=f"The file has more than {MOST_ROWS} services. Send it in parts.")
        entry = _entry(number, dict(zip(headings, cells, strict=False)), problems, today)
        if entry is None:
            continue
        key = (search_form(entry.particulars.name), search_form(entry.particulars.area or ""))
        if key in seen:
            problems.append(Problem(number, "Name", f"The same service stands in row {seen[key]} already."))
        seen.setdefault(key, number)
        found.append(entry)
    if not found and not problems:
        raise NotASpreadsheet(why="There is no row under the headings.")
    return found, problems[:MOST_PROBLEMS]


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The directory as the very file that can be read again; opens with the headings alone when it is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([guarded(row.get(name)) for name, _ in COLUMNS.values()])
    return out.getvalue()


def _headings(cells: Sequence[Any]) -> list[str]:
    """The column of each cell; raises `NotASpreadsheet` when a needed one is not there."""
    known = {heading.casefold(): heading for heading in COLUMNS}
    headings = [known.get(str(cell or "").strip().casefold(), "") for cell in cells]
    missing = [heading for heading in NEEDED if heading not in headings]
    if missing:
        raise NotASpreadsheet(why=f"The first row lacks the headings: {', '.join(missing)}.")
    return headings


def _entry(number: int, row: Mapping[str, Any], problems: list[Problem], today: date) -> Entry | None:
    values: dict[str, Any] = {}
    wrong = []
    for column, (name, read) in COLUMNS.items():
        try:
            values[name] = read(unguarded(row.get(column)))
        except Wrong as error:
            wrong.append(Problem(number, column, str(error)))
    checked = values.pop("last_checked_on", None)
    if checked and checked > today:
        wrong.append(Problem(number, CHECKED, "The day is in the future."))
    try:
        entries.in_order(values.get("age_from_months"), values.get("age_to_months"))
    except Wrong as error:
        wrong.append(Problem(number, "To age", str(error)))
    problems += wrong
    return None if wrong else Entry(Particulars(**values), checked)
