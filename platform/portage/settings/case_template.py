"""The empty workbook of cases: the headings, an invented example of each stage, and what belongs into each column."""

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from portage.settings.case_file import COLUMNS, CaseRow

_FAMILY: dict[str, Any] = {
    "Child's family name": "Invented",
    "Address": "1 Example Street",
    "Relationship to child": "mother",
    "Carer's telephone": "01632 960000",
    "Safe to e-mail": "yes",
    "Longest support in months": 12,
}
EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        **_FAMILY,
        "Child's first names": "Robin",
        "Date of birth": date(2023, 5, 17),
        "Carer's name": "Alex Invented",
        "Carer's e-mail": "alex@family.example",
        "Stage": "supported",
        "Visitor's e-mail": "visitor@council.example",
        "Support began on": date(2025, 1, 14),
        "First home visit on": date(2025, 1, 21),
    },
    {
        **_FAMILY,
        "Child's first names": "Wren",
        "Date of birth": date(2024, 2, 9),
        "Carer's name": "Jo Invented",
        "Carer's e-mail": "jo@family.example",
        "Stage": "waiting",
        "Asked for on": date(2025, 3, 4),
        "How the day is known": "Stamp on the form",
        "Decided on": date(2025, 4, 1),
        "Note": "The family hopes for a visitor who knows Makaton.",
    },
)
HELP = {
    "Child's first names": "Needed.",
    "Child's family name": "Needed.",
    "Date of birth": "Needed. A date such as 17/05/2023.",
    "Address": "May stay empty.",
    "Postcode": "A full postcode; it picks the area team. May stay empty.",
    "Area team": "The name or key of the area team, where the postcode does not say it. May stay empty.",
    "Setting": "The nursery or other setting. May stay empty.",
    "Carer's name": "Needed.",
    "Relationship to child": "Needed, such as mother, father or grandmother.",
    "Carer's e-mail": "May stay empty.",
    "Carer's telephone": "May stay empty.",
    "Safe to e-mail": "yes or no. Empty is no: then no e-mail is sent.",
    "Stage": "supported for a child whom somebody visits, waiting for a child who waits for a visitor.",
    "Visitor's e-mail": "supported: needed, the address with which the visitor was invited. waiting: leave it empty.",
    "Support began on": "supported: needed. waiting: leave it empty.",
    "First home visit on": "supported: the months are counted from it; empty if there was none yet.",
    "Longest support in months": (
        "As the council wrote it down, from 1 to 72. For a child who waits it may stay empty: then whoever finds the "
        "visitor says it. Nothing is guessed."
    ),
    "Asked for on": "waiting: needed. The child's place on the list is by this day. supported: leave it empty.",
    "How the day is known": "waiting: needed, such as the stamp on the form, or the team's own list.",
    "Decided on": "waiting: the day on which the council said yes, if it is known.",
    "Note": "waiting: what people have said about this child's priority. May stay empty.",
}


def write_template(file: Path) -> None:
    """Write an empty workbook with the headings, an invented example of each stage, and a sheet that explains them."""
    book = Workbook()
    sheet = book.create_sheet("Cases", 0)
    _write(sheet, [list(COLUMNS), *([example.get(column) for column in COLUMNS] for example in EXAMPLES)])
    rows = [["Column", "What belongs into it"], *([column, HELP[column]] for column in COLUMNS)]
    _write(book.create_sheet("How to fill it in", 1), rows)
    for unused in book.worksheets[2:]:
        book.remove(unused)
    book.save(file)


def is_example(case: CaseRow) -> bool:
    """Whether this row is one of the template's own, left in the file."""
    known = {(each["Child's first names"], each["Child's family name"], each["Carer's name"]) for each in EXAMPLES}
    return (case.given_name, case.family_name, case.carer_name) in known


def _write(sheet: Worksheet, rows: list[list[Any]]) -> None:
    for row, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column, value)
