"""A database for each test process, cloned from the migrated template and put back after each test.

Tests commit as the service does. What a test added is deleted by its transaction numbers; when it changed or removed a
row that was there before, the database is cloned anew. Both see to it that no test finds another's rows.
"""

from dataclasses import dataclass
from typing import LiteralString
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from support.run import Servers


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
        self._born = 0
        self.clones = 0  # how often it was made: connections from before a cloning have ended
        self.clone()

    def clone(self) -> None:
        """Make the database from the template, in place of one that is there; nobody may be connected as a test."""
        template = urlsplit(self._servers.superuser).path.removeprefix("/")
        self.drop()
        self.clones += 1
        self._maintain("create database {} template {} owner portage_owner", self.name, template)
        # What is granted on a database, unlike what is in it, is not cloned.
        self._maintain("revoke temporary on database {} from public", self.name)
        self.remember()

    def drop(self) -> None:
        """Remove the database, whoever is still connected."""
        self._maintain("drop database if exists {} with (force)", self.name)

    def remember(self) -> None:
        """Take what is in the database now as what every test finds."""
        with psycopg.connect(self.at.superuser) as connection:
            self._born = _number(connection, "select pg_current_xact_id()::text::bigint")
            self._present = {table: old for table, old, _ in self._counts(connection, _tables(connection))}

    def restore(self) -> bool:
        """Take everything away that was added since `remember`; gives True when the database had to be cloned anew."""
        with psycopg.connect(self.at.superuser, autocommit=True) as connection:
            counts = self._counts(connection, _tables(connection))
            untouched = {table: old for table, old, _ in counts} == self._present
            if untouched:
                connection.execute("set session_replication_role = replica")
                for table in (table for table, old, rows in counts if rows > old):
                    delete = sql.SQL("delete from {} where xmin::text::bigint >= {}")
                    connection.execute(delete.format(sql.Identifier(table), sql.Literal(self._born)))
        if not untouched:
            self.clone()
        return not untouched

    def _counts(self, connection: psycopg.Connection, tables: list[str]) -> list[tuple[str, int, int]]:
        """(table, rows from before, all rows) of each table, in one question."""
        one = sql.SQL("select {}, count(*) filter (where xmin::text::bigint < {}), count(*) from {}")
        each = [one.format(sql.Literal(name), sql.Literal(self._born), sql.Identifier(name)) for name in tables]
        return connection.execute(sql.SQL(" union all ").join(each)).fetchall()

    def _maintain(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(_named(self._servers.superuser, "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _tables(connection: psycopg.Connection) -> list[str]:
    ordinary = "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1"
    return [name for (name,) in connection.execute(ordinary)]


def _number(connection: psycopg.Connection, question: LiteralString) -> int:
    row = connection.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
