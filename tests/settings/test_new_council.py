"""`portage tenants new`: files that say what each value does, and pass `check` once the marks are filled."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portage.cli import main
from portage.policy.discovery import installed_policies
from portage.tenants.problems import MARK

Ask = Callable[..., Result]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run `portage tenants` over an empty folder of councils."""
    monkeypatch.setenv("PORTAGE_TENANTS", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, ["tenants", *words])


PLUGINS = sorted(installed_policies())
EXAMPLES = {
    "mail_from": '"portage@newbridge.example"',
    "trusted_domains": '["trust.example"]',
    "email": '"portage@newbridge.example"',
    "colour": '"#1d4f7a"',
    "phone": '"01632 960 100"',
    "telephone": '"01632 960 100"',
    "url": '"https://newbridge.example/"',
    "issuer": '"https://sign-in.newbridge.example"',
    "postcode_districts": '["ZZ1"]',
    "scope": '"openid profile"',
    "area": '"north"',
    "first_day": "2026-09-01",
    "last_day": "2026-12-18",
    "closures": "[2026-10-01]",
    "effective_from": "2026-09-01",
    "template_id": '"5a1e6f0c-3d2b-4c1a-9e8f-7b6a5c4d3e2f"',
}


def filled(text: str, route: str) -> str:
    """Put a value at each mark, of the kind that the comment above it names."""
    lines = text.splitlines()
    comment: list[str] = []
    key_of: str | None = None
    for number, line in enumerate(lines):
        header = re.match(r"\[+(.*?)\]+$", line)
        key_of = header[1] if header else key_of
        comment = [*comment, line[2:]] if line.startswith("# ") else comment
        if re.match(r"#?[a-z_]+ = ", line):
            if MARK in line and not line.startswith("#"):
                name = line.partition(" =")[0]
                lines[number] = f"{name} = {value(name, key_of or '', ' '.join(comment), route)}"
            comment = []
        elif header:
            comment = []
    return "\n".join(lines) + "\n"


def value(name: str, table: str, comment: str, route: str) -> str:
    if name == "key" and table in ("area", "identity_provider"):
        return '"north"'
    if name == "term":
        return '"source"' if table == "edition.assumptions" else '"brand.colour"'
    if name == "restated_by":
        return f'["routes.{route}"]'
    if name in ("route", "routes"):
        return f'"{route}"' if name == "route" else f'["{route}"]'
    if name in EXAMPLES and not table.startswith("edition.terms"):
        return EXAMPLES[name]
    kind = comment.rpartition("A list; each item is ")[2] if "A list; each item is " in comment else comment
    choice = re.search(r"[Oo]ne of: ([^,.]+)", kind)
    whole = re.search(r"[Aa] whole number from (\d+) to", kind)
    day = "date such as" in kind
    one = f'"{choice[1]}"' if choice else whole[1] if whole else "2026-09-01" if day else '"Something"'
    if "True or false" in comment:
        return "true"
    return f"[{one}]" if "A list; each item is " in comment else one


def fill(folder: Path, *, whole: bool) -> None:
    for file in folder.rglob("*.*"):
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".toml":
            route = re.search(r"^\[edition\.terms\.routes\.([^\]]+)\]", text, re.MULTILINE)
            text = re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE) if whole else text
            text = filled(text, route[1] if route else "")
        file.write_text(text.replace(f"{MARK}: ", ""), encoding="utf-8")


# Where an edition draws its own routes, not all of its terms can stand together.
WHOLE = [name for name, policy in installed_policies().items() if policy.route_shapes]


@pytest.mark.parametrize(
    ("plugin", "whole"),
    [*((name, False) for name in PLUGINS), *((name, True) for name in WHOLE)],
    ids=[*(f"{name}, what is needed" for name in PLUGINS), *(f"{name}, every field switched on" for name in WHOLE)],
)
def test_a_new_council_passes_the_check_once_the_marks_are_filled(
    ask: Ask, tmp_path: Path, plugin: str, whole: bool
) -> None:
    begun = ask("new", "newbridge", "--plugin", plugin)
    assert begun.exit_code == 0, begun.output
    assert "portage tenants check newbridge" in begun.stdout
    fill(tmp_path / "newbridge", whole=whole)
    checked = ask("check", "newbridge")
    assert checked.stdout.endswith("4 page(s).\n"), checked.output
    assert checked.exit_code == 0


def test_the_check_of_a_new_council_names_every_mark_and_nothing_else(ask: Ask, tmp_path: Path) -> None:
    ask("new", "newbridge", "--plugin", PLUGINS[0])
    marks = {
        f"{file}:{number}"
        for file in sorted((tmp_path / "newbridge").rglob("*.*"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if MARK in line and not line.startswith("#")
    }
    told = ask("check", "newbridge")
    assert told.exit_code == 1
    assert {":".join(line.split(":")[:2]) for line in told.stdout.splitlines()} == marks
    assert all("still to be filled in" in line for line in told.stdout.splitlines())
    assert told.stderr == f"{len(marks)} problem(s).\n"


def test_each_field_of_a_new_council_has_a_comment_that_says_what_it_does(ask: Ask, tmp_path: Path) -> None:
    for plugin in PLUGINS:
        ask("new", f"new-{plugin}", "--plugin", plugin)
    for file in tmp_path.rglob("*.toml"):
        lines = file.read_text(encoding="utf-8").splitlines()
        for before, line in pairwise(lines):
            if re.match(r"#?[a-z_]+ = ", line):
                assert re.match(r"# .+\.$", before), f"{file.name}: {line}"


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("newbridge", "There is a council newbridge already"),
        ("New-Bridge", "cannot be a council's short name"),
        ("new_bridge", "cannot be a council's short name"),
        ("new--bridge", "cannot be a council's short name"),
        ("../elsewhere", "cannot be a council's short name"),
        ("", "cannot be a council's short name"),
        ("a" * 41, "40 at most"),
    ],
)
def test_a_name_that_is_taken_or_cannot_be_is_refused_in_one_sentence(
    ask: Ask, tmp_path: Path, slug: str, said: str
) -> None:
    ask("new", "newbridge", "--plugin", PLUGINS[0])
    before = sorted(tmp_path.parent.rglob("*"))
    refused = ask("new", slug, "--plugin", PLUGINS[0])
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_a_policy_that_is_not_installed_is_refused_with_those_that_are(ask: Ask, tmp_path: Path) -> None:
    refused = ask("new", "newbridge", "--plugin", "nowhere")
    assert refused.exit_code == 1
    assert all(plugin in refused.stderr for plugin in PLUGINS)
    assert list(tmp_path.iterdir()) == []
