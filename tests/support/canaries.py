"""Words that belong to one council each, in every free text of its rows, and the search for them elsewhere."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from support.probed import World

# Text that programs read: a word more would make another program of it. `*` stands for every table.
READ_BY_PROGRAMS = {
    "*.kind", "*.key", "*.stage", "*.route", "*.reference", "*.status", "*.actor", "*.plugin", "*.media_type",
    "*.object_key", "*.subject", "*.issuer", "*.client_id", "*.auth_method", "*.secret_name", "*.nonce", "*.verifier",
    "*.jti", "*.provider_sid", "*.id_token", "*.message_id", "*.dedupe", "*.party", "*.purpose",
    "*.action", "*.subject_kind", "*.digest", "*.search_name", "*.postcode", "*.basis", "*.area", "*.outcome",
    "*.rule", "*.path", "*.next_path", "*.location", "*.last_error", "*.end_reason", "*.added_by", "*.field",
    "*.form_used", "*.file_name", "*.referrer", "*.recipient_kind", "*.agreed_relationship",
    "*.relationship_to_child", "*.how", "*.plugin_version", "*.rules_digest", "*.terms_digest", "*.edition_key",
    "alert.role", "identity_provider.rules", "identity_provider.demands", "visit.elements",
    "sent_from_phone.answer",
}  # fmt: skip
MACHINERY = {"outbox", "idempotency_key", "tenant_counter", "audit_event", "audit_seal", "audit_head", "ask_draft"}
MARK = re.compile(r"zq[a-z]{4}\d{3}z", re.IGNORECASE)
LETTERS = {"lancashire": "alcq", "leeds": "bldq", "west-northants": "cwnq"}


def mark(slug: str, number: int = 0) -> str:
    """A word of this council; the number says from which column it is."""
    return f"zq{LETTERS[slug]}{number:03d}z"


def found_in(text: str) -> set[str]:
    """The councils' words in a text."""
    return {word.lower() for word in MARK.findall(text)}


def foreign(text: str, slug: str) -> set[str]:
    """The words of other councils in what this council's people get."""
    return {word for word in found_in(text) if not word.startswith(f"zq{LETTERS[slug]}")}


def free_texts(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    """(table, column, type) of every text of councils' rows that neither a rule nor a key confines."""
    return connection.execute(
        """
        select c.relname, a.attname::text, t.typname from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        join pg_type t on t.oid = a.atttypid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and t.typname in ('text', 'varchar', 'jsonb')
        and exists (select from pg_attribute x where x.attrelid = c.oid and x.attname = 'tenant_id')
        and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype in ('u', 'f', 'p')
                        and a.attnum = any(k.conkey))
        and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'
                        and a.attnum = any(k.conkey) and pg_get_constraintdef(k.oid) like '%ARRAY[%')
        order by 1, 2
        """
    ).fetchall()


def plantable(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    """The columns that get a word."""
    return [
        (table, column, kind)
        for table, column, kind in free_texts(connection)
        if table not in MACHINERY and not {f"*.{column}", f"{table}.{column}"} & READ_BY_PROGRAMS
    ]


def plant(world: World) -> dict[str, str]:
    """Add a word to every free text of every council; answers which word's number is which column's."""
    legend = {}
    with psycopg.connect(world.database.at.superuser, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")  # neither logged nor sealed: nobody did this
        for number, (table, column, kind) in enumerate(plantable(connection)):
            legend[f"{number:03d}"] = f"{table}.{column}"
            for slug, tenant_id in world.ids.items():
                word = mark(slug, number)
                if kind == "jsonb":
                    _plant_in_json(connection, table, column, tenant_id, word)
                else:
                    _plant_in_text(connection, table, column, tenant_id, word)
    return legend


def _plant_in_text(connection: psycopg.Connection, table: str, column: str, tenant_id: UUID, word: str) -> None:
    """At the end of the text; before the at sign of an e-mail address."""
    connection.execute(
        sql.SQL(
            "update {table} set {column} = case when {column} ~ '^[^ @]+@[^ @]+$' "
            "then replace({column}, '@', '.' || %(word)s || '@') else {column} || ' ' || %(word)s end "
            "where tenant_id = %(tenant)s and {column} is not null"
        ).format(table=sql.Identifier(table), column=sql.Identifier(column)),
        {"word": word, "tenant": tenant_id},
    )


def _plant_in_json(connection: psycopg.Connection, table: str, column: str, tenant_id: UUID, word: str) -> None:
    """In every sentence; single words in JSON are keys that programs read."""
    read = sql.SQL("select id, {} from {} where tenant_id = %s").format(sql.Identifier(column), sql.Identifier(table))
    write = sql.SQL("update {} set {} = %s where tenant_id = %s and id = %s")
    for key, value in connection.execute(read, (tenant_id,)).fetchall():
        planted = _sentences_with(value, word)
        if planted != value:
            statement = write.format(sql.Identifier(table), sql.Identifier(column))
            connection.execute(statement, (Jsonb(planted), tenant_id, key))


def _sentences_with(value: Any, word: str) -> Any:
    if isinstance(value, str):
        return f"{value} {word}" if " " in value else value
    if isinstance(value, list):
        return [_sentences_with(each, word) for each in value]
    if isinstance(value, dict):
        return {key: _sentences_with(each, word) for key, each in value.items()}
    return value


def in_rows(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    """The words in rows, whatever their types."""
    for row in rows:
        yield from found_in(json.dumps(row, default=str))
