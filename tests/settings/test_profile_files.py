"""Developmental profiles in a council's folder: from a spreadsheet, checked, loaded, and back byte by byte (WNC-06)."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from portage.cli import main
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.profiles.models import ProfileInstrument
from portage.profiles.operations import in_force, put_away, steps_of
from portage.profiles.operations.instruments import in_force_or_example
from portage.settings.checking import problems_of
from portage.settings.exporting import exported
from portage.settings.loading import load_council
from support.policies import TENANTS

Run = Callable[..., Result]
Within = Callable[..., AbstractContextManager[UUID]]
SHEET = """Area,Step,From months,To months
Talking,Points at something to share it,9,14
,Says a first word,10,18
Playing,Looks for a toy that was hidden,,12
"""
ONE = """[[instrument]]
name = "Our list"
source = "Our own words."
in_use_from = 2026-01-05

[[instrument.area]]
name = "Talking"

[[instrument.area.step]]
wording = "Says a first word"
from_months = 10
to_months = 18
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a council's folder, where commands look for councils."""
    shutil.copytree(TENANTS / "leeds", tmp_path / "tenants" / "leeds")
    monkeypatch.setenv("PORTAGE_TENANTS", str(tmp_path / "tenants"))
    return tmp_path / "tenants" / "leeds"


@pytest.fixture
def run() -> Run:
    """Run `portage tenants`."""
    return lambda *words: CliRunner().invoke(main, ["tenants", *map(str, words)])


def added(run: Run, folder: Path, *more: str, name: str = "Our list") -> Result:
    """Put the spreadsheet into the council's folder."""
    sheet = folder.parent / "list.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    return run("add-profile", "leeds", sheet, "--name", name, "--source", "Our own words.", *more)


def test_a_spreadsheet_comes_into_the_folder_is_loaded_and_comes_back_byte_by_byte(
    run: Run, folder: Path, council: Within
) -> None:
    assert added(run, folder, "--from", "2026-01-05").exit_code == 0
    assert added(run, folder, name="A later list").exit_code == 0
    assert run("check", "leeds").output.startswith(f"{folder}: nothing is wrong.")
    assert run("tidy", "leeds").output == f"{folder}: nothing changed.\n"
    for _ in range(2):
        with council("leeds"):
            load_council(folder)
    with council("leeds"):
        assert db.session.query(ProfileInstrument).count() == 2, "loading twice adds nothing"
        used = in_force(date(2026, 1, 5))
        assert used is not None
        assert (used.name, used.status) == ("Our list", "in-use")
        assert in_force(date(2026, 1, 4)) is None
        assert [(step.area, step.wording, step.from_months, step.to_months) for step in steps_of(used.id)] == [
            ("Talking", "Points at something to share it", 9, 14),
            ("Talking", "Says a first word", 10, 18),
            ("Playing", "Looks for a toy that was hidden", None, 12),
        ]
        written = exported()
    assert written == {str(file.relative_to(folder)): file.read_text("utf-8") for file in folder.rglob("*.*")}
    assert '"A later list"' in written["profiles.toml"], "what waits for a person is told, too"


def test_a_council_without_the_file_has_none_and_its_copy_of_the_example_is_not_written(
    folder: Path, council: Within
) -> None:
    with council("leeds"):
        load_council(folder)
        in_force_or_example(date(2026, 1, 5))
        assert "profiles.toml" not in exported()
        db.session.rollback()


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "says"),
    [
        ("from_months = 10", "from_months = 20", 12, "instrument.1.area.1.step.1.to_months", "before the first age"),
        ("to_months = 18", "to_months = 180", 12, "instrument.1.area.1.step.1.to_months", "96"),
        ('wording = "Says a first word"\n', "", 9, "instrument.1.area.1.step.1.wording", "missing"),
        ("in_use_from = 2026-01-05", 'in_use_from = "soon"', 4, "instrument.1.in_use_from", "must be a date"),
        ('name = "Talking"', 'name = ""', 7, "instrument.1.area.1.name", "at most 100"),
        ("to_months = 18\n", 'to_months = 18\ncolour = "red"\n', 13, "instrument.1.area.1.step.1.colour", "known"),
        (ONE, f"{ONE}\n{ONE}", 15, "instrument.2.name", "told twice for the same day"),
        (
            "to_months = 18\n", 'to_months = 18\n\n[[instrument.area.step]]\nwording = "says a first word"\n', 15,
            "instrument.1.area.1.step.2.wording", "told twice in this area",
        ),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_its_line_and_field(
    folder: Path, old: str, new: str, line: int, field: str, says: str
) -> None:
    assert old in ONE
    (folder / "profiles.toml").write_text(ONE.replace(old, new, 1), encoding="utf-8")
    (problem,) = problems_of(folder)
    assert (problem.file.name, problem.line, problem.field) == ("profiles.toml", line, field)
    assert says in problem.sentence


def test_a_list_that_is_in_use_is_never_changed_by_a_file(folder: Path, council: Within) -> None:
    file = folder / "profiles.toml"
    file.write_text(ONE, encoding="utf-8")
    with council("leeds"):
        load_council(folder)
    file.write_text(ONE.replace("Says a first word", "Says two words"), encoding="utf-8")
    with council("leeds"), pytest.raises(Exception, match="never changed: give the new one a later day"):
        load_council(folder)
    file.write_text(f"{ONE}\n{ONE.replace('2026-01-05', '2026-02-02').replace('first', 'second')}", encoding="utf-8")
    with council("leeds"):
        load_council(folder)
    with council("leeds"):
        assert exported()["profiles.toml"] == file.read_text("utf-8")


def test_what_people_did_with_a_list_stays(folder: Path, council: Within) -> None:
    file = folder / "profiles.toml"
    file.write_text(ONE.replace("in_use_from = 2026-01-05\n", ""), encoding="utf-8")
    with council("leeds"):
        load_council(folder)
    with council("leeds"):
        waits = db.session.scalars(scoped(ProfileInstrument)).one()
        assert (waits.status, waits.read_by) == ("waiting", None)
        put_away(waits.id, version=waits.version)
        db.session.commit()
    with council("leeds"):
        load_council(folder)
    with council("leeds"):
        assert db.session.scalars(scoped(ProfileInstrument)).one().status == "put-away"
        assert "profiles.toml" not in exported()


def test_every_slip_of_a_spreadsheet_is_named_and_nothing_is_written(run: Run, folder: Path) -> None:
    sheet = folder.parent / "list.csv"
    sheet.write_text(SHEET.replace("9,14", "nine,14").replace("Says a first word", ""), encoding="utf-8")
    answer = run("add-profile", "leeds", sheet, "--name", "Our list", "--source", "Our own words.")
    assert answer.exit_code == 1
    assert f"{sheet}:2: From months: Write a whole number of months" in answer.output
    assert f"{sheet}:3: Step: Write what the child does" in answer.output
    assert not (folder / "profiles.toml").exists()
    assert added(run, folder).exit_code == 0
    again = added(run, folder)
    assert again.exit_code == 1
    assert "told twice for the same day" in again.output
    sheet.write_text("Words\n", encoding="utf-8")
    refused = run("add-profile", "leeds", sheet, "--name", "Another", "--source", "Ours.")
    assert "The first row lacks the headings: Area, Step." in refused.output
