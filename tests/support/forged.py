"""Forms sent with another council's ids in the fields where a page put one's own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from portage.core import clock
from support.forms import Field, FormOnPage
from support.probed import World

HIDDEN = {"_csrf", "_key"}
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Forgery:
    """A form as a person would send it, but for one field that names another council's row."""

    action: str
    field: str
    owner: str  # the council whose row it names
    data: dict[str, str]


def whose(world: World) -> tuple[dict[UUID, str], dict[tuple[str, str], list[UUID]]]:
    """Which table an id is of, and the ids of each table and council."""
    tables: dict[UUID, str] = {}
    listed: dict[tuple[str, str], list[UUID]] = {}
    with psycopg.connect(world.database.at.superuser, autocommit=True) as connection:
        named = connection.execute(
            "select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and "
            "2 = (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname in ('tenant_id', 'id'))"
        ).fetchall()
        for (table,) in named:
            for slug, tenant_id in world.ids.items():
                question = sql.SQL("select id from {} where tenant_id = %s limit 300").format(sql.Identifier(table))
                ids = [UUID(str(row[0])) for row in connection.execute(question, (tenant_id,))]
                listed[table, slug] = ids
                tables |= dict.fromkeys(ids, table)
    return tables, listed


def forgeries(
    form: FormOnPage, home: str, tables: dict[UUID, str], listed: dict[tuple[str, str], list[UUID]], slugs: list[str]
) -> Iterator[Forgery]:
    """The form once for each field that holds ids and each other council."""
    usual = {name: _typical(field) for name, field in form.fields.items() if field.kind != "file"}
    for name, field in form.fields.items():
        table = next((tables[one] for one in _ids_in(field) if one in tables), None)
        if name in HIDDEN or table is None:
            continue
        for slug in (slug for slug in slugs if slug != home and listed[table, slug]):
            data = {**usual, name: str(listed[table, slug][0]), "_key": str(uuid4())}
            yield Forgery(form.action, name, slug, data)
    for name, table in _ids_in_names(form, tables):
        for slug in (slug for slug in slugs if slug != home and listed[table, slug]):
            forged = ID.sub(str(listed[table, slug][0]), name)
            data = {**usual, forged: usual.get(name, ""), "_key": str(uuid4())}
            yield Forgery(form.action, ID.sub("<id>", name), slug, data)


def _ids_in_names(form: FormOnPage, tables: dict[UUID, str]) -> Iterator[tuple[str, str]]:
    for name in form.fields:
        found = ID.search(name)
        if found and UUID(found[0]) in tables:
            yield name, tables[UUID(found[0])]


def _ids_in(field: Field) -> Iterator[UUID]:
    for value in (*field.options, *field.values):
        try:
            yield UUID(value)
        except ValueError:
            continue


def _typical(field: Field) -> str:
    """What somebody might type or choose."""
    chosen = next((value for value in field.values if value), None) or next(filter(None, field.options), None)
    if chosen is not None:
        return chosen
    today = clock.today()
    parts = {"day": today.day, "month": today.month, "year": today.year}
    last = field.name.rpartition("_")[2].rpartition("-")[2]
    return str(parts[last]) if last in parts else "Some words of a tester"
