"""Editions in the database: seeded from files, kept as published, and the same as the files when read back."""

import copy
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import event, text
from sqlalchemy.exc import NoResultFound

from portage.cli import main
from portage.config import Settings
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.editions.export import editions_as_toml
from portage.editions.folders import TenantPolicy
from portage.editions.models import PolicyEdition
from portage.editions.operations import (
    Seeded,
    edition_by_id,
    edition_on,
    editions_of_tenant,
    load_editions,
)
from portage.editions.refusals import EditionAlreadyPublished
from portage.policy import Edition, NoEditionInForce
from support.database import Database
from support.policies import SHIPPED, TENANTS, answer, request
from support.policies import council as from_files

Within = Callable[..., AbstractContextManager[UUID]]


def with_terms(slug: str, position: int, change: Callable[[dict[str, Any]], object]) -> TenantPolicy:
    """The shipped council with one edition changed."""
    known = from_files(slug)
    given = copy.deepcopy(dict(known.editions[position].given))
    change(given)
    editions: list[Edition] = list(known.editions)
    editions[position] = known.policy.edition(slug, given)
    return replace(known, editions=tuple(editions))


@pytest.mark.parametrize("slug", SHIPPED)
def test_what_is_read_back_is_what_the_files_say_byte_by_byte(council: Within, slug: str) -> None:
    with council(slug):
        known = editions_of_tenant()
        assert editions_as_toml(known) == (TENANTS / slug / "policy.toml").read_text("utf-8")
        assert known.tenant == slug


@pytest.mark.parametrize("slug", SHIPPED)
def test_loading_twice_changes_nothing(council: Within, slug: str) -> None:
    with council(slug):
        before = db.session.scalars(scoped(PolicyEdition)).all()
        assert load_editions(from_files(slug)) == Seeded(0, len(before), 0)
        assert not db.session.dirty
        assert len(db.session.scalars(scoped(PolicyEdition)).all()) == len(from_files(slug).editions)


def test_a_published_edition_cannot_be_changed_by_a_file(council: Within) -> None:
    longer = with_terms("leeds", 0, lambda given: given["terms"]["support"].update(longest_months=18))
    with council("leeds"):
        with pytest.raises(EditionAlreadyPublished, match="2025-03-01"):
            load_editions(longer)
        _, edition = edition_on(date(2025, 3, 1))
        assert edition.terms.support.longest_months == 12


def test_a_draft_follows_its_file(council: Within) -> None:
    changed = with_terms("leeds", 2, lambda given: given["terms"]["support"].update(longest_months=9))
    with council("leeds"):
        assert load_editions(changed) == Seeded(0, 2, 1)
        assert editions_of_tenant().draft.terms.support.longest_months == 9
        db.session.rollback()


@pytest.mark.parametrize(
    ("day", "months"), [("2025-03-01", 12), ("2025-09-30", 12), ("2025-10-01", 6), ("2030-01-01", 6)]
)
def test_the_edition_of_a_day_is_the_one_in_force_then(council: Within, day: str, months: int) -> None:
    with council("leeds"):
        policy, edition = edition_on(date.fromisoformat(day))
        assert policy.support_pattern(edition.terms).longest_months == months
        assert edition.id is not None
        assert edition_by_id(edition.id)[1] is edition


def test_before_the_first_edition_the_sentence_names_it(council: Within) -> None:
    with council("leeds"), pytest.raises(NoEditionInForce, match="March 2025\\) holds from 1 March 2025"):
        edition_on(date(2025, 2, 28))


def test_a_council_without_editions_has_none_in_force_whether_or_not_its_policy_is_installed(council: Within) -> None:
    with council("larkshire"), pytest.raises(NoEditionInForce, match="has been published yet"):
        edition_on(date(2025, 10, 1))


def test_a_page_asks_one_question_for_the_edition_in_force_once_it_is_known(council: Within) -> None:
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    with council("leeds"):
        edition_on(date(2025, 10, 1))
    with council("leeds"):
        db.session.execute(text("select 1"))  # the transaction and its council are not what is counted
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            edition_on(date(2025, 10, 1))
            edition_on(date(2025, 10, 1))
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) == 1
    assert "terms" not in asked[0]


def test_no_council_gets_anothers_edition(council: Within) -> None:
    with council("leeds"):
        _, leeds = edition_on(date(2025, 10, 1))
    with council("lancashire"):
        _, lancashire = edition_on(date(2025, 10, 1))
        assert leeds.id is not None
        with pytest.raises(NoResultFound):
            edition_by_id(leeds.id)
    assert (leeds.tenant, lancashire.tenant) == ("leeds", "lancashire")


def test_the_command_judges_by_the_editions_in_the_database(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAGE_TENANTS", "/nowhere")
    monkeypatch.setenv("PORTAGE_APP_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("PORTAGE_TENANT_KEY", settings.tenant_key.hex())
    asked = json.dumps(request("leeds"))
    result = CliRunner().invoke(main, ["policy", "determine", "--tenant", "leeds", "--from-db", "-"], input=asked)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == answer("leeds", request("leeds"))
    nowhere = CliRunner().invoke(main, ["policy", "determine", "--tenant", "x", "--from-db", "-"], input=asked)
    assert (nowhere.exit_code, nowhere.stderr) == (2, "Error: There is no council 'x' in the database.\n")
