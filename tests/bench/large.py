"""A large council beside many others: rows of one family that the service made, multiplied by the database itself."""

from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg import sql

from support.volume import copies

FAMILY = ("child", "referral", "deadline", "episode", "caseload", "visit", "waiting_entry", "person")
FEW = 40  # rows of each kind that every other council has


@dataclass(frozen=True, slots=True)
class Size:
    """How large the council is, and how many others there are."""

    episodes: int
    visitors: int
    visits: int
    waiting: int
    others: int


AT_LENGTH = Size(episodes=5_000, visitors=120, visits=300_000, waiting=300, others=150)
SHORT = Size(episodes=300, visitors=12, visits=9_000, waiting=60, others=20)


@dataclass(frozen=True, slots=True)
class Story:
    """The rows that are multiplied: a child in support with one visit, and one who waits."""

    child_id: UUID
    referral_id: UUID
    episode_id: UUID
    visitor_id: UUID
    waiting_child_id: UUID
    waiting_referral_id: UUID
    entry_id: UUID


def fill(admin: psycopg.Connection, story: Story, size: Size) -> None:
    """Give the council so many children in support, visitors, visits and children who wait."""
    child, referral, episode = story.child_id, story.referral_id, story.episode_id
    rows = {"child": child, "referral": referral, "deadline": referral, "episode": episode, "caseload": child}
    copies(admin, size.episodes - 1, rows)
    copies(admin, size.visitors - 1, {"person": story.visitor_id})
    _more_who_visit(admin, story, size)
    _more_visits(admin, story, size)
    _more_who_wait(admin, story, size)
    admin.execute("analyze")


def _more_who_visit(admin: psycopg.Connection, story: Story, size: Size) -> None:
    """Copied visitors get the role, training, check and capacity of the first, and the children in turn."""
    admin.execute("set session_replication_role = replica")
    numbers = sql.SQL("from {table} o, generate_series(1, {number}) n where o.person_id = {person}")
    for table in ("role_grant", "training", "staff_check", "visitor_profile"):
        admin.execute(
            sql.SQL(
                "insert into {table} select (jsonb_populate_record(o, jsonb_build_object("
                "'id', md5({name} || n)::uuid, 'person_id', md5('person' || n)::uuid))).* "
            ).format(table=sql.Identifier(table), name=sql.Literal(table))
            + numbers.format(
                table=sql.Identifier(table),
                number=sql.Literal(size.visitors - 1),
                person=sql.Literal(story.visitor_id),
            )
        )
    admin.execute(
        "update caseload c set person_id = md5('person' || (1 + n.at %% %s))::uuid from "
        "(select id, row_number() over (order by id) as at from caseload where person_id = %s) n "
        "where c.id = n.id and n.at > 1 and n.at %% %s <> 0",
        (size.visitors - 1, story.visitor_id, size.visitors),
    )


def _more_visits(admin: psycopg.Connection, story: Story, size: Size) -> None:
    """Visits of every child a week apart, most of them done, in the name of whoever has the child."""
    each = size.visits // size.episodes
    changed = {
        "id": "md5('visit' || c.child_id || n)::uuid",
        "child_id": "c.child_id",
        "episode_id": "e.id",
        "visitor_id": "c.person_id",
        "planned_on": "o.planned_on + 7 * (n - %(done)s)",
        "status": "case when n < %(done)s then 'done' else 'planned' end",
        "done_on": "case when n < %(done)s then o.planned_on + 7 * (n - %(done)s) end",
    }
    columns = [
        name
        for (name,) in admin.execute(
            "select column_name::text from information_schema.columns "
            "where table_schema = 'public' and table_name = 'visit' order by ordinal_position"
        )
    ]
    listed, values = ", ".join(columns), ", ".join(changed.get(name, f"o.{name}") for name in columns)
    admin.execute(
        f"insert into visit ({listed}) select {values} "  # noqa: S608 - names from the catalogue and our own words
        "from visit o, caseload c, episode e, generate_series(1, %(each)s) n "
        "where o.episode_id = %(episode)s and c.tenant_id = o.tenant_id and c.kind = 'allocated' "
        "and e.tenant_id = o.tenant_id and e.child_id = c.child_id".encode(),
        {"episode": story.episode_id, "each": each, "done": each * 9 // 10},
    )


def _more_who_wait(admin: psycopg.Connection, story: Story, size: Size) -> None:
    for number in range(1, size.waiting):
        changed = {
            "child": (story.waiting_child_id, f"waiting-child{number}", {}),
            "referral": (
                story.waiting_referral_id,
                f"waiting-referral{number}",
                {"child_id": f"waiting-child{number}"},
            ),
            "waiting_entry": (
                story.entry_id,
                f"waiting-entry{number}",
                {"child_id": f"waiting-child{number}", "referral_id": f"waiting-referral{number}"},
            ),
        }
        for table, (key, name, others) in changed.items():
            admin.execute(
                sql.SQL(
                    "insert into {table} select (jsonb_populate_record(o, jsonb_build_object('id', md5(%(id)s)::uuid) "
                    "|| %(others)s::jsonb || %(own)s::jsonb)).* from {table} o where o.id = %(key)s"
                ).format(table=sql.Identifier(table)),
                {
                    "id": name,
                    "key": key,
                    "others": _as_ids(admin, others),
                    "own": psycopg.types.json.Json({"reference": f"WAIT-{number}"} if table == "referral" else {}),
                },
            )
    admin.execute(
        "update referral set received_on = received_on - (('x' || substr(md5(reference), 1, 4))::bit(16)::int % 400) "
        "where reference like 'WAIT-%'"
    )
    admin.execute("set session_replication_role = origin")


def _as_ids(admin: psycopg.Connection, names: dict[str, str]) -> psycopg.types.json.Json:
    found = {key: str(admin.execute("select md5(%s)::uuid", (name,)).fetchone()[0]) for key, name in names.items()}  # type: ignore[index]  # one row
    return psycopg.types.json.Json(found)


def other_councils(admin: psycopg.Connection, like: UUID, number: int, *, already: int = 0) -> None:
    """Have so many councils with a few rows of every kind each, which no page of the first may have to look at."""
    admin.execute("set session_replication_role = replica")
    admin.execute(
        "insert into tenant (id, slug, name, plugin, profile) "
        "select md5('other' || n)::uuid, 'other-' || n, 'Other Council ' || n, plugin, profile "
        "from tenant, generate_series(%s::int, %s::int) n where id = %s",
        (already + 1, number, like),
    )
    for table in (*FAMILY, "role_grant", "training", "staff_check", "visitor_profile", "policy_edition"):
        admin.execute(
            sql.SQL(
                "insert into {table} select (jsonb_populate_record(o, jsonb_build_object('tenant_id', "
                "md5('other' || n)::uuid))).* from {table} o, generate_series({first}, {number}) n "
                "where o.tenant_id = {like} and o.id in (select id from {table} where tenant_id = {like} limit {few})"
            ).format(
                table=sql.Identifier(table),
                like=sql.Literal(like),
                few=sql.Literal(FEW * 10 if table == "visit" else FEW),
                first=sql.Literal(already + 1),
                number=sql.Literal(number),
            )
        )
    admin.execute("set session_replication_role = origin")
    admin.execute("vacuum analyze")
