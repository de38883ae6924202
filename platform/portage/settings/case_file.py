"""A council's open cases as a workbook: one row a child; every problem is named by its row, then all are written."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portage.core.errors import PortageError
from portage.core.mailboxes import is_mailbox


class NotAWorkbook(PortageError):
    """The file cannot be read as cases at all."""

    code = "not-a-workbook"
    message = "{why}"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one row, and what to do."""

    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"Row {self.row}, {self.column}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One open case as the council wrote it."""

    row: int
    given_name: str
    family_name: str
    date_of_birth: date
    address: str | None
    postcode: str | None
    setting_name: str | None
    carer_name: str
    relationship: str
    carer_email: str | None
    carer_telephone: str | None
    email_is_safe: bool
    visitor_email: str
    began_on: date
    first_visit_on: date | None
    longest_months: int | None


class _Wrong(ValueError):
    """A cell that cannot be used; the sentence says what to do."""


def _text(value: Any) -> str:
    if value is None or not str(value).strip():
        raise _Wrong("Fill this in.")
    return str(value).strip()


def _maybe(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None or not str(value).strip() else read(value)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(_text(value), form).date()  # noqa: DTZ007 - a calendar day has no time zone
        except ValueError as error:
            if isinstance(error, _Wrong):
                raise
    raise _Wrong("Write a date such as 27/03/2024.")


def _email(value: Any) -> str:
    found = _text(value)
    if not is_mailbox(found):
        raise _Wrong("Write one e-mail address.")
    return found


def _safe(value: Any) -> bool:
    word = str(value or "").strip().lower()
    if word not in ("yes", "no", ""):
        raise _Wrong("Write yes or no.")
    return word == "yes"


def _months(value: Any) -> int:
    try:
        months = int(str(value).strip())
    except ValueError:
        months = 0
    if not 1 <= months <= 72:
        raise _Wrong("Write a number of months from 1 to 72.")
    return months


def _stage(value: Any) -> str:
    stage = _text(value).lower()
    if stage == "waiting":
        raise _Wrong(
            "A child who still waits is entered as a request (Enter a request), with the real day of receipt, "
            "so that the rules of that day apply. Take the row out of this file."
        )
    if stage != "supported":
        raise _Wrong("Write supported. Only children with support under way are loaded.")
    return stage


COLUMNS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "Child's first names": ("given_name", _text),
    "Child's family name": ("family_name", _text),
    "Date of birth": ("date_of_birth", _day),
    "Address": ("address", _maybe(_text)),
    "Postcode": ("postcode", _maybe(_text)),
    "Setting": ("setting_name", _maybe(_text)),
    "Carer's name": ("carer_name", _text),
    "Relationship to child": ("relationship", _text),
    "Carer's e-mail": ("carer_email", _maybe(_email)),
    "Carer's telephone": ("carer_telephone", _maybe(_text)),
    "Safe to e-mail": ("email_is_safe", _safe),
    "Stage": ("stage", _stage),
    "Visitor's e-mail": ("visitor_email", _email),
    "Support began on": ("began_on", _day),
    "First home visit on": ("first_visit_on", _maybe(_day)),
    "Longest support in months": ("longest_months", _maybe(_months)),
}


def read_cases(file: Path, *, today: date) -> tuple[list[CaseRow], list[Problem]]:
    """Read every row of the first sheet; raises `NotAWorkbook` when there is nothing to read."""
    cases: list[CaseRow] = []
    problems: list[Problem] = []
    for number, cells in _rows(file):
        values: dict[str, Any] = {}
        for column, (name, read) in COLUMNS.items():
            try:
                values[name] = read(cells.get(column))
            except _Wrong as wrong:
                problems.append(Problem(number, column, str(wrong)))
        if len(values) == len(COLUMNS):
            del values["stage"]
            case = CaseRow(row=number, **values)
            found = list(_misfits(case, today))
            problems += found
            if not found:
                cases.append(case)
    return cases, problems


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError):
        raise NotAWorkbook(why=f"{file.name} is not an Excel workbook (.xlsx). Save it as one and try again.") from None
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        headings = [str(cell).strip() if cell is not None else "" for cell in next(rows, ())]
        if missing := [column for column in COLUMNS if column not in headings]:
            raise NotAWorkbook(why=f"The first row lacks the headings: {', '.join(missing)}.")
        for number, row in enumerate(rows, start=2):
            if any(cell is not None and str(cell).strip() for cell in row):
                yield number, dict(zip(headings, row, strict=False))
    finally:
        book.close()


def _misfits(case: CaseRow, today: date) -> Iterator[Problem]:
    if case.date_of_birth > today:
        yield Problem(case.row, "Date of birth", "The day is in the future.")
    if case.began_on > today:
        yield Problem(case.row, "Support began on", "The day is in the future.")
    if case.began_on < case.date_of_birth:
        yield Problem(case.row, "Support began on", "Support began before the child was born.")
    if case.first_visit_on and not case.began_on <= case.first_visit_on <= today:
        yield Problem(case.row, "First home visit on", "Write a day from the beginning of support until today.")


def write_template(file: Path) -> None:
    """Write an empty workbook with the headings and one invented example."""
    book = Workbook()
    sheet = book.create_sheet("Cases", 0)
    for row, cells in enumerate((list(COLUMNS), _EXAMPLE), start=1):
        for column, value in enumerate(cells, start=1):
            sheet.cell(row, column, value)
    book.save(file)


_EXAMPLE: list[Any] = [
    "Robin",
    "Invented",
    date(2023, 5, 17),
    "1 Example Street",
    None,
    None,
    "Alex Invented",
    "mother",
    "alex@family.example",
    "01632 960000",
    "yes",
    "supported",
    "visitor@council.example",
    date(2025, 1, 14),
    date(2025, 1, 21),
    12,
]
