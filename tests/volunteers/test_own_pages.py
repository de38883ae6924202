"""What a volunteer sees of their families and does on a visit (WNC-10)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.operations import carers_of
from portage.plans.operations import NewGoal, NewTarget, Plan, add_goal, add_target, agree_plan
from portage.visits.models import SafetyNote, Visit
from portage.visits.operations.safety import NewSafetyNote, write_safety
from support.episodes import Council, SignIn, Supported, SupportedOf, actor, visit_on
from support.forms import form_to, send
from support.people import Hired

SLUG = "west-northants"
AT = datetime(2026, 3, 2, 9, 50, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


@pytest.fixture
def volunteer(sign_in: SignIn) -> Hired:
    """A volunteer whose checks are in date."""
    return sign_in(SLUG, "volunteer", name="Vic Volunteer")


@pytest.fixture
def case(supported_of: SupportedOf, volunteer: Hired) -> Supported:
    """A family that is given to the volunteer."""
    return supported_of(SLUG, visitor=volunteer)


@pytest.fixture
def visit_id(case: Supported, council: Council) -> UUID:
    """A visit at ten o'clock today."""
    with council(SLUG):
        planned = visit_on(case, TODAY)
        db.session.commit()
        return planned


def test_the_page_of_a_family_holds_what_a_visit_needs_and_nothing_else(
    case: Supported, volunteer: Hired, council: Council
) -> None:
    with council(SLUG):
        plan = agree_plan(case.episode_id, Plan(TODAY, "Sam", "Points at the secret cat."), by=actor(case.manager))
        goal = add_goal(plan.id, NewGoal("We would like to eat together."))
        add_target(goal.id, NewTarget("picks up a spoon", "at breakfast", "three times of four"))
        write_safety(case.child_id, NewSafetyNote("home-risk", "A large dog."), by=actor(case.manager), at=AT)
        write_safety(case.child_id, NewSafetyNote("allergies", "Nuts."), by=actor(case.manager), at=AT)
        nuts = db.session.scalars(scoped(SafetyNote).where(SafetyNote.kind == "allergies")).one()
        nuts.released_at, nuts.released_by = AT, case.manager.id
        carer = carers_of(case.child_id)[0]
        carer.contact_note, carer.name = "Never when the father is in.", "Mrs Sam Canarychild"
        db.session.commit()
    page = volunteer.client.get(f"/my-families/{case.child_id}").get_data(as_text=True)
    for shown in ("Kit", "1 Sample Street", "01632 960 111", "Sam", "picks up a spoon", "Nuts."):
        assert shown in page, shown
    for hidden in ("Canarychild", "large dog", "secret cat", "father", "eat together", "/episodes/", "/referrals/"):
        assert hidden not in page, hidden


def test_a_carer_whom_nobody_may_call_is_shown_without_a_number(
    case: Supported, volunteer: Hired, council: Council
) -> None:
    with council(SLUG):
        carers_of(case.child_id)[0].telephone_is_safe = False
        db.session.commit()
    page = volunteer.client.get(f"/my-families/{case.child_id}").get_data(as_text=True)
    assert "Do not telephone" in page
    assert "960 111" not in page


def test_a_volunteer_who_plans_no_visit_is_not_asked_to_plan_the_first(case: Supported, volunteer: Hired) -> None:
    page = volunteer.client.get("/today").get_data(as_text=True)
    assert "A family was given to you. Your supervisor plans the first visit" in page
    assert "plan the first visit" not in page


def test_signing_in_leads_a_volunteer_to_their_families(case: Supported, volunteer: Hired, visit_id: UUID) -> None:
    assert volunteer.client.get("/start").headers["Location"] == "/my-families"
    page = volunteer.client.get("/my-families").get_data(as_text=True)
    assert f"/my-families/{case.child_id}" in page
    assert "Today at 10am" in page
    assert "Canarychild" not in page
    assert "Sue Supervisor" in page
    assert 'href="/visits"' not in page


