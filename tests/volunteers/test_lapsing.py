"""A check lapses by the day: access is shut at once, people are told, and a person lets the volunteer visit again."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from portage.accounts.models import LEVELS, Identity
from portage.accounts.operations.clearance import (
    ASSUMED_CHECKS,
    NewCheck,
    NotCleared,
    Opening,
    open_clearance,
    record_check,
    standing,
)
from portage.accounts.operations.sessions import open_session
from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.tenancy import scoped, tenant_scope
from portage.policy.arrangements import CheckTerms
from portage.support.models import Allocation
from portage.support.operations import Allocate, allocate
from portage.support.refusals import CannotVisit
from portage.volunteers.operations.lapsing import flagged, look_after
from portage.volunteers.operations.offering import volunteer_of
from support import councils
from support.browsers import browser
from support.episodes import AcceptedOf, Council, SignIn, Supported, SupportedOf, actor, put_on_list, visit_on
from support.forms import form_to, send
from support.people import Hired
from support.volunteers import seen

SLUG = "west-northants"
BEGAN = date(2026, 3, 2)
LAST = date(2027, 3, 1)  # safeguarding training is yearly
DBS_LAST = date(2029, 3, 1)


def noon(day: date) -> datetime:
    """Noon of a day in England."""
    return datetime.combine(day, time(12), service_clock.LONDON)


@pytest.fixture
def when(clock: Callable[[datetime], None]) -> Callable[[date], None]:
    """`when(day)`: the clock stands at noon of that day."""
    clock(noon(BEGAN))
    return lambda day: clock(noon(day))


@pytest.fixture
def case(when: object, sign_in: SignIn, supported_of: SupportedOf) -> Supported:
    """A family of a volunteer whose supervisor is a home visitor."""
    supervisor = sign_in(SLUG, "home-visitor", name="Una Upper")
    volunteer = sign_in(SLUG, "volunteer", name="Vic Volunteer", supervisor_id=supervisor.id)
    return supported_of(SLUG, visitor=volunteer)


@pytest.fixture
def again(sign_in: SignIn, db_admin: psycopg.Connection, app: Flask) -> Callable[[Hired], Hired]:
    """`again(person)`: the same person with a session of this day."""

    def renewed(person: Hired) -> Hired:
        (tenant_id,) = db_admin.execute("select tenant_id from person where id = %s", (person.id,)).fetchone() or ("",)
        with app.app_context(), tenant_scope(tenant_id):
            identity = db.session.scalars(scoped(Identity).where(Identity.person_id == person.id)).one()
            token = open_session(identity, sid=None, id_token="", at=service_clock.now())
            db.session.commit()
        client = browser(app, councils.host(SLUG))
        client.set_cookie("portage-session", token, domain=councils.host(SLUG))
        return Hired(person.id, person.name, client)

    return renewed


def opens(person: Hired, case: Supported) -> tuple[int, str]:
    """What a volunteer gets of a family's page, and of their own first page."""
    page = person.client.get("/my-families").text
    return person.client.get(f"/my-families/{case.child_id}").status_code, "shut" if "cannot visit" in page else "open"


def test_the_day_after_the_last_shuts_every_page_without_any_job(
    case: Supported, when: Callable[[date], None], again: Callable[[Hired], Hired]
) -> None:
    when(LAST)
    assert opens(again(case.visitor), case) == (200, "open")
    when(LAST + timedelta(days=1))
    person = again(case.visitor)
    assert opens(person, case) == (403, "shut")
    assert "Kit" not in person.client.get("/my-families").text
    assert "999" in person.client.get("/my-families").text
    assert person.client.get(f"/my-families/{case.child_id}/concern").status_code == 403


def test_a_session_that_is_open_at_midnight_is_shut_at_midnight(
    case: Supported, clock: Callable[[datetime], None], again: Callable[[Hired], Hired]
) -> None:
    clock(datetime(2027, 3, 1, 23, 50, tzinfo=UTC))
    person = again(case.visitor)
    assert opens(person, case) == (200, "open")
    clock(datetime(2027, 3, 2, 0, 1, tzinfo=UTC))
    assert opens(person, case) == (403, "shut")


def test_a_renewal_after_the_day_opens_nothing_until_a_person_lets_the_volunteer_visit(
    case: Supported, when: Callable[[date], None], again: Callable[[Hired], Hired], council: Council
) -> None:
    late = LAST + timedelta(days=5)
    when(late)
    with council(SLUG):
        volunteer = volunteer_of(case.visitor.id)
        assert volunteer is not None
        key = volunteer.id
        seen(case.visitor.id, actor(case.manager), on=late)
        db.session.commit()
    assert opens(again(case.visitor), case) == (403, "shut")
    manager = again(case.manager)
    page = manager.client.get(f"/volunteers/{key}")
    assert "May not visit." in page.text
    assert send(manager.client, form_to(page, f"/volunteers/{key}/let-visit")).status_code == 303
    assert opens(again(case.visitor), case) == (200, "open")


