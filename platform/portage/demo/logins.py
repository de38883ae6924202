"""The demo's database and the logins of its roles: the owner who makes tables, and four who own nothing."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from portage.core.provision import ROLES, create_roles, login_url
from portage.demo.places import keep_secret

OWNER = "portage_owner"
DATABASE = "portage"


@dataclass(frozen=True, slots=True)
class Logins:
    """Addresses of one database for each role; `notes` are sentences about what could not be set up."""

    owner: str
    roles: dict[str, str]
    notes: tuple[str, ...] = ()

    def to(self, database: str) -> "Logins":
        """The same logins for another database of the same server."""
        return Logins(_elsewhere(self.owner, database), {k: _elsewhere(v, database) for k, v in self.roles.items()})


def owned_database(superuser_url: str, secrets: Path, database: str = DATABASE) -> str:
    """Make the owner's login and the database if they are missing; gives the owner's address."""
    password = keep_secret(secrets / "owner.secret")
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        known = connection.execute("select 1 from pg_roles where rolname = %s", (OWNER,)).fetchone()
        verb, owner = sql.SQL("alter" if known else "create"), sql.Identifier(OWNER)
        connection.execute(
            sql.SQL("{} role {} login nosuperuser nobypassrls createrole password {}").format(
                verb, owner, sql.Literal(password)
            )
        )
        if connection.execute("select 1 from pg_database where datname = %s", (database,)).fetchone() is None:
            connection.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(database), owner))
    parts = urlsplit(_elsewhere(superuser_url, database))
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{OWNER}:{password}@{host}"))


def role_logins(owner_url: str, secrets: Path, superuser_url: str | None = None) -> Logins:
    """Make the other roles' logins, with passwords kept under `secrets`.

    Where the database is ours its superuser gives the backup role what an owner cannot; elsewhere a note says so.
    """
    passwords = {key: keep_secret(secrets / f"{key}.secret") for key in ROLES}
    notes = create_roles(superuser_url or owner_url, passwords)
    return Logins(owner_url, {key: login_url(owner_url, key, passwords[key]) for key in ROLES}, tuple(notes))


def _elsewhere(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
