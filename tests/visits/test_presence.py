"""Arriving and leaving, and people who are told when nobody hears from a visitor."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import psycopg
import pytest

from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.support.operations.allocation import Allocate, change_visitor
from portage.visits.models import Visit
from portage.visits.operations.presence import NotNow, arrive, ends_at, leave, minutes_spent
from support.episodes import Council, SignIn, Supported, SupportedOf, actor, done, post_to, visit_on
from support.forms import form_to, send

TODAY = date(2026, 3, 2)


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    """A time of day in England."""
    return datetime.combine(day, time(hour, minute), service_clock.LONDON)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins at half past nine on 2 March 2026."""
    clock(at(9, 30))


@pytest.fixture
def case(supported_of: SupportedOf) -> Supported:
    """A child of a home visitor."""
    return supported_of("leeds")


@pytest.fixture
def visit_id(case: Supported, council: Council) -> UUID:
    """A visit from ten to eleven today."""
    with council("leeds"):
        planned = visit_on(case, TODAY)
        db.session.commit()
        return planned


def visit(visit_id: UUID) -> Visit:
    """The visit as it stands; the council is in scope."""
    return db.session.scalars(scoped(Visit).where(Visit.id == visit_id)).one()


def test_a_visitor_says_that_they_arrive_and_leave_and_the_first_word_stands(
    case: Supported, visit_id: UUID, council: Council
) -> None:
    path, client = f"/visits/{visit_id}", case.visitor.client
    assert send(client, form_to(client.get(path), f"{path}/arrived")).status_code == 303
    assert "I am there" not in client.get(path).text
    assert send(client, form_to(client.get(path), f"{path}/left")).status_code == 303
    page = client.get(path).text
    assert "I am out and safe" not in page
    with council("leeds"):
        found = visit(visit_id)
        assert (found.arrived_at, found.left_at, found.version) == (at(9, 30), at(9, 30), 1)
        arrive(found, at=at(10, 30))
        assert found.arrived_at == at(9, 30)
    assert post_to(client, f"{path}/arrived").status_code == 303  # nothing more comes of it


def test_leaving_and_a_record_are_kept_and_arriving_stays_unsaid_where_nobody_said_it(
    case: Supported, visit_id: UUID, council: Council, clock: Callable[[datetime], None]
) -> None:
    with council("leeds"):
        leave(visit(visit_id), at=at(11))
        assert (visit(visit_id).arrived_at, visit(visit_id).left_at) == (None, at(11))
        assert minutes_spent(visit(visit_id)) == 60  # as planned: nobody said when they arrived
        other = visit_on(case, TODAY, at=time(14))
        arrive(visit(other), at=at(14))
        clock(at(15))
        assert done(case, other, TODAY).left_at == at(15)


def test_a_recorded_visit_asks_only_whether_the_visitor_is_out(
    case: Supported, visit_id: UUID, council: Council
) -> None:
    with council("leeds"):
        done(case, visit_id, TODAY)  # nobody said on the doorstep that they arrived
        db.session.commit()
    path, client = f"/visits/{visit_id}", case.visitor.client
    page = client.get(path).text
    assert "I am there" not in page
    assert "nobody waits to hear from you" in page
    assert send(client, form_to(client.get(path), f"{path}/left")).status_code == 303
    page = client.get(path).text
    assert "I am out and safe" not in page
    assert "not an emergency service" not in page


def test_who_said_that_they_arrived_and_recorded_the_visit_is_asked_nothing_more(
    case: Supported, visit_id: UUID, council: Council
) -> None:
    with council("leeds"):
        arrive(visit(visit_id), at=at(9, 30))
        done(case, visit_id, TODAY)
        db.session.commit()
    page = case.visitor.client.get(f"/visits/{visit_id}").text
    assert "I am there" not in page
    assert "I am out and safe" not in page


def test_a_visit_that_somebody_has_begun_stays_theirs_when_the_child_gets_another_visitor(
    case: Supported, visit_id: UUID, council: Council, sign_in: SignIn
) -> None:
    """They are in the house: it is they who are waited for, and whose word settles it."""
    new = sign_in("leeds", "home-visitor", name="Nell New")
    with council("leeds"):
        later = visit_on(case, TODAY, at=time(15))
        arrive(visit(visit_id), at=at(10))
        change_visitor(case.episode_id, Allocate(new.id, TODAY), by=actor(case.manager), at=at(10, 20))
        db.session.commit()
        assert [visit(each).visitor_id for each in (visit_id, later)] == [case.visitor.id, new.id]
    client = case.visitor.client
    form = form_to(client.get("/out-and-safe"), f"/out-and-safe/{visit_id}")
    assert send(client, form).status_code == 303
    with council("leeds"):
        assert visit(visit_id).left_at is not None


def test_leaving_is_said_until_the_next_day_and_not_later(visit_id: UUID, council: Council) -> None:
    with council("leeds"):
        with pytest.raises(NotNow):
            leave(visit(visit_id), at=at(11) + timedelta(days=2))
        leave(visit(visit_id), at=at(0, 20) + timedelta(days=1))
        assert visit(visit_id).left_at is not None


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        (date(2026, 3, 29), time(0, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # one o'clock is skipped
        (date(2026, 10, 25), time(0, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # one o'clock comes twice
    ],
)
def test_a_visit_lasts_its_minutes_also_while_the_clock_changes(
    case: Supported, council: Council, day: date, begins: time, ends: datetime
) -> None:
    with council("leeds"):
        planned = visit(visit_on(case, TODAY))
        planned.planned_on, planned.planned_at, planned.minutes = day, begins, 60
        assert ends_at(planned) == ends


def test_a_note_for_safety_takes_the_place_of_the_one_before_and_a_visitor_reads_it_on_the_visit(
    case: Supported, visit_id: UUID
) -> None:
    path, client = f"/children/{case.child_id}/safety", case.visitor.client
    for words in ("A small dog.", "A large dog."):
        typed = {"kind": "home-risk", "note": words}
        assert send(client, form_to(client.get(path), path), typed).status_code == 303
    page = client.get(f"/visits/{visit_id}").text
    assert "A large dog." in page
    assert "A small dog." not in page
    assert "Not released to volunteers." in client.get(path).text
    assert f'href="{path}">What to know before a visit</a>' in client.get(f"/children/{case.child_id}").text
    assert send(client, form_to(client.get(path), path), {"kind": "home-risk"}).status_code == 303
    assert "A large dog." not in client.get(path).text


def test_a_note_is_released_as_it_was_read_or_not_at_all(case: Supported, db_admin: psycopg.Connection) -> None:
    path, client = f"/children/{case.child_id}/safety", case.manager.client
    send(client, form_to(client.get(path), path), {"kind": "allergies", "note": "Nuts."})
    (note,) = db_admin.execute("select id from safety_note").fetchone() or (None,)
    form = form_to(client.get(path), f"{path}/{note}/release")
    send(client, form_to(client.get(path), path), {"kind": "allergies", "note": "Nuts and milk."})
    assert send(client, form).status_code == 409
    (newer,) = db_admin.execute("select id from safety_note where ended_at is null").fetchone() or (None,)
    assert send(client, form_to(client.get(path), f"{path}/{newer}/release")).status_code == 303
    assert "Released to volunteers by Ines Manager" in client.get(path).text
    assert db_admin.execute("select count(*) from safety_note where released_at is not null").fetchone() == (1,)