def test_a_renewal_in_time_carries_on(
    case: Supported, when: Callable[[date], None], again: Callable[[Hired], Hired], council: Council
) -> None:
    when(LAST - timedelta(days=10))
    with council(SLUG):
        seen(case.visitor.id, actor(case.manager), on=LAST - timedelta(days=10))
        db.session.commit()
    when(LAST + timedelta(days=1))
    assert opens(again(case.visitor), case) == (200, "open")


def test_an_update_service_look_that_shows_a_change_shuts_at_once_until_a_person_looks(
    case: Supported, council: Council, again: Callable[[Hired], Hired]
) -> None:
    by = actor(case.manager)
    with council(SLUG):
        look = NewCheck("dbs", "update-service", BEGAN, BEGAN, cleared=False, level="enhanced")
        record_check(case.visitor.id, look, by=by, on=BEGAN)
        db.session.commit()
    assert opens(case.visitor, case) == (403, "shut")
    with council(SLUG):
        fine = NewCheck("dbs", "update-service", BEGAN, BEGAN, cleared=True, level="enhanced")
        record_check(case.visitor.id, fine, by=by, on=BEGAN)
        db.session.commit()
    assert opens(case.visitor, case) == (403, "shut")
    with council(SLUG):
        volunteer = volunteer_of(case.visitor.id)
        assert volunteer is not None
        assert volunteer.supervisor_id is not None
        open_clearance(case.visitor.id, Opening(volunteer.supervisor_id, "enhanced"), by=by, on=BEGAN)
        db.session.commit()
    assert opens(case.visitor, case) == (200, "open")


def test_a_supervisor_suspends_at_once_and_a_manager_alone_lets_them_visit_again(
    case: Supported, sign_in: SignIn, council: Council, db_admin: psycopg.Connection, again: Callable[[Hired], Hired]
) -> None:
    rows = db_admin.execute("select id, supervisor_id from volunteer").fetchall()
    ((key, supervisor_id),) = rows
    supervisor = again(Hired(supervisor_id, "Una Upper", case.visitor.client))
    at = f"/volunteers/{key}"
    sent = send(
        supervisor.client, form_to(supervisor.client.get(f"{at}/suspend"), f"{at}/suspend"), {"reason": "A complaint."}
    )
    assert sent.status_code == 303
    assert opens(case.visitor, case) == (403, "shut")
    assert f"{at}/let-visit" not in supervisor.client.get(at).text
    page = case.manager.client.get(at)
    assert send(case.manager.client, form_to(page, f"{at}/let-visit")).status_code == 303
    assert opens(case.visitor, case) == (200, "open")


def test_the_supervisor_is_told_before_and_after_and_visits_are_flagged(
    case: Supported, when: Callable[[date], None], council: Council, db_admin: psycopg.Connection
) -> None:
    with council(SLUG):
        visit_on(case, LAST)
        visit_on(case, LAST + timedelta(days=7))
        db.session.commit()
        assert [row.planned_on for row in flagged(case.visitor.id, BEGAN)] == [LAST + timedelta(days=7)]
        assert look_after(LAST - timedelta(days=43)) == 0
        assert look_after(LAST - timedelta(days=42)) == 2  # the supervisor and the managers
        assert look_after(LAST - timedelta(days=41)) == 0
        assert look_after(LAST) == 0
        assert look_after(LAST + timedelta(days=1)) == 2
        assert look_after(LAST + timedelta(days=2)) == 0
        db.session.commit()
    told = [row[0] for row in db_admin.execute("select sentence from alert where kind like 'volunteer-%' order by id")]
    assert told[0] == ("A check of a volunteer is to be renewed by 1 March 2027. After that day they cannot visit.")
    assert told[-1] == (
        "A volunteer may not visit any more, because a check is not in date. 1 planned visit needs another visitor."
    )
    assert db_admin.execute("select status from volunteer_clearance").fetchone() == ("suspended",)
    mails = db_admin.execute("select count(*) from message where kind = 'alert'").fetchone()
    assert mails == (2,)


