"""The database shows a council's rows only to a context signed for it, on this connection, in this transaction."""

import hashlib
import hmac
from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from portage.core import tenancy
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import OutOfScope, pads, rows_of, scoped, tenant_scope
from portage.families.models import Child
from support.database import Database
from support.lengths import examples
from support.questions import questions

Council = Callable[..., AbstractContextManager[UUID]]


@given(key=st.binary(min_size=32, max_size=200), message=st.text(max_size=200))
@settings(max_examples=examples(200))
def test_the_pads_make_the_hmac_that_python_makes(key: bytes, message: str) -> None:
    inner, outer = pads(key)
    built = hashlib.sha256(outer + hashlib.sha256(inner + message.encode()).digest()).hexdigest()
    assert built == hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def _child(name: str) -> Child:
    from datetime import date

    return Child(given_name=name, family_name="Canary", search_name=name.lower(), date_of_birth=date(2024, 1, 1))


def _add(council: Council, slug: str, name: str) -> UUID:
    with council(slug):
        child = _child(name)
        db.session.add(child)
        db.session.commit()
        return child.id


@pytest.fixture
def two(council: Council, tenants: dict[str, UUID]) -> tuple[str, str]:
    first, second = list(tenants)[:2]
    _add(council, first, "First")
    _add(council, second, "Second")
    return first, second


def test_a_scope_shows_its_own_rows_alone_also_to_raw_sql(council: Council, two: tuple[str, str]) -> None:
    for slug, name in zip(two, ("First", "Second"), strict=True):
        with council(slug):
            assert db.session.execute(text("select given_name from child")).scalars().all() == [name]
            assert db.session.scalars(scoped(Child)).one().given_name == name


def test_without_a_scope_a_query_is_refused_and_the_database_shows_nothing(app: Flask, two: tuple[str, str]) -> None:
    with app.app_context():
        with pytest.raises(OutOfScope):
            db.session.scalars(select(Child)).all()
        db.session.remove()
        assert db.session.execute(text("select count(*) from child")).scalar_one() == 0


def test_rows_that_are_asked_for_plainly_are_confined_as_every_query_is(
    app: Flask, council: Council, two: tuple[str, str]
) -> None:
    every_child = select(Child.given_name)  # somebody forgot the council
    for slug, name in zip(two, ("First", "Second"), strict=True):
        with council(slug), questions(app) as asked:
            assert rows_of(every_child, {}).scalars().all() == [name]
            assert "child.tenant_id = " in asked[-1]
            db.session.add(_child("Later"))
            assert {*rows_of(every_child, {}).scalars()} == {name, "Later"}
            with pytest.raises(TypeError, match="entity"):
                rows_of(select(Child), {})
    with app.app_context(), pytest.raises(OutOfScope):
        rows_of(every_child, {})


@pytest.mark.parametrize(
    "forged",
    [
        "{other}",
        "{other}.{pid}",
        "{other}.{pid}.",
        "{other}.{pid}." + "0" * 64,
        "{own}.{pid}.{signature}x",
        "{other}.{pid}.{signature}",
        "{own}.{wrong_pid}.{wrong_signature}",
        "",
        "..",
    ],
)
def test_a_forged_context_shows_nothing(
    forged: str, database: Database, app: Flask, tenants: dict[str, UUID], two: tuple[str, str]
) -> None:
    own, other = (tenants[slug] for slug in two)
    with psycopg.connect(database.at.app) as connection:
        pid = connection.info.backend_pid
        value = forged.format(
            own=own,
            other=other,
            pid=pid,
            wrong_pid=pid + 1,
            signature=tenancy.sign(own, pid).rpartition(".")[2],
            wrong_signature=tenancy.sign(own, pid + 1).rpartition(".")[2],
        )
        connection.execute("select set_config('app.tenant', %s, true)", (value,))
        assert connection.execute("select count(*) from child").fetchone() == (0,)


def test_a_true_context_works_on_its_own_connection_until_the_transaction_ends(
    database: Database, app: Flask, tenants: dict[str, UUID], two: tuple[str, str]
) -> None:
    own = tenants[two[0]]
    with psycopg.connect(database.at.app) as connection, psycopg.connect(database.at.app) as another:
        value = tenancy.sign(own, connection.info.backend_pid)
        connection.execute("select set_config('app.tenant', %s, true)", (value,))
        assert connection.execute("select given_name from child").fetchall() == [("First",)]
        another.execute("select set_config('app.tenant', %s, true)", (value,))
        assert another.execute("select count(*) from child").fetchone() == (0,)
        connection.commit()
        assert connection.execute("select count(*) from child").fetchone() == (0,)


def test_an_injection_that_sets_the_setting_inside_its_statement_reaches_nobody_else(
    council: Council, tenants: dict[str, UUID], two: tuple[str, str]
) -> None:
    with council(two[0]):
        seen = db.session.execute(
            text("select given_name from child where set_config('app.tenant', :other, true) is not null"),
            {"other": str(tenants[two[1]])},
        ).scalars()
        assert set(seen) <= {"First"}


def test_a_row_for_another_council_is_refused_by_the_session_and_by_the_database(
    council: Council, tenants: dict[str, UUID], two: tuple[str, str]
) -> None:
    with council(two[0]):
        stray = _child("Stray")
        stray.tenant_id = tenants[two[1]]
        db.session.add(stray)
        with pytest.raises(OutOfScope):
            db.session.flush()
        db.session.rollback()
        with pytest.raises(Exception, match="row-level security"):
            db.session.execute(
                insert(Child.__table__).values(
                    tenant_id=tenants[two[1]],
                    id=new_id(),
                    given_name="Stray",
                    family_name="Stray",
                    search_name="stray",
                    date_of_birth="2024-01-01",
                )
            )
        db.session.rollback()


def test_one_session_serves_one_council(app: Flask, tenants: dict[str, UUID]) -> None:
    first, second = list(tenants.values())[:2]
    with app.app_context(), tenant_scope(first):
        db.session.execute(text("select 1"))
        with pytest.raises(OutOfScope), tenant_scope(second):
            pass


def test_alternating_councils_on_one_connection_never_mixes_them(council: Council, two: tuple[str, str]) -> None:
    for turn in range(100):
        slug, name = (two[turn % 2], ("First", "Second")[turn % 2])
        with council(slug):
            assert db.session.execute(text("select given_name from child")).scalars().all() == [name]
            if turn % 3 == 0:
                db.session.rollback()


def test_nobody_but_the_owner_reads_the_key(database: Database) -> None:
    for role in ("app", "worker", "operator", "backup"):
        with (
            psycopg.connect(getattr(database.at, role)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("select * from tenant_key")


def test_a_council_that_does_not_exist_has_no_rows(app: Flask, database: Database) -> None:
    with app.app_context(), tenant_scope(uuid4()):
        assert db.session.execute(text("select count(*) from child")).scalar_one() == 0
