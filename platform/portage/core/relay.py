"""Takes due outbox rows with a lease and hands them to the workers through Redis: ids only, many to a job.

A row whose lease ran out is taken again, so nothing depends on Redis keeping anything. Between councils the relay is
fair: no council has more than one batch in a round.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterable

import psycopg
from redis import Redis, RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QUEUE = "portage"
DRAIN = "portage.core.worker.drain"
BATCH = 20
MOST_WAITING = 10  # batches in the queue beyond which rows stay in the outbox, where a lease costs nothing
HINT_LIVES = 300  # seconds; an older job names rows that were handed on again long ago

_TAKE = """
    with due as (
        select o.tenant_id, o.id
        from tenant t
        cross join lateral (
            select tenant_id, id, not_before from outbox
            where tenant_id = t.id and done_at is null and dead_at is null and not_before <= clock_timestamp()
              and (leased_until is null or leased_until < clock_timestamp())
            order by not_before
            limit %(batch)s
            for update skip locked
        ) o
        order by o.not_before
        limit %(most)s
    )
    update outbox o set leased_until = clock_timestamp() + make_interval(secs => %(lease)s)
    from due where o.tenant_id = due.tenant_id and o.id = due.id
    returning o.tenant_id::text, o.id::text
"""
_LET_GO = """
    update outbox o set leased_until = null
    from unnest(%s::uuid[], %s::uuid[]) as held (tenant_id, id)
    where o.tenant_id = held.tenant_id and o.id = held.id and o.done_at is null
"""
Pointer = list[str]


class NotOurs(RuntimeError):
    """A job that names anything but the one allowed function."""


class HintJob(Job):
    """A job that can name one function alone and no callbacks: whoever writes to Redis cannot choose what runs."""

    @property
    def func(self) -> Callable[[list[Pointer]], None]:
        """The allowed function; nothing is ever imported by a name from Redis."""
        if self.func_name != DRAIN or self.instance:
            raise NotOurs(str(self.func_name)[:80])
        from portage.core.worker import drain

        return drain

    @property
    def success_callback(self) -> None:
        """None."""

    failure_callback = success_callback
    stopped_callback = success_callback


class HintWorker(SimpleWorker):
    """RQ's worker for the one queue, with JSON and `HintJob` and nothing else.

    Short times: a worker that is gone is noticed within seconds, and Redis coming back within five.
    """

    max_connection_wait_time = 5.0

    def __init__(self, connection: Redis, serializer: object = JSONSerializer) -> None:
        if serializer is not JSONSerializer:
            raise ValueError("jobs are JSON: a pickled job could run any code")
        super().__init__(
            [queue(connection)],
            connection=connection,
            serializer=JSONSerializer,
            job_class=HintJob,
            worker_ttl=30,
            maintenance_interval=5,
            job_monitoring_interval=5,
            default_result_ttl=0,
            log_job_description=False,
        )

    @property
    def stop_asked(self) -> bool:
        """Whether somebody asked this worker to end, as opposed to Redis going away."""
        return bool(self._stop_requested or self._shutdown_requested_date)


def work_until_asked_to_stop(connection: Redis, pause: float = 0.5) -> None:
    """Be a worker, again and again, through a Redis that is away for a while, until a signal asks for the end.

    Redis may well go away in the same moment, as when a whole host stops: what RQ then cannot write of its end must
    not hide that it was asked to end.
    """
    at_work, said = None, False
    # A worker that has ended leaves its handler behind, which raises wherever we are then.
    with contextlib.suppress(StopRequested):
        while at_work is None or not at_work.stop_asked:
            try:
                connection.ping()
                said = False
                at_work = HintWorker(connection)
                at_work.work(logging_level="WARNING")
            except (RedisError, OSError):
                if not said:
                    logging.getLogger("portage.worker").warning("the worker waits for Redis")
                said = True
            if at_work is None or not at_work.stop_asked:
                time.sleep(pause)


def queue(connection: Redis) -> Queue:
    """The one queue."""
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer, job_class=HintJob)


class Relay:
    """Hands due rows on. `database_url` is the worker role's login.

    `lease` is how many seconds a row has until a worker begins it; the worker then takes a longer one of its own.
    """

    def __init__(self, database_url: str, redis: Redis, *, lease: float = 20.0) -> None:
        self._url = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._queue, self._lease = queue(redis), lease
        self._connection: psycopg.Connection[tuple[str, str]] | None = None
        self._said: str | None = None

    def once(self) -> int:
        """Hand on what is due now; answers how many rows. Says once what is away and answers 0 while it is."""
        try:
            room = MOST_WAITING - self._queue.count
            if room <= 0:
                return 0
            pointers = self._take(room * BATCH)
            try:
                for start in range(0, len(pointers), BATCH):
                    self._push(pointers[start : start + BATCH])
            except (RedisError, OSError):
                self._let_go(pointers)
                raise
        except (RedisError, psycopg.OperationalError, OSError) as away:
            self._say(f"waiting for {'Redis' if isinstance(away, RedisError) else 'the database'}")
            self._forget_connection()
            return 0
        self._say(None)
        return len(pointers)

    def run(self, pause: float = 0.25, go_on: Callable[[], bool] = lambda: True) -> None:
        """Hand rows on for ever; `pause` seconds between two looks at an outbox with nothing due."""
        while go_on():
            if not self.once():
                time.sleep(pause)

    def close(self) -> None:
        """Give the connection to the database back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _take(self, most: int) -> list[Pointer]:
        if self._connection is None:
            self._connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
        taken = self._connection.execute(_TAKE, {"batch": BATCH, "most": most, "lease": self._lease})
        return [list(row) for row in taken]

    def _push(self, pointers: list[Pointer]) -> None:
        self._queue.enqueue_call(
            DRAIN,
            args=[pointers],
            timeout=300,
            ttl=HINT_LIVES,
            result_ttl=0,
            failure_ttl=HINT_LIVES,
            description="batch",
        )

    def _let_go(self, pointers: Iterable[Pointer]) -> None:
        tenants, rows = [pointer[0] for pointer in pointers], [pointer[1] for pointer in pointers]
        if self._connection is not None and rows:
            self._connection.execute(_LET_GO, (tenants, rows))

    def _forget_connection(self) -> None:
        if self._connection is not None and self._connection.broken:
            self.close()

    def _say(self, what: str | None) -> None:
        if what != self._said:
            log.warning("the relay is %s", what or "handing rows on again")
        self._said = what
