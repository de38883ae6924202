"""The guards notice: each policy, FORCE, trigger, permission and form token is taken away in turn, and is missed.

Mutants of the database live in a transaction on a cloned database and are rolled back; those of the application are put
back at once. Each is shown only to the guards and probes that concern it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from guards import test_catalogue as catalogue
from portage.accounts.models import ROLES
from portage.core import tenancy
from portage.core.access import NEEDS_CLEARANCE, Audience, Can
from portage.core.db import db
from portage.core.routes import Declaration
from portage.core.tenancy import OutOfScope, sign, tenant_scope
from portage.families.models import Child
from support.probed import EVERY_ROLE, NOBODY, World, may
from support.prober import Desk, Door, doors, form

Guard = Callable[[psycopg.Connection], None]
HOME = "leeds"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A statement that opens something, and the guard that has to fail for it."""

    statement: str
    guard: Guard


@pytest.fixture
def spoiled(seeded: World) -> Iterator[psycopg.Connection]:
    """A transaction on the cloned database, which is rolled back."""
    with psycopg.connect(seeded.database.at.superuser) as connection:
        connection.execute("set local lock_timeout = '20s'")
        yield connection
        connection.rollback()


def the_trail_is_sealed(connection: psycopg.Connection) -> None:
    """Every event is chained at commit, and neither changed nor removed."""
    rows = connection.execute(
        "select tgrelid::regclass::text, tgname, tginitdeferred from pg_trigger "
        "where tgrelid in ('audit_event'::regclass, 'audit_seal'::regclass) and tgenabled = 'O' and not tgisinternal"
    ).fetchall()
    assert set(rows) == {
        ("audit_event", "seal", True),
        ("audit_event", "append_only", False),
        ("audit_event", "no_truncate", False),
        ("audit_seal", "append_only", False),
        ("audit_seal", "no_truncate", False),
    }


def no_process_passes_the_policies(connection: psycopg.Connection) -> None:
    """No role of a process, nor the owner, is a superuser, may bypass policies, or may become a role that does."""
    rows = connection.execute(
        "select r.rolname from pg_roles r where r.rolname in "
        "('portage_app', 'portage_worker', 'portage_operator', 'portage_owner') and (r.rolsuper or r.rolbypassrls "
        "or exists (select from pg_auth_members m join pg_roles g on g.oid = m.roleid "
        "where m.member = r.oid and (g.rolbypassrls or g.rolsuper)))"
    ).fetchall()
    assert rows == []


def mutants_of(table: str, *, logged: bool) -> Iterator[Mutant]:
    """What could go wrong with one council's table."""
    policies = catalogue.test_every_councils_table_has_one_permissive_and_a_restrictive_policy_on_the_verified_council
    security = catalogue.test_row_level_security_is_enabled_and_forced_on_every_councils_table
    grants = catalogue.test_the_application_owns_nothing_and_holds_no_more_grants_than_it_needs
    logs = catalogue.test_every_change_of_a_councils_table_is_logged_except_named_machinery
    yield Mutant(f"drop policy one_tenant on {table}", policies)
    yield Mutant(f"drop policy rows on {table}", policies)
    yield Mutant(f"alter policy one_tenant on {table} using (true)", policies)
    yield Mutant(f"alter policy one_tenant on {table} with check (true)", policies)
    yield Mutant(f"alter table {table} no force row level security", security)
    yield Mutant(f"alter table {table} disable row level security", security)
    yield Mutant(f"grant truncate on {table} to portage_app", grants)
    if logged:
        yield Mutant(f"drop trigger log_change on {table}", logs)
        yield Mutant(f"alter table {table} disable trigger log_change", logs)


def mutants_of_the_ground() -> Iterator[Mutant]:
    """What could go wrong with the trail, the signed context and the roles."""
    definers = catalogue.test_definer_functions_are_the_known_ones_and_pin_their_search_path
    operators = catalogue.test_operators_have_no_grant_on_a_familys_table
    for table in ("audit_event", "audit_seal"):
        for trigger in ("append_only", "no_truncate", *(["seal"] if table == "audit_event" else [])):
            yield Mutant(f"drop trigger {trigger} on {table}", the_trail_is_sealed)
            yield Mutant(f"alter table {table} disable trigger {trigger}", the_trail_is_sealed)
    for function in ("verified_tenant()", "seal_event()"):
        yield Mutant(f"alter function {function} reset search_path", definers)
        yield Mutant(f"alter function {function} security invoker", definers)
    for role in ("app", "worker", "operator", "owner"):
        yield Mutant(f"alter role portage_{role} bypassrls", no_process_passes_the_policies)
    yield Mutant("grant portage_backup to portage_app", no_process_passes_the_policies)
    yield Mutant("grant select on child to portage_operator", operators)
    yield Mutant(
        "create view every_child as select * from child",
        catalogue.test_there_is_no_enum_view_or_partition_that_would_open_or_slow_a_councils_rows,
    )
    yield Mutant(
        "create index ix_loose on child (family_name)",
        catalogue.test_every_key_foreign_key_unique_and_index_begins_with_the_council,
    )


