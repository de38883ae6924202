"""Which council's rows this thread may touch: a scope, a signed context for the database, and a guard over every query.

Three nets, each enough alone: the explicit `tenant_id =` predicate that every query carries, the guard in this module
that refuses an unscoped query, and row-level security, which believes only a context signed with the tenant key.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar, TypeVarTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy
from sqlalchemy import ColumnElement, Connection, Executable, Result, Select, Uuid, bindparam, event, select, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from portage.core.db import TenantOwned, db
from portage.core.errors import NotHere

Owned = TypeVar("Owned", bound=TenantOwned)
Read = TypeVarTuple("Read")


class OutOfScope(RuntimeError):
    """A council's rows were reached for outside that council's scope: always a bug, never shown to a person."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One council, and who acts in it; the actor goes into the database's own change log."""

    tenant_id: UUID
    actor: str = "system"


_scope: ContextVar[Scope | None] = ContextVar("tenant_scope", default=None)
_key: bytes = b""
_NAME_ACTOR = text("select set_config('app.actor', :actor, true)")
_NAME_BOTH = text("select set_config('app.tenant', :tenant, true), set_config('app.actor', :actor, true)")


def use_key(key: bytes) -> None:
    """Set the secret (at least 32 bytes) that signs the context; the database holds the same for its owner alone."""
    global _key
    if len(key) < 32:
        raise ValueError("the tenant key needs at least 32 bytes")
    _key = key


def sign(tenant_id: UUID, backend_pid: int) -> str:
    """The context that the database verifies: the council, the connection it is for, and their HMAC-SHA-256."""
    message = f"{tenant_id}.{backend_pid}"
    return f"{message}.{hmac.new(_key, message.encode(), hashlib.sha256).hexdigest()}"


def pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer pads of HMAC-SHA-256 (RFC 2104), as the database stores the key: it has only sha256()."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


@contextmanager
def tenant_scope(tenant_id: UUID, actor: str = "system") -> Iterator[None]:
    """Work for one council. The session is put away at both ends: one session never serves two councils."""
    before = _scope.get()
    if before is not None and before.tenant_id != tenant_id:
        raise OutOfScope("a scope of another council is already open")
    if before is None:
        db.session.remove()
    token = _scope.set(Scope(tenant_id, actor))
    try:
        yield
    finally:
        _scope.reset(token)
        if before is None:
            db.session.remove()


def set_actor(actor: str) -> None:
    """Name who acts from here on (`person:<id>`, `family:<id>`, `system`), for the log of changed rows."""
    scope = _scope.get()
    if scope is None:
        raise OutOfScope("no council is in scope")
    _scope.set(Scope(scope.tenant_id, actor))
    session = db.session()
    if session.in_transaction():  # on the connection itself: it reads no rows that the session would have to know
        session.connection().execute(_NAME_ACTOR, {"actor": actor})


def current_tenant_id() -> UUID:
    """The council of this scope; raises `OutOfScope` without one."""
    scope = _scope.get()
    if scope is None:
        raise OutOfScope("no council is in scope")
    return scope.tenant_id


# The council in scope as a parameter that fills itself when it is asked: a statement that says `X.tenant_id == TENANT`
# is built once in a process and serves every council, and outside a scope it raises `OutOfScope` like all others.
TENANT = bindparam("tenant_in_scope", type_=Uuid(), callable_=current_tenant_id)
_CONFINED = with_loader_criteria(TenantOwned, lambda cls: cls.tenant_id == TENANT, include_aliases=True)
# What the guard made of a statement (None: nothing to confine), for as long as that statement lives.
_confined: WeakKeyDictionary[Executable, Executable | None] = WeakKeyDictionary()
_plain: WeakKeyDictionary[Executable, Select[*tuple[Any, ...]]] = WeakKeyDictionary()


def in_scope() -> bool:
    """Whether any council's scope is open."""
    return _scope.get() is not None


def scoped(model: type[Owned]) -> Select[Owned]:
    """`select(model)` with the explicit predicate that keeps plans fast."""
    return select(model).where(model.tenant_id == current_tenant_id())


def rows_of(statement: Select[*Read], values: Mapping[str, object]) -> Result[*Read]:
    """Ask a statement of plain columns that is built once, on the connection itself: pages are made of such rows.

    It is confined as every query is. Left out is the session's layer for rows that it keeps as objects, which takes
    as long as the question. A statement that reads an entity goes through the session.
    """
    current_tenant_id()
    if statement not in _plain:
        if any(isinstance(each["expr"], type) for each in statement.column_descriptions):
            raise TypeError("a statement that reads an entity goes through the session")
        _plain[statement] = statement.options(_CONFINED)
    session = db.session()
    session.flush()
    return session.connection().execute(_plain[statement], values)


def here(model: type[Owned], key: UUID, *also: ColumnElement[bool], lock: bool = False) -> Owned:
    """The council's row with this id, for which everything else holds, too.

    With `lock` it is read anew, and nobody else changes it until the commit. Raises `NotHere`: for no row, for another
    council's, and for one of which the rest does not hold.
    """
    wanted = scoped(model).where(model.id == key, *also)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotHere
    return found


@event.listens_for(Session, "after_begin")
def _announce(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """Tell the database, for this transaction only, which council it may show."""
    scope = _scope.get()
    if scope is None:
        return
    bound: UUID = session.info.setdefault("tenant_id", scope.tenant_id)
    if bound != scope.tenant_id:
        raise OutOfScope("this session already served another council")
    raw: Any = connection.connection.dbapi_connection
    signed = sign(scope.tenant_id, raw.info.backend_pid)
    connection.execute(_NAME_BOTH, {"tenant": signed, "actor": scope.actor})


@event.listens_for(Session, "do_orm_execute")
def _confine_reads(state: ORMExecuteState) -> None:
    """Refuse a query on a council's table without a scope, and add the predicate to one with it."""
    if state.is_column_load or state.is_relationship_load:
        return
    if state.is_insert:  # its rows are looked at by `_confine_writes` and the database
        if _is_of_a_council(state):
            current_tenant_id()
        return
    asked = state.statement
    if asked not in _confined:
        _confined[asked] = asked.options(_CONFINED) if _is_of_a_council(state) else None
    if (confined := _confined[asked]) is not None:
        current_tenant_id()
        state.statement = confined


def _is_of_a_council(state: ORMExecuteState) -> bool:
    return any(issubclass(mapper.class_, TenantOwned) for mapper in state.all_mappers)


@event.listens_for(Session, "before_flush")
def _confine_writes(session: Session, *_: object) -> None:
    """Give new rows their council, and refuse a row of another."""
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantOwned):
            continue
        if sqlalchemy.inspect(row).dict.get("tenant_id") is None:
            row.tenant_id = current_tenant_id()
        if row.tenant_id != current_tenant_id():
            raise OutOfScope(f"a row of {type(row).__name__} belongs to another council")
