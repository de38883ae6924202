"""A council's open cases as a workbook, and the command that brings them in."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from portage.cli import main
from support.people import Hired
from support.run import Servers

SignIn = Callable[..., Hired]
Load = Callable[..., Result]
Workbook = Callable[..., Path]
WAITING: dict[str, Any] = {  # what makes the template's first example a child who waits
    "Stage": "waiting",
    "Visitor's e-mail": None,
    "Support began on": None,
    "First home visit on": None,
    "Asked for on": date(2025, 3, 4),
    "How the day is known": "Stamp on the form",
}


@pytest.fixture
def workbook(tmp_path: Path, sign_in: SignIn, db_admin: psycopg.Connection) -> Workbook:
    """`workbook({"Postcode": "LS1 1UR"}, ...)`: the template with a visitor who exists, a row for each dictionary."""
    visitor = sign_in("leeds", "home-visitor")
    row = db_admin.execute("select email from person where id = %s", (visitor.id,)).fetchone()
    assert row is not None

    def write(*rows: dict[str, Any]) -> Path:
        file = tmp_path / "cases.xlsx"
        assert CliRunner().invoke(main, ["cases", "template", str(file)]).exit_code == 0
        book = load_workbook(file)
        sheet = book["Cases"]
        headings = [cell.value for cell in sheet[1]]
        example = {heading: cell.value for heading, cell in zip(headings, sheet[2], strict=True)}
        sheet.delete_rows(3)
        for number, changed in enumerate(rows or ({},), start=2):
            values = {**example, "Visitor's e-mail": row[0], "Child's first names": f"Robin{number}", **changed}
            for column, heading in enumerate(headings, start=1):
                sheet.cell(number, column).value = values[heading]
        book.save(file)
        return file

    return write


@pytest.fixture
def load(database: Any, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Run `portage cases load` as the app's role, for Leeds unless `tenant` names another council."""
    monkeypatch.setenv("PORTAGE_APP_DATABASE_URL", database.at.app)
    monkeypatch.setenv("PORTAGE_TENANT_KEY", servers.tenant_key)

    def run(file: Path, *options: str, tenant: str = "leeds") -> Result:
        return CliRunner().invoke(main, ["cases", "load", str(file), "--tenant", tenant, *options])

    return run
