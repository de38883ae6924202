"""After the panel both are contacted within a week, and a first visit is arranged (WNC-05)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest

from portage.core import clock as portage_clock
from portage.core.db import db
from portage.referrals.jobs import remind_of_dates
from support.background import WorkOff
from support.cases import Family
from support.forms import form_to, send
from support.mailserver import MailServer
from support.panels import INSTEAD, RATIONALE, SLUG, decided, deed, item_at, meeting_on, plan
from support.people import Hired
from support.requests import RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
MONDAY = date(2026, 3, 2)
WEEK = timedelta(days=7)
NAMES = ("Ada", "Canarychild", "Ola")


@pytest.fixture
def family(on_day: Callable[[date], None], request_of: RequestOf) -> Family:
    """A notification by a health professional, received on the Monday of the panel."""
    on_day(MONDAY)
    return request_of(SLUG, route="section-23", referrer="health-professional", given_name="Ada")


@pytest.fixture
def practitioner(on_day: Callable[[date], None], sign_in: SignIn) -> Hired:
    """Somebody who may visit."""
    on_day(MONDAY)
    return sign_in(SLUG, "home-visitor", name="Pia Practitioner")


@pytest.fixture
def chair(on_day: Callable[[date], None], sign_in: SignIn) -> Hired:
    """The chair, on the Monday of the panel."""
    on_day(MONDAY)
    found = sign_in(SLUG, "panel-chair")
    plan(found)
    return found


def clocks(db_admin: psycopg.Connection) -> dict[str, tuple[date, date, date | None]]:
    """The dates after the panel: when each began, when it is due, when it stopped."""
    found = db_admin.execute("select key, started_on, due_on, stopped_on from deadline where key <> 'panel'")
    return {key: (began, due, stopped) for key, began, due, stopped in found}


def arranged(person: Hired, family: Family, visitor: Hired, day: date) -> int:
    """Arrange the introductory visit from the request's page; answers the status."""
    address = f"/referrals/{family.referral_id}/introduction"
    typed = {
        "visitor_id": str(visitor.id), "arranged_for-day": str(day.day), "arranged_for-month": str(day.month),
        "arranged_for-year": str(day.year), "arranged_time": "10:30", "place": "At home",
    }  # fmt: skip
    return deed(person, address, address, typed).status_code


def test_the_week_counts_from_the_panel_also_when_it_is_written_down_later(
    chair: Hired,
    family: Family,
    practitioner: Hired,
    on_day: Callable[[date], None],
    db_admin: psycopg.Connection,
) -> None:
    on_day(MONDAY + timedelta(days=1))
    item = item_at(meeting_on(db_admin, MONDAY), family)
    assert decided(chair, item, practitioner_id=str(practitioner.id)).status_code == 303
    assert clocks(db_admin) == dict.fromkeys(
        ("after-panel", "after-panel.requester", "introductory-visit"), (MONDAY, MONDAY + WEEK, None)
    )


def test_the_visit_is_arranged_and_its_clock_stops_and_runs_again_when_it_is_cancelled(
    chair: Hired,
    family: Family,
    practitioner: Hired,
    on_day: Callable[[date], None],
    db_admin: psycopg.Connection,
) -> None:
    item = item_at(meeting_on(db_admin, MONDAY), family)
    assert decided(chair, item, practitioner_id=str(practitioner.id)).status_code == 303
    wednesday, friday = MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)
    on_day(wednesday)
    page = practitioner.client.get(f"/referrals/{family.referral_id}")
    assert "Arrange the introductory visit" in page.text
    assert arranged(practitioner, family, practitioner, MONDAY) == 422, "a day in the past"
    assert arranged(practitioner, family, practitioner, friday) == 303
    assert clocks(db_admin)["introductory-visit"] == (MONDAY, MONDAY + WEEK, wednesday)
    assert clocks(db_admin)["after-panel"][2] is None, "arranging is not telling"
    today = practitioner.client.get("/today").text
    assert "Ada, 6 March 2026 at 10:30am" in today
    asks = "Please say what became of it."
    assert asks not in today
    on_day(friday + timedelta(days=1))
    assert asks in practitioner.client.get("/today").text
    on_day(wednesday)

    address = f"/referrals/{family.referral_id}/introduction"
    (visit,) = db_admin.execute("select id from introductory_visit").fetchone() or ()
    assert deed(practitioner, address, f"{address}/{visit}", {"became": "cancelled"}).status_code == 422
    because = {"became": "cancelled", "note": "The child is ill."}
    assert deed(practitioner, address, f"{address}/{visit}", because).status_code == 303
    assert clocks(db_admin)["introductory-visit"] == (wednesday, wednesday + WEEK, None)
    assert arranged(practitioner, family, practitioner, friday) == 303
    on_day(friday)
    (visit,) = db_admin.execute("select id from introductory_visit where status = 'arranged'").fetchone() or ()
    late = form_to(practitioner.client.get(address), f"{address}/{visit}")
    done = {"became": "done", "note": "They showed us what Ada likes."}
    assert deed(practitioner, address, f"{address}/{visit}", done).status_code == 303
    assert send(practitioner.client, late, {"became": "cancelled", "note": "Nobody was in."}).status_code == 409
    assert "took place on 6 March 2026" in practitioner.client.get(f"/referrals/{family.referral_id}").text


