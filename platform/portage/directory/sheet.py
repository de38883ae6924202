"""A spreadsheet of services, CSV or Excel: every problem of every row at once."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from portage.core.errors import PortageError
from portage.directory import entries
from portage.directory.entries import Entry, Problem, Wrong
from portage.directory.operations.keeping import Particulars
from portage.families.names import search_form

MOST_ROWS, MOST_COLUMNS, MOST_PROBLEMS = 300, 40, 200
LARGEST, LARGEST_UNPACKED = 2 * 1024 * 1024, 20 * 1024 * 1024
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
_GUARD = "'"  # before a cell that a spreadsheet would take for a formula


class NotAList(PortageError):
    """A file that cannot be read as a list of services at all."""

    code = "not-a-list"
    message = "{why}"


def read_sheet(content: bytes, name: str, *, today: date) -> tuple[list[Entry], list[Problem]]:
    """Read every row of a CSV file or of a workbook's first sheet; raises `NotAList` when there is nothing to read."""
    if len(content) > LARGEST:
        raise NotAList(why="The file is larger than 2 MB. A directory of services is small: is it the right file?")
    numbered = iter(_workbook(content) if content.startswith(b"PK\x03\x04") else _csv(content, name))
    _, first = next(numbered, (1, ()))
    headings = _headings(first)
    found: list[Entry] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in numbered:
        if len(found) >= MOST_ROWS:
            raise NotAList(why=f"The file has more than {MOST_ROWS} services. Send it in parts.")
        entry = _entry(number, dict(zip(headings, cells, strict=False)), problems, today)
        if entry is None:
            continue
        key = (search_form(entry.particulars.name), search_form(entry.particulars.area or ""))
        if key in seen:
            problems.append(Problem(number, "Name", f"The same service stands in row {seen[key]} already."))
        seen.setdefault(key, number)
        found.append(entry)
    if not found and not problems:
        raise NotAList(why="There is no row under the headings.")
    return found, problems[:MOST_PROBLEMS]


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The directory as the very file that can be read again; opens with the headings alone when it is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_guarded(row.get(name)) for name, _ in COLUMNS.values()])
    return out.getvalue()


def _guarded(value: Any) -> str:
    said = "" if value is None else str(value)
    return f"{_GUARD}{said}" if said.startswith(("=", "+", "-", "@", "\t", _GUARD)) else said


def _headings(cells: Sequence[Any]) -> list[str]:
    """The column of each cell; raises `NotAList` when a needed one is not there."""
    known = {heading.casefold(): heading for heading in COLUMNS}
    headings = [known.get(str(cell or "").strip().casefold(), "") for cell in cells]
    missing = [heading for heading in NEEDED if heading not in headings]
    if missing:
        raise NotAList(why=f"The first row lacks the headings: {', '.join(missing)}.")
    return headings


def _entry(number: int, row: Mapping[str, Any], problems: list[Problem], today: date) -> Entry | None:
    values: dict[str, Any] = {}
    wrong = []
    for column, (name, read) in COLUMNS.items():
        try:
            values[name] = read(_unguarded(row.get(column)))
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


def _unguarded(cell: Any) -> Any:
    return cell.removeprefix(_GUARD) if isinstance(cell, str) else cell


def _csv(content: bytes, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\0" in text:
        raise NotAList(why=f"{name} is no spreadsheet. Save it as an Excel workbook (.xlsx) or as CSV, and try again.")
    line = text.partition("\n")[0]
    divider = max(",;\t", key=line.count)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=divider), start=1):
            if number == 1 or any(cell.strip() for cell in cells):
                yield number, cells[:MOST_COLUMNS]
    except csv.Error:
        raise NotAList(
            why=f"{name} cannot be read as CSV. Save it as an Excel workbook (.xlsx) and try again."
        ) from None


def _workbook(content: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    # Loaded here: it is large, and web processes that never see a workbook stay small.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    damaged = NotAList(why="This is no Excel workbook (.xlsx), or it is damaged. Save it again and try once more.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise NotAList(why="The workbook is too large inside. A directory of services is small.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError):
        raise damaged from None
    try:
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
            if number == 1 or any(not entries.blank(cell) for cell in cells):
                yield number, cells
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError):
        raise damaged from None
    finally:
        book.close()
