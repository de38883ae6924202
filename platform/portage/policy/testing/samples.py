"""Requests to judge a plugin by, drawn from a fixed seed: the same ones on every machine and every day."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from portage.policy.determination import RouteShape
from portage.policy.edition import Edition
from portage.policy.facts import ExtraFact
from portage.policy.plugin import Policy
from portage.policy.vocabulary import AREA_KEYS, EVIDENCE_KEYS

EACH_ROUTE: Final = 60  # requests drawn for each route of an edition
_AREAS: Final = tuple(sorted(AREA_KEYS))
_PAPERS: Final = tuple(sorted(EVIDENCE_KEYS))
# Ends of short months, a leap day, and both sides of the days on which school years and terms turn.
_BIRTHDAYS: Final = ((2, 28), (2, 29), (3, 31), (4, 1), (4, 30), (8, 31), (9, 1), (12, 31), (1, 1), (6, 15))
_ODDS_NOT_KNOWN: Final = (0.0, 0.3, 0.3, 0.6, 1.0)
TEXT: Final = "some words"


def samples(policy: Policy[Any], edition: Edition, shape: RouteShape) -> Iterator[dict[str, Any]]:
    """Yield requests by one route, from those with everything known to those with nothing but what is required."""
    drawn = random.Random(f"{shape.key}")  # noqa: S311 - drawn so that they are the same each time
    for _ in range(EACH_ROUTE):
        yield _request(drawn, policy.extra_facts, shape, edition.effective_from or date(2026, 1, 1))


def _request(drawn: random.Random, extras: tuple[ExtraFact, ...], shape: RouteShape, starts: date) -> dict[str, Any]:
    gaps = drawn.choice(_ODDS_NOT_KNOWN)
    received = starts + timedelta(days=drawn.randrange(0, 400))
    born = _born(drawn, received)
    yes = drawn.choice((0.5, 0.9))

    def maybe(value: Any) -> Any:
        return None if drawn.random() < gaps else value

    def answered() -> Any:
        return maybe(drawn.random() < yes)

    asked: dict[str, Any] = {
        "received_on": received.isoformat(),
        "route": shape.key,
        "referrer": drawn.choice(shape.referrers),
        "agreement": {"parent": answered(), "home_based": answered()},
        "child": {
            "date_of_birth": born.isoformat(),
            "lives_in_area": answered(),
            "significant_need": answered(),
            "setting_hours": maybe(drawn.choice((0, 7.5, 15, 16, 30))),
            "conditions": drawn.choice(([], [TEXT])),
            "delay": maybe(_delays(drawn, gaps)),
            "reception_ends_on": drawn.choice((None, None, (born + timedelta(days=1900)).isoformat())),
        },
        "evidence": [] if drawn.random() < gaps else drawn.sample(_PAPERS, drawn.randrange(1, 4)),
    }
    for fact in extras:
        put(asked, fact.path, maybe(_extra(drawn, fact, received, yes)))
    return asked


def _born(drawn: random.Random, received: date) -> date:
    """Return a day from some years before the request to that very day, often one on which calendars turn."""
    if drawn.random() < 0.4:
        month, day = drawn.choice(_BIRTHDAYS)
        year = received.year - drawn.randrange(1, 6)
        leap = year % 4 == 0
        return date(year, month, 28 if (month, day) == (2, 29) and not leap else day)
    return received - timedelta(days=drawn.choice((drawn.randrange(0, 1200), drawn.randrange(0, 2600))))


def _delays(drawn: random.Random, gaps: float) -> dict[str, Any]:
    areas = drawn.sample(_AREAS, drawn.randrange(0, 6))
    least = drawn.choice((0, 40))
    forms = [
        drawn.choice(({"percent": drawn.randrange(least, 101)}, {"months": drawn.randrange(0, 30)})) for _ in areas
    ]
    return {area: None if drawn.random() < gaps else form for area, form in zip(areas, forms, strict=True)}


def _extra(drawn: random.Random, fact: ExtraFact, received: date, yes: float) -> Any:
    values: Mapping[str, Any] = {
        "yes-no": drawn.random() < yes,
        "number": drawn.choice((0, 1, 5, 20, 40, 60)),
        "date": (received + timedelta(days=drawn.randrange(-400, 400))).isoformat(),
        "text": TEXT,
        "texts": [TEXT],
    }
    return values[fact.kind]


def put(asked: dict[str, Any], path: str, value: Any) -> None:
    """Write one fact into a request."""
    *parts, name = path.split(".")
    table = asked
    for part in parts:
        table = table.setdefault(part, {})
    table[name] = value


def turned(value: Any) -> Any:
    """Return a request with the keys of each table in the opposite order."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return value


def fact_paths(policy: Policy[Any]) -> frozenset[str]:
    """Return the path of every fact that this policy's requests can state."""
    child = ("date_of_birth", "lives_in_area", "delay", "significant_need", "setting_hours", "conditions")
    return frozenset({
        "received_on", "route", "referrer", "evidence", "agreement.parent", "agreement.home_based",
        "child.reception_ends_on", *(f"child.{name}" for name in child), *(f"child.delay.{area}" for area in _AREAS),
        *(fact.path for fact in policy.extra_facts),
    })  # fmt: skip


def without_one(policy: Policy[Any], asked: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the request again for each fact in it that could also be not known, without that fact.

    A list says what there is, and a day for the end of reception replaces the ordinary one: leaving these out is
    another answer, not a gap.
    """
    kinds = {fact.path: fact.kind for fact in policy.extra_facts}
    paths = ["agreement.parent", "agreement.home_based", "child.lives_in_area", "child.significant_need"]
    paths += ["child.setting_hours", "child.delay", *(f"child.delay.{area}" for area in asked["child"]["delay"] or ())]
    for path in [*paths, *(path for path, kind in kinds.items() if kind != "texts")]:
        if _value(asked, path) is not None:
            less = _copied(asked)
            put(less, path, None)
            yield path, less


def _value(asked: Mapping[str, Any], path: str) -> Any:
    at: Any = asked
    for name in path.split("."):
        at = at.get(name) if isinstance(at, Mapping) else None
    return at


def _copied(value: Any) -> Any:
    return {key: _copied(held) for key, held in value.items()} if isinstance(value, Mapping) else value
