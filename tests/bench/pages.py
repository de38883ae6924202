"""The time of a page beside a bare Flask route that does no more than it must.

The bare route stands in the same process behind the same WSGI call. It sends the very statements that the page sent
(council, session, rows, trail) through psycopg, commits, and prints the rows with one inline Jinja template. What is
left between the two is what the service adds: SQLAlchemy, permissions, forms, the frame of the page and its macros.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask
from psycopg.types.json import Json
from sqlalchemy import event
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import sign

Statement = tuple[str, Any]
Call = Callable[[], None]
PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1>{% for rows in tables %}<table>{% for row in rows %}<tr>{% for value in row %}<td>
{% if value is string or value is mapping or value is not iterable %}{{ value }}{% else %}{% for item in value %}<p>
{% if item is mapping %}{% for each in item.values() %}{{ each }} {% endfor %}{% else %}{{ item }}{% endif %}</p>
{% endfor %}{% endif %}</td>{% endfor %}</tr>{% endfor %}</table>{% endfor %}</body></html>"""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How one way compares with another: the median of the rounds' ratios, and the medians of both."""

    name: str
    ratio: float
    one: float
    other: float

    def __str__(self) -> str:
        return f"{self.name}: {self.ratio:.2f} ({self.one * 1000:.2f} ms beside {self.other * 1000:.2f} ms)"


def get(app: Flask, host: str, path: str, token: str) -> Call:
    """A call of the application for one page, with nothing around it that a server would not do."""
    builder = EnvironBuilder(path=path, base_url=f"http://{host}", headers=[("Cookie", f"portage-session={token}")])
    environ = builder.get_environ()

    def call() -> None:
        body, status, _ = run_wsgi_app(app.wsgi_app, dict(environ), buffered=True)
        read = b"".join(body)
        if not status.startswith("200") or b"</html>" not in read:
            raise AssertionError(f"{path} answered {status}")

    return call


@contextmanager
def overheard(app: Flask) -> Iterator[list[Statement]]:
    """Every statement that the application sends meanwhile, with its values."""
    heard: list[Statement] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        heard.append((statement, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def bare(page: Call, app: Flask, database_url: str, tenant_id: UUID) -> tuple[Call, Callable[[], None]]:
    """The bare route for a page, ready to be called, and what closes its connection."""
    page()
    with overheard(app) as heard:
        page()
    if not any("audit_event" in statement for statement, _ in heard):
        raise AssertionError("the page left nothing in the trail")
    connection = psycopg.connect(database_url, prepare_threshold=2)
    route = Flask("bare")
    template = route.jinja_env.from_string(PAGE)  # compiled once, as the service's own templates are
    signed = sign(tenant_id, connection.info.backend_pid)

    @route.get("/page")
    def show() -> str:
        tables: list[Sequence[Any]] = []
        for statement, values in heard:
            cursor = connection.execute(statement.encode(), fresh(values, signed))
            if cursor.description is not None:
                tables.append(cursor.fetchall())
        connection.commit()
        return template.render(title="Bare", tables=tables)

    return get(route, "localhost", "/page", "none"), connection.close


def fresh(values: Any, signed: str) -> Any:
    """The values of a statement for another sending: a new id for the trail's line, the context of this connection."""
    if isinstance(values, Mapping):
        if "tenant" in values and "actor" in values:
            return {**values, "tenant": signed}
        changed = {name: new_id() for name in values if name in ("id", "id__0")} if "action" in str(values) else {}
        return {name: _plain(value) for name, value in {**values, **changed}.items()}
    return values


def _plain(value: Any) -> Any:
    return Json(value) if isinstance(value, dict) else value


def compare(name: str, one: Call, other: Call, *, rounds: int, calls: int) -> Ratio:
    """Time both in each round, in a drawn order; both are warm before."""
    order, took = random.Random(3), {"one": [0.0] * rounds, "other": [0.0] * rounds}
    ways = {"one": one, "other": other}
    for way in ways.values():
        for _ in range(3):
            way()
    names = list(ways)
    for number in range(rounds):
        order.shuffle(names)
        for each in names:
            took[each][number] = _each(ways[each], calls)
    ratios = [first / second for first, second in zip(took["one"], took["other"], strict=True)]
    return Ratio(name, statistics.median(ratios), statistics.median(took["one"]), statistics.median(took["other"]))


def _each(way: Call, calls: int) -> float:
    """The median time of one call."""
    times = []
    for _ in range(calls):
        began = time.perf_counter()
        way()
        times.append(time.perf_counter() - began)
    return statistics.median(times)
