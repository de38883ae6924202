"""A spreadsheet that somebody sends, CSV or Excel, as numbered rows of cells; and cells that are safe to send back.

What each heading means, and what is wrong in a cell, is the business of the slice that asked for the file.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from portage.core.errors import PortageError

MOST_COLUMNS = 40
LARGEST, LARGEST_UNPACKED = 2 * 1024 * 1024, 20 * 1024 * 1024  # bytes
_GUARD = "'"  # before a cell that a spreadsheet would take for a formula
_RISKY = ("=", "+", "-", "@", "\t", "\r", _GUARD)
Row = tuple[int, Sequence[Any]]


class NotASpreadsheet(PortageError):
    """A file that cannot be read as rows at all; `why` says what to do."""

    code = "not-a-spreadsheet"
    message = "{why}"


def rows_of(content: bytes, name: str, *, most_rows: int, formulas: bool = False) -> Iterator[Row]:
    """The first row, and each later one that is not empty, of a CSV file or of a workbook's first sheet.

    Counted from 1. Reading stops a little after `most_rows`, so that the caller sees that there are more. A formula in
    a workbook comes as the value that was saved with it, or with `formulas` as it was typed. Raises `NotASpreadsheet`.
    """
    if len(content) > LARGEST:
        raise NotASpreadsheet(why="The file is larger than 2 MB. A list like this one is small: is it the right file?")
    rows = _workbook(content, formulas, most_rows) if content.startswith(b"PK\x03\x04") else _csv(content, name)
    for found, row in enumerate(rows):
        yield row
        if found > most_rows:
            return


def guarded(value: Any) -> str:
    """The text of a cell, which no spreadsheet takes for a formula; nothing for None."""
    said = "" if value is None else str(value)
    return f"{_GUARD}{said}" if said.startswith(_RISKY) else said


def unguarded(cell: Any) -> Any:
    """A cell as it was before `guarded`; what is no text stays as it is."""
    return cell.removeprefix(_GUARD) if isinstance(cell, str) else cell


def _written(cell: Any) -> bool:
    return cell is not None and bool(str(cell).strip())


def _csv(content: bytes, name: str) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    save = "Save it as an Excel workbook (.xlsx)"
    if "\0" in text:
        raise NotASpreadsheet(why=f"{name} is no spreadsheet. {save} or as CSV, and try again.")
    line = text.partition("\n")[0]
    divider = max(",;\t", key=line.count)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=divider), start=1):
            if number == 1 or any(map(_written, cells)):
                yield number, cells[:MOST_COLUMNS]
    except csv.Error:
        raise NotASpreadsheet(why=f"{name} cannot be read as CSV. {save} and try again.") from None


def _workbook(content: bytes, formulas: bool, most_rows: int) -> Iterator[Row]:
    # Loaded here: it is large, and web processes that never see a workbook stay small.
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise NotASpreadsheet(why="The workbook is too large inside. A list like this one is small.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=not formulas)
        try:
            rows = list(_cells(book.worksheets[0], most_rows))
        finally:
            book.close()
    except NotASpreadsheet:
        raise
    except Exception:  # whatever a damaged file does to the reader is one answer to the person
        raise NotASpreadsheet(
            why="This is no Excel workbook (.xlsx), or it is damaged. Save it again and try once more."
        ) from None
    yield from rows


def _cells(sheet: Any, most_rows: int) -> Iterator[Row]:
    """As many rows as may be wanted; a sheet of empty rows without an end is left."""
    found = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
        if number == 1 or any(map(_written, cells)):
            found += 1
            yield number, cells
        if found > most_rows + 1 or number > 10 * most_rows:
            return
