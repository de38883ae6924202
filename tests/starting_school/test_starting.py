"""School admissions flag a child who starts school without a plan; a first assessment leads to support (WNC-07)."""

from datetime import date, timedelta

import psycopg
import pytest
from werkzeug.test import TestResponse

from portage.core import clock
from support.cases import Family
from support.forms import form_to, send
from support.people import Hired
from support.requests import CONCERNED, RequestOf
from support.staff import SignIn

HERE = "west-northants"


@pytest.fixture
def manager(sign_in: SignIn) -> Hired:
    """A manager of the team."""
    return sign_in(HERE, "service-manager", name="Mona Manager")


@pytest.fixture
def flagged(request_of: RequestOf) -> Family:
    """A child whom school admissions told the team of."""
    return request_of(HERE, route="school-transition", referrer="school-admissions", months=52)


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def do(person: Hired, family: Family, part: str, **typed: str) -> TestResponse:
    """Fill in one form of the page."""
    here = f"/referrals/{family.referral_id}/starting-school"
    page = person.client.get(here)
    assert page.status_code == 200, page.text
    return send(person.client, form_to(page, f"{here}/{part}" if part else here), typed)


def test_from_the_flag_to_the_first_assessment_to_support_at_the_school(
    manager: Hired, flagged: Family, db_admin: psycopg.Connection
) -> None:
    today, here = clock.today(), f"/referrals/{flagged.referral_id}/starting-school"
    assert here in manager.client.get(f"/referrals/{flagged.referral_id}").text
    assert "First assessment" in manager.client.get(here).text
    assert f'action="{here}/assessment"' not in manager.client.get(here).text
    assert do(manager, flagged, "", school_name="Oak School", **day("starts_on", date(2027, 9, 1))).status_code == 303
    found = {"assessed_with": "Ada Admissions", "found": "Talks in two words; pictures help."}
    future = do(manager, flagged, "assessment", **found, **day("assessed_on", today + timedelta(days=1)))
    assert future.status_code == 422
    assert "pictures help" in future.text
    assert do(manager, flagged, "assessment", **found, **day("assessed_on", today)).status_code == 303
    team = {"team": "Specialist SEND Teachers", "what": "A visual timetable"}
    assert do(manager, flagged, "support", **team).status_code == 303
    shown = manager.client.get(here).text
    for said in ("Oak School", "1 September 2027", "with Ada Admissions", "pictures help", "A visual timetable"):
        assert said in shown
    (support_id,) = db_admin.execute("select id from school_support").fetchone() or ()
    assert do(manager, flagged, f"support/{support_id}/end").status_code == 303
    assert "ended on" in manager.client.get(here).text
    assert db_admin.execute("select assessed_by from school_start").fetchone() == (manager.id,)


def test_only_teams_that_the_council_names_are_linked(manager: Hired, flagged: Family) -> None:
    do(manager, flagged, "", school_name="Oak School")
    other = do(manager, flagged, "support", team="My own team", what="Help")
    assert other.status_code == 422
    assert "Choose one of the teams." in other.text


def test_a_change_on_an_old_page_overwrites_nobody(manager: Hired, flagged: Family) -> None:
    here = f"/referrals/{flagged.referral_id}/starting-school"
    do(manager, flagged, "", school_name="Oak School")
    old = form_to(manager.client.get(here), here)
    do(manager, flagged, "", school_name="Elm School")
    assert send(manager.client, old, {"school_name": "Ash School"}).status_code == 409


def test_only_requests_of_admissions_and_only_where_the_council_has_the_programme(
    manager: Hired, request_of: RequestOf, sign_in: SignIn
) -> None:
    plain = request_of(HERE)
    assert manager.client.get(f"/referrals/{plain.referral_id}/starting-school").status_code == 404
    elsewhere = request_of("leeds", facts=CONCERNED)
    other = sign_in("leeds", "service-manager", name="Olga Other")
    assert other.client.get(f"/referrals/{elsewhere.referral_id}/starting-school").status_code == 404
    assert "Starting school" not in other.client.get(f"/referrals/{elsewhere.referral_id}").text
