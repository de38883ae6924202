"""`portage people` gives the first administrator of a council and the operators their places."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner, Result

from portage.accounts.commands import people
from portage.config import Settings
from support.database import Database
from support.oidc import Browser, Misbehaving

from .conftest import LARKSHIRE
from .test_first_sign_in import sign_in


@pytest.fixture
def run(settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `portage people ...` with the environment of a process of the service."""
    environment = {
        "PORTAGE_APP_DATABASE_URL": database.at.app,
        "PORTAGE_OWNER_DATABASE_URL": database.at.owner,
        "PORTAGE_TENANT_KEY": settings.tenant_key.hex(),
        "PORTAGE_SECRET_KEY": settings.secret_key.hex(),
        "PORTAGE_HTTPS": "0",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def command(*words: str) -> Result:
        result: Result = CliRunner().invoke(people, words)
        return result

    return command


def test_the_first_administrator_signs_in_with_the_link_from_the_terminal(
    run: Callable[..., Result],
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    add_provider: Callable[..., UUID],
    sessions: Callable[[], int],
) -> None:
    provider_id = add_provider(LARKSHIRE, liar.issuer)
    result = run("invite", "--tenant", LARKSHIRE, "--name", "Di Invented", "--role", "tenant-administrator")
    assert result.exit_code == 0, result.output
    link = re.search(rf"http://{LARKSHIRE}\.localhost/invitation/(\S+)", result.stdout)
    assert link

    browser = open_browser(LARKSHIRE)
    assert sign_in(browser, liar, provider_id, link.group(1), sub="di", groups=[]).status_code == 303
    listed = run("list", "--tenant", LARKSHIRE).output
    assert "Di Invented  tenant-administrator" in listed
    assert run("disable", "--tenant", LARKSHIRE, listed.split()[0]).exit_code == 0
    assert sessions() == 0
    assert "(closed)" in run("list", "--tenant", LARKSHIRE).output


def test_operators_are_named_and_closed_at_the_terminal(
    run: Callable[..., Result], db_admin: psycopg.Connection
) -> None:
    who = ("operator", "--name", "Op Invented", "--issuer", "https://idp.example", "--subject", "op")
    assert run(*who).exit_code == 0
    assert run(*who).exit_code == 0
    assert db_admin.execute("select name, disabled_at from operator").fetchall() == [("Op Invented", None)]
    assert run(*who, "--disable").exit_code == 0
    assert run(*who, "--disable").exit_code == 1
    assert run(*who).exit_code == 0
    assert db_admin.execute("select disabled_at from operator").fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("list", "--tenant", "nowhere"), "There is no council called nowhere."),
        (("disable", "--tenant", LARKSHIRE, "01a20008-7f52-72fc-a837-e75635e87377"), "nobody with that number"),
        (("invite", "--tenant", LARKSHIRE, "--name", "A", "--role", "emperor"), "is not one of"),
    ],
)
def test_a_wrong_word_gets_one_clear_sentence(
    run: Callable[..., Result], words: tuple[str, ...], sentence: str
) -> None:
    result = run(*words)
    assert result.exit_code != 0
    assert sentence in result.output
    assert "Traceback" not in result.output
