"""An effect happens once it is committed, at least once, in its own council, and never in silence."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from redis import Redis
from rq.serializers import DefaultSerializer, JSONSerializer

from portage.core import jobs, outbox
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.jobs import Again, NoSubject
from portage.core.relay import DRAIN, HintJob, HintWorker, Relay, queue
from portage.core.scheduler import LOCK, Scheduler
from portage.core.tenancy import current_tenant_id, tenant_scope
from portage.core.worker import MOST_ATTEMPTS, carry_out, drain
from support.background import WorkOff
from support.database import Database

Council = Callable[..., AbstractContextManager[UUID]]
Put = Callable[..., UUID]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[UUID, UUID]]]:
    """What the effect `test.note` was called with: (council in scope, subject)."""
    calls: list[tuple[UUID, UUID]] = []
    monkeypatch.setitem(jobs._effects, "test.note", lambda subject: calls.append((current_tenant_id(), subject)))
    return iter([calls]).__next__()


@pytest.fixture
def put(council: Council) -> Put:
    """Ask for an effect as the service does."""

    def ask(
        kind: str = "test.note", *, slug: str = "larkshire", subject: UUID | None = None, **options: object
    ) -> UUID:
        with council(slug):
            asked = outbox.put(kind, subject or new_id(), **options)  # type: ignore[arg-type]  # passed on as given
            db.session.commit()
        assert asked is not None
        return asked

    return ask


def row(connection: psycopg.Connection, outbox_id: UUID) -> dict[str, object]:
    found = connection.execute("select * from outbox where id = %s", (outbox_id,))
    names = [column.name for column in found.description or ()]
    return dict(zip(names, found.fetchone() or (), strict=True))


def test_nothing_happens_for_a_change_that_was_not_saved(
    council: Council, ran: list[tuple[UUID, UUID]], work_off: WorkOff
) -> None:
    with council():
        outbox.put("test.note", new_id())
        db.session.rollback()
    assert work_off() == []
    assert ran == []


def test_an_effect_runs_in_its_own_council_and_once(
    put: Put, ran: list[tuple[UUID, UUID]], work_off: WorkOff, tenants: dict[str, UUID], worker_app: Flask
) -> None:
    subject = new_id()
    asked = put(slug="fernley", subject=subject)
    assert work_off() == ["done"]
    with worker_app.app_context():
        assert carry_out(tenants["fernley"], asked) == "none"
    assert ran == [(tenants["fernley"], subject)]


def test_a_pointer_with_another_councils_id_does_nothing(
    put: Put,
    ran: list[tuple[UUID, UUID]],
    tenants: dict[str, UUID],
    worker_app: Flask,
    db_admin: psycopg.Connection,
) -> None:
    asked = put(slug="larkshire")
    with worker_app.app_context():
        drain([[str(tenants["fernley"]), str(asked)]])
    assert ran == []
    assert row(db_admin, asked)["attempts"] == 0
    with worker_app.app_context(), pytest.raises(ValueError, match="badly formed"):
        drain([["", str(asked)]])


def test_the_same_thing_is_asked_for_once(council: Council) -> None:
    with council():
        assert outbox.put("test.note", new_id(), dedupe="the same") is not None
        assert outbox.put("test.note", new_id(), dedupe="the same") is None
        db.session.rollback()


def test_what_an_effect_wrote_is_undone_when_it_fails_and_it_is_tried_again_later(
    put: Put, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch, db_admin: psycopg.Connection
) -> None:
    def fail(_: UUID) -> None:
        outbox.put("test.child", new_id())
        raise ValueError("Kit Canarychild, 1 Sample Street")

    monkeypatch.setitem(jobs._effects, "test.fail", fail)
    asked = put("test.fail")
    assert work_off() == ["again"]
    after = row(db_admin, asked)
    assert (after["attempts"], after["done_at"], after["last_error"]) == (1, None, "ValueError")
    assert after["not_before"] > datetime.now(UTC)  # type: ignore[operator]  # a timestamp
    assert db_admin.execute("select count(*) from outbox where kind = 'test.child'").fetchone() == (0,)


def test_what_an_effect_keeps_is_kept_when_it_asks_to_be_called_again(
    put: Put, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch, db_admin: psycopg.Connection
) -> None:
    def later(_: UUID) -> Again:
        outbox.put("test.child", new_id(), not_before=datetime.now(UTC) + timedelta(days=1))
        return Again("not yet")

    monkeypatch.setitem(jobs._effects, "test.later", later)
    asked = put("test.later")
    assert work_off() == ["again"]
    assert row(db_admin, asked)["last_error"] == "not yet"
    assert db_admin.execute("select count(*) from outbox where kind = 'test.child'").fetchone() == (1,)


def test_an_unknown_kind_is_a_dead_letter_that_the_managers_see(
    put: Put, work_off: WorkOff, db_admin: psycopg.Connection
) -> None:
    asked = put("test.nobody-knows")
    assert work_off() == ["dead"]
    assert row(db_admin, asked)["dead_at"] is not None
    assert db_admin.execute("select role, kind from alert").fetchall() == [("service-manager", "dead-letter")]


def test_work_that_ends_its_worker_each_time_is_given_up_too(
    put: Put, tenants: dict[str, UUID], worker_app: Flask, monkeypatch: pytest.MonkeyPatch, db_admin: psycopg.Connection
) -> None:
    class Killed(BaseException):
        pass

    def kill(_: UUID) -> None:
        raise Killed

    monkeypatch.setitem(jobs._effects, "test.poison", kill)
    asked, went = put("test.poison"), []
    with worker_app.app_context():
        for _ in range(MOST_ATTEMPTS):
            with pytest.raises(Killed):
                carry_out(tenants["larkshire"], asked)
            db.session.remove()
        went.append(carry_out(tenants["larkshire"], asked))
    assert went == ["dead"]
    assert row(db_admin, asked)["last_error"] == "the worker ended during each attempt"


# ------------------------------------------------------------------------------------------------------- the relay


@pytest.fixture
def relay(database: Database, valkey: Redis) -> Iterator[Relay]:
    """A relay with a short lease."""
    made = Relay(database.at.worker, valkey, lease=0.3)
    yield made
    made.close()


def hints(valkey: Redis) -> list[list[list[str]]]:
    return [job.args[0] for job in queue(valkey).jobs]


def test_a_job_holds_ids_and_nothing_else(put: Put, relay: Relay, valkey: Redis, tenants: dict[str, UUID]) -> None:
    asked = [put(slug="larkshire"), put(slug="fernley")]
    assert relay.once() == 2
    (batch,) = hints(valkey)
    assert sorted(batch) == sorted(
        [[str(tenants["larkshire"]), str(asked[0])], [str(tenants["fernley"]), str(asked[1])]]
    )
    assert relay.once() == 0


def test_a_row_whose_lease_ran_out_is_handed_on_again(put: Put, relay: Relay, valkey: Redis) -> None:
    import time

    put()
    assert relay.once() == 1
    valkey.flushall()
    assert relay.once() == 0
    time.sleep(0.4)
    assert relay.once() == 1
    assert len(hints(valkey)) == 1


def test_no_council_waits_for_another_with_much_to_do(
    council: Council, put: Put, relay: Relay, valkey: Redis, tenants: dict[str, UUID]
) -> None:
    with council("larkshire"):
        for _ in range(500):
            outbox.put("test.note", new_id())
        db.session.commit()
    quiet = put(slug="fernley")
    relay.once()
    assert [str(tenants["fernley"]), str(quiet)] in [pointer for batch in hints(valkey) for pointer in batch]
    assert sum(len(batch) for batch in hints(valkey)) == 21


def test_two_relays_never_take_the_same_row(council: Council, relay: Relay, database: Database, valkey: Redis) -> None:
    with council():
        for _ in range(30):
            outbox.put("test.note", new_id())
        db.session.commit()
    other = Relay(database.at.worker, valkey, lease=60)
    relay.once()
    other.once()
    other.close()
    pointers = [tuple(pointer) for batch in hints(valkey) for pointer in batch]
    assert len(pointers) == len(set(pointers)) == 30


def test_while_redis_is_away_rows_keep_no_lease_and_the_relay_says_so_once(
    put: Put, database: Database, db_admin: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    asked = put()
    lonely = Relay(database.at.worker, Redis.from_url("redis://127.0.0.1:1"), lease=60)
    for _ in range(3):
        assert lonely.once() == 0
    lonely.close()
    assert row(db_admin, asked)["leased_until"] is None
    assert [record.getMessage() for record in caplog.records if record.name == "portage.core.relay"] == [
        "the relay is waiting for Redis"
    ]


def test_a_full_queue_leaves_rows_in_the_outbox(council: Council, relay: Relay, valkey: Redis) -> None:
    with council():
        for _ in range(400):
            outbox.put("test.note", new_id())
        db.session.commit()
    for _ in range(30):
        relay.once()
    assert len(hints(valkey)) <= 10


# ------------------------------------------------------------------------------------------------------ the worker


def test_the_worker_carries_out_what_the_relay_handed_on(
    put: Put, relay: Relay, valkey: Redis, ran: list[tuple[UUID, UUID]], worker_app: Flask
) -> None:
    put()
    relay.once()
    with worker_app.app_context():
        HintWorker(valkey).work(burst=True, logging_level="ERROR")
    assert len(ran) == 1
    assert list(valkey.scan_iter("rq:job:*")) == []


def test_the_worker_refuses_pickle() -> None:
    with pytest.raises(ValueError, match="JSON"):
        HintWorker(Redis(), serializer=DefaultSerializer)


@pytest.mark.parametrize("named", ["os.system", "subprocess.run", "portage.core.worker.carry_out", "builtins.exec"])
def test_a_job_that_names_another_function_is_refused(
    named: str, valkey: Redis, worker_app: Flask, tmp_path: object
) -> None:
    touched = f"{tmp_path}/touched"
    job = HintJob.create("portage.core.worker.drain", [[]], connection=valkey, serializer=JSONSerializer, result_ttl=0)
    job.func_name = named
    job.args = [f"touch {touched}"]
    queue(valkey).enqueue_job(job)
    with worker_app.app_context():
        HintWorker(valkey).work(burst=True, logging_level="CRITICAL")
    from pathlib import Path

    assert not Path(touched).exists()
    assert job.get_status(refresh=True) == "failed"


def test_a_pickled_job_runs_nothing(valkey: Redis, worker_app: Flask, tmp_path: object) -> None:
    import pickle
    import zlib
    from pathlib import Path

    touched = Path(f"{tmp_path}/touched")

    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (touched,))  # type: ignore[return-value]  # pickle takes any argument

    job = HintJob.create(DRAIN, [[]], connection=valkey, serializer=JSONSerializer)
    queue(valkey).enqueue_job(job)
    valkey.hset(job.key, "data", zlib.compress(pickle.dumps(Bomb())))
    with worker_app.app_context():
        HintWorker(valkey).work(burst=True, logging_level="CRITICAL")
    assert not touched.exists()


def test_callbacks_that_a_job_names_are_never_imported(valkey: Redis) -> None:
    job = HintJob.create(DRAIN, [[]], connection=valkey, serializer=JSONSerializer)
    job._failure_callback_name = job._success_callback_name = "os.abort"
    assert job.failure_callback is job.success_callback is job.stopped_callback is None


# --------------------------------------------------------------------------------------------------- the scheduler


def test_calendar_work_runs_once_for_each_council_and_period(
    worker_app: Flask, monkeypatch: pytest.MonkeyPatch, db_admin: psycopg.Connection
) -> None:
    monkeypatch.setattr(jobs, "_periodic", [])
    monkeypatch.setattr(jobs, "_effects", dict(jobs._effects))
    ran: list[UUID] = []

    @jobs.daily("07:00")
    def remember() -> None:
        ran.append(current_tenant_id())

    councils = db_admin.execute("select count(*) from tenant where active").fetchone()
    early, late = datetime(2026, 7, 1, 5, 59, tzinfo=UTC), datetime(2026, 7, 1, 6, 1, tzinfo=UTC)  # 7:00 in London
    with worker_app.app_context():
        assert Scheduler().tick(early) == 0
        assert (Scheduler().tick(late),) == councils
        assert Scheduler().tick(late) == 0  # another scheduler, started later
        assert (Scheduler().tick(late + timedelta(days=1)),) == councils
        asked = db_admin.execute("select tenant_id, id from outbox where kind like 'periodic.%'").fetchall()
        for tenant_id, outbox_id in asked:
            carry_out(tenant_id, outbox_id)
    assert sorted(ran) == sorted(tenant_id for tenant_id, _ in asked)


def test_a_scheduler_does_nothing_while_another_ticks(worker_app: Flask, db_admin: psycopg.Connection) -> None:
    db_admin.execute("select pg_advisory_lock(%s)", (LOCK,))
    with worker_app.app_context():
        assert Scheduler().tick(datetime(2026, 7, 1, 12, tzinfo=UTC)) == 0
    db_admin.execute("select pg_advisory_unlock(%s)", (LOCK,))
    assert db_admin.execute("select count(*) from outbox").fetchone() == (0,)


def test_calendar_work_for_another_council_fails_closed(
    council: Council, tenants: dict[str, UUID], put: Put, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_periodic", [])
    monkeypatch.setattr(jobs, "_effects", dict(jobs._effects))
    ran: list[UUID] = []

    @jobs.every(minutes=5)
    def remember() -> None:
        ran.append(current_tenant_id())

    (work,) = jobs.periodic_work()
    put(work.kind, slug="larkshire", subject=tenants["fernley"])
    assert work_off() == ["again"]
    assert ran == []
    with council("larkshire"), pytest.raises(NoSubject):
        jobs.effect_for(work.kind)(tenants["fernley"])


def test_rows_done_long_ago_are_forgotten_in_their_own_council_alone(
    put: Put,
    ran: list[tuple[UUID, UUID]],
    work_off: WorkOff,
    tenants: dict[str, UUID],
    worker_app: Flask,
    db_admin: psycopg.Connection,
) -> None:
    old, other, fresh = put(slug="larkshire"), put(slug="fernley"), put(slug="larkshire")
    dead = put("test.nobody-knows", slug="larkshire")
    work_off()
    db_admin.execute("update outbox set done_at = now() - interval '90 days' where id = any(%s)", ([old, other],))
    with worker_app.app_context(), tenant_scope(tenants["larkshire"]):
        assert outbox.forget_done(datetime.now(UTC) - timedelta(days=60)) == 1
        db.session.commit()
    left = {row_id for (row_id,) in db_admin.execute("select id from outbox").fetchall()}
    assert left >= {other, fresh, dead}
    assert old not in left
