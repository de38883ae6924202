"""Before a release: which open cases its rules would answer otherwise, by council; nothing is written."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from portage.cli import main
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.policy import DelayInAreas, RouteShape, Rule
from portage.referrals.models import Referral
from portage.referrals.operations.judging import judge
from portage_standard import StandardPolicy, StandardTerms
from support.broken import Broken, forget, instead, raising
from support.database import Database
from support.policies import SHIPPED
from support.requests import ELIGIBLE, RequestOf
from support.run import Servers

__all__ = ["instead"]
Ask = Callable[..., Result]
Council = Callable[..., AbstractContextManager[UUID]]


class Stricter(StandardPolicy):
    """The rules of a release that asks for a greater delay."""

    def __init__(self) -> None:
        self.__dict__.update(version="9.0.0", rules_digest="c" * 64)

    def rules(self, terms: StandardTerms, route: RouteShape) -> tuple[Rule, ...]:
        return tuple(
            replace(rule, percent=58) if isinstance(rule, DelayInAreas) else rule
            for rule in super().rules(terms, route)
        )


@pytest.fixture
def ask(
    clock: Callable[[datetime], None], database: Database, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> Ask:
    """`ask("leeds", "--findings")` runs the command as an operator does, with the application's login."""
    clock(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))
    monkeypatch.setenv("PORTAGE_APP_DATABASE_URL", database.at.app)
    monkeypatch.setenv("PORTAGE_TENANT_KEY", servers.tenant_key)
    return lambda *words: CliRunner().invoke(main, ["policy", "redetermine", *words])


def kept(db_admin: psycopg.Connection) -> Any:
    return db_admin.execute("select xmin::text, * from determination order by tenant_id, id").fetchall()


def test_the_same_rules_give_the_same_answers_for_every_council(ask: Ask, request_of: RequestOf) -> None:
    for slug in SHIPPED:
        request_of(slug)
    request_of("leeds", facts=ELIGIBLE)
    forget()
    told = ask()
    assert told.exit_code == 0, told.output
    for slug in SHIPPED:
        cases = "2 open cases judged again, 2" if slug == "leeds" else "1 open case judged again, 1"
        assert f"{slug}: {cases} the same, 0 would differ, 0 without an answer" in told.output
    assert "larkshire: 0 open cases judged again" in told.output
    assert told.output.endswith("Every answer is the same.\n")


def test_a_release_with_other_rules_names_the_cases_that_differ_and_changes_none(
    ask: Ask, request_of: RequestOf, instead: Any, db_admin: psycopg.Connection
) -> None:
    family, young = request_of("leeds", facts=ELIGIBLE), request_of("leeds")
    before = kept(db_admin)
    with instead("standard", Stricter()):
        told, whole = ask("leeds"), ask("leeds", "--findings")
    assert told.exit_code == 1
    assert "leeds: 2 open cases judged again, 0 the same, 2 would differ" in told.output
    changed = f"  {family.reference} differs: The request meets the published conditions -> The request does not meet"
    assert changed in told.output
    assert "LDS-11 was met, would be not met" in whole.output
    assert f"  {young.reference} differs: LDS-11 is put in other words" in whole.output
    assert "hampshire" not in told.output
    for private in ("Kit", "Canarychild", "Sam", str(family.referral_id)):
        assert private not in whole.output
    assert "Nothing was changed. The answers that were kept stand." in told.output
    assert kept(db_admin) == before


def test_rules_that_fail_are_counted_and_decided_cases_are_not_asked_about(
    ask: Ask, request_of: RequestOf, instead: Any, db_admin: psycopg.Connection
) -> None:
    request_of("leeds", facts=ELIGIBLE)
    closed = request_of("leeds", facts=ELIGIBLE)
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update referral set stage = 'declined' where id = %s", (closed.referral_id,))
    with instead("standard", Broken(raising)):
        told = ask("leeds")
    assert told.exit_code == 1
    assert "leeds: 1 open case judged again, 0 the same, 0 would differ, 1 without an answer" in told.output
    assert "no answer: raised: ZeroDivisionError" in told.output


def test_only_the_last_answer_of_a_case_counts(ask: Ask, request_of: RequestOf, instead: Any, council: Council) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    with instead("standard", Stricter()):
        with council("leeds") as tenant_id:
            referral = db.session.get_one(Referral, (tenant_id, family.referral_id))
            judge(referral, by=SYSTEM, at=datetime(2026, 11, 21, 11, 0, tzinfo=UTC))
            db.session.commit()
        assert ask("leeds").exit_code == 0
    assert ask("leeds").exit_code == 1


def test_the_command_could_not_write_if_it_tried(council: Council, request_of: RequestOf) -> None:
    request_of("leeds")
    with council("leeds"):
        db.session.execute(text("set transaction read only"))
        with pytest.raises(InternalError, match="read-only transaction"):
            db.session.execute(text("update referral set route = route"))


def test_what_cannot_be_asked_gets_one_sentence(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = ask("atlantis")
    assert (unknown.exit_code, unknown.output) == (2, "Error: There is no council 'atlantis' in the database.\n")
    monkeypatch.delenv("PORTAGE_TENANT_KEY")
    unset = ask()
    assert (unset.exit_code, unset.output) == (2, "Error: Set PORTAGE_APP_DATABASE_URL and PORTAGE_TENANT_KEY.\n")
