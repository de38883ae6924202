"""Very many judged requests at once: facts drawn here, judged by the plugin, and written as rows past every net."""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg

from portage.core.ids import new_id
from portage.policy import AREA_KEYS, Edition, Facts, Policy, edition_in_force
from support.policies import council

STAGES = ("to-decide", "information", "waiting", "supported", "declined", "closed")
_CHILD = "tenant_id, id, given_name, family_name, search_name, date_of_birth, area_id, invented"
_REFERRAL = (
    "tenant_id, id, reference, child_id, edition_id, area_id, route, stage, received_on, received_how, referrer, "
    "referrer_name, facts, outcome, delayed_areas, limit_on"
)


def drawn_facts(policy: Policy[Any], edition: Edition, draw: random.Random, received: date) -> dict[str, Any]:
    """Draw one request with most of what may be known; children are up to five years old."""
    shape = draw.choice(policy.shapes_of(edition.terms))
    areas = draw.sample(sorted(AREA_KEYS), draw.randrange(1, 5))
    measures = (None, {"percent": draw.randrange(101)}, {"months": draw.randrange(20)})
    return {
        "received_on": received.isoformat(),
        "route": shape.key,
        "referrer": draw.choice(shape.referrers),
        "agreement": {"parent": draw.choice((True, True, True, None)), "home_based": draw.choice((True, True, False))},
        "child": {
            "date_of_birth": (received - timedelta(days=draw.randrange(60 * 30))).isoformat(),
            "lives_in_area": draw.choice((True, True, True, False, None)),
            "significant_need": draw.choice((True, True, False, None)),
            "delay": {area: draw.choice(measures) for area in areas},
        },
        "evidence": draw.sample(["adpr", "asq", "report", "other"], draw.randrange(3)),
    }


def seed(admin: psycopg.Connection, slug: str, tenant_id: UUID, number: int, *, today: date, like: int = 1) -> None:
    """Add so many requests of the last 600 days to a council, with children; `like` is the seed of the draw."""
    published = "select effective_from, id from policy_edition where tenant_id = %s and status = 'published'"
    editions: dict[date, UUID] = dict(admin.execute(published, (tenant_id,)).fetchall())
    areas = [row[0] for row in admin.execute("select id from area where tenant_id = %s", (tenant_id,))] or [None]
    rows = list(_rows(slug, tenant_id, editions, areas, number, today, random.Random(like)))
    admin.execute("set session_replication_role = replica")
    for table, columns, place in (("child", _CHILD, 0), ("referral", _REFERRAL, 1)):
        with admin.cursor().copy(f"copy {table} ({columns}) from stdin".encode()) as copy:
            for row in rows:
                copy.write_row(row[place])
    admin.execute("set session_replication_role = origin")
    admin.execute("analyze child, referral")


def _rows(
    slug: str, tenant_id: UUID, editions: dict[date, UUID], areas: list[UUID | None], number: int, today: date,
    draw: random.Random,
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:  # fmt: skip
    known = council(slug)
    for count in range(number):
        received = today - timedelta(days=draw.randrange(600))
        edition = edition_in_force(known.published, received)
        assert edition.effective_from is not None
        given = drawn_facts(known.policy, edition, draw, received)
        judged = known.policy.determine(edition, facts := Facts.parse(known.policy, given, edition.terms))
        child, area = new_id(), draw.choice(areas)
        yield (
            (tenant_id, child, "Kit", f"Example{count}", f"example{count} kit", facts.date_of_birth, area, True),
            (
                tenant_id, new_id(), f"SEED-{count}", child, editions[edition.effective_from], area, facts.route,
                draw.choice(STAGES), received, "online", facts.referrer, "Sam Example", json.dumps(given),
                judged.outcome, judged.delayed_areas, judged.ages_out_on,
            ),
        )  # fmt: skip
