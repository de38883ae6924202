"""What is over about signing in is forgotten by the worker, and nothing else is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import ProgrammingError

from portage.accounts.jobs import forget_what_is_over
from portage.core.db import db
from portage.core.tenancy import tenant_scope
from support.people import Hired

LONG_AGO = datetime.now(UTC) - timedelta(days=120)


def test_a_session_is_forgotten_when_its_time_has_passed_and_by_the_worker_alone(
    sign_in: Callable[..., Hired], app: Flask, worker_app: Flask, db_admin: psycopg.Connection, shipped: dict[str, UUID]
) -> None:
    sign_in("leeds", "auditor")
    sign_in("leeds", "auditor")
    sign_in("lancashire", "auditor")
    db_admin.execute("update web_session set expires_at = %s where tenant_id = %s", (LONG_AGO, shipped["lancashire"]))
    first = db_admin.execute("select id from web_session where tenant_id = %s limit 1", (shipped["leeds"],)).fetchone()
    assert first is not None
    db_admin.execute("update web_session set expires_at = %s where id = %s", (LONG_AGO, first[0]))
    with app.app_context(), tenant_scope(shipped["leeds"]), pytest.raises(ProgrammingError, match="permission denied"):
        forget_what_is_over()
    with worker_app.app_context(), tenant_scope(shipped["leeds"]):
        forget_what_is_over()
        db.session.commit()
    left = db_admin.execute("select id, tenant_id from web_session").fetchall()
    assert len(left) == 2
    assert first[0] not in {row[0] for row in left}
    assert shipped["lancashire"] in {row[1] for row in left}
