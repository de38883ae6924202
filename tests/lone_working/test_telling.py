"""Two named people are told, then more, in hours and out of them; every step is kept (lone working)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from lone_working.conftest import TODAY, Lookouts, at
from portage.accounts.models import Person
from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.core.tenancy import scoped
from portage.lone_working.models import OverdueVisit
from portage.lone_working.operations.answering import Call, ring, take_on
from portage.lone_working.operations.telling import look_round
from portage.lone_working.operations.watch import Watch, name_watch, told_at, watch_here
from portage.visits.models import Visit
from support.background import WorkOff
from support.episodes import Council, SignIn, Supported, actor, visit_on
from support.forms import form_to, send

pytestmark = pytest.mark.usefixtures("on_a_monday")


def entries(connection: psycopg.Connection) -> list[tuple[str, UUID | None]]:
    return connection.execute("select kind, person_id from overdue_entry order by at, id").fetchall()


def the_one() -> OverdueVisit:
    return db.session.scalars(scoped(OverdueVisit)).one()


def test_the_visitor_is_asked_first_then_two_people_then_the_second_again_then_the_managers(
    case: Supported, visit_id: UUID, lookouts: Lookouts, council: Council, db_admin: psycopg.Connection
) -> None:
    with council("leeds"):
        went = [look_round(at(hour, minute)) for hour, minute in ((11, 20), (11, 25), (11, 30), (11, 44), (11, 45))]
        assert went == [0, 0, 1, 0, 0]
        assert look_round(at(12)) == 0
        assert look_round(at(18)) == 0
        db.session.commit()
    assert entries(db_admin) == [
        ("reminded", case.visitor.id),
        ("told", lookouts.first.id),
        ("told", lookouts.second.id),
        ("told-again", lookouts.second.id),
        ("managers-told", case.manager.id),
    ]
    roles = db_admin.execute("select role from alert where kind = 'visit-overdue' and role is not null").fetchall()
    assert roles == [("service-manager",)]
    mails = db_admin.execute("select recipient_id from message where kind = 'alert' order by created_at, id").fetchall()
    told = [case.visitor.id, lookouts.first.id, lookouts.second.id, lookouts.second.id, case.manager.id]
    assert [row[0] for row in mails] == told
    trail = {row[0] for row in db_admin.execute("select action from audit_event where action like 'overdue.%'")}
    assert trail == {"overdue.reminded", "overdue.told", "overdue.told-again", "overdue.managers-told"}


def test_nobody_else_is_told_once_somebody_has_taken_it_on(
    visit_id: UUID, lookouts: Lookouts, council: Council, db_admin: psycopg.Connection
) -> None:
    with council("leeds"):
        look_round(at(11, 30))
        assert take_on(the_one().id, by=actor(lookouts.first), at=at(11, 32)) == lookouts.first.id
        assert take_on(the_one().id, by=actor(lookouts.second), at=at(11, 33)) == lookouts.first.id
        look_round(at(12))
        db.session.commit()
    assert [kind for kind, _ in entries(db_admin)] == ["told", "told", "taken"]


def test_the_log_of_an_overdue_visit_can_only_grow(
    visit_id: UUID, lookouts: Lookouts, council: Council, db_admin: psycopg.Connection
) -> None:
    granted = db_admin.execute(
        "select privilege_type from information_schema.role_table_grants "
        "where table_name = 'overdue_entry' and grantee in ('portage_app', 'portage_worker')"
    ).fetchall()
    assert {verb for (verb,) in granted} == {"SELECT", "INSERT"}


def test_a_call_that_finds_them_safe_settles_it_and_nobody_is_missed_again(
    visit_id: UUID, lookouts: Lookouts, council: Council
) -> None:
    with council("leeds"):
        look_round(at(11, 30))
        ring(the_one().id, Call("visitor", "no-answer"), by=actor(lookouts.first), at=at(11, 31))
        assert the_one().settled_at is None
        ring(the_one().id, Call("place", "answered-safe"), by=actor(lookouts.first), at=at(11, 33))
        assert the_one().settled_how == "answered-safe"
        assert look_round(at(14)) == 0
        assert the_one().taken_by == lookouts.first.id


def test_somebody_who_stays_on_is_missed_half_an_hour_and_the_grace_later(
    visit_id: UUID, lookouts: Lookouts, council: Council
) -> None:
    with council("leeds"):
        look_round(at(11, 30))
        ring(the_one().id, Call("visitor", "staying"), by=actor(lookouts.first), at=at(11, 35))
        assert look_round(at(12, 34)) == 0
        assert look_round(at(12, 35)) == 1


def test_other_people_are_told_out_of_hours_on_a_bank_holiday_and_after_the_clocks_change(
    case: Supported, lookouts: Lookouts, council: Council, sign_in: SignIn
) -> None:
    night = [sign_in("leeds", "home-visitor", name=name) for name in ("Nia Night", "Noel Night")]
    named = Watch(lookouts.first.id, lookouts.second.id, 30, night[0].id, night[1].id)
    days, nights = [lookouts.first.id, lookouts.second.id], [each.id for each in night]
    with council("leeds"):
        watch = name_watch(named, by=SYSTEM)
        moments = {
            at(11, 30): days,
            at(18): nights,
            at(11, 30, date(2026, 4, 6)): nights,  # Easter Monday
            at(11, 30, date(2026, 4, 7)): days,
            at(8, 30, date(2026, 3, 30)): days,  # the first Monday of summer time, 07:30 in UTC
            at(8, 29, date(2026, 3, 30)): nights,
            at(16, 59, date(2026, 10, 26)): days,  # and of winter time
        }
        assert {when: told_at(watch, when) for when in moments} == moments


def test_who_is_disabled_is_passed_over_and_the_managers_hear_that_the_list_has_a_gap(
    case: Supported, visit_id: UUID, lookouts: Lookouts, council: Council, db_admin: psycopg.Connection
) -> None:
    with council("leeds"):
        db.session.scalars(scoped(Person).where(Person.id == lookouts.first.id)).one().disabled_at = at(10)
        look_round(at(10, 5))
        look_round(at(11, 30))
        db.session.commit()
    assert [row for row in entries(db_admin) if row[0] == "told"] == [("told", lookouts.second.id)]
    gap = "select role, path, sentence from alert where kind = 'watch-gap' order by role"
    found = db_admin.execute(gap).fetchall()
    assert [row[:2] for row in found] == [
        ("service-manager", "/lone-working"),
        ("tenant-administrator", "/lone-working"),
    ]
    assert "first person in hours does not work here any more" in found[0][2]
    page = case.manager.client.get("/lone-working").text
    assert "Fay First" in page
    assert "does not work here any more" in page
    assert "Gap" in case.manager.client.get("/overdue-visits").text


def test_who_visits_is_not_told_of_themselves_and_without_anybody_named_the_managers_are(
    case: Supported, visit_id: UUID, council: Council, lookouts: Lookouts, db_admin: psycopg.Connection
) -> None:
    with council("leeds"):
        name_watch(Watch(case.visitor.id, lookouts.second.id, 30), by=SYSTEM)
        look_round(at(11, 30))
        db.session.commit()
    assert ("told", case.visitor.id) not in entries(db_admin)


def test_where_nobody_is_named_the_managers_are_told_at_once(
    case: Supported, visit_id: UUID, council: Council, db_admin: psycopg.Connection
) -> None:
    with council("leeds"):
        assert look_round(at(12)) == 1
        db.session.commit()
    assert entries(db_admin) == [("managers-told", case.manager.id)]
    assert db_admin.execute(
        "select role, person_id from alert where kind = 'visit-overdue' order by role"
    ).fetchall() == [
        ("service-manager", None),
        (None, case.manager.id),
    ]


def test_two_looks_at_the_same_minute_tell_nobody_twice(
    visit_id: UUID, lookouts: Lookouts, council: Council, db_admin: psycopg.Connection
) -> None:
    for _ in range(2):
        with council("leeds"):
            look_round(at(11, 30))
            db.session.commit()
    assert len(entries(db_admin)) == 2


def test_it_runs_by_itself_and_at_the_due_minute(
    case: Supported,
    lookouts: Lookouts,
    council: Council,
    work_off: WorkOff,
    clock: Callable[[datetime], None],
    db_admin: psycopg.Connection,
) -> None:
    """The real background work: nothing but the outbox's rows, and the clock of the worker."""
    today = datetime.now(service_clock.LONDON)
    began = today - timedelta(minutes=90)
    clock(datetime.now(service_clock.LONDON))
    with council("leeds"):
        planned = db.session.scalars(scoped(Visit).where(Visit.id == visit_on(case, TODAY))).one()
        planned.planned_on, planned.planned_at, planned.minutes = began.date(), began.time().replace(microsecond=0), 60
        look_round(began + timedelta(minutes=81))
        db.session.commit()
    assert [kind for kind, _ in entries(db_admin)] == ["reminded"]
    db_admin.execute("update outbox set not_before = now() where kind = 'overdue.look'")
    clock(today + timedelta(minutes=5))
    work_off()
    assert [kind for kind, _ in entries(db_admin)][:3] == ["reminded", "told", "told"]


def test_one_tap_settles_it_also_for_who_never_arrived(
    case: Supported,
    visit_id: UUID,
    lookouts: Lookouts,
    council: Council,
    clock: Callable[[datetime], None],
    db_admin: psycopg.Connection,
) -> None:
    with council("leeds"):
        look_round(at(11, 30))
        db.session.commit()
    clock(at(9, 58))  # the session goes on
    client = case.visitor.client
    assert "Are you out and safe?" in client.get("/out-and-safe").text
    pressed = form_to(client.get("/out-and-safe"), f"/out-and-safe/{visit_id}")
    other = lookouts.first.client
    assert send(client, pressed).status_code == 303
    assert "Nobody waits to hear from you" in client.get("/out-and-safe").text
    with council("leeds"):
        assert (the_one().settled_how, the_one().heard_at) == ("left", at(9, 58))
        assert watch_here() is not None
    assert other.get("/out-and-safe").status_code == 200
    rest = "select count(*) from alert where kind in ('visit-overdue', 'visit-reminder') and seen_at is null"
    assert db_admin.execute(rest).fetchone() == (0,)