@contextmanager
def undone(connection: psycopg.Connection) -> Iterator[None]:
    """Roll back what happens within."""
    connection.execute("savepoint mutant")
    yield
    connection.execute("rollback to savepoint mutant")


def notices(guard: Guard, connection: psycopg.Connection) -> bool:
    """Whether a guard fails now."""
    try:
        guard(connection)
    except AssertionError:
        return True
    return False


def test_every_mutant_of_the_database_is_noticed(spoiled: psycopg.Connection) -> None:
    logged = set(catalogue.tables(spoiled)) - catalogue.UNLOGGED - catalogue.TRAIL
    mutants = [one for table in catalogue.tables(spoiled) for one in mutants_of(table, logged=table in logged)]
    mutants += mutants_of_the_ground()
    assert len(mutants) > 300
    assert {guard.__name__ for guard in {mutant.guard for mutant in mutants} if notices(guard, spoiled)} == set()
    missed = []
    for mutant in mutants:
        with undone(spoiled):
            spoiled.execute(mutant.statement.encode())
            if not notices(mutant.guard, spoiled):
                missed.append(mutant.statement)
    assert missed == []


def foreign_rows(world: World, connection: psycopg.Connection, table: str, role: str) -> int:
    """How many rows of other councils a role sees with one council's signed context."""
    mine = world.ids[HOME]
    pid = connection.info.backend_pid
    connection.execute("select set_config('app.tenant', %s, true)", (sign(mine, pid),))
    connection.execute(f"set local role {role}".encode())
    with suppress(psycopg.errors.InsufficientPrivilege):
        row = connection.execute(f"select count(*) from {table} where tenant_id <> %s".encode(), (mine,)).fetchone()  # noqa: S608  own names
        assert row is not None
        return int(row[0])
    return -1


def test_a_table_without_its_policy_or_its_security_really_shows_another_councils_rows(
    seeded: World, spoiled: psycopg.Connection
) -> None:
    openings = {
        "drop policy one_tenant on {}": "portage_app",
        "alter table {} disable row level security": "portage_app",
        "alter table {} no force row level security": "portage_owner",
    }
    seen, shut = 0, []
    for table in catalogue.tables(spoiled):
        row = spoiled.execute(f"select count(*) from {table} where tenant_id <> %s".encode(), (seeded.ids[HOME],))  # noqa: S608  own names
        others = int((row.fetchone() or (0,))[0])
        for statement, role in openings.items():
            with undone(spoiled):
                shut += [(table, role)] if foreign_rows(seeded, spoiled, table, role) > 0 else []
            with undone(spoiled):
                spoiled.execute(statement.format(table).encode())
                if others and foreign_rows(seeded, spoiled, table, role) == others:
                    seen += 1
                elif others:
                    shut.append((table, statement))
    assert shut == []
    assert seen > 100


# ------------------------------------------------------------------------------------------------- the application's


@contextmanager
def changed(declared: Declaration, **values: Any) -> Iterator[None]:
    """A route's declaration with other words, put back afterwards."""
    before = {name: getattr(declared, name) for name in values}
    for name, value in values.items():
        object.__setattr__(declared, name, value)
    yield
    for name, value in before.items():
        object.__setattr__(declared, name, value)


def status(world: World, door: Door, role: str, **more: str) -> int:
    """What a door answers this role for an id of nobody, with a form in order."""
    slug = "operator" if door.declared.audience is Audience.OPERATOR else HOME
    if door.declared.can in NEEDS_CLEARANCE:
        slug = next(iter(world.clears))  # elsewhere nobody may ask at all
    session = world.session(slug, role) if (slug, role) in world.sessions else None
    sent = form(world, session, **more) if door.method == "POST" else None
    return Desk(world.app).ask(door.method, slug, door.at(), session, sent).status


