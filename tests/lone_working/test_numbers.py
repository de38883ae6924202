"""Telephone numbers of people who left the council: hidden at once, erased by the nightly work."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from lone_working.conftest import TODAY, Lookouts, at
from portage.accounts.models import Person
from portage.core import outbox
from portage.core.db import db
from portage.core.tenancy import current_tenant_id, scoped
from portage.lone_working.models import OverdueVisit
from portage.lone_working.operations.answering import forget_numbers
from portage.lone_working.operations.telling import close, look_round
from support.background import WorkOff
from support.episodes import Council, Supported

NIGHTLY = "periodic.lone_working.jobs.forget_numbers_of_who_left"
MONTH = timedelta(days=30)


def left(person_id: UUID, when: datetime) -> None:
    """Somebody's place was closed; the council is in scope."""
    db.session.scalars(scoped(Person).where(Person.id == person_id)).one().disabled_at = when


def numbers(connection: psycopg.Connection) -> dict[UUID, str | None]:
    return dict(connection.execute("select id, telephone from person").fetchall())


def test_a_week_after_somebody_left_the_nightly_work_erases_their_numbers_and_the_trail_says_so(
    case: Supported, lookouts: Lookouts, council: Council, work_off: WorkOff, db_admin: psycopg.Connection
) -> None:
    now = datetime.now(UTC)
    with council("leeds"):
        left(lookouts.first.id, now - timedelta(days=8))
        left(lookouts.second.id, now - timedelta(days=6))
        db.session.scalars(scoped(Person).where(Person.id == lookouts.first.id)).one().other_telephone = "01632 960001"
        outbox.put(NIGHTLY, current_tenant_id())
        db.session.commit()
    db_admin.execute("update outbox set not_before = now() - interval '1 second' where done_at is null")
    work_off()
    kept = numbers(db_admin)
    assert kept[lookouts.first.id] is None
    assert kept[lookouts.second.id] is not None
    assert kept[case.visitor.id] is not None
    others = db_admin.execute("select other_telephone from person where id = %s", (lookouts.first.id,)).fetchall()
    assert others == [(None,)]
    trail = "select subject_id from audit_event where action = 'telephone-numbers.erased'"
    assert db_admin.execute(trail).fetchall() == [(lookouts.first.id,)]


def test_somebody_from_whom_nobody_has_heard_can_still_be_rung(
    case: Supported, visit_id: UUID, lookouts: Lookouts, council: Council
) -> None:
    with council("leeds"):
        look_round(at(11, 30))
        left(case.visitor.id, at(12, day=TODAY))
        assert forget_numbers(at(12) + MONTH) == 0
        close(db.session.scalars(scoped(OverdueVisit)).one(), "answered-safe", at=at(13))
        assert forget_numbers(at(12) + MONTH) == 1
        assert forget_numbers(at(12) + MONTH) == 0


def test_the_numbers_of_another_councils_people_stay(
    case: Supported, lookouts: Lookouts, council: Council, db_admin: psycopg.Connection
) -> None:
    with council("leeds"):
        left(lookouts.first.id, at(9))
        db.session.commit()
    with council("lancashire"):
        assert forget_numbers(at(9) + MONTH) == 0
    assert numbers(db_admin)[lookouts.first.id] is not None
