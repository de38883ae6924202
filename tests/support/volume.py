"""Many families at once, for what must stay fast: rows of one that the service made, copied under new ids."""

from collections.abc import Mapping
from uuid import UUID

import psycopg
from psycopg import sql

Columns = Mapping[str, sql.SQL]
OWN_KEYS = {  # how a copied row gets what no two rows may share; `n` is its number
    "child": {"id": sql.SQL("md5('child' || n)::uuid")},
    "referral": {
        "id": sql.SQL("md5('referral' || n)::uuid"),
        "child_id": sql.SQL("md5('child' || n)::uuid"),
        "reference": sql.SQL("'COPY-' || n"),
        "received_on": sql.SQL("o.received_on - n % 400"),
    },
    "deadline": {
        "id": sql.SQL("md5('deadline' || o.id || n)::uuid"),
        "referral_id": sql.SQL("md5('referral' || n)::uuid"),
        "due_on": sql.SQL("o.due_on - n % 60"),
    },
    "episode": {
        "id": sql.SQL("md5('episode' || n)::uuid"),
        "child_id": sql.SQL("md5('child' || n)::uuid"),
        "referral_id": sql.SQL("md5('referral' || n)::uuid"),
    },
    "caseload": {"id": sql.SQL("md5('caseload' || n)::uuid"), "child_id": sql.SQL("md5('child' || n)::uuid")},
    "visit": {
        "id": sql.SQL("md5('visit' || o.id || n)::uuid"),
        "child_id": sql.SQL("md5('child' || n)::uuid"),
        "episode_id": sql.SQL("md5('episode' || n)::uuid"),
    },
}

COPIED_BY = {
    "deadline": "referral_id", "caseload": "child_id", "visit": "episode_id", "review_due": "episode_id",
}  # fmt: skip

# The same for what is copied only to make a list long.
LISTED_KEYS = {
    "person": {"id": sql.SQL("md5('person' || n)::uuid"), "email": sql.SQL("'copy-' || n || '@council.example'")},
    "waiting_entry": {
        "id": sql.SQL("md5('place' || n)::uuid"),
        "child_id": sql.SQL("md5('child' || n)::uuid"),
        "referral_id": sql.SQL("md5('referral' || n)::uuid"),
    },
    "concern": {"id": sql.SQL("md5('concern' || n)::uuid")},
    "access_reason": {"id": sql.SQL("md5('reason' || n)::uuid")},
    "alert": {"id": sql.SQL("md5('alert' || n)::uuid"), "dedupe": sql.SQL("'copy-' || n")},
    "letter": {"id": sql.SQL("md5('letter' || n)::uuid")},
    "message": {"id": sql.SQL("md5('message' || n)::uuid")},
    "notification": {"id": sql.SQL("md5('notice' || n)::uuid"), "reference": sql.SQL("'NOTE-' || n")},
    "notification_task": {
        "id": sql.SQL("md5('task' || n)::uuid"),
        "notification_id": sql.SQL("md5('notice' || n)::uuid"),
    },
    "review_due": {
        "id": sql.SQL("md5('due' || n)::uuid"),
        "episode_id": sql.SQL("md5('episode' || n)::uuid"),
    },
    "panel_meeting": {
        "id": sql.SQL("md5('meeting' || n)::uuid"),
        "held_on": sql.SQL("o.held_on - n"),
    },
}


def copies(admin: psycopg.Connection, number: int, rows: Mapping[str, UUID], *, by: str = "id") -> None:
    """Copy the rows of each table whose `by` (or own key) is given, so many times; every net is off for that moment."""
    admin.execute("set session_replication_role = replica")
    for table, key in rows.items():
        column = {
            "deadline": "referral_id",
            "caseload": "child_id",
            "visit": "episode_id",
            "review_due": "episode_id",
        }.get(table, by)
        changed = sql.SQL(", ").join(
            sql.SQL("{}, {}").format(sql.Literal(name), value)
            for name, value in {**OWN_KEYS, **LISTED_KEYS}[table].items()
        )
        admin.execute(
            sql.SQL(
                "insert into {table} select (jsonb_populate_record(o, jsonb_build_object({changed}))).* "
                "from {table} o, generate_series(1, {number}) n where o.{column} = {key}"
            ).format(
                table=sql.Identifier(table),
                changed=changed,
                number=sql.Literal(number),
                column=sql.Identifier(column),
                key=sql.Literal(key),
            )
        )
    admin.execute("set session_replication_role = origin")
    for table in rows:
        admin.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))


def councils(admin: psycopg.Connection, number: int, like: UUID) -> None:
    """Add councils, each with the families, requests, visits and clocks of another under its own id."""
    admin.execute("set session_replication_role = replica")
    admin.execute(
        "insert into tenant (id, slug, name, plugin, profile) "
        "select md5('tenant' || n)::uuid, 'copy-' || n, 'Copied Council ' || n, plugin, profile "
        "from tenant, generate_series(1, %s) n where id = %s",
        (number, like),
    )
    for table in (*OWN_KEYS, "person", "role_grant", "policy_edition"):
        admin.execute(
            sql.SQL(
                "insert into {table} select (jsonb_populate_record(o, jsonb_build_object('tenant_id', "
                "md5('tenant' || n)::uuid))).* from {table} o, generate_series(1, {number}) n "
                "where o.tenant_id = {like}"
            ).format(table=sql.Identifier(table), number=sql.Literal(number), like=sql.Literal(like))
        )
    admin.execute("set session_replication_role = origin")
    admin.execute("analyze")
