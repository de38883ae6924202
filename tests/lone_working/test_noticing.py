"""Who is missed, and when: no word from a visitor counts as not out, whoever visits (lone working)."""

from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest

from lone_working.conftest import TODAY, Lookouts, at
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.lone_working.hours import in_hours
from portage.lone_working.models import WORKING_WEEK, OverdueVisit
from portage.lone_working.operations.noticing import unheard_of
from portage.lone_working.operations.telling import look_round
from portage.lone_working.operations.watch import watch_here
from portage.visits.models import Visit
from portage.visits.operations.presence import arrive, leave
from support.episodes import Council, SignIn, Supported, SupportedOf, visit_on

pytestmark = pytest.mark.usefixtures("on_a_monday")


def visit(visit_id: UUID) -> Visit:
    return db.session.scalars(scoped(Visit).where(Visit.id == visit_id)).one()


def overdue() -> OverdueVisit:
    return db.session.scalars(scoped(OverdueVisit).order_by(OverdueVisit.created_at.desc())).all()[0]


@pytest.mark.parametrize(
    ("hour", "minute", "told"), [(10, 59, 0), (11, 20, 0), (11, 29, 0), (11, 30, 1), (22, 59, 1), (23, 0, 0)]
)
def test_staff_who_never_said_that_they_arrived_are_missed_half_an_hour_after_the_planned_end(
    visit_id: UUID, lookouts: Lookouts, council: Council, hour: int, minute: int, told: int
) -> None:
    with council("leeds"):
        assert look_round(at(hour, minute)) == told


def test_somebody_who_came_late_is_missed_from_then(visit_id: UUID, lookouts: Lookouts, council: Council) -> None:
    with council("leeds"):
        arrive(visit(visit_id), at=at(10, 40))
        assert look_round(at(12, 9)) == 0
        assert look_round(at(12, 10)) == 1


def test_somebody_who_arrives_after_others_were_told_is_missed_anew(
    visit_id: UUID, lookouts: Lookouts, council: Council
) -> None:
    with council("leeds"):
        assert look_round(at(11, 30)) == 1
        arrive(visit(visit_id), at=at(11, 40))
        assert look_round(at(11, 41)) == 0
        assert (overdue().settled_how, overdue().heard_at) == ("arrived", at(11, 40))
        assert look_round(at(13, 9)) == 0
        assert look_round(at(13, 10)) == 1
        assert db.session.scalars(scoped(OverdueVisit)).all()[-1].settled_at is None


@pytest.mark.parametrize("mode", ["telephone", "video"])
def test_nobody_is_missed_after_a_telephone_or_video_call(
    case: Supported, lookouts: Lookouts, council: Council, mode: str
) -> None:
    with council("leeds"):
        visit(visit_on(case, TODAY)).mode = mode
        assert look_round(at(12)) == 0


def test_a_check_out_that_was_queued_without_signal_settles_it_with_its_own_time(
    visit_id: UUID, lookouts: Lookouts, council: Council
) -> None:
    with council("leeds"):
        assert look_round(at(11, 30)) == 1
        leave(visit(visit_id), at=at(10, 58))  # said on the phone at that time, and sent at noon
        assert look_round(at(12)) == 0
        found = overdue()
        assert (found.settled_how, found.heard_at, found.settled_at) == ("left", at(10, 58), at(12))


@pytest.mark.parametrize(("status", "how"), [("done", "recorded"), ("not-available", "recorded"), ("cancelled", None)])
def test_a_record_or_a_cancellation_settles_it(
    visit_id: UUID, lookouts: Lookouts, council: Council, status: str, how: str | None
) -> None:
    with council("leeds"):
        look_round(at(11, 30))
        found = visit(visit_id)
        found.status, found.done_on, found.recorded_at = status, TODAY, at(11, 35)
        look_round(at(11, 40))
        assert overdue().settled_how == (how or "cancelled")


def test_a_visit_that_is_moved_is_waited_for_at_its_new_time(
    visit_id: UUID, lookouts: Lookouts, council: Council
) -> None:
    with council("leeds"):
        look_round(at(11, 30))
        visit(visit_id).planned_on = TODAY + timedelta(days=1)
        assert look_round(at(11, 40)) == 0
        assert overdue().settled_how == "changed"
        assert look_round(at(11, 30, TODAY + timedelta(days=1))) == 1


def test_what_nobody_settles_stays_open(visit_id: UUID, lookouts: Lookouts, council: Council) -> None:
    with council("leeds"):
        look_round(at(11, 30))
        look_round(at(11, 30) + timedelta(days=3))
        assert overdue().settled_at is None


def test_a_council_may_choose_that_staff_are_waited_for_only_once_they_arrived_but_volunteers_in_any_case(
    visit_id: UUID, lookouts: Lookouts, council: Council
) -> None:
    with council("leeds"):
        watch = watch_here()
        assert watch is not None
        watch.staff_after_arrival = True
        db.session.flush()
        assert unheard_of(at(12), watch) == []
        arrive(visit(visit_id), at=at(9, 55))
        assert look_round(at(12)) == 1


def test_a_volunteer_is_missed_in_any_case_and_their_supervisor_is_told(
    supported_of: SupportedOf, council: Council, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    supervisor = sign_in("west-northants", "home-visitor", name="Una Upper")
    volunteer = sign_in("west-northants", "volunteer", supervisor_id=supervisor.id)
    case = supported_of("west-northants", visitor=volunteer)
    with council("west-northants"):
        visit_on(case, TODAY)
        assert look_round(at(11, 29)) == 0
        assert look_round(at(11, 30)) == 1
        db.session.commit()
    told = "select person_id from alert where kind = 'visit-overdue'"
    assert db_admin.execute(told).fetchall() == [(supervisor.id,)]


CLOSED = frozenset({date(2026, 3, 4)})


@pytest.mark.parametrize(
    ("day", "hour", "minute", "within"),
    [
        (date(2026, 3, 2), 8, 29, False),
        (date(2026, 3, 2), 8, 30, True),
        (date(2026, 3, 2), 16, 59, True),
        (date(2026, 3, 2), 17, 0, False),
        (date(2026, 3, 7), 10, 0, False),  # a Saturday
        (date(2026, 3, 4), 10, 0, False),  # the council is closed
        (date(2026, 4, 3), 10, 0, False),  # Good Friday
        (date(2026, 4, 6), 10, 0, False),  # Easter Monday
        (date(2026, 4, 7), 10, 0, True),
        (date(2026, 3, 27), 8, 30, True),  # in winter time
        (date(2026, 3, 30), 8, 30, True),  # the same on the wall after the change to summer time
        (date(2026, 3, 30), 8, 29, False),
        (date(2026, 10, 26), 8, 30, True),  # and after the change back
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall_without_bank_holidays_and_closures(
    day: date, hour: int, minute: int, within: bool
) -> None:
    assert in_hours(WORKING_WEEK, at(hour, minute, day), CLOSED) is within


def test_without_hours_everything_is_out_of_hours() -> None:
    assert not in_hours([], at(10), frozenset())
