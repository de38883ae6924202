"""A form that comes again while its first sending is being saved."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from sqlalchemy import text

from portage.core import idempotency, tenancy
from portage.core.db import db
from portage.core.errors import StillWorking
from portage.core.ids import new_id

Council = Callable[..., AbstractContextManager[UUID]]
HOLD = "insert into idempotency_key (tenant_id, id, route, digest) values (:t, :k, 'a.form', :d)"


def test_a_second_click_is_told_that_the_first_is_still_being_saved(council: Council) -> None:
    key, digest = new_id(), b"the same answers"
    with council(), db.engine.connect() as first, first.begin() as saving:
        tenant_id = tenancy.current_tenant_id()
        pid = first.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]  # psycopg's own
        first.execute(text("select set_config('app.tenant', :t, true)"), {"t": tenancy.sign(tenant_id, pid)})
        first.execute(text(HOLD), {"t": tenant_id, "k": key, "d": digest})
        db.session.execute(text("set local lock_timeout = '100ms'"))
        with pytest.raises(StillWorking):
            idempotency.claim(key, "a.form", digest)
        db.session.rollback()
        saving.rollback()
        assert idempotency.claim(key, "a.form", digest) is None
