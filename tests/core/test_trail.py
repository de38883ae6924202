"""The trail: one event for each deed, chained at commit, added to and never changed."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from portage.core import audit, tenancy, trail
from portage.core.db import db
from portage.families.models import Child
from support.database import Database

Council = Callable[..., AbstractContextManager[UUID]]


def _write(council: Council, times: int) -> None:
    for number in range(times):
        with council(actor="person:test"):
            audit.record("test.done", actor="person:test", number=number)
            db.session.commit()


def _chain_is_whole(db_admin: psycopg.Connection, tenant_id: UUID) -> bool:
    head = b""
    rows = db_admin.execute(
        "select s.seq, s.digest, audit_text(e) from audit_seal s join audit_event e "
        "on e.tenant_id = s.tenant_id and e.id = s.event_id where s.tenant_id = %s order by s.seq",
        (tenant_id,),
    ).fetchall()
    for expected, (seq, digest, written) in enumerate(rows, start=1):
        head = hashlib.sha256(head + written.encode()).digest()
        if (seq, bytes(digest)) != (expected, head):
            return False
    known = db_admin.execute("select count(*) from audit_event where tenant_id = %s", (tenant_id,)).fetchone()
    return known == (len(rows),)


def test_events_are_chained_by_the_digest_of_the_one_before(
    council: Council, db_admin: psycopg.Connection, tenants: dict[str, UUID]
) -> None:
    _write(council, 5)
    assert _chain_is_whole(db_admin, next(iter(tenants.values())))


@pytest.mark.parametrize(
    "tampering",
    [
        "update audit_event set actor = 'person:other' where detail = '{\"number\": 2}'",
        "update audit_event set detail = '{\"number\": 9}' where detail = '{\"number\": 2}'",
        "delete from audit_seal where tenant_id = %(t)s and seq = 3",
        "update audit_seal set digest = '\\x00' where tenant_id = %(t)s and seq = 4",
    ],
)
def test_a_change_by_a_superuser_behind_the_triggers_is_found(
    tampering: str, council: Council, db_admin: psycopg.Connection, tenants: dict[str, UUID]
) -> None:
    _write(council, 4)
    db_admin.execute("set session_replication_role = replica")
    tenant_id = next(iter(tenants.values()))
    assert db_admin.execute(tampering, {"t": tenant_id}).rowcount == 1  # type: ignore[arg-type]  # of this file
    assert not _chain_is_whole(db_admin, tenant_id)


@pytest.mark.parametrize("role", ["app", "worker", "owner", "superuser"])
@pytest.mark.parametrize(
    "statement", ["update audit_event set actor = 'x'", "delete from audit_event", "truncate audit_event cascade"]
)
def test_nobody_changes_the_trail(role: str, statement: str, database: Database, council: Council) -> None:
    _write(council, 1)
    with psycopg.connect(getattr(database.at, role)) as connection:
        connection.execute("select set_config('app.tenant', 'x', true)")
        if role == "owner" and not statement.startswith("truncate"):
            assert connection.execute(statement).rowcount == 0  # type: ignore[arg-type]  # row-level security shows none
            return
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)  # type: ignore[arg-type]  # a statement of this file


def test_each_changed_row_is_logged_with_its_fields_and_no_value(
    council: Council, db_admin: psycopg.Connection
) -> None:
    with council(actor="person:test"):
        child = Child(
            given_name="Canary-7f3a", family_name="Invented", search_name="canary", date_of_birth=date(2024, 1, 1)
        )
        db.session.add(child)
        db.session.commit()
        child.given_name = "Canary-9b1c"
        db.session.commit()
        child_id = child.id
    rows = db_admin.execute(
        "select actor, action, detail::text from audit_event where subject_kind = 'child' "
        "and subject_id = %s order by at",
        (child_id,),
    ).fetchall()
    assert [(actor, action) for actor, action, _ in rows] == [
        ("person:test", "row.insert"),
        ("person:test", "row.update"),
    ]
    assert "given_name" in rows[1][2]
    assert not any("Canary" in detail for _, _, detail in rows)


def test_a_rolled_back_deed_leaves_no_event(council: Council, db_admin: psycopg.Connection) -> None:
    with council():
        audit.record("test.undone", actor="person:test")
        db.session.rollback()
        db.session.commit()
    assert db_admin.execute("select count(*) from audit_event where action = 'test.undone'").fetchone() == (0,)


_ANOTHER_DEED = (
    "insert into audit_event (tenant_id, id, at, actor, action, detail) "
    "values (:t, gen_random_uuid(), now(), 'person:other', 'test.done', '{}')"
)


def test_what_people_do_while_the_trail_is_checked_is_no_sign_of_tampering(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(council, 5)
    monkeypatch.setattr(trail, "_PAGE", 2)
    read = trail._sealed

    def busy(until: int | None) -> Iterator[tuple[int, bytes, str]]:
        for seq, digest, written in read(until):
            if seq == 2:
                with db.engine.begin() as other:
                    pid = other.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]  # psycopg's own
                    context = {"t": tenancy.sign(tenancy.current_tenant_id(), pid)}
                    other.execute(text("select set_config('app.tenant', :t, true)"), context)
                    other.execute(text(_ANOTHER_DEED), {"t": tenancy.current_tenant_id()})
            yield seq, digest, written

    monkeypatch.setattr(trail, "_sealed", busy)
    with council():
        verdict = trail.verify()
    assert (verdict.whole, verdict.events) == (True, 5)
    with council():
        assert trail.verify().events == 6


def test_a_chain_that_was_cut_off_with_its_head_left_behind_is_found(
    council: Council, db_admin: psycopg.Connection
) -> None:
    _write(council, 4)
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update audit_head h set seq = 3, digest = s.digest from audit_seal s where s.seq = 3")
    db_admin.commit()
    with council():
        verdict = trail.verify()
    assert (verdict.whole, verdict.broken_at) == (False, 4)