def test_no_visit_is_waited_for_where_the_family_is_pointed_elsewhere(
    chair: Hired, family: Family, db_admin: psycopg.Connection
) -> None:
    item = item_at(meeting_on(db_admin, MONDAY), family)
    said = {"outcome": "signposted", "rationale": RATIONALE, "may_help_instead": INSTEAD}
    assert decided(chair, item, **said).status_code == 303
    assert set(clocks(db_admin)) == {"after-panel", "after-panel.requester"}
    assert chair.client.get(f"/referrals/{family.referral_id}/introduction").status_code in (303, 403)


def test_a_parent_who_asked_is_one_person_to_contact(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of(SLUG)
    assert decided(chair, item_at(meeting_on(db_admin, MONDAY), family)).status_code == 303
    assert set(clocks(db_admin)) == {"after-panel", "introductory-visit"}


def test_an_overdue_clock_is_red_on_the_managers_page_and_in_a_morning_e_mail_that_names_nobody(
    chair: Hired,
    family: Family,
    sign_in: SignIn,
    council: Council,
    on_day: Callable[[date], None],
    work_off: WorkOff,
    mail_server: MailServer,
    db_admin: psycopg.Connection,
) -> None:
    manager = sign_in(SLUG, "service-manager", name="Mia Manager")
    assert decided(chair, item_at(meeting_on(db_admin, MONDAY), family)).status_code == 303
    on_day(MONDAY + WEEK)
    assert "govuk-tag--red" not in manager.client.get("/today").text
    on_day(MONDAY + WEEK + timedelta(days=1))
    assert '<strong class="govuk-tag govuk-tag--red">Overdue</strong>' in manager.client.get("/worklist").text
    today = manager.client.get("/today").text
    assert "govuk-tag--red" in today
    request = manager.client.get(f"/referrals/{family.referral_id}").text
    assert request.count('<strong class="govuk-tag govuk-tag--red">Overdue</strong>') == 3

    work_off()
    mail_server.mails.clear()
    with council(SLUG):
        remind_of_dates()
        db.session.commit()
    work_off()
    assert mail_server.mails
    for mail in mail_server.mails:
        told = str(mail)
        assert family.reference in told
        assert not [name for name in NAMES if name in told]
    sentence = "select sentence from alert where kind = 'clock'"
    assert {"the family is" in said.lower() for (said,) in db_admin.execute(sentence)}


def test_a_practitioners_access_ends_when_the_request_does(
    chair: Hired,
    family: Family,
    practitioner: Hired,
    council: Council,
    db_admin: psycopg.Connection,
) -> None:
    from portage.panels.jobs import close_records

    item = item_at(meeting_on(db_admin, MONDAY), family)
    assert decided(chair, item, practitioner_id=str(practitioner.id)).status_code == 303
    with council(SLUG):
        close_records()
        db.session.commit()
    assert practitioner.client.get(f"/referrals/{family.referral_id}").status_code == 200
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update referral set stage = 'closed'")
    with council(SLUG):
        close_records()
        db.session.commit()
    assert practitioner.client.get(f"/referrals/{family.referral_id}").status_code == 303
    assert portage_clock.today() == MONDAY
