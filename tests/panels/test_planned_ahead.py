"""The panel's meetings are there without anybody planning them: each week, on the day of the last one (WNC-04)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from portage.core import clock as portage_clock
from portage.core import jobs
from portage.core.db import db
from portage.core.scheduler import Scheduler
from portage.panels.operations import Planned, plan_meetings
from support.background import WorkOff
from support.forms import form_to, send
from support.people import Hired
from support.requests import RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
WEEK = timedelta(days=7)
TUESDAY = date(2026, 3, 3)


@pytest.fixture
def morning(
    clock: Callable[[datetime], None],
    worker_app: Flask,
    work_off: WorkOff,
    monkeypatch: pytest.MonkeyPatch,
    db_admin: psycopg.Connection,
) -> Callable[[date], None]:
    """`morning(day)`: the scheduler ticks on that day, and the worker does what it asked for about panels."""
    monkeypatch.setattr(
        jobs, "_periodic", [work for work in jobs.periodic_work() if work.kind.startswith("periodic.panels.")]
    )

    def comes(day: date) -> None:
        clock(datetime(day.year, day.month, day.day, 11, tzinfo=UTC))
        with worker_app.app_context():
            Scheduler().tick(portage_clock.now())
        assert set(work_off()) == {"done"}

    return comes


def days(db_admin: psycopg.Connection, status: str = "planned") -> list[date]:
    found = db_admin.execute("select held_on from panel_meeting where status = %s order by held_on", (status,))
    return [day for (day,) in found]


def first_meeting(council: Council, on: date, slug: str = "west-northants") -> None:
    with council(slug):
        plan_meetings(Planned(on, 1), WEEK)
        db.session.commit()


def chair_of(sign_in: SignIn) -> Hired:
    return sign_in("west-northants", "panel-chair", name="Cleo Chair")


def test_four_meetings_lie_ahead_a_week_apart_and_a_second_morning_adds_none(
    council: Council, morning: Callable[[date], None], sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    first_meeting(council, TUESDAY)
    morning(TUESDAY)
    expected = [TUESDAY + number * WEEK for number in range(4)]
    assert days(db_admin) == expected
    page = chair_of(sign_in).client.get("/panel").text
    for day in expected:
        assert f"{day.day} {day:%B %Y}" in page
    with council("west-northants") as tenant_id:
        for work in jobs.periodic_work():
            if work.kind.startswith("periodic.panels."):
                jobs.effect_for(work.kind)(tenant_id)
        db.session.commit()
    assert days(db_admin) == expected
    morning(TUESDAY + timedelta(days=1))
    assert days(db_admin) == [*expected, TUESDAY + 4 * WEEK]


def test_after_a_long_pause_the_next_meeting_is_on_the_day_of_the_last_one(
    council: Council, morning: Callable[[date], None], db_admin: psycopg.Connection
) -> None:
    first_meeting(council, TUESDAY)
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update panel_meeting set status = 'held', closed_at = now()")
    morning(TUESDAY + timedelta(days=40))
    assert days(db_admin) == [TUESDAY + number * WEEK for number in range(6, 10)]
    assert {day.weekday() for day in days(db_admin)} == {TUESDAY.weekday()}


def test_a_day_that_the_chair_took_already_gets_no_second_meeting(
    council: Council, morning: Callable[[date], None], sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    first_meeting(council, TUESDAY)
    morning(TUESDAY)
    chair, before = chair_of(sign_in), days(db_admin)
    day = TUESDAY + WEEK
    typed = {
        "first_on-day": str(day.day), "first_on-month": str(day.month), "first_on-year": str(day.year), "count": "3",
    }  # fmt: skip
    page = chair.client.get("/panel")
    assert send(chair.client, form_to(page, "/panel/meetings"), typed).status_code == 303
    assert days(db_admin) == before


def test_planning_over_a_day_that_is_taken_leaves_one_meeting_on_it(
    council: Council, db_admin: psycopg.Connection
) -> None:
    first_meeting(council, TUESDAY + WEEK)
    with council("west-northants"):
        assert [meeting.held_on for meeting in plan_meetings(Planned(TUESDAY, 2), WEEK)] == [TUESDAY]
        db.session.commit()
    assert days(db_admin) == [TUESDAY, TUESDAY + WEEK]


def test_without_any_meeting_no_day_is_invented_and_the_chair_is_asked_for_the_first(
    morning: Callable[[date], None],
    sign_in: SignIn,
    request_of: RequestOf,
    clock: Callable[[datetime], None],
    db_admin: psycopg.Connection,
) -> None:
    clock(datetime(TUESDAY.year, TUESDAY.month, TUESDAY.day, 9, tzinfo=UTC))
    request_of("west-northants")
    morning(TUESDAY)
    morning(TUESDAY + timedelta(days=1))
    assert days(db_admin) == []
    asked = "select path from alert where kind = 'panel-unplanned'"
    assert db_admin.execute(asked).fetchall() == [("/panel",)]
    assert "no panel meeting is planned" in chair_of(sign_in).client.get("/today").text


def test_a_council_without_a_panel_gets_no_meeting(
    council: Council, morning: Callable[[date], None], request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    first_meeting(council, TUESDAY, "leeds")
    morning(TUESDAY)
    assert days(db_admin) == [TUESDAY]
    assert db_admin.execute("select count(*) from alert where kind = 'panel-unplanned'").fetchone() == (0,)
