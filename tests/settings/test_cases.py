"""A council starts with its own caseload: every problem is named by its row, and all is written or nothing."""

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


@pytest.fixture
def workbook(tmp_path: Path, sign_in: SignIn, db_admin: psycopg.Connection) -> Callable[..., Path]:
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
        for number, changed in enumerate(rows or ({},), start=2):
            values = {**example, "Visitor's e-mail": row[0], "Child's first names": f"Robin{number}", **changed}
            for column, heading in enumerate(headings, start=1):
                sheet.cell(number, column).value = values[heading]
        book.save(file)
        return file

    return write


@pytest.fixture
def load(database: Any, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Run `portage cases load` as the app's role."""
    monkeypatch.setenv("PORTAGE_APP_DATABASE_URL", database.at.app)
    monkeypatch.setenv("PORTAGE_TENANT_KEY", servers.tenant_key)
    return lambda file, *options: CliRunner().invoke(main, ["cases", "load", str(file), "--tenant", "leeds", *options])


def count(db_admin: psycopg.Connection, table: str) -> int:
    row = db_admin.execute(f"select count(*) from {table}").fetchone()  # noqa: S608 - a name of this file
    assert row is not None
    return int(row[0])


def test_a_dry_run_writes_nothing_and_a_confirmed_one_opens_episodes_from_before_the_recorded_policy(
    workbook: Callable[..., Path], load: Load, db_admin: psycopg.Connection
) -> None:
    file = workbook({}, {})
    dry = load(file)
    assert (dry.exit_code, count(db_admin, "child")) == (0, 0)
    assert "2 case(s) can be loaded" in dry.output
    done = load(file, "--confirm")
    assert done.exit_code == 0, done.output
    rows = db_admin.execute(
        "select before_recorded_policy, edition_id, longest_months, first_visit_on, limit_on from episode"
    ).fetchall()
    assert rows == [(True, None, 12, date(2025, 1, 21), date(2026, 1, 21))] * 2
    assert (count(db_admin, "caseload"), count(db_admin, "carer")) == (2, 2)
    assert (count(db_admin, "referral"), count(db_admin, "determination")) == (0, 0)


def test_loading_the_same_file_twice_is_refused_by_row(workbook: Callable[..., Path], load: Load) -> None:
    file = workbook()
    assert load(file, "--confirm").exit_code == 0
    again = load(file, "--confirm")
    assert again.exit_code == 2
    assert "Row 2, Child's family name: This child already has support here." in again.output


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("Child's first names", None, "Fill this in."),
        ("Date of birth", "soon", "Write a date such as 27/03/2024."),
        ("Date of birth", date(2999, 1, 1), "The day is in the future."),
        ("Postcode", "nowhere", "Write a full postcode"),
        ("Carer's e-mail", "no address", "Write one e-mail address."),
        ("Safe to e-mail", "perhaps", "Write yes or no."),
        ("Stage", "waiting", "entered as a request"),
        ("Stage", "closed", "Write supported."),
        ("Visitor's e-mail", "nobody@council.example", "Invite the visitor first"),
        ("Support began on", date(2020, 1, 1), "before the child was born"),
        ("First home visit on", date(2024, 1, 1), "from the beginning of support"),
        ("Longest support in months", "many", "Write a number of months"),
    ],
)
def test_each_problem_is_named_with_its_row_and_nothing_is_written(
    column: str, value: Any, sentence: str, workbook: Callable[..., Path], load: Load, db_admin: psycopg.Connection
) -> None:
    answer = load(workbook({}, {column: value}), "--confirm")
    assert answer.exit_code == 2
    assert f"Row 3, {column}: " in answer.output
    assert sentence in answer.output
    assert count(db_admin, "child") == 0


def test_what_is_no_workbook_and_a_missing_heading_are_said_in_a_sentence(
    tmp_path: Path, workbook: Callable[..., Path], load: Load
) -> None:
    words = tmp_path / "words.xlsx"
    words.write_text("Robin, Invented")
    assert "is not an Excel workbook" in load(words).output
    file = workbook()
    book = load_workbook(file)
    book["Cases"].cell(1, 3).value = "Born"
    book.save(file)
    assert "lacks the headings: Date of birth" in load(file).output


def test_a_loaded_case_stands_on_the_visitors_caseload(
    workbook: Callable[..., Path], load: Load, sign_in: SignIn
) -> None:
    assert load(workbook(), "--confirm").exit_code == 0
    words = sign_in("leeds", "service-manager").client.get("/caseload").get_data(as_text=True)
    assert "Robin2" in words


def test_the_trail_is_verified_at_a_terminal(load: Load, workbook: Callable[..., Path]) -> None:
    load(workbook(), "--confirm")
    answer = CliRunner().invoke(main, ["audit", "verify", "--all"])
    assert answer.exit_code == 0, answer.output
    assert "leeds: " in answer.output
    assert "NOT" not in answer.output
