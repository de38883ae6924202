"""A council's files and the database: loaded, written back byte by byte, and refused whole when something is wrong."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner, Result

from portage.cli import main
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.tenants.models import Area
from support.councils import shipped
from support.policies import TENANTS
from support.run import Servers

Run = Callable[..., Result]
Within = Callable[..., AbstractContextManager[UUID]]


@pytest.fixture
def run(database: Any, servers: Servers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `portage tenants` over a copy of the shipped councils, with the logins that the settings name."""
    monkeypatch.setenv("PORTAGE_OWNER_DATABASE_URL", database.at.owner)
    monkeypatch.setenv("PORTAGE_APP_DATABASE_URL", database.at.app)
    monkeypatch.setenv("PORTAGE_TENANT_KEY", servers.tenant_key)
    shutil.copytree(TENANTS, tmp_path / "tenants")
    monkeypatch.setenv("PORTAGE_TENANTS", str(tmp_path / "tenants"))
    return lambda *words: CliRunner().invoke(main, ["tenants", *words])


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    """A council of two area teams that no database knows yet."""
    folder = tmp_path / "tenants" / "newbridge"
    shutil.copytree(TENANTS / "lancashire", folder)
    for file in files(folder):
        text = file.read_text(encoding="utf-8").replace("Lancashire County", "Newbridge City")
        file.write_text(text.replace('"lancashire"', '"newbridge"').replace("lancashire.", "newbridge."))
    return folder


def files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in files(folder)}


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def rows(db_admin: psycopg.Connection, slug: str) -> list[Any]:
    """Everything that loading writes for a council."""
    found: list[Any] = []
    for table in ("area", "service", "content_page", "identity_provider", "policy_edition", "tenant_host"):
        owned = f"select t.* from {table} t join tenant on tenant.id = t.tenant_id where slug = %s order by 1, 2"  # noqa: S608 - names of this file
        found.append(db_admin.execute(owned, (slug,)).fetchall())
    return [*found, db_admin.execute("select * from tenant where slug = %s", (slug,)).fetchall()]


@pytest.mark.parametrize("slug", shipped())
def test_each_shipped_council_comes_back_byte_by_byte(run: Run, tmp_path: Path, slug: str) -> None:
    assert run("load", slug).exit_code == 0
    written = run("export", slug, "--to", str(tmp_path / "written"))
    assert written.exit_code == 0, written.output
    assert contents(tmp_path / "written") == contents(TENANTS / slug)


@pytest.mark.parametrize("slug", shipped())
def test_each_shipped_council_is_kept_in_the_form_that_export_writes(run: Run, slug: str) -> None:
    tidied = run("tidy", slug)
    assert tidied.exit_code == 0
    assert tidied.stdout.endswith(f"{slug}: nothing changed.\n")


def test_a_council_that_is_new_is_added_comes_back_whole_and_stays_as_it_is_when_loaded_again(
    run: Run, folder: Path, tmp_path: Path, db_admin: psycopg.Connection
) -> None:
    assert "Newbridge City Council added: 1 new edition(s)." in run("load", "newbridge").stdout
    before = rows(db_admin, "newbridge")
    assert "Newbridge City Council is up to date: 0 new edition(s)." in run("load", str(folder)).stdout
    assert rows(db_admin, "newbridge") == before
    run("export", "newbridge", "--to", str(tmp_path / "written"))
    assert contents(tmp_path / "written") == contents(folder)


def test_files_in_any_form_come_back_as_tidy_writes_them(run: Run, folder: Path, tmp_path: Path) -> None:
    file = folder / "tenant.toml"
    change(file, "[brand]\ncolour = ", "[brand] # ours\n'colour'    =\t")
    change(file, "[accessibility]\n", "demand = 1\n[accessibility]\n")
    assert run("tidy", "newbridge").exit_code == 1
    change(file, "demand = 1\n", "")
    change(file, 'scope = "openid profile email groups"', '"scope" = """openid profile email groups"""')
    change(folder / "content" / "home.md", "\n\n", "\n\n\n\n")
    change(folder / "policy.toml", "    1,\n    2,\n", "1, 2 # weeks\n")
    assert run("load", "newbridge").exit_code == 0
    assert run("tidy", "newbridge").stdout.endswith("content/home.md changed.\n")
    run("export", "newbridge", "--to", str(tmp_path / "written"))
    assert contents(tmp_path / "written") == contents(folder)


