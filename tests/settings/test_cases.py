"""A council starts with its own caseload: every problem is named by its row, and all is written or nothing."""

from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from portage.cli import main
from support.caseload import WAITING, Load, SignIn, Workbook
from support.cases import FamilyOf


def count(db_admin: psycopg.Connection, table: str) -> int:
    row = db_admin.execute(f"select count(*) from {table}").fetchone()  # noqa: S608 - a name of this file
    assert row is not None
    return int(row[0])


def test_a_dry_run_writes_nothing_and_a_confirmed_one_opens_episodes_from_before_the_recorded_policy(
    workbook: Workbook, load: Load, db_admin: psycopg.Connection
) -> None:
    file = workbook({}, {})
    dry = load(file)
    assert (dry.exit_code, count(db_admin, "child")) == (0, 0)
    assert "2 case(s), 2 with support under way and 0 waiting, can be loaded" in dry.output
    done = load(file, "--confirm")
    assert done.exit_code == 0, done.output
    rows = db_admin.execute(
        "select before_recorded_policy, edition_id, longest_months, first_visit_on, limit_on from episode"
    ).fetchall()
    assert rows == [(True, None, 12, date(2025, 1, 21), date(2026, 1, 21))] * 2
    assert (count(db_admin, "caseload"), count(db_admin, "carer")) == (2, 2)
    assert (count(db_admin, "referral"), count(db_admin, "determination")) == (0, 0)


def test_a_volunteer_who_may_not_visit_is_no_visitor_of_a_loaded_case(
    workbook: Workbook, load: Load, db_admin: psycopg.Connection, sign_in: SignIn
) -> None:
    for checked, code in ((False, 2), (True, 0)):
        volunteer = sign_in("west-northants", "volunteer", checked=checked)
        row = db_admin.execute("select email from person where id = %s", (volunteer.id,)).fetchone()
        assert row is not None
        answer = load(workbook({"Visitor's e-mail": row[0]}), tenant="west-northants")
        assert answer.exit_code == code, answer.output
        assert ("This volunteer may not visit now" in answer.output) is not checked


def test_loading_the_same_file_twice_is_refused_by_row(workbook: Workbook, load: Load) -> None:
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
        ("Stage", "closed", "Write supported or waiting."),
        ("Asked for on", date(2025, 1, 2), "kept for children who wait"),
        ("Note", "Please soon", "kept for children who wait"),
        ("Area team", "Nowhere", "This council has no area teams"),
        ("Visitor's e-mail", "nobody@council.example", "Invite the visitor first"),
        ("Support began on", date(2020, 1, 1), "before the child was born"),
        ("First home visit on", date(2024, 1, 1), "from the beginning of support"),
        ("Longest support in months", "many", "Write a number of months"),
    ],
)
def test_each_problem_is_named_with_its_row_and_nothing_is_written(
    column: str, value: Any, sentence: str, workbook: Workbook, load: Load, db_admin: psycopg.Connection
) -> None:
    answer = load(workbook({}, {column: value}), "--confirm")
    assert answer.exit_code == 2
    assert f"Row 3, {column}: " in answer.output
    assert sentence in answer.output
    assert count(db_admin, "child") == 0


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("Asked for on", None, "Fill this in."),
        ("Asked for on", "soon", "Write a date such as 27/03/2024."),
        ("Asked for on", date(2999, 1, 1), "The day is in the future."),
        ("Asked for on", date(2020, 1, 1), "before the child was born"),
        ("How the day is known", None, "Fill this in."),
        ("Decided on", date(2025, 1, 1), "from the one on which support was asked for"),
        ("Decided on", date(2999, 1, 1), "until today"),
        ("Visitor's e-mail", "vera@council.example", "nobody visits yet"),
        ("Support began on", date(2025, 5, 1), "nobody visits yet"),
        ("First home visit on", date(2025, 5, 1), "nobody visits yet"),
        ("Longest support in months", 0, "Write a number of months"),
        ("Carer's name", None, "Fill this in."),
    ],
)
def test_each_problem_of_a_waiting_child_is_named_with_its_row_and_nothing_is_written(
    column: str, value: Any, sentence: str, workbook: Workbook, load: Load, db_admin: psycopg.Connection
) -> None:
    answer = load(workbook({}, {**WAITING, column: value}), "--confirm")
    assert answer.exit_code == 2
    assert f"Row 3, {column}: " in answer.output
    assert sentence in answer.output
    assert count(db_admin, "child") == 0


def test_a_waiting_child_comes_in_with_a_place_and_without_a_request(
    workbook: Workbook, load: Load, db_admin: psycopg.Connection
) -> None:
    told = {"Decided on": date(2025, 4, 1), "Note": "Twins at home.", "Longest support in months": 6}
    file = workbook({}, {**WAITING, **told}, {**WAITING, "Longest support in months": None})
    dry = load(file)
    assert (dry.exit_code, count(db_admin, "child")) == (0, 0)
    assert "3 case(s), 1 with support under way and 2 waiting, can be loaded" in dry.output
    done = load(file, "--confirm")
    assert "3 case(s), 1 with support under way and 2 waiting, loaded" in done.output
    rows = db_admin.execute(
        "select referral_id, before_recorded_policy, since, known_by, decided_on, longest_months, note, left_on "
        "from waiting_entry order by decided_on"
    ).fetchall()
    common = (None, True, date(2025, 3, 4), "Stamp on the form")
    assert rows == [
        (*common, date(2025, 4, 1), 6, "Twins at home.", None),
        (*common, None, None, None, None),
    ]
    assert (count(db_admin, "episode"), count(db_admin, "carer")) == (1, 3)
    assert (count(db_admin, "referral"), count(db_admin, "determination"), count(db_admin, "offer")) == (0, 0, 0)
    references = db_admin.execute("select distinct reference from waiting_entry").fetchall()
    assert len(references) == 2


