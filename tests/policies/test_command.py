"""`portage policy`: one answer on a line for each request, or every mistake and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portage.cli import main
from support.policies import COUNCILS, ROOT, TENANTS, answer, request


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PORTAGE_TENANTS", str(TENANTS))

    def run(*words: str, told: str | bytes = b"") -> Result:
        return CliRunner().invoke(main, ["policy", *words], input=told)

    return run


def lines(*objects: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in objects)


@pytest.mark.parametrize("slug", COUNCILS)
def test_one_answer_on_one_line_for_each_request_in_order(ask: Any, slug: str) -> None:
    asked = [request(slug), request(slug, received_on="2025-12-01"), request(slug)]
    result = ask("determine", "--tenant", slug, "-", told=lines(*asked))
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert [json.loads(line) for line in result.stdout.splitlines()] == [answer(slug, each) for each in asked]


def test_a_file_that_is_one_object_over_many_lines_is_one_request(ask: Any, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text("\ufeff" + json.dumps(request("leeds"), indent=4), encoding="utf-8")
    result = ask("determine", "--tenant", "leeds", str(file))
    assert [json.loads(line) for line in result.stdout.splitlines()] == [answer("leeds", request("leeds"))]


def test_blank_lines_are_skipped_and_counted(ask: Any) -> None:
    told = "\n" + lines(request("leeds")) + "  \r\n\n" + lines(request("leeds", colour=1))
    result = ask("determine", "--tenant", "leeds", "-", told=told)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "line 5: colour: is not a field that this policy knows\n"


def test_a_file_with_no_request_has_no_answer(ask: Any) -> None:
    result = ask("determine", "--tenant", "leeds", "-", told="\n \n")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_every_wrong_field_of_every_line_is_named_and_nothing_is_answered(ask: Any) -> None:
    told = (
        lines(request("leeds"), request("leeds", route="fax", child={"setting_hours": -1}))
        + "not json\n[1]\n"
        + lines(request("leeds", received_on="2025-02-28", child={"date_of_birth": "2025-01-01"}))
    )
    result = ask("determine", "--tenant", "leeds", "-", told=told)
    assert (result.exit_code, result.stdout) == (2, "")
    named = [line.split(": ", 2) for line in result.stderr.splitlines()]
    assert [(line, field) for line, field, _ in named] == [
        ("line 2", "route"),
        ("line 2", "child.setting_hours"),
        ("line 3", "request"),
        ("line 4", "request"),
        ("line 5", "received_on"),
    ]
    assert "first edition (One minute guide no. 166, March 2025) holds from 1 March 2025" in named[-1][2]


@pytest.mark.parametrize(
    "told",
    [
        b'{"received_on": "2025-11-15\xff"}',
        b"[" * 100_000,
        b'{"child": {"setting_hours": NaN}}',
        b'{"child": {"setting_hours": 1e999}}',
        b'{"child": {"setting_hours": ' + b"9" * 5000 + b"}}",
        b"null",
        b'"text"',
    ],
)
def test_a_broken_line_is_a_mistake_and_never_a_crash(ask: Any, told: bytes) -> None:
    result = ask("determine", "--tenant", "leeds", "-", told=told)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert all(line.startswith("line 1: ") for line in result.stderr.splitlines())


def test_a_figure_is_compared_as_it_was_written_and_not_as_a_float_holds_it(ask: Any) -> None:
    facts = json.dumps(request("leeds", child={"delay": {"vision": {"percent": 50}, "hearing": {"percent": 0}}}))
    almost = facts.replace('{"percent": 0}', '{"percent": 49.99999999999999999999}')
    result = ask("determine", "--tenant", "leeds", "-", told=almost)
    assert json.loads(result.stdout)["findings"][1]["met"] is False
    tiny = facts.replace('{"percent": 0}', '{"months": 1e-999999999}')
    assert ask("determine", "--tenant", "leeds", "-", told=tiny).exit_code == 0


@pytest.mark.parametrize("outcome", ["eligible", "not-eligible", "more-information"])
def test_the_exit_status_is_0_whatever_the_outcome(ask: Any, outcome: str) -> None:
    known = {"eligible": True, "not-eligible": False, "more-information": None}[outcome]
    facts = request("lancashire", child={"significant_need": known})
    result = ask("determine", "--tenant", "lancashire", "-", told=json.dumps(facts))
    assert (result.exit_code, json.loads(result.stdout)["outcome"]) == (0, outcome)


def test_the_draft_can_judge(ask: Any) -> None:
    old = json.dumps(request("leeds", received_on="2024-06-01", child={"date_of_birth": "2024-01-01"}))
    result = ask("determine", "--tenant", "leeds", "--edition", "draft", "-", told=old)
    told = json.loads(result.stdout)
    assert told["edition"]["effective_from"] is None
    assert "telephone-consultation" not in told["offers"]
    assert ask("determine", "--tenant", "lancashire", "--edition", "draft", "-", told=old).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("determine", "--tenant", "nowhere", "-"),
        ("determine", "--tenant", "../tenants/leeds", "-"),
        ("determine", "--tenant", "leeds", "--edition", "yesterday", "-"),
        ("show", "leeds", "--on", "2025-02-28"),
        ("show", "lancashire", "--draft"),
        ("diff", "leeds", "2025-03-01", "soon"),
        ("determine", "--tenant", "leeds", "--from-db", "-"),
    ],
)
def test_a_question_that_cannot_be_answered_gets_one_sentence(ask: Any, words: tuple[str, ...]) -> None:
    result = ask(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1


def test_the_policy_in_force_is_printed_as_a_parent_could_read_it(ask: Any) -> None:
    told = " ".join(ask("show", "leeds", "--on", "2025-09-30").stdout.split())
    for sentence in (
        "Longest support: 12 months [LDS-07]",
        "How often: Usually every two weeks",
        "Age at request: The child is between birth and 2 years and 6 months old",
        "Telephone: 0113 378 2888 [LDS-18]",
        "registered with the National Portage Association (NPA). [LDS-03]",
        "The guide names only the month.",
        "2. Assessment: We see your child before any help is offered. [LDS-04]",
    ):
        assert sentence in told
    assert "12 months" not in ask("show", "leeds", "--on", "2025-10-01").stdout
    assert "Draft, not in force" in ask("show", "leeds", "--draft").stdout
    assert "Portage home teaching" in ask("show", "west-northants").stdout


def test_what_changed_from_one_edition_to_the_next_is_printed(ask: Any) -> None:
    told = ask("diff", "leeds", "2025-03-01", "2025-10-01").stdout
    assert "Longest support [LDS-07]\n    - 12 months\n    + 6 months" in told
    assert "Name [LDS-01]\n    - Portage\n    + Early Years SEND Home Visiting Service" in told
    assert "LDS-10" not in told
    to_draft = ask("diff", "leeds", "2025-10-01", "draft").stdout
    assert "Telephone consultations [LDS-04]\n    - We talk with you" in to_draft
    assert "Nothing changed." in ask("diff", "leeds", "2025-10-01", "2025-12-01").stdout


def test_no_database_and_no_web_is_loaded_to_judge_a_request() -> None:
    watch = (
        "import sys; from portage.cli import main\n"
        "try: main(['policy', 'determine', '--tenant', 'leeds', '-'])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "loaded = {'sqlalchemy', 'psycopg', 'flask', 'redis', 'rq'} & set(sys.modules)\n"
        "sys.exit(', '.join(loaded) or 0)"
    )
    environment = {key: value for key, value in os.environ.items() if "DATABASE" not in key}
    ended = subprocess.run(
        [sys.executable, "-c", watch],
        input=json.dumps(request("leeds")),
        env={**environment, "PORTAGE_TENANTS": str(TENANTS), "LC_ALL": "C"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout) == answer("leeds", request("leeds"))


def test_without_a_setting_the_councils_are_in_the_folder_tenants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAGE_TENANTS", raising=False)
    monkeypatch.chdir(ROOT)
    assert CliRunner().invoke(main, ["policy", "show", "leeds"]).exit_code == 0
    monkeypatch.chdir(ROOT / "tests")
    assert CliRunner().invoke(main, ["policy", "show", "leeds"]).exit_code == 2


@pytest.mark.parametrize("slug", COUNCILS)
def test_the_shipped_editions_are_written_back_byte_by_byte(ask: Any, slug: str) -> None:
    assert ask("export", slug).stdout_bytes == (TENANTS / slug / "policy.toml").read_bytes()
