"""A council of 5,000 episodes beside 150 others: pages near a bare route, and no query that others make dearer."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from bench.large import AT_LENGTH, SHORT, Size, Story, fill, other_councils
from bench.pages import Ratio, Statement, bare, compare, fresh, get, overheard
from portage.core import clock
from portage.core.access import Rate
from portage.core.db import db
from portage.core.rates import RateLimiter
from portage.core.tenancy import sign
from portage.support.models import VisitorProfile
from support.cases import family_of
from support.database import Database
from support.episodes import AcceptedOf, SupportedOf, accepted_of, put_on_list, supported_of, visit_on
from support.people import Hired
from support.questions import FRAME

__all__ = ["accepted_of", "family_of", "supported_of"]
HOST = "leeds.localhost"
TIMES_BARE, ANYWHERE = 2.5, 8  # as for the other pages: the short form only sees that something went badly wrong
MOST_QUERIES = 6  # beside council, session and trail
DEARER = 1.25  # pages of the database that a question touches beside many other councils and beside few


@dataclass(frozen=True, slots=True)
class Large:
    """The council under the clock, its pages with who opens them, and the others, to be added."""

    paths: dict[str, tuple[str, Hired]]
    tenant_id: UUID
    size: Size

    def call(self, app: Flask, name: str) -> Callable[[], None]:
        """The call for one of the pages."""
        path, person = self.paths[name]
        cookie = person.client.get_cookie("portage-session", domain=HOST)
        assert cookie is not None
        return get(app, HOST, path, cookie.value)


@pytest.fixture
def at_length(request: pytest.FixtureRequest) -> bool:
    """Whether to measure at full length."""
    return bool(request.config.getoption("--bench", default=False))


@pytest.fixture
def large(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    council: Callable[..., AbstractContextManager[UUID]],
    supported_of: SupportedOf,
    accepted_of: AcceptedOf,
    db_admin: psycopg.Connection,
    at_length: bool,
) -> Large:
    """A council as large as the promise says, or a small one of the same shape."""
    monkeypatch.setitem(app.extensions, "portage.rates", RateLimiter(None, dict.fromkeys(Rate, 10**9)))
    size = AT_LENGTH if at_length else SHORT
    case = supported_of("leeds")
    waits = accepted_of("leeds", given_name="Ada", manager=case.manager)
    with council("leeds") as tenant_id:
        visit_on(case, _weekday(clock.today()))
        entry_id = put_on_list(waits)
        db.session.add(VisitorProfile(person_id=case.visitor.id, most_children=45, most_visits=20))
        db.session.commit()
    story = Story(
        case.child_id, case.referral_id, case.episode_id, case.visitor.id, waits.child_id, waits.referral_id, entry_id
    )
    fill(db_admin, story, size)
    paths = {
        "caseload": ("/caseload", case.visitor),
        "week view": ("/visits?view=week", case.visitor),
        "waiting list": ("/waiting-list", case.manager),
        "child's page": (f"/children/{case.child_id}", case.manager),
    }
    return Large(paths, tenant_id, size)


def _weekday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def test_pages_of_a_large_council_cost_little_beside_a_bare_route_and_ask_little(
    app: Flask,
    database: Database,
    large: Large,
    db_admin: psycopg.Connection,
    at_length: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other_councils(db_admin, large.tenant_id, large.size.others)
    length = {"rounds": 11, "calls": 9} if at_length else {"rounds": 3, "calls": 3}
    found: list[Ratio] = []
    for name in large.paths:
        page = large.call(app, name)
        floor, close = bare(page, app, database.at.app, large.tenant_id)
        try:
            found.append(compare(f"{name} of a large council beside a bare route", page, floor, **length))
        finally:
            close()
        asked = [statement for statement, _ in _heard(app, page) if _is_query(statement)]
        assert len(asked) <= MOST_QUERIES, "\n".join(each[:200] for each in asked)
    if at_length:
        with capsys.disabled():
            sys.stderr.write("".join(f"\n{each}" for each in found))
    assert [each for each in found if each.ratio > (TIMES_BARE if at_length else ANYWHERE)] == []


def test_no_query_of_these_pages_becomes_dearer_with_other_councils(
    app: Flask, database: Database, large: Large, db_admin: psycopg.Connection
) -> None:
    few, many = large.size.others // 5, large.size.others
    heard = {name: _heard(app, large.call(app, name)) for name in large.paths}
    other_councils(db_admin, large.tenant_id, few)  # alone in its tables a council is read from end to end
    beside_few = {name: _pages_read(database, large.tenant_id, each) for name, each in heard.items()}
    other_councils(db_admin, large.tenant_id, many, already=few)
    beside_many = {name: _pages_read(database, large.tenant_id, each) for name, each in heard.items()}
    dearer = [
        (name, statement[:300], read, beside_few[name][statement])
        for name, each in beside_many.items()
        for statement, read in each.items()
        if read > DEARER * beside_few[name][statement] + 20
    ]
    assert sum(len(each) for each in beside_many.values()) > len(large.paths) * 3
    assert dearer == []


def _heard(app: Flask, page: Callable[[], None]) -> list[Statement]:
    page()
    with overheard(app) as heard:
        page()
    return list(heard)


def _is_query(statement: str) -> bool:
    """Whether a statement is one of the page's own questions, beside council, session and trail."""
    words = " ".join(statement.lower().split())
    return words.startswith(("select", "with")) and not any(each in words for each in FRAME)


def _pages_read(database: Database, tenant_id: UUID, heard: list[Statement]) -> dict[str, int]:
    """How many pages of the database each question touches, as the application's own role; asked twice, to be warm."""
    found: dict[str, int] = {}
    for _ in range(2):
        with psycopg.connect(database.at.app) as connection:
            signed = sign(tenant_id, connection.info.backend_pid)
            for statement, values in heard:
                if "set_config" in statement:
                    connection.execute(statement.encode(), fresh(values, signed))
                elif _is_query(statement):
                    explain = b"explain (analyze, buffers, format json) "
                    row: Any = connection.execute(explain + statement.encode(), values).fetchone()
                    plan = row[0][0]["Plan"]
                    found[statement] = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            connection.rollback()
    return found
