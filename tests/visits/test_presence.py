"""Arriving and leaving, and people who are told when nobody hears from a visitor."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from uuid import UUID

import psycopg
import pytest

from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.visits.models import Visit
from portage.visits.operations.presence import arrive, leave, overdue, tell_of_overdue
from support.episodes import Council, SignIn, Supported, SupportedOf, done, post_to, visit_on
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
    assert "I have left" not in page
    with council("leeds"):
        found = visit(visit_id)
        assert (found.arrived_at, found.left_at, found.version) == (at(9, 30), at(9, 30), 1)
        arrive(found, at=at(10, 30))
        assert found.arrived_at == at(9, 30)
    assert post_to(client, f"{path}/arrived").status_code == 303  # nothing more comes of it


@pytest.mark.parametrize(
    ("hour", "minute", "waited"), [(10, 59, False), (11, 29, False), (11, 30, True), (22, 59, True), (23, 0, False)]
)
def test_a_visitor_who_said_that_they_are_there_is_waited_for_half_an_hour_after_the_planned_end(
    visit_id: UUID, council: Council, hour: int, minute: int, waited: bool
) -> None:
    with council("leeds"):
        assert overdue(at(hour, minute)) == []  # nobody waits for staff who never said that they arrived
        arrive(visit(visit_id), at=at(9, 55))
        assert [row.id for row in overdue(at(hour, minute))] == ([visit_id] if waited else [])


def test_somebody_who_came_late_is_waited_for_from_then(visit_id: UUID, council: Council) -> None:
    with council("leeds"):
        arrive(visit(visit_id), at=at(10, 40))
        assert overdue(at(12, 9)) == []
        assert len(overdue(at(12, 10))) == 1


def test_leaving_or_a_record_ends_the_waiting(
    case: Supported, visit_id: UUID, council: Council, clock: Callable[[datetime], None]
) -> None:
    with council("leeds"):
        arrive(visit(visit_id), at=at(9, 55))
        assert len(overdue(at(12))) == 1
        leave(visit(visit_id), at=at(12))
        assert overdue(at(12)) == []
        other = visit_on(case, TODAY, at=time(14))
        arrive(visit(other), at=at(14))
        assert len(overdue(at(16))) == 1
        clock(at(15))
        assert done(case, other, TODAY).left_at == at(15)
        assert overdue(at(16)) == []


def test_the_two_named_people_are_told_once_by_alert_and_e_mail(
    case: Supported, visit_id: UUID, council: Council, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    second = sign_in("leeds", "home-visitor", name="Zoe Second")
    client = case.manager.client
    chosen = {"first_id": str(case.manager.id), "second_id": str(case.manager.id), "grace_minutes": "45"}
    refused = send(client, form_to(client.get("/overdue-visits"), "/overdue-visits"), chosen)
    assert refused.status_code == 422
    assert "two different people" in refused.text
    chosen["second_id"] = str(second.id)
    assert send(client, form_to(client.get("/overdue-visits"), "/overdue-visits"), chosen).status_code == 303
    with council("leeds"):
        arrive(visit(visit_id), at=at(9, 55))
        assert [tell_of_overdue(at(11, minute)) for minute in (44, 45, 50)] == [0, 1, 0]
        db.session.commit()
    told = db_admin.execute("select person_id, path from alert where kind = 'visit-overdue'").fetchall()
    assert set(told) == {(case.manager.id, "/overdue-visits"), (second.id, "/overdue-visits")}
    mails = db_admin.execute("select recipient_id, child_id, reference from message where kind = 'alert'").fetchall()
    assert set(mails) == {(case.manager.id, None, None), (second.id, None, None)}


def test_where_nobody_is_named_the_managers_are_told(
    visit_id: UUID, council: Council, db_admin: psycopg.Connection
) -> None:
    with council("leeds"):
        arrive(visit(visit_id), at=at(9, 55))
        assert tell_of_overdue(at(12)) == 1
        db.session.commit()
    assert db_admin.execute("select role from alert where kind = 'visit-overdue'").fetchall() == [("service-manager",)]


def test_a_volunteer_is_waited_for_in_any_case_and_their_supervisor_is_told(
    supported_of: SupportedOf, council: Council, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    supervisor = sign_in("west-northants", "home-visitor", name="Una Upper")
    volunteer = sign_in("west-northants", "volunteer", supervisor_id=supervisor.id)
    case = supported_of("west-northants", visitor=volunteer)
    with council("west-northants"):
        visit_on(case, TODAY)
        assert tell_of_overdue(at(11, 29)) == 0
        assert tell_of_overdue(at(11, 30)) == 1
        db.session.commit()
    assert db_admin.execute("select person_id from alert where kind = 'visit-overdue'").fetchall() == [(supervisor.id,)]


def test_the_page_names_the_visitor_and_no_child(
    case: Supported, visit_id: UUID, council: Council, clock: Callable[[datetime], None]
) -> None:
    with council("leeds"):
        arrive(visit(visit_id), at=at(9, 55))
        db.session.commit()
    assert "No visit is overdue." in case.manager.client.get("/overdue-visits").text
    clock(at(9, 58))  # the session goes on; the visit's end is moved instead
    with council("leeds"):
        found = visit(visit_id)
        found.planned_at, found.arrived_at = time(7), at(7)
        db.session.commit()
    page = case.manager.client.get("/overdue-visits").text
    assert "Vera Visitor" in page
    assert "Canarychild" not in page


def test_people_of_another_council_cannot_be_named(case: Supported, sign_in: SignIn) -> None:
    stranger = sign_in("lancashire", "service-manager")
    client = case.manager.client
    chosen = {"first_id": str(case.manager.id), "second_id": str(stranger.id), "grace_minutes": "30"}
    assert send(client, form_to(client.get("/overdue-visits"), "/overdue-visits"), chosen).status_code == 404


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


def test_yesterdays_visit_is_not_overdue_for_ever(visit_id: UUID, council: Council) -> None:
    with council("leeds"):
        arrive(visit(visit_id), at=at(9, 55))
        assert overdue(at(11, 30) + timedelta(days=1)) == []
