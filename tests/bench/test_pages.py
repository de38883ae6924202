"""Pages cost little beside a bare route, and no more when hundreds of councils share the database."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from bench.pages import Call, Ratio, bare, compare, get
from portage.app import create_app
from portage.config import Settings
from portage.core import clock
from portage.core.access import Rate
from portage.core.addresses import sqlalchemy_url
from portage.core.db import db
from portage.core.rates import RateLimiter
from support.cases import family_of
from support.database import Database
from support.episodes import SupportedOf, accepted_of, supported_of, visit_on
from support.people import Hired
from support.run import Servers
from support.volume import copies, councils

__all__ = ["accepted_of", "family_of", "supported_of"]
HOST = "leeds.localhost"
TIMES_BARE, TIMES_MANY = 2.5, 1.1  # what `make bench` demands; docs/performance.md says which page misses it
ANYWHERE_BARE, ANYWHERE_MANY = 8, 1.6  # the short form beside other tests only sees that something went badly wrong
Print = Callable[[Ratio], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """A council with fifty children in support and thousands of requests, and the pages that are timed."""

    paths: dict[str, tuple[str, Hired]]
    tenant_id: UUID

    def call(self, app: Flask, name: str) -> Call:
        """The call for one of the pages."""
        path, person = self.paths[name]
        cookie = person.client.get_cookie("portage-session", domain=HOST)
        assert cookie is not None
        return get(app, HOST, path, cookie.value)


@pytest.fixture
def length(request: pytest.FixtureRequest) -> dict[str, int]:
    """How long to measure: at full length when `make bench` asks."""
    at_length = request.config.getoption("--bench", default=False)
    return {"rounds": 11, "calls": 15} if at_length else {"rounds": 7, "calls": 5}


@pytest.fixture
def tell(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Print:
    """Print a figure, when `make bench` asks."""

    def say(found: Ratio) -> None:
        with capsys.disabled():
            sys.stderr.write(f"\n{found}" if request.config.getoption("--bench", default=False) else "")

    return say


@pytest.fixture
def filled(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    council: Callable[..., AbstractContextManager[UUID]],
    supported_of: SupportedOf,
    db_admin: psycopg.Connection,
) -> Filled:
    """The council under the clock."""
    monkeypatch.setitem(app.extensions, "portage.rates", RateLimiter(None, dict.fromkeys(Rate, 10**9)))
    case = supported_of("leeds")
    with council("leeds") as tenant_id:
        visit_on(case, clock.today())
        visit_on(case, clock.today() + timedelta(days=7))
        db.session.commit()
    story = {"child": case.child_id, "referral": case.referral_id, "episode": case.episode_id}
    copies(db_admin, 49, {**story, "caseload": case.child_id, "visit": case.episode_id, "deadline": case.referral_id})
    paths = {
        "worklist of 50 rows": ("/worklist?stage=all", case.manager),
        "referral page": (f"/referrals/{case.referral_id}", case.manager),
        "caseload of 50 children": ("/caseload", case.visitor),
    }
    return Filled(paths, tenant_id)


NAMES = ("worklist of 50 rows", "referral page", "caseload of 50 children")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_costs_little_beside_a_bare_route(
    app: Flask, database: Database, filled: Filled, length: dict[str, int], tell: Print, name: str
) -> None:
    page = filled.call(app, name)
    floor, close = bare(page, app, database.at.app, filled.tenant_id)
    try:
        found = compare(f"{name} beside a bare route", page, floor, **length)
    finally:
        close()
    tell(found)
    assert found.ratio <= (TIMES_BARE if length["rounds"] > 7 else ANYWHERE_BARE), found


@pytest.fixture
def crowded(
    app: Flask, settings: Settings, servers: Servers, database: Database, worker_name: str, filled: Filled
) -> Iterator[Flask]:
    """The same service over a copy of the database that 300 councils share; in the first are ten."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    with psycopg.connect(database.at.superuser, autocommit=True) as admin:  # a template may not be in use
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()",
            (database.name,),
        )
    other = Database(replace(servers, superuser=database.at.superuser), f"portage_crowded_{worker_name}")
    for place, number in ((database, 10), (other, 300)):
        with psycopg.connect(place.at.superuser, autocommit=True) as admin:
            known = admin.execute(sql.SQL("select count(*) from tenant")).fetchone()
            assert known is not None
            councils(admin, number - int(known[0]), filled.tenant_id)
            assert admin.execute("select count(*) from tenant").fetchone() == (number,)
    made = create_app(replace(settings, database_url=sqlalchemy_url(other.at.app)), overrides={"TESTING": True})
    made.extensions["portage.rates"] = app.extensions["portage.rates"]
    yield made
    with made.app_context():
        for engine in db.engines.values():
            engine.dispose()
    other.drop()


def test_a_page_costs_the_same_with_three_hundred_councils(
    app: Flask, filled: Filled, crowded: Flask, length: dict[str, int], tell: Print
) -> None:
    for name in NAMES:
        many, few = filled.call(crowded, name), filled.call(app, name)
        found = compare(f"{name}, 300 councils beside 10", many, few, **length)
        tell(found)
        assert found.ratio <= (TIMES_MANY if length["rounds"] > 7 else ANYWHERE_MANY), found
