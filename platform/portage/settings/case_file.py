"""A council's open cases as a workbook: one row a child; every problem is named by its row, then all are written."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portage.core.errors import PortageError
from portage.settings import case_cells as cells


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
class UnderWay:
    """Support that somebody gives already."""

    visitor_email: str
    began_on: date
    first_visit_on: date | None
    longest_months: int | None


@dataclass(frozen=True, slots=True)
class Waits:
    """A child who waits for support: since when it was asked for, how that is known, what the council wrote down."""

    asked_on: date
    known_by: str
    decided_on: date | None
    longest_months: int | None
    note: str | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One open case as the council wrote it."""

    row: int
    given_name: str
    family_name: str
    date_of_birth: date
    address: str | None
    postcode: str | None
    area: str | None
    setting_name: str | None
    carer_name: str
    relationship: str
    carer_email: str | None
    carer_telephone: str | None
    email_is_safe: bool
    stands: UnderWay | Waits


Columns = Mapping[str, tuple[str, Callable[[Any], Any]]]

FAMILY: Columns = {
    "Child's first names": ("given_name", cells.text),
    "Child's family name": ("family_name", cells.text),
    "Date of birth": ("date_of_birth", cells.day),
    "Address": ("address", cells.maybe(cells.text)),
    "Postcode": ("postcode", cells.maybe(cells.text)),
    "Area team": ("area", cells.maybe(cells.text)),
    "Setting": ("setting_name", cells.maybe(cells.text)),
    "Carer's name": ("carer_name", cells.text),
    "Relationship to child": ("relationship", cells.text),
    "Carer's e-mail": ("carer_email", cells.maybe(cells.email)),
    "Carer's telephone": ("carer_telephone", cells.maybe(cells.text)),
    "Safe to e-mail": ("email_is_safe", cells.safe),
}
STAGE = "Stage"
LONGEST: Columns = {"Longest support in months": ("longest_months", cells.maybe(cells.months))}
UNDER_WAY: Columns = {
    "Visitor's e-mail": ("visitor_email", cells.email),
    "Support began on": ("began_on", cells.day),
    "First home visit on": ("first_visit_on", cells.maybe(cells.day)),
}
WAITS: Columns = {
    "Asked for on": ("asked_on", cells.day),
    "How the day is known": ("known_by", cells.text),
    "Decided on": ("decided_on", cells.maybe(cells.day)),
    "Note": ("note", cells.maybe(cells.text)),
}
COLUMNS = (*FAMILY, STAGE, *UNDER_WAY, *LONGEST, *WAITS)
MAY_BE_LEFT_OUT = ("Area team", *WAITS)  # a file without these columns holds children with support under way
NOT_WAITING = "Leave this empty for a child who waits: nobody visits yet. Or write supported as the stage."
NOT_UNDER_WAY = "Leave this empty for a child with support: it is kept for children who wait."


def read_cases(file: Path, *, today: date) -> tuple[list[CaseRow], list[Problem]]:
    """Read every row of the first sheet; raises `NotAWorkbook` when there is nothing to read."""
    cases: list[CaseRow] = []
    problems: list[Problem] = []
    for number, row in _rows(file):
        found: list[Problem] = []
        case = _case(number, row, found)
        found += _misfits(case, today) if case else ()
        problems += found
        if case and not found:
            cases.append(case)
    return cases, problems


def _case(number: int, row: Mapping[str, Any], problems: list[Problem]) -> CaseRow | None:
    """One row as a case; None, with the problems, where a cell cannot be used."""
    known = _read(number, row, {**FAMILY, STAGE: ("stage", cells.stage), **LONGEST}, problems)
    stage, longest = known.pop("stage", None), known.pop("longest_months", None)
    if stage is None:
        return None
    own, other, why = (WAITS, UNDER_WAY, NOT_WAITING) if stage == "waiting" else (UNDER_WAY, WAITS, NOT_UNDER_WAY)
    problems += [Problem(number, column, why) for column in other if not cells.blank(row.get(column))]
    told = _read(number, row, own, problems)
    if problems:
        return None
    kind = Waits if stage == "waiting" else UnderWay
    return CaseRow(row=number, stands=kind(longest_months=longest, **told), **known)


def _read(number: int, row: Mapping[str, Any], columns: Columns, problems: list[Problem]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column, (name, read) in columns.items():
        try:
            values[name] = read(row.get(column))
        except cells.Wrong as wrong:
            problems.append(Problem(number, column, str(wrong)))
    return values


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        book = load_workbook(BytesIO(file.read_bytes()), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError):
        raise NotAWorkbook(why=f"{file.name} is not an Excel workbook (.xlsx). Save it as one and try again.") from None
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        headings = [str(cell).strip() if cell is not None else "" for cell in next(rows, ())]
        missing = [column for column in COLUMNS if column not in headings and column not in MAY_BE_LEFT_OUT]
        if missing:
            raise NotAWorkbook(why=f"The first row lacks the headings: {', '.join(missing)}.")
        for number, row in enumerate(rows, start=2):
            if any(cell is not None and str(cell).strip() for cell in row):
                yield number, dict(zip(headings, row, strict=False))
    finally:
        book.close()


def _misfits(case: CaseRow, today: date) -> Iterator[Problem]:
    """Days that do not fit together."""
    if case.date_of_birth > today:
        yield Problem(case.row, "Date of birth", "The day is in the future.")
    yield from (
        _of_support(case, case.stands, today)
        if isinstance(case.stands, UnderWay)
        else _of_waiting(case, case.stands, today)
    )


def _of_support(case: CaseRow, support: UnderWay, today: date) -> Iterator[Problem]:
    if support.began_on > today:
        yield Problem(case.row, "Support began on", "The day is in the future.")
    if support.began_on < case.date_of_birth:
        yield Problem(case.row, "Support began on", "Support began before the child was born.")
    if support.first_visit_on and not support.began_on <= support.first_visit_on <= today:
        yield Problem(case.row, "First home visit on", "Write a day from the beginning of support until today.")


def _of_waiting(case: CaseRow, waits: Waits, today: date) -> Iterator[Problem]:
    if waits.asked_on > today:
        yield Problem(case.row, "Asked for on", "The day is in the future.")
    if waits.asked_on < case.date_of_birth:
        yield Problem(case.row, "Asked for on", "Support was asked for before the child was born.")
    if waits.decided_on and not waits.asked_on <= waits.decided_on <= today:
        yield Problem(case.row, "Decided on", "Write a day from the one on which support was asked for until today.")