def test_arriving_leaving_and_the_short_record_are_three_taps_and_the_supervisor_reads_it(
    supported_of: SupportedOf, council: Council, sign_in: SignIn, db_admin: psycopg.Connection,
    clock: Callable[[datetime], None],
) -> None:  # fmt: skip
    supervisor = sign_in(SLUG, "home-visitor", name="Una Upper")
    volunteer = sign_in(SLUG, "volunteer", name="Vic Volunteer", supervisor_id=supervisor.id)
    case = supported_of(SLUG, visitor=volunteer)
    with council(SLUG):
        visit_id = visit_on(case, TODAY)
        db.session.commit()
    path = f"/my-visits/{visit_id}"
    assert send(volunteer.client, form_to(volunteer.client.get(path), f"{path}/arrived")).status_code == 303
    clock(AT + timedelta(minutes=25))
    assert send(volunteer.client, form_to(volunteer.client.get(path), f"{path}/left")).status_code == 303
    page = volunteer.client.get(path)
    for absent in ("next_activity", "elements", "mode"):
        assert f'name="{absent}"' not in page.text
    day = {"done_on-day": "2", "done_on-month": "3", "done_on-year": "2026"}
    empty = send(volunteer.client, form_to(page, f"{path}/record"), {"status": "done"})
    assert empty.status_code == 422
    sent = send(volunteer.client, form_to(page, f"{path}/record"), {**day, "status": "done", "how_it_went": "We sang."})
    assert sent.status_code == 303
    with council(SLUG):
        visit = db.session.scalars(scoped(Visit).where(Visit.id == visit_id)).one()
        assert (visit.status, visit.how_it_went) == ("done", "We sang.")
        assert (visit.arrived_at, visit.left_at) == (AT, AT + timedelta(minutes=25))
    assert "25 minutes" in volunteer.client.get("/my-families").get_data(as_text=True)

    assert "A volunteer recorded a visit. Please read it." in supervisor.client.get("/today").get_data(as_text=True)
    (volunteer_id,) = db_admin.execute("select id from volunteer where name = 'Vic Volunteer'").fetchone() or (None,)
    read_at = f"/volunteers/{volunteer_id}/visits/{visit_id}"
    page = supervisor.client.get(read_at)
    assert "We sang." in page.text
    noted = send(supervisor.client, form_to(page, read_at), {"note": "Well done.", "talk_about_it": "yes"})
    assert noted.status_code == 303
    assert "Well done." in supervisor.client.get(read_at).text
    assert "Not read yet" not in supervisor.client.get(f"/volunteers/{volunteer_id}").text
    # A correction is read anew.
    again = form_to(volunteer.client.get(path), f"{path}/record")
    assert send(volunteer.client, again, {"how_it_went": "We sang and danced."}).status_code == 303
    assert "Not read yet" in supervisor.client.get(f"/volunteers/{volunteer_id}").text
    assert "as it stood before it was corrected" in supervisor.client.get(read_at).text


def test_a_supervisor_of_somebody_else_opens_neither_record_nor_visit(
    case: Supported, volunteer: Hired, visit_id: UUID, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update visit set recorded_by = %s, status = 'done', done_on = planned_on", (volunteer.id,))
    (volunteer_id,) = db_admin.execute("select id from volunteer").fetchone() or (None,)
    other = sign_in(SLUG, "home-visitor", name="Nora Other")
    assert other.client.get(f"/volunteers/{volunteer_id}").status_code == 404
    assert other.client.get(f"/volunteers/{volunteer_id}/visits/{visit_id}").status_code == 404
    assert "Vic" not in other.client.get("/volunteers").get_data(as_text=True)
    assert case.manager.client.get(f"/volunteers/{volunteer_id}").status_code == 200


def test_visits_of_another_volunteer_to_the_same_family_are_not_theirs(
    case: Supported, volunteer: Hired, visit_id: UUID, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    other = sign_in(SLUG, "volunteer", name="Val Volunteer")
    assert other.client.get(f"/my-visits/{visit_id}").status_code == 404
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update visit set visitor_id = %s", (other.id,))
    assert other.client.get(f"/my-visits/{visit_id}").status_code == 404  # theirs, of a family that is not
    assert volunteer.client.get(f"/my-visits/{visit_id}").status_code == 404  # of their family, not theirs


def test_a_visit_cannot_be_begun_on_another_day(
    case: Supported, volunteer: Hired, council: Council, db_admin: psycopg.Connection
) -> None:
    with council(SLUG):
        visit_id = visit_on(case, TODAY + timedelta(days=7))
        db.session.commit()
    page = volunteer.client.get(f"/my-visits/{visit_id}")
    assert "I am there" not in page.text
    any_form = form_to(
        volunteer.client.get(f"/my-families/{case.child_id}/concern"), f"/my-families/{case.child_id}/concern"
    )
    any_form.action = f"/my-visits/{visit_id}/arrived"
    assert send(volunteer.client, any_form).status_code == 303
    assert db_admin.execute("select arrived_at from visit").fetchone() == (None,)


def test_a_council_whose_policy_has_no_volunteers_has_none_of_these_pages(sign_in: SignIn) -> None:
    for slug in ("leeds", "lancashire"):
        manager, volunteer = sign_in(slug, "service-manager"), sign_in(slug, "volunteer")
        assert manager.client.get("/volunteers").status_code == 404
        assert "Volunteers" not in manager.client.get("/today").text
        assert volunteer.client.get("/my-families").status_code == 404
        assert manager.client.get("/volunteer").status_code == 404
        assert "volunteer" not in manager.client.get("/").text.lower()
    assert service_clock.today() == TODAY