def test_the_page_of_the_support_says_which_visits_need_another_visitor(
    case: Supported, when: Callable[[date], None], council: Council, again: Callable[[Hired], Hired]
) -> None:
    with council(SLUG):
        visit_on(case, LAST)
        visit_on(case, LAST + timedelta(days=7))
        db.session.commit()
    page = case.manager.client.get(f"/episodes/{case.episode_id}").text
    flags = page.partition("Visits that need another visitor")[2].partition("Change the visitor")[0]
    assert "8 March 2027 at 10am" in flags
    assert "1 March 2027" not in flags
    assert "need another visitor" not in again(case.visitor).client.get("/my-families").text


def test_nobody_is_given_a_family_on_a_day_beyond_the_last(
    case: Supported, accepted_of: AcceptedOf, council: Council
) -> None:
    other = accepted_of(SLUG, manager=case.manager, given_name="Ada")
    with council(SLUG):
        entry_id = put_on_list(other)
        by = actor(case.manager)
        with pytest.raises(CannotVisit, match="Safeguarding training"):
            allocate(entry_id, Allocate(case.visitor.id, LAST + timedelta(days=1)), by=by, at=noon(BEGAN))
        allocate(entry_id, Allocate(case.visitor.id, LAST), by=by, at=noon(BEGAN))
        assert len(db.session.scalars(scoped(Allocation)).all()) == 2


def test_leaving_ends_the_visiting_at_that_moment(case: Supported, db_admin: psycopg.Connection) -> None:
    (key,) = db_admin.execute("select id from volunteer").fetchone() or (None,)
    at = f"/volunteers/{key}"
    client = case.manager.client
    assert send(client, form_to(client.get(f"{at}/end"), f"{at}/end"), {"reason": "Moves to York."}).status_code == 303
    assert opens(case.visitor, case) == (403, "shut")
    assert form_free(client.get(at).text)


def form_free(page: str) -> bool:
    """Whether a page offers to let somebody visit."""
    return "/let-visit" not in page


@pytest.mark.parametrize(
    ("decided", "held", "fits"),
    [
        ("basic", "basic", True), ("enhanced", "standard", False), ("enhanced", "enhanced", True),
        ("enhanced", "enhanced-barred", True), ("enhanced-barred", "enhanced", False),
    ],
)  # fmt: skip
def test_a_check_counts_from_the_level_that_hr_decided(
    council: Council, sign_in: SignIn, when: object, decided: str, held: str, fits: bool
) -> None:
    volunteer = sign_in(SLUG, "volunteer", checked=False)
    manager = sign_in(SLUG, "service-manager")
    by = Actor(manager.id, f"person:{manager.id}")
    with council(SLUG):
        seen(volunteer.id, by, on=BEGAN, level=held)
        with nullcontext() if fits else pytest.raises(NotCleared) as refused:
            open_clearance(volunteer.id, Opening(manager.id, decided), by=by, on=BEGAN)
        if refused is not None:
            assert "is of a lower level" in " ".join(refused.value.missing)
        assert standing(volunteer.id, on=BEGAN).may_visit is fits
        assert set(LEVELS) >= {decided, held}


def test_a_certificate_counts_from_its_issue_and_an_update_service_look_from_its_own_day(
    council: Council, case: Supported
) -> None:
    by, later = actor(case.manager), BEGAN + timedelta(days=300)
    with council(SLUG):
        seen(case.visitor.id, by, on=later)  # so that only the DBS check decides below
        look = NewCheck("dbs", "update-service", BEGAN, later, cleared=True, level="enhanced")
        check = record_check(case.visitor.id, look, by=by, on=later)
        assert check.counts_from == later
        old = NewCheck("dbs", "certificate", BEGAN, later, cleared=True, level="enhanced")
        assert record_check(case.visitor.id, old, by=by, on=later).counts_from == BEGAN
        assert standing(case.visitor.id, on=DBS_LAST - timedelta(days=600)).may_visit


def test_where_the_policy_names_no_check_a_dbs_check_of_three_years_is_assumed() -> None:
    assert dict(ASSUMED_CHECKS) == {"dbs": CheckTerms(name="DBS check", lasts_months=36, dbs=True)}


def test_the_same_certificate_cannot_be_dated_tomorrow(case: Supported, db_admin: psycopg.Connection) -> None:
    (key,) = db_admin.execute("select id from volunteer").fetchone() or (UUID(int=0),)
    at, tomorrow = f"/volunteers/{key}/checks", BEGAN + timedelta(days=1)
    typed = {"kind": "dbs", "how": "certificate", "level": "enhanced", "cleared": "yes"}
    for name, day in (("issued_on", BEGAN), ("checked_on", tomorrow)):
        typed |= {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}
    sent = send(case.manager.client, form_to(case.manager.client.get(at), at), typed)
    assert sent.status_code == 422
    assert "The day is in the future" in sent.text
