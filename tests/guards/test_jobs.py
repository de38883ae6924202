"""Every kind of background work that is asked for anywhere is known, and none of it crosses from council to council."""

import ast
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from portage.core import jobs, outbox
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.worker import carry_out
from support.background import due, mail_server, worker_app, worker_app_of_process
from support.cases import FamilyOf, family_of
from support.mailserver import MailServer

__all__ = ["family_of", "mail_server", "worker_app", "worker_app_of_process"]
PLATFORM = Path(__file__).resolve().parents[2] / "platform"
Council = Callable[..., AbstractContextManager[UUID]]


def put_calls() -> Iterator[tuple[str, ast.expr]]:
    """Each place that asks for background work: the module, and what it names as the kind."""
    for file in sorted(PLATFORM.rglob("*.py")):
        module = ".".join(file.relative_to(PLATFORM).with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "put":
                owner = node.func.value
                if isinstance(owner, ast.Name) and owner.id == "outbox" and node.args:
                    yield module, node.args[0]


def test_every_kind_that_is_asked_for_has_an_effect(app: Flask) -> None:
    asked: set[str] = set()
    for module, kind in put_calls():
        if module == "portage.core.scheduler":  # asks for what the register of calendar work holds
            asked |= {work.kind for work in jobs.periodic_work()}
        elif isinstance(kind, ast.Constant):
            asked.add(kind.value)
        else:
            assert isinstance(kind, ast.Name), f"{module} names a kind that this guard cannot read"
            asked.add(getattr(import_module(module), kind.id))
    assert asked, "nothing asks for background work"
    assert asked <= jobs.known_kinds()
    assert jobs.known_kinds() == asked, "an effect that nothing asks for is dead code"


def others_rows(connection: psycopg.Connection, tenant_id: UUID) -> dict[str, list[tuple[object, ...]]]:
    """Every row of a council, by table, as it is stored."""
    tables = connection.execute(
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' "
        "where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1"
    ).fetchall()
    return {
        name: connection.execute(
            sql.SQL("select t::text from {} t where tenant_id = %s order by 1").format(sql.Identifier(name)),
            (tenant_id,),
        ).fetchall()
        for (name,) in tables
    }


def test_no_effect_touches_another_councils_row(
    family_of: FamilyOf,
    council: Council,
    shipped: dict[str, UUID],
    worker_app: Flask,
    mail_server: MailServer,
    db_admin: psycopg.Connection,
) -> None:
    mail_server.mode = "later"
    family_of("leeds")
    before = others_rows(db_admin, shipped["leeds"])
    ids = {UUID(row[0]) for table in before for row in _ids(db_admin, table, shipped["leeds"])} | {uuid4()}
    calls = [(kind, subject) for kind in sorted(jobs.known_kinds()) for subject in sorted(ids)]
    with council("lancashire"):
        for kind, subject in calls:
            outbox.put(kind, subject)
        db.session.commit()
    mail_server.mode = "take"
    db_admin.execute("update outbox set done_at = now() where tenant_id = %s", (shipped["leeds"],))
    before["outbox"] = others_rows(db_admin, shipped["leeds"])["outbox"]
    with worker_app.app_context():
        went = [carry_out(tenant_id, outbox_id) for tenant_id, outbox_id in due(db_admin)]
    assert len(went) == len(calls)
    assert set(went) == {"again"}, "an effect did something with an id that its council does not have"
    assert mail_server.seen == []
    assert others_rows(db_admin, shipped["leeds"]) == before
    failed = db_admin.execute("select distinct last_error from outbox where tenant_id = %s", (shipped["lancashire"],))
    assert {error for (error,) in failed} == {"NoSubject"}


def test_work_without_a_council_does_not_run(app: Flask) -> None:
    from portage.core.tenancy import OutOfScope

    with app.app_context():
        for kind in jobs.known_kinds():
            with pytest.raises(OutOfScope):
                jobs.effect_for(kind)(new_id())
            db.session.remove()


def _ids(connection: psycopg.Connection, table: str, tenant_id: UUID) -> list[tuple[str]]:
    has_id = connection.execute(
        "select 1 from pg_attribute where attrelid = %s::regclass and attname = 'id'", (table,)
    ).fetchone()
    if not has_id or table in ("audit_event", "policy_edition", "content_page", "area", "identity_provider"):
        return []
    found: list[tuple[str]] = connection.execute(
        sql.SQL("select id::text from {} where tenant_id = %s").format(sql.Identifier(table)), (tenant_id,)
    ).fetchall()
    return found
