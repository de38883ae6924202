"""What a page asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from portage.core.db import db

FRAME = (  # the council of the host and its name, the session with roles and areas, the trail and its context
    "from tenant t join tenant_host",
    "set_config(",
    "from web_session",
    "update web_session",
    "insert into audit_event",
    "select tenant.name, tenant.profile",
)


@contextmanager
def questions(app: Flask) -> Iterator[list[str]]:
    """What is asked of the database meanwhile, but for the frame."""
    asked: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told = " ".join(statement.lower().split())
        if not any(part in told for part in FRAME):
            asked.append(told)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", heard)
