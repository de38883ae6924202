"""A database for each test process, cloned from the migrated template and put back after each test.

Tests commit as the service does. What a test added is deleted by its transaction numbers; a table in which it changed
or removed a row that was there before is filled again with what it held. (Nearly every test moves the head of some
council's trail, and a new clone each time cost more than the tests.) Only a test that adds or drops a table, or leaves
a lock behind, has the database cloned anew. All see to it that no test finds another's rows.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, LiteralString
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from support.run import Servers

Way = Literal["as it was", "rows put back", "cloned anew"]
NEXT_TRANSACTION: LiteralString = "select pg_current_xact_id()::text::bigint"
RESTORINGS = 120  # after so many a clone is made anew: what was deleted is read over, and its places taken, until then


@dataclass(frozen=True, slots=True)
class Addresses:
    """The same database as seen by each role."""

    superuser: str
    owner: str
    app: str
    worker: str
    operator: str
    backup: str


class Database:
    """One clone of the template, and the means to take it back to how it was."""

    def __init__(self, servers: Servers, name: str) -> None:
        self._servers, self.name = servers, name
        urls = {"superuser": servers.superuser, "owner": servers.owner, **servers.roles}
        self.at = Addresses(**{role: _named(url, name) for role, url in urls.items()})
        self._present: dict[str, int] = {}
        self._kept: dict[str, bytes] = {}
        self._born = 0
        self._restored = 0  # since the last cloning
        self._line: psycopg.Connection | None = None  # kept open: a new one reads the whole catalogue anew
        self.clones = 0  # how often it was made: connections from before a cloning have ended
        self.clone()

    def clone(self) -> None:
        """Make the database from the template, in place of one that is there; nobody may be connected as a test."""
        template = urlsplit(self._servers.superuser).path.removeprefix("/")
        self.drop()
        self.clones, self._restored = self.clones + 1, 0
        self._maintain("create database {} template {} owner portage_owner", self.name, template)
        # What is granted on a database, unlike what is in it, is not cloned.
        self._maintain("revoke temporary on database {} from public", self.name)
        self.remember()

    def drop(self) -> None:
        """Remove the database, whoever is still connected."""
        if self._line:
            self._line.close()
            self._line = None
        self._maintain("drop database if exists {} with (force)", self.name)

    def remember(self) -> None:
        """Take what is in the database now as what every test finds."""
        connection = self._connection()
        self._born = _number(connection, NEXT_TRANSACTION)
        self._present = {table: old for table, old, _ in self._counts(connection, _tables(connection))}
        self._kept = {table: _contents(connection, table) for table, rows in self._present.items() if rows}

    def restore(self) -> Way:
        """Bring everything back to how it was at `remember`; tells in which way."""
        try:
            way = self._put_back(self._connection())
        except psycopg.OperationalError:  # a lock that the test left behind, or it ended this very connection
            way = "cloned anew"
        if way == "cloned anew":
            self.clone()
        return way

    def renew(self) -> None:
        """Clone it anew once in a while."""
        if self._restored >= RESTORINGS:
            self.clone()

    def _connection(self) -> psycopg.Connection:
        if self._line is None:
            self._line = psycopg.connect(self.at.superuser, autocommit=True)
            self._line.execute("set session_replication_role = replica")  # no trigger sees what is put back
            self._line.execute("set lock_timeout = '3s'")
            self._line.execute("set plan_cache_mode = force_generic_plan")
        return self._line

    def _put_back(self, connection: psycopg.Connection) -> Way:
        counts = self._counts(connection, _tables(connection))
        if {table for table, _, _ in counts} != set(self._present):
            return "cloned anew"
        changed = [table for table, old, _ in counts if old != self._present[table]]
        with connection.transaction():
            for table in (table for table, old, rows in counts if rows > old and table not in changed):
                delete = sql.SQL("delete from {} where xmin::text::bigint >= {}")
                connection.execute(delete.format(sql.Identifier(table), sql.Literal(self._born)))
            for table in changed:
                connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))
                _fill(connection, table, self._kept.get(table, b""))
        if changed:  # each table holds as many rows as before, and what was put back counts as from before
            self._born = _number(connection, NEXT_TRANSACTION)
        self._restored += 1
        return "rows put back" if changed else "as it was"

    def _counts(self, connection: psycopg.Connection, tables: tuple[str, ...]) -> list[tuple[str, int, int]]:
        """(table, rows from before, all rows) of each table, in one question that is planned once."""
        return connection.execute(_counting(tables), {"born": self._born}, prepare=True).fetchall()

    def _maintain(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(_named(self._servers.superuser, "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _tables(connection: psycopg.Connection) -> tuple[str, ...]:
    ordinary = "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1"
    return tuple(name for (name,) in connection.execute(ordinary))


@cache
def _counting(tables: tuple[str, ...]) -> sql.Composed:
    one = sql.SQL("select {}, count(*) filter (where xmin::text::bigint < %(born)s), count(*) from {}")
    return sql.SQL(" union all ").join(one.format(sql.Literal(name), sql.Identifier(name)) for name in tables)


def _contents(connection: psycopg.Connection, table: str) -> bytes:
    """All rows of a table, as PostgreSQL copies them."""
    with connection.cursor().copy(sql.SQL("copy {} to stdout").format(sql.Identifier(table))) as copied:
        return b"".join(map(bytes, copied))


def _fill(connection: psycopg.Connection, table: str, contents: bytes) -> None:
    with connection.cursor().copy(sql.SQL("copy {} from stdin").format(sql.Identifier(table))) as copied:
        copied.write(contents)


def _number(connection: psycopg.Connection, question: LiteralString) -> int:
    row = connection.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