def test_a_route_without_its_permission_check_is_noticed(seeded: World) -> None:
    closed = [door for door in doors(seeded.app) if door.declared.can is not None and door.method != "HEAD"]
    assert len(closed) > 100
    missed = []
    for door in closed:
        with changed(door.declared, can=None):
            if status(seeded, door, NOBODY) == 401:
                missed.append(str(door))
    assert missed == []


def test_a_route_with_a_permission_that_everybody_has_is_noticed(seeded: World) -> None:
    missed, tried = [], 0
    for door in doors(seeded.app):
        lacking = [role for role in ROLES if door.declared.can not in may(role)]
        if door.declared.audience is not Audience.STAFF or door.method == "HEAD" or not lacking:
            continue
        tried += 1
        with changed(door.declared, can=Can.SEE_SELF):
            if status(seeded, door, lacking[0]) == 403:
                missed.append(str(door))
    assert tried > 90
    assert missed == []


def test_a_form_without_its_token_check_is_noticed(seeded: World) -> None:
    posts = [door for door in doors(seeded.app) if door.method == "POST" and door.declared.csrf]
    missed = []
    for door in posts:
        role = EVERY_ROLE if door.declared.audience is Audience.STAFF else NOBODY
        with changed(door.declared, csrf=False):
            if status(seeded, door, role, _csrf="") == 403:
                missed.append(str(door))
    assert len(posts) > 50
    assert missed == []


def refuses_unscoped_reading(world: World) -> bool:
    """Whether the application stops a question for a council's rows outside any council's scope."""
    with world.app.app_context():
        try:
            db.session.scalars(select(Child)).all()
        except OutOfScope:
            return True
        return False


def refuses_foreign_writing(world: World) -> bool:
    """Whether the application, before the database, stops a row for another council than the one in scope."""
    other = next(slug for slug in world.slugs if slug != HOME)
    with world.app.app_context(), tenant_scope(world.ids[HOME]):
        db.session.add(Child(tenant_id=world.ids[other], given_name="A", family_name="B", search_name="b a"))
        try:
            db.session.flush()
        except OutOfScope:
            return True
        except Exception:
            return False
        return False


def adds_the_predicate(world: World) -> bool:
    """Whether a question that forgot its council is asked for the council in scope alone."""
    asked: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with world.app.app_context(), tenant_scope(world.ids[HOME]):
        event.listen(db.engine, "before_cursor_execute", listen)
        db.session.scalars(select(Child).limit(1)).all()
        event.remove(db.engine, "before_cursor_execute", listen)
    return any("child.tenant_id = " in statement for statement in asked)


def shows_own_rows(world: World) -> bool:
    """Whether a council sees its own rows, which it does only with its signed context."""
    with world.app.app_context(), tenant_scope(world.ids[HOME]):
        return db.session.scalar(select(Child.id).limit(1)) is not None


@pytest.mark.parametrize(
    ("moment", "listener", "probes"),
    [
        ("do_orm_execute", tenancy._confine_reads, (refuses_unscoped_reading, adds_the_predicate)),
        ("before_flush", tenancy._confine_writes, (refuses_foreign_writing,)),
        ("after_begin", tenancy._announce, (shows_own_rows,)),
    ],
)
def test_a_session_without_its_guard_is_noticed(
    moment: str, listener: Any, probes: tuple[Callable[[World], bool], ...], seeded: World
) -> None:
    assert all(probe(seeded) for probe in probes)
    event.remove(Session, moment, listener)
    try:
        assert not any(probe(seeded) for probe in probes)
    finally:
        event.listen(Session, moment, listener)
    assert all(probe(seeded) for probe in probes)


def test_a_context_signed_for_another_council_connection_or_by_another_key_shows_nothing(
    seeded: World, spoiled: psycopg.Connection
) -> None:
    pid = spoiled.info.backend_pid
    good = sign(seeded.ids[HOME], pid)
    other = next(seeded.ids[slug] for slug in seeded.slugs if slug != HOME)
    forged = ["", str(seeded.ids[HOME]), good[:-1] + ("0" if good[-1] != "0" else "1"), sign(seeded.ids[HOME], pid + 1)]
    forged.append(f"{other}.{good.split('.', 1)[1]}")
    spoiled.execute("set local role portage_app")
    for context, sees in [(good, True), *((each, False) for each in forged)]:
        spoiled.execute("select set_config('app.tenant', %s, true)", (context,))
        for table in catalogue.tables(spoiled):
            with undone(spoiled):
                row = spoiled.execute(f"select count(*) from {table}".encode()).fetchone()  # noqa: S608  own names
                assert sees or row == (0,), (table, context)