def test_loading_waiting_children_twice_is_refused_by_row_also_once_they_have_moved_on(
    workbook: Workbook, load: Load, db_admin: psycopg.Connection
) -> None:
    file = workbook(WAITING)
    assert load(file, "--confirm").exit_code == 0
    again = load(file, "--confirm")
    assert again.exit_code == 2
    assert "Row 2, Child's family name: This child waits here already." in again.output
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update waiting_entry set left_on = current_date, left_reason = 'They moved.'")
    assert "Put the child back there" in load(file, "--confirm").output
    assert (count(db_admin, "child"), count(db_admin, "waiting_entry")) == (1, 1)


def test_support_that_was_loaded_and_has_ended_is_not_loaded_again(
    workbook: Workbook, load: Load, db_admin: psycopg.Connection
) -> None:
    file = workbook()
    assert load(file, "--confirm").exit_code == 0
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update episode set status = 'closed', closed_on = current_date, closed_reason = 'other'")
    assert "the support has ended" in load(file, "--confirm").output
    assert count(db_admin, "child") == 1


def test_a_child_who_has_an_open_request_is_named_with_its_reference(
    workbook: Workbook, load: Load, family_of: FamilyOf, db_admin: psycopg.Connection
) -> None:
    family = family_of("leeds")
    row = db_admin.execute("select given_name, family_name, date_of_birth from child").fetchone()
    assert row is not None
    same = dict(zip(("Child's first names", "Child's family name", "Date of birth"), row, strict=True))
    answer = load(workbook({**WAITING, **same}), "--confirm")
    assert f"This child has an open request here, {family.reference}." in answer.output
    assert count(db_admin, "waiting_entry") == 0


def test_the_same_child_as_waiting_and_as_supported_is_named_in_both_rows(workbook: Workbook, load: Load) -> None:
    answer = load(workbook({"Child's first names": "Robin9"}, {**WAITING, "Child's first names": "Robin9"}))
    for row in (2, 3):
        assert f"Row {row}, Child's family name: The same child stands in the file more than once." in answer.output


def test_the_area_team_is_the_one_that_the_row_names_else_the_one_of_the_postcode(
    workbook: Workbook, load: Load, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    sign_in("lancashire", "service-manager")
    named = {**WAITING, "Area team": "inclusion service, east area team", "Postcode": None}
    by_key = {**WAITING, "Area team": "east", "Postcode": "PR1 1AA"}
    file = workbook(named, by_key, {**WAITING, "Postcode": "BB9 1AA"}, {**WAITING, "Postcode": None})
    done = load(file, "--confirm", tenant="lancashire")
    assert done.exit_code == 0, done.output
    rows = db_admin.execute(
        "select a.name from waiting_entry w left join area a on a.tenant_id = w.tenant_id and a.id = w.area_id "
        "join child c on c.tenant_id = w.tenant_id and c.id = w.child_id order by c.given_name"
    ).fetchall()
    assert rows == [("Inclusion Service, East area team",)] * 3 + [(None,)]
    wrong = load(workbook({**named, "Area team": "Moon"}), tenant="lancashire").output
    assert "Row 2, Area team: Write one of the area teams (east for Inclusion Service, East area team; " in wrong


def test_the_templates_own_examples_are_never_loaded_and_each_column_is_explained(tmp_path: Path, load: Load) -> None:
    file = tmp_path / "template.xlsx"
    assert CliRunner().invoke(main, ["cases", "template", str(file)]).exit_code == 0
    book = load_workbook(file)
    assert book.sheetnames == ["Cases", "How to fill it in"]
    explained = {row[0].value: row[1].value for row in book["How to fill it in"].iter_rows(min_row=2)}
    assert list(explained) == [cell.value for cell in book["Cases"][1]]
    assert all(explained.values())
    answer = load(file, "--confirm").output
    for row in (2, 3):
        assert f"Row {row}, Child's family name: This is the template's invented example." in answer


def test_a_file_without_the_columns_for_waiting_children_loads_those_with_support(
    workbook: Workbook, load: Load
) -> None:
    file = workbook({})
    book = load_workbook(file)
    sheet = book["Cases"]
    headings = [cell.value for cell in sheet[1]]
    for heading in ("Note", "Decided on", "How the day is known", "Asked for on", "Area team"):
        sheet.delete_cols(headings.index(heading) + 1)
    book.save(file)
    answer = load(file, "--confirm")
    assert answer.exit_code == 0, answer.output


def test_what_is_no_workbook_and_a_missing_heading_are_said_in_a_sentence(
    tmp_path: Path, workbook: Workbook, load: Load
) -> None:
    words = tmp_path / "words.xlsx"
    words.write_text("Robin, Invented")
    assert "is not an Excel workbook" in load(words).output
    file = workbook()
    book = load_workbook(file)
    book["Cases"].cell(1, 3).value = "Born"
    book.save(file)
    assert "lacks the headings: Date of birth" in load(file).output


def test_a_loaded_case_stands_on_the_visitors_caseload(workbook: Workbook, load: Load, sign_in: SignIn) -> None:
    assert load(workbook(), "--confirm").exit_code == 0
    words = sign_in("leeds", "service-manager").client.get("/caseload").get_data(as_text=True)
    assert "Robin2" in words


def test_the_trail_is_verified_at_a_terminal(load: Load, workbook: Workbook) -> None:
    load(workbook(), "--confirm")
    answer = CliRunner().invoke(main, ["audit", "verify", "--all"])
    assert answer.exit_code == 0, answer.output
    assert "leeds: " in answer.output
    assert "NOT" not in answer.output
