"""`portage visits preview`: one list on a line for each series, or every mistake and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portage.cli import main
from support.policies import ROOT, TENANTS

SERIES: dict[str, Any] = {"starts_on": "2026-09-08", "time": "10:00", "minutes": 60, "every_weeks": 2}
TERMS = """
closures = [2026-09-22]

[[term]]
name = "Autumn 2026"
first_day = 2026-09-02
last_day = 2026-10-23

[[term]]
name = "Autumn 2026, after half-term"
first_day = 2026-11-02
last_day = 2026-12-18
"""


@pytest.fixture
def terms(tmp_path: Path) -> str:
    file = tmp_path / "terms.toml"
    file.write_text(TERMS, encoding="utf-8")
    return str(file)


def ask(*words: str, told: str | bytes = b"") -> Result:
    return CliRunner(env={"PORTAGE_TENANTS": str(TENANTS)}).invoke(main, ["visits", "preview", *words, "-"], input=told)


def line(**changed: Any) -> str:
    return json.dumps({**SERIES, **changed}) + "\n"


def starts(result: Result) -> list[list[str]]:
    assert result.exit_code == 0, result.output
    return [[each["starts"] for each in json.loads(row)] for row in result.stdout.splitlines()]


def test_each_series_is_one_list_on_one_line_in_order(terms: str) -> None:
    result = ask("--terms", terms, told=line(visits=2) + "\n" + line(cadence="term", starts_on="2026-10-13"))
    assert result.stderr == ""
    first, second = (json.loads(row) for row in result.stdout.splitlines())
    assert first == [
        {"starts": "2026-09-08T10:00:00+01:00", "ends": "2026-09-08T11:00:00+01:00", "term": "Autumn 2026"},
        {"starts": "2026-10-06T10:00:00+01:00", "ends": "2026-10-06T11:00:00+01:00", "term": "Autumn 2026"},
    ]
    days = [each["starts"][:10] for each in second]
    assert days == ["2026-10-13", "2026-11-03", "2026-11-17", "2026-12-01", "2026-12-15"]
    assert second[1]["term"] == "Autumn 2026, after half-term"


def test_a_file_that_is_one_object_over_many_lines_is_one_series(terms: str) -> None:
    told = "\ufeff" + json.dumps({**SERIES, "visits": 1, "ends_on": None, "longest_months": None}, indent=2)
    assert starts(ask("--terms", terms, told=told)) == [["2026-09-08T10:00:00+01:00"]]


def test_a_councils_own_terms_and_closures_apply_lan_05() -> None:
    (found,) = starts(ask("--tenant", "lancashire", told=line(every_weeks=1, starts_on="2026-05-18")))
    assert "2026-05-25T10:00:00+01:00" not in found  # a bank holiday in the half-term
    assert "2026-06-01T10:00:00+01:00" not in found  # a closure
    assert "2026-06-08T10:00:00+01:00" in found
    assert found[-1] == "2027-07-19T10:00:00+01:00"  # the last term known


def test_without_terms_visits_run_all_year_and_the_term_is_null() -> None:
    result = ask(told=line(starts_on="2026-12-14", every_weeks=1, visits=3))
    assert [each["term"] for each in json.loads(result.stdout)] == [None, None, None]
    assert starts(result) == [
        ["2026-12-14T10:00:00+00:00", "2026-12-21T10:00:00+00:00", "2027-01-04T10:00:00+00:00"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "last"),
    [
        ({"ends_on": "2026-10-06"}, "2026-10-06"),
        ({"ends_on": "2026-10-05"}, "2026-09-22"),
        ({"longest_months": 1, "starts_on": "2026-08-31", "every_weeks": 1}, "2026-09-28"),
        ({"longest_months": 1, "starts_on": "2027-01-29", "every_weeks": 1}, "2027-02-26"),
        ({"longest_months": 1, "starts_on": "2027-01-31", "every_weeks": 4}, "2027-01-31"),
        ({"visits": 2, "longest_months": 12}, "2026-09-22"),
    ],
)
def test_a_series_ends_at_the_first_of_its_ends(changed: dict[str, Any], last: str) -> None:
    (found,) = starts(ask(told=line(**changed)))
    assert found[-1][:10] == last


def test_a_series_with_no_date_left_is_an_empty_list() -> None:
    assert starts(ask(told=line(starts_on="2026-12-25", visits=3, ends_on="2026-12-25"))) == [[]]


def test_times_stay_on_the_wall_clock_and_visits_last_their_minutes_in_real_time() -> None:
    result = ask(told=line(starts_on="2026-10-24", every_weeks=1, visits=2, time="23:30", minutes=240))
    assert [(each["starts"], each["ends"]) for each in json.loads(result.stdout)] == [
        ("2026-10-24T23:30:00+01:00", "2026-10-25T02:30:00+00:00"),
        ("2026-10-31T23:30:00+00:00", "2026-11-01T03:30:00+00:00"),
    ]
    assert starts(ask(told=line(starts_on="2026-10-25", time="01:30", visits=1))) == [["2026-10-25T01:30:00+01:00"]]


def test_a_start_that_does_not_exist_is_malformed_where_a_visit_would_be() -> None:
    told = line(starts_on="2026-03-15", time="01:30", visits=2)
    result = ask(told=told)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "line 1: time: does not exist on 29 March 2026: the clock goes forward then\n"
    assert len(starts(ask(told=line(starts_on="2026-03-15", time="01:30", visits=1)))[0]) == 1


def test_every_wrong_field_of_every_line_is_named_and_nothing_is_answered(terms: str) -> None:
    told = (
        line(visits=1)
        + "\n"
        + json.dumps({"starts_on": "2026-02-30", "time": "9:00", "minutes": 481, "every_weeks": True, "colour": 1})
        + "\n[1]\nnot json\n"
        + line(cadence=None, visits=0, ends_on="2026-09-07", longest_months=1.5)
        + json.dumps({"starts_on": None})
    )
    result = ask("--terms", terms, told=told)
    assert (result.exit_code, result.stdout) == (2, "")
    assert [row.split(": ")[:2] for row in result.stderr.splitlines()] == [
        ["line 3", "colour"], ["line 3", "starts_on"], ["line 3", "time"], ["line 3", "minutes"],
        ["line 3", "every_weeks"], ["line 4", "series"], ["line 5", "series"], ["line 6", "cadence"],
        ["line 6", "visits"], ["line 6", "longest_months"], ["line 6", "ends_on"],
        ["line 7", "starts_on"], ["line 7", "time"], ["line 7", "minutes"], ["line 7", "every_weeks"],
    ]  # fmt: skip


def test_without_terms_a_series_must_end_itself_and_cannot_count_by_terms() -> None:
    result = ask(told=line() + line(cadence="term", visits=1))
    assert (result.exit_code, result.stdout) == (2, "")
    assert [row.split(": ")[:2] for row in result.stderr.splitlines()] == [["line 1", "visits"], ["line 2", "cadence"]]


@pytest.mark.parametrize(
    ("told", "named"),
    [
        (TERMS.replace("2026-11-02", "2026-10-23"), "terms.toml:11: term.2.first_day: "),
        (TERMS.replace("2026-10-23", "2026-08-23"), "terms.toml:7: term.1.last_day: "),
        (TERMS.replace("name", "nam", 1), "terms.toml:4: term.1.name: "),
        ("closures = [", "terms.toml:1: file: is not TOML"),
    ],
)
def test_what_is_wrong_with_the_terms_is_named_with_its_line(tmp_path: Path, told: str, named: str) -> None:
    file = tmp_path / "terms.toml"
    file.write_text(told, encoding="utf-8")
    result = ask("--terms", str(file), told=line(visits=1))
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr


@pytest.mark.parametrize(
    "words", [["--tenant", "nowhere"], ["--tenant", "../tenants/leeds"], ["--terms", "nothing.toml"]]
)
def test_a_council_or_file_that_is_not_there_is_refused(words: list[str]) -> None:
    result = ask(*words, told=line(visits=1))
    assert (result.exit_code, result.stdout) == (2, "")


def test_terms_and_a_council_together_are_refused(terms: str) -> None:
    assert ask("--terms", terms, "--tenant", "leeds", told=line(visits=1)).exit_code == 2


def test_no_database_driver_and_no_web_are_loaded() -> None:
    program = (
        "import sys; from portage.cli import main\n"
        "main(['visits', 'preview', '-'], standalone_mode=False)\n"
        "sys.stderr.write(' '.join(sorted({'sqlalchemy', 'flask', 'psycopg', 'redis'} & set(sys.modules))))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        input=line(visits=1).encode(),
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("PORTAGE_")},
    )
    assert json.loads(ran.stdout)[0]["starts"] == "2026-09-08T10:00:00+01:00"
    assert ran.stderr == b""
