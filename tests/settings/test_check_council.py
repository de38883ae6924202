"""`portage tenants check`: everything that is wrong, all at once, each with its file, its line and its field."""

import copy
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from portage.cli import main
from portage.policy.discovery import installed_policies
from portage.policy.plugin import Policy
from portage.settings.checking import problems_of
from support.councils import shipped
from support.policies import TENANTS

Change = Callable[[Path], object]


@pytest.fixture
def councils(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one council, which has an area team, a provider and a draft."""
    shutil.copytree(TENANTS / "lancashire", tmp_path / "lancashire")
    monkeypatch.setenv("PORTAGE_TENANTS", str(tmp_path))
    return tmp_path


def check(*slugs: str) -> Result:
    return CliRunner().invoke(main, ["tenants", "check", *slugs])


def replaced(file: str, old: str, new: str) -> Change:
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def appended(file: str, words: str) -> Change:
    def spoil(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8") as opened:
            opened.write(words)

    return spoil


MANIFEST, POLICY, TERMS = "tenant.toml", "policy.toml", "terms.toml"
DRAFT = '\n[[edition]]\nsource = "Draft"\n[edition.terms]\n'
WRONG: dict[str, tuple[Change, str]] = {
    "a text that is a number": (replaced(MANIFEST, 'name = "Lancashire County Council"', "name = 7"), "name"),
    "an unknown field": (replaced(MANIFEST, "[contact]\n", "[contact]\ntelefone = 1\n"), "contact.telefone"),
    "an unknown table": (appended(MANIFEST, "\n[colours]\nred = 1\n"), "colours"),
    "a missing field": (replaced(MANIFEST, 'closing = "If', '#closing = "If'), "letters.closing"),
    "a slug that is not the folder's": (replaced(MANIFEST, 'slug = "lancashire"', 'slug = "lancs"'), "slug"),
    "a slug with a capital": (replaced(MANIFEST, 'slug = "lancashire"', 'slug = "Lancashire"'), "slug"),
    "a policy that is not installed": (replaced(MANIFEST, 'plugin = "standard"', 'plugin = "x"'), "plugin"),
    "no host": (replaced(MANIFEST, 'hosts = ["lancashire.localhost"]', "hosts = []"), "hosts"),
    "a host with a port": (replaced(MANIFEST, "lancashire.localhost", "lancashire.localhost:80"), "hosts.1"),
    "a host twice": (replaced(MANIFEST, "hosts = [", 'hosts = ["lancashire.localhost", '), "hosts.2"),
    "a sender that is no address": (replaced(MANIFEST, '"portage@', '"portage'), "mail_from"),
    "a colour that is a word": (replaced(MANIFEST, '"#9c1c32"', '"red"'), "brand.colour"),
    "a colour that hides text": (replaced(MANIFEST, '"#9c1c32"', '"#777978"'), "brand.colour"),
    "a telephone number in words": (replaced(MANIFEST, '"01632 960 100"', '"ask us"'), "contact.telephone"),
    "a mailbox with a space": (replaced(MANIFEST, '"sendiass@', '"send iass@'), "help.1.email"),
    "an address without https": (replaced(MANIFEST, '"https://local-offer', '"http://local-offer'), "help.2.url"),
    "a place that is not known": (replaced(MANIFEST, 'key = "complaints"', 'key = "praise"'), "help.4.key"),
    "no front door": (
        lambda folder: re_tables(folder, "safeguarding", lambda told: [told[0], told[2]]),
        "safeguarding",
    ),
    "a key twice": (replaced(MANIFEST, 'key = "front-door"', 'key = "lead"'), "safeguarding.2.key"),
    "a place for a name in the closing": (
        replaced(MANIFEST, 'closing = "If', 'closing = "{child} If'),
        "letters.closing",
    ),
    "an unknown place in the opening": (replaced(MANIFEST, "{child}", "{name}"), "letters.opening"),
    "an open bracket": (replaced(MANIFEST, "{child}", "{child"), "letters.opening"),
    "a district in small letters": (replaced(MANIFEST, '"PR25"', '"pr25"'), "area.2.postcode_districts.7"),
    "a whole postcode": (replaced(MANIFEST, '"PR25"', '"PR25 1AA"'), "area.2.postcode_districts.7"),
    "a district of two teams": (replaced(MANIFEST, '"PR25"', '"LA1"'), "area.2.postcode_districts.7"),
    "a role that is not known": (
        replaced(MANIFEST, 'role = "auditor"', 'role = "king"'),
        "identity_provider.1.rules.groups.8.role",
    ),
    "the operator's role": (
        replaced(MANIFEST, 'role = "auditor"', 'role = "operator"'),
        "identity_provider.1.rules.groups.8.role",
    ),
    "a rule for no team": (
        replaced(MANIFEST, 'area = "east"', 'area = "west"'),
        "identity_provider.1.rules.groups.15.area",
    ),
    "a rule twice": (
        replaced(
            MANIFEST, 'value = "portage-volunteer"\nrole = "volunteer"', 'value = "portage-auditor"\nrole = "auditor"'
        ),
        "identity_provider.1.rules.groups.8",
    ),
    "a scope without openid": (replaced(MANIFEST, '"openid profile', '"profile'), "identity_provider.1.rules.scope"),
    "a provider without https": (replaced(MANIFEST, "https://sign-in", "http://sign-in"), "identity_provider.1.issuer"),
    "a method that is not known": (
        replaced(MANIFEST, "client_secret_basic", "post"),
        "identity_provider.1.auth_method",
    ),
    "a secret in the file": (
        replaced(MANIFEST, "secret_name = ", 'client_secret = "x"\nsecret_name = '),
        "identity_provider.1.client_secret",
    ),
    "an assumption about nothing": (replaced(MANIFEST, 'term = "letters"', 'term = "letter"'), "assumption.8.term"),
    "a term that ends before it begins": (replaced(TERMS, "2024-10-25", "2024-08-01"), "term.1.last_day"),
    "terms that overlap": (replaced(TERMS, "2024-10-25", "2024-11-10"), "term.2.first_day"),
    "a day that does not exist": (
        replaced(TERMS, "last_day = 2024-10-25", 'last_day = "2024-02-30"'),
        "term.1.last_day",
    ),
    "a day with an hour": (replaced(TERMS, "2024-10-25", "2024-10-25T09:00:00"), "term.1.last_day"),
    "a closed day twice": (replaced(TERMS, "[2026-06-01", "[2026-06-01, 2026-06-01"), "closures.2"),
    "an edition's day in words": (replaced(POLICY, "= 2025-01-01", '= "soon"'), "edition.1.effective_from"),
    "an edition without a source": (
        replaced(POLICY, 'source = "Portage s', '#source = "Portage s'),
        "edition.1.source",
    ),
    "a number below its limit": (
        replaced(POLICY, "birthday = 3", "birthday = 0"),
        "edition.1.terms.eligibility.age.until.birthday",
    ),
    "a number that is a text": (
        replaced(POLICY, "days = 10", 'days = "10"'),
        "edition.1.terms.clocks.tell-outcome.days",
    ),
    "a yes that is a word": (
        replaced(POLICY, "same_day_and_time = true", 'same_day_and_time = "yes"'),
        "edition.1.terms.support.same_day_and_time",
    ),
    "a choice that is not offered": (replaced(POLICY, '    "home",', '    "moon",'), "edition.1.terms.support.modes.1"),
    "a list that is one number": (
        replaced(POLICY, "every_weeks = [\n    1,\n    2,\n]", "every_weeks = 1"),
        "edition.1.terms.support.frequency.every_weeks",
    ),
    "a number twice": (
        replaced(POLICY, "    1,\n    2,\n", "    2,\n    2,\n"),
        "edition.1.terms.support.frequency.every_weeks",
    ),
    "a table that is a text": (
        replaced(
            POLICY,
            '[edition.terms.how_it_works.protocol]\ntitle = "Protocol"\nsays',
            "[edition.terms.how_it_works]\nprotocol",
        ),
        "edition.1.terms.how_it_works.protocol",
    ),
    "a route that is not the policy's": (
        replaced(POLICY, 'counts_from = "decision"', 'counts_from = "decision"\nroutes = ["x"]'),
        "edition.1.terms.clocks.tell-outcome.routes",
    ),
    "an assumption about no term": (
        replaced(POLICY, 'term = "contact.words"', 'term = "contact.fax"'),
        "edition.1.assumptions.3.term",
    ),
    "two editions of one day": (
        lambda folder: editions(folder, lambda told: [told[0], told[0]]),
        "edition.2.effective_from",
    ),
    "something beside editions": (replaced(POLICY, "[[edition]]\n", "note = 1\n[[edition]]\n"), "note"),
    "a page without a title": (replaced("content/home.md", "# Portage", "Portage"), "title"),
    "a page without words": (lambda folder: (folder / "content/home.md").write_text("# Title\n"), "words"),
    "a second title": (appended("content/privacy.md", "\n# Another\n"), "words"),
    "a page that nobody would see": (lambda folder: (folder / "content/hello.md").write_text("# A\n\nB\n"), "file"),
    "no privacy notice": (lambda folder: (folder / "content/privacy.md").unlink(), "file"),
    "no terms": (lambda folder: (folder / TERMS).unlink(), "file"),
    "no policy": (lambda folder: (folder / POLICY).unlink(), "file"),
    "no manifest": (lambda folder: (folder / MANIFEST).unlink(), "file"),
}
# They are told on a line that did not change itself.
NAMED_LATER = {"a key twice", "a number twice", "no front door", "two editions of one day", "terms that overlap"}


def re_tables(folder: Path, name: str, change: Callable[[list[Any]], list[Any]]) -> None:
    told = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    told[name] = change(told[name])
    (folder / MANIFEST).write_text(tomli_w.dumps(told), encoding="utf-8")


def editions(folder: Path, change: Callable[[list[Any]], list[Any]]) -> None:
    told = tomllib.loads((folder / POLICY).read_text(encoding="utf-8"))
    (folder / POLICY).write_text(tomli_w.dumps({"edition": change(told["edition"])}), encoding="utf-8")


def texts(folder: Path) -> dict[str, list[str]]:
    return {str(file.relative_to(folder)): file.read_text(encoding="utf-8").splitlines() for file in files(folder)}


def files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize(("spoil", "field"), WRONG.values(), ids=list(WRONG))
def test_one_wrong_value_gives_one_error_with_its_file_line_and_field(
    councils: Path, spoil: Change, field: str, request: pytest.FixtureRequest
) -> None:
    folder = councils / "lancashire"
    before = texts(folder)
    spoil(folder)
    told = check("lancashire")
    assert told.exit_code == 1
    (line,) = told.stdout.splitlines()
    place = re.fullmatch(rf"{re.escape(str(folder))}/([a-z./]+):(\d+): (\S+): (\S.*\.|\S.*\?)", line)
    assert place is not None, line
    assert place[3] == field
    after = texts(folder)
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    assert changed == [place[1]]
    if place[1] in after and request.node.callspec.id not in NAMED_LATER:
        words = after[place[1]][int(place[2]) - 1]
        assert words not in before.get(place[1], []) or words.strip("[]") == table_of(field), line


def table_of(field: str) -> str:
    """The header of the table in which a field is missing."""
    return ".".join(name for name in field.split(".")[:-1] if not name.isdigit())


def test_a_host_of_another_council_is_refused(councils: Path) -> None:
    shutil.copytree(TENANTS / "leeds", councils / "leeds")
    replaced(MANIFEST, '"leeds.localhost"', '"lancashire.localhost"')(councils / "leeds")
    (line,) = check("leeds").stdout.splitlines()
    assert line.endswith("hosts.1: lancashire.localhost already belongs to the council lancashire.")


def test_a_second_draft_of_one_document_is_refused(councils: Path) -> None:
    editions(councils / "lancashire", lambda told: [told[0], *[without_day(told[0])] * 2])
    (line,) = check("lancashire").stdout.splitlines()
    assert "edition.3: is a second draft of one document." in line


def without_day(edition: dict[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in edition.items() if key != "effective_from"}
    return {**told, "assumptions": [each for each in told["assumptions"] if each["term"] != "effective_from"]}


def test_every_error_of_every_file_is_told_at_once(councils: Path) -> None:
    folder = councils / "lancashire"
    together = [
        "a missing field", "a colour that is a word", "a telephone number in words", "a district of two teams",
        "a rule for no team", "a scope without openid", "an assumption about nothing", "terms that overlap",
        "a closed day twice", "an edition's day in words", "a number below its limit", "a number that is a text",
        "a choice that is not offered", "a route that is not the policy's", "an assumption about no term",
        "a page without a title", "a second title", "a page that nobody would see",
    ]  # fmt: skip
    for name in together:
        WRONG[name][0](folder)
    told = check("lancashire")
    fields = [line.split(": ")[1] for line in told.stdout.splitlines()]
    assert sorted(fields) == sorted(WRONG[name][1] for name in together)
    assert told.stderr == f"{len(together)} problem(s).\n"
    places = [line.split(": ")[0].rpartition(":") for line in told.stdout.splitlines()]
    by_file: dict[str, list[int]] = {}
    for file, _, line in places:
        by_file.setdefault(file, []).append(int(line))
    assert all(lines == sorted(lines) for lines in by_file.values())


@pytest.mark.parametrize(
    ("file", "text", "line", "said"),
    [
        (MANIFEST, 'slug = "x"\nname =\n', 2, "is not TOML"),
        (POLICY, '[[edition]]\nsource = "x"\nsource = "y"\n', 3, "is not TOML"),
        (TERMS, "[[term]]\nname = 'x\n", 2, "is not TOML"),
        (TERMS, "closures = [\n  2026-01-01,\n", 2, "is not TOML"),
        (MANIFEST, "a = 1\n[a]\n", 2, "is not TOML"),
        (MANIFEST, "\ufeffslug = 1", 1, "is not TOML"),
        (MANIFEST, "x = " + "[" * 5000, 1, "is not TOML"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(councils: Path, file: str, text: str, line: int, said: str) -> None:
    (councils / "lancashire" / file).write_text(text, encoding="utf-8")
    told = [each for each in check("lancashire").stdout.splitlines() if f"/{file}:" in each]
    assert len(told) == 1
    assert f"/{file}:{line}: file: {said}" in told[0]


def test_what_is_no_utf_8_is_told_with_its_line(councils: Path) -> None:
    (councils / "lancashire" / TERMS).write_bytes(b"# one\n# caf\xe9\n")
    (councils / "lancashire" / "content" / "home.md").write_bytes(b"# Title\n\ncaf\xe9\n")
    told = check("lancashire").stdout.splitlines()
    assert [line.split("lancashire/")[1] for line in told] == [
        "terms.toml:2: file: is not written in UTF-8.",
        "content/home.md:3: words: are not written in UTF-8.",
    ]


def test_a_policy_that_fails_on_an_edition_is_told_as_a_problem(
    councils: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by hand")

    monkeypatch.setattr(Policy, "_plan", fail)
    (line,) = check("lancashire").stdout.splitlines()
    assert "edition.1: the policy standard fails on this edition: ZeroDivisionError: by hand." in line


def test_every_shipped_council_has_nothing_wrong_and_paths_are_taken_too() -> None:
    told = check(*map(str, sorted(TENANTS.iterdir())))
    assert told.exit_code == 0, told.output
    assert told.stdout.count("nothing is wrong") == len(shipped())


def test_a_council_that_is_not_there_is_refused_in_one_sentence(councils: Path) -> None:
    told = check("nowhere")
    assert told.exit_code == 1
    assert told.stderr == f"Error: There is no council 'nowhere' in {councils}.\n"


# A wrong value anywhere ------------------------------------------------------------------------------------------

WRONG_EVERYWHERE = 987654321  # no text, no day, no yes or no, and beyond the limits of every number


def leaves(told: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else None
    if inner is None:
        yield at
    for key, value in inner or ():
        yield from leaves(value, (*at, key))


PLACES = [
    (slug, file, path)
    for slug in shipped()
    for file in (MANIFEST, POLICY, TERMS)
    for path in leaves(tomllib.loads((TENANTS / slug / file).read_text(encoding="utf-8")))
]


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(PLACES))
def test_a_wrong_value_at_any_place_is_told_on_its_own_line(
    tmp_path_factory: pytest.TempPathFactory, place: tuple[str, str, tuple[str | int, ...]]
) -> None:
    slug, file, path = place
    folder = tmp_path_factory.mktemp("councils") / slug
    shutil.copytree(TENANTS / slug, folder)
    told = copy.deepcopy(tomllib.loads((folder / file).read_text(encoding="utf-8")))
    held = told
    for name in path[:-1]:
        held = held[name]  # type: ignore[index] # a path of what was read
    held[path[-1]] = WRONG_EVERYWHERE  # type: ignore[index] # the same
    text = tomli_w.dumps(told)
    (folder / file).write_text(text, encoding="utf-8")
    line = next(n for n, words in enumerate(text.splitlines(), 1) if str(WRONG_EVERYWHERE) in words)
    shown = ".".join(str(name + 1) if isinstance(name, int) else name for name in path)
    found = {(problem.file.name, problem.line, problem.field) for problem in problems_of(folder)}
    assert (file, line, shown) in found
    assert file == MANIFEST or len(found) == 1  # a wrong key of the manifest is missed where it is named, too


def test_every_installed_policy_can_be_asked_of_every_field() -> None:
    for policy in installed_policies().values():
        assert set(policy.terms_schema.fields) == {"effective_from", "source", "assumptions", "terms"}