def test_what_the_database_says_now_is_what_is_exported(run: Run, council: Within) -> None:
    with council("lancashire"):
        db.session.scalars(scoped(Area).where(Area.key == "north")).one().name = "Team “by the sea”"
        db.session.commit()
    told = run("export", "lancashire", "--only", "tenant.toml").stdout
    assert told == (TENANTS / "lancashire" / "tenant.toml").read_text(encoding="utf-8").replace(
        "Inclusion Service, North area team", "Team “by the sea”"
    )


def test_every_file_is_printed_under_its_name(run: Run) -> None:
    told = run("export", "leeds").stdout
    names = [line[4:-4] for line in told.splitlines() if line.startswith("==> ")]
    assert set(names) == contents(TENANTS / "leeds").keys()
    assert (TENANTS / "leeds" / "policy.toml").read_text(encoding="utf-8") in told


def test_load_refuses_in_the_words_of_check_and_writes_nothing(
    run: Run, folder: Path, db_admin: psycopg.Connection
) -> None:
    change(folder / "tenant.toml", '"#9c1c32"', '"red"')
    change(folder / "policy.toml", "days = 10", "days = 0")
    change(folder / "terms.toml", "2024-10-25", "2024-11-10")
    told = run("check", "newbridge").stdout
    assert told.count("\n") == 3
    refused = run("load", "newbridge")
    assert refused.exit_code == 1
    assert refused.stderr == f"Error: {folder} is not loaded:\n{told}"
    assert not any(rows(db_admin, "newbridge"))


def test_a_changed_published_edition_is_refused_and_nothing_else_of_the_folder_is_written(
    run: Run, folder: Path, db_admin: psycopg.Connection
) -> None:
    run("load", "newbridge")
    before = rows(db_admin, "newbridge")
    change(folder / "policy.toml", "days = 10", "days = 20")
    change(folder / "tenant.toml", '"#9c1c32"', '"#1d4f7a"')
    change(folder / "content" / "home.md", "# Portage", "# Something else")
    refused = run("load", "newbridge")
    assert refused.exit_code == 1
    assert "An edition from 2025-01-01 is already published" in refused.stderr
    assert rows(db_admin, "newbridge") == before


def test_a_host_of_a_council_in_the_database_is_refused_and_nothing_is_written(
    run: Run, folder: Path, db_admin: psycopg.Connection
) -> None:
    change(folder / "tenant.toml", "newbridge.localhost", "larkshire.localhost")
    refused = run("load", "newbridge")
    assert refused.exit_code == 1
    assert "The host name larkshire.localhost already belongs to another council." in refused.stderr
    assert not any(rows(db_admin, "newbridge"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "nowhere"), "There is no council 'nowhere' in this database."),
        (("export", "leeds", "--only", "secret.txt"), "leeds has no file secret.txt"),
        (("load", "nowhere"), "There is no council 'nowhere' in"),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence(run: Run, words: tuple[str, ...], said: str) -> None:
    refused = run(*words)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["load", "export"])
def test_without_a_database_the_settings_are_named(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.delenv("PORTAGE_OWNER_DATABASE_URL")
    monkeypatch.delenv("PORTAGE_APP_DATABASE_URL")
    refused = run(command, "leeds")
    assert refused.exit_code == 1
    assert "DATABASE_URL and PORTAGE_TENANT_KEY" in refused.stderr


@pytest.mark.parametrize("command", ["new", "check", "tidy", "load", "export"])
def test_each_command_tells_what_it_does(run: Run, command: str) -> None:
    told = run(command, "--help").stdout
    assert "..." not in run("--help").stdout.partition("Commands:")[2]
    assert len(told.splitlines()) > 8
