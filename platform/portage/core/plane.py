"""From a request's host name to the plane that it is served on: one council's site, or the operator's."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask, g, request
from sqlalchemy import text
from werkzeug.exceptions import BadRequest

from portage.core.db import db, on_operator_plane
from portage.core.tenancy import tenant_scope

_COUNCIL_OF = text(
    "select t.id, t.name, t.profile from tenant t join tenant_host h on h.tenant_id = t.id "
    "where h.host = :host and t.active"
)


@dataclass(frozen=True, slots=True)
class Council:
    """The council of this request: its row, as every page of it needs it."""

    id: UUID
    name: str
    profile: Mapping[str, Any]


def _council_of(host: str) -> Any:
    """Ask outside a transaction: its end would be a ROLLBACK, at which psycopg forgets every prepared statement."""
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        return connection.execute(_COUNCIL_OF, {"host": host}).one_or_none()


def enter_plane(app: Flask, operator_host: str) -> None:
    """Open the scope that the host name asks for before each request, and close it after.

    The host alone decides: never a header of another name, a field or an address. An unknown host gets 400.
    """

    def enter() -> None:
        host = request.host.rsplit(":", 1)[0].lower() if "]" not in request.host else request.host
        g.plane = ExitStack()
        if request.endpoint == "static" or request.path == "/health":
            return
        if host == operator_host:
            token = on_operator_plane.set(True)
            g.plane.callback(on_operator_plane.reset, token)
            g.operator_plane = True
            return
        found = _council_of(host)
        if found is None:
            raise BadRequest("There is no service under this name.")
        g.tenant_id = found.id
        g.council = Council(found.id, found.name, found.profile)
        g.plane.enter_context(tenant_scope(found.id, "nobody"))

    def leave(_error: BaseException | None) -> None:
        if (plane := g.pop("plane", None)) is not None:
            db.session.remove()
            plane.close()

    app.before_request(enter)
    app.teardown_request(leave)
