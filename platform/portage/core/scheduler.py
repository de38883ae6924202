"""Puts calendar work into each council's outbox, once for each council and period."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portage.core import clock, outbox
from portage.core.db import db
from portage.core.jobs import periodic_work
from portage.core.tenancy import tenant_scope

log = logging.getLogger(__name__)

LOCK = 7_105_433  # any number that nothing else locks


class Scheduler:
    """Ticks: for each council, what is due in this period and was not asked for before.

    Two schedulers do no harm: one lock lets one tick at a time, and the outbox takes a period once.
    """

    def __init__(self) -> None:
        self._asked: dict[tuple[UUID, str], str] = {}

    def tick(self, now: datetime) -> int:
        """Ask for what is due; answers how many rows were added, 0 while another scheduler ticks."""
        with db.engine.connect() as guard:
            if not guard.execute(text("select pg_try_advisory_lock(:lock)"), {"lock": LOCK}).scalar_one():
                return 0
            try:
                councils = [row.id for row in guard.execute(text("select id from tenant where active order by id"))]
                guard.commit()  # no transaction stays open while the councils are served
                return sum(self._serve(council, now) for council in councils)
            finally:
                guard.execute(text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
                guard.commit()

    def run(self, pause: float = 10.0, go_on: Callable[[], bool] = lambda: True) -> None:
        """Tick for ever, through a database that is away for a while."""
        while go_on():
            try:
                self.tick(clock.now())
            except OperationalError as away:
                log.warning("the scheduler waits for the database: %s", type(away.orig).__name__)
            time.sleep(pause)

    def _serve(self, council: UUID, now: datetime) -> int:
        due = [(work.kind, period) for work in periodic_work() if (period := work.period(now)) is not None]
        fresh = [(kind, period) for kind, period in due if self._asked.get((council, kind)) != period]
        if not fresh:
            return 0
        with tenant_scope(council, "scheduler"):
            put = [outbox.put(kind, council, dedupe=f"{kind}:{period}") for kind, period in fresh]
            db.session.commit()
        self._asked.update({(council, kind): period for kind, period in fresh})
        return sum(row is not None for row in put)
