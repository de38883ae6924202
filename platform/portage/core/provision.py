"""Database roles and their logins. The owner makes the tables; nobody who serves a page owns anything."""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from portage.core.tenancy import pads

ROLES = {
    "app": "portage_app",
    "worker": "portage_worker",
    "operator": "portage_operator",
    "backup": "portage_backup",
}


def create_roles(admin_url: str, passwords: Mapping[str, str]) -> list[str]:
    """Create the logins that are missing and set their passwords; answers sentences about what could not be done.

    `admin_url` is the login of the database's owner, who needs CREATEROLE; `passwords` is keyed as `ROLES`. Only a
    superuser may give the backup role its right to read past row-level security: without it, a sentence says so.
    """
    notes: list[str] = []
    with psycopg.connect(admin_url, autocommit=True) as connection:
        known = {name for (name,) in connection.execute("select rolname from pg_roles")}
        for key, role in ROLES.items():
            # Only a superuser may name SUPERUSER for a role that exists, be it to say no.
            verb = "alter role {} login"
            if role not in known:
                verb = "create role {} login nosuperuser nocreatedb nocreaterole"
            statement = sql.SQL(verb + " password {}").format(sql.Identifier(role), sql.Literal(passwords[key]))
            connection.execute(statement)
        try:
            connection.execute(sql.SQL("alter role {} bypassrls").format(sql.Identifier(ROLES["backup"])))
        except psycopg.errors.InsufficientPrivilege:
            notes.append(
                "The backup role cannot read past row-level security yet: "
                "a superuser must run `alter role portage_backup bypassrls`."
            )
    return notes


# The backup role may not read the key, so a dump leaves its table out; and a dump never says what a database forbids.
_NOT_IN_A_DUMP = (
    "create table if not exists tenant_key (inner_pad bytea not null, outer_pad bytea not null)",
    "revoke all on tenant_key from public",
    "do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$",
)


def install_key(owner_url: str, tenant_key: bytes) -> None:
    """Give the database the tenant key in the form in which its sha256() computes an HMAC; the owner alone reads it.

    A database that was put back from a dump gets with it what the dump could not hold.
    """
    inner, outer = pads(tenant_key)
    with psycopg.connect(owner_url) as connection:
        for statement in _NOT_IN_A_DUMP:
            connection.execute(statement)
        connection.execute("delete from tenant_key")
        connection.execute("insert into tenant_key (inner_pad, outer_pad) values (%s, %s)", (inner, outer))


def login_url(owner_url: str, key: str, password: str) -> str:
    """The address of the same database for another role, from the owner's."""
    parts = urlsplit(owner_url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{ROLES[key]}:{quote(password, safe='')}@{host}"))
