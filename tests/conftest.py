"""Fixtures of the whole suite: servers for the run, a database for each process, the application as its own role."""

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from portage.app import create_app
from portage.config import Settings
from portage.core import clock as portage_clock
from portage.core.db import db
from portage.core.tenancy import tenant_scope
from support import councils, people
from support.browsers import browser
from support.database import Database
from support.run import Holder, Servers, share_compiled_templates
from support.run import servers as ask_for_servers

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

holder = pytest.StashKey[Holder]()


def pytest_configure(config: pytest.Config) -> None:
    """In the run's first process, hold what its servers depend on; other processes only ask for them."""
    if not hasattr(config, "workerinput"):
        config.stash[holder] = Holder()
    share_compiled_templates()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run's servers."""
    if held := config.stash.get(holder, None):
        held.end()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "LoadScopeScheduling | None":
    """Where processes take whole files, let the long ones begin first."""
    if config.getoption("dist") != "loadfile":
        return None
    from support.order import LongestFirst  # needs xdist, which a run in one process leaves out

    config.option.loadscopereorder = False  # else files with many tests go first, however short those are
    return LongestFirst(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while thousands of tests are read in, nor among them afterwards: they stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a run of several processes, put the tests of long files first."""
    if hasattr(config, "workerinput"):
        from support.order import in_order  # as above

        items[:] = in_order(items)


@pytest.fixture(scope="session")
def servers() -> Servers:
    """PostgreSQL and Valkey, started for the first test of the run that asks."""
    return ask_for_servers()


@pytest.fixture(scope="session")
def database_of_process(servers: Servers, worker_name: str) -> Iterator[Database]:
    """This process's clone of the template; tests use `database`, which puts it back."""
    database = Database(servers, f"portage_test_{worker_name}")
    yield database
    database.drop()


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """The name of this process in the run."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "alone"))


@pytest.fixture
def database(database_of_process: Database) -> Iterator[Database]:
    """A database with the schema and the invented councils; what the test adds is taken away afterwards."""
    yield database_of_process
    database_of_process.restore()
    database_of_process.renew()


@pytest.fixture
def db_owner(database: Database) -> Iterator[psycopg.Connection]:
    """A connection as the owner of the tables; row-level security binds it too."""
    with psycopg.connect(database.at.owner, autocommit=True) as connection:
        yield connection


@pytest.fixture
def db_admin(database: Database) -> Iterator[psycopg.Connection]:
    """A connection that sees every council's rows, for looking at what the service wrote."""
    with psycopg.connect(database.at.superuser, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def settings(servers: Servers, database_of_process: Database, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the application under test, which connects as the app role."""
    return Settings.from_environment(
        {
            "PORTAGE_APP_DATABASE_URL": database_of_process.at.app,
            "PORTAGE_OPERATOR_DATABASE_URL": database_of_process.at.operator,
            "PORTAGE_TENANT_KEY": servers.tenant_key,
            "PORTAGE_SECRET_KEY": servers.secret_key,
            "PORTAGE_FILES": str(tmp_path_factory.mktemp("files")),
            "PORTAGE_TENANTS": str(Path(__file__).resolve().parent.parent / "tenants"),
            "PORTAGE_HTTPS": "0",
        }
    )


@pytest.fixture(scope="session")
def app_of_process(settings: Settings) -> Iterator[Flask]:
    """The application, made once for each process; tests use `app`."""
    app = create_app(settings, overrides={"TESTING": True})
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def app(app_of_process: Flask, database: Database) -> Flask:
    """The application over a database that is put back after the test; one cloned anew is met with new connections."""
    if app_of_process.extensions.get("tests.clones", 1) != database.clones:
        with app_of_process.app_context():
            for engine in db.engines.values():
                engine.dispose()
    app_of_process.extensions["tests.clones"] = database.clones
    return app_of_process


@pytest.fixture
def client_of(app: Flask) -> Callable[[str], FlaskClient]:
    """A browser without JavaScript at the host of a council, named by its slug."""

    def visit(slug: str) -> FlaskClient:
        return browser(app, councils.host(slug))

    return visit


@pytest.fixture
def client(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    """A browser at the first invented council."""
    return client_of(councils.COUNCILS[0])


@pytest.fixture
def tenants() -> dict[str, UUID]:
    """The ids of the invented councils by their slugs."""
    return dict(councils.IDS)


@pytest.fixture(scope="session")
def shipped_of_process(database_of_process: Database) -> dict[str, UUID]:
    """The ids of the councils of this repository, the same in every clone of the template."""
    with psycopg.connect(database_of_process.at.superuser) as connection:
        listed = connection.execute("select slug, id from tenant where slug = any(%s)", (councils.shipped(),))
        return dict(listed.fetchall())


@pytest.fixture
def shipped(shipped_of_process: dict[str, UUID]) -> dict[str, UUID]:
    """The ids of the councils of this repository by their slugs."""
    return dict(shipped_of_process)


@pytest.fixture
def council(
    app: Flask, tenants: dict[str, UUID], shipped: dict[str, UUID]
) -> Callable[..., AbstractContextManager[UUID]]:
    """`with council("larkshire"):` works as the service does in that council's scope; commit is the test's to call."""

    @contextmanager
    def within(slug: str = councils.COUNCILS[0], actor: str = "system") -> Iterator[UUID]:
        tenant_id = {**shipped, **tenants}[slug]
        with app.app_context(), tenant_scope(tenant_id, actor):
            yield tenant_id

    return within


@pytest.fixture
def sign_in(app: Flask, tenants: dict[str, UUID], shipped: dict[str, UUID]) -> Callable[..., people.Hired]:
    """`sign_in("leeds", "service-manager", areas=...)`: a new person of that council, with a signed-in browser."""

    def hired(slug: str, *roles: str, **options: Any) -> people.Hired:
        return people.sign_in(app, {**shipped, **tenants}[slug], slug, *roles, **options)

    return hired


@pytest.fixture
def clock() -> Iterator[Callable[[datetime], None]]:
    """`clock(instant)` stops the service's clock there, for this test."""
    with ExitStack() as stopped:
        yield lambda instant: stopped.enter_context(portage_clock.frozen(instant))


@pytest.fixture
def valkey(servers: Servers, worker_name: str) -> Iterator[redis.Redis]:
    """A connection to the run's Valkey, emptied before and after."""
    own = 15 - int("".join(filter(str.isdigit, worker_name)) or 0)  # no other test process empties it
    with redis.Redis.from_url(f"{servers.valkey}?db={own}") as connection:
        connection.flushdb()
        yield connection
        connection.flushdb()
