"""Days on which things go wrong for who holds a phone: none of them loses what was written there (LDS-08, LAN-06)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from offline.conftest import CLOCK, TODAY
from portage.accounts.operations.people import disable
from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.offline.models import RecordConflict
from portage.plans.operations import (
    Become,
    NewActivity,
    NewGoal,
    NewTarget,
    Plan,
    add_activity,
    add_goal,
    add_target,
    agree_plan,
    end_activity,
    set_status,
    target_here,
)
from portage.support.operations.allocation import Allocate, change_visitor
from portage.visits.models import Concern, Visit
from portage.visits.operations import tried_in
from support.episodes import Council, SignIn, Supported, SupportedOf, actor, visit_on
from support.forms import form_to, forms_on, send
from support.phones import Handset, done

pytestmark = pytest.mark.usefixtures("on_a_friday")
DAY = timedelta(days=1)


@pytest.fixture
def phone(case: Supported, visit_id: UUID) -> Handset:
    """The visitor's phone, open, with the visit on it."""
    made = Handset(case.visitor.client)
    assert len(made.fill().get_json()["visits"]) == 1
    return made


@pytest.fixture
def moved(case: Supported, phone: Handset, db_admin: psycopg.Connection) -> None:
    """The child was given to another visitor yesterday, while the phone had no signal."""
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update caseload set until_on = %s where child_id = %s", (TODAY - DAY, case.child_id))


def the_visit() -> Visit:
    """The only visit; the council is in scope."""
    return db.session.scalars(scoped(Visit)).one()


@pytest.mark.usefixtures("moved")
def test_a_record_of_a_child_who_has_another_visitor_now_arrives_and_is_put_before_a_manager(
    case: Supported, visit_id: UUID, phone: Handset, council: Council
) -> None:
    assert case.visitor.client.get(f"/visits/{visit_id}").status_code == 303  # to the page that asks why
    for odd, status in (({"a": 1}, 400), ("", 422), ("long " * 1000, 422)):
        assert phone.send(phone.thing(visit_id, **done(how_it_went=odd))).status_code == status
    thing = phone.thing(visit_id, **done(how_it_went="He stacked three cups."))
    assert phone.send(thing).get_json() == phone.send(thing).get_json() == {"state": "sent", "why": "with-manager"}
    with council("leeds"):
        conflict = db.session.scalars(scoped(RecordConflict)).one()
        assert (conflict.why, conflict.ours["how_it_went"]) == ("moved", "He stacked three cups.")
        assert the_visit().status == "planned"
        path = f"/record-conflicts/{conflict.id}"
    assert "He stacked" not in case.visitor.client.get(path, follow_redirects=True).text
    assert phone.fill().get_json()["visits"] == []
    manager = case.manager.client
    reminder = next(form for form in forms_on(manager.get("/today")) if form.action.endswith("/seen"))
    assert send(manager, reminder, {}).location == path
    page = manager.get(path)
    assert "the child was given another visitor" in page.text
    assert "He stacked three cups." in page.text
    assert "Put them together" not in page.text
    assert send(manager, form_to(page, path), {"how": "ours"}).status_code == 303
    with council("leeds"):
        assert (the_visit().status, the_visit().how_it_went) == ("done", "He stacked three cups.")


def test_who_is_in_the_house_when_the_child_gets_another_visitor_is_heard_from_the_phone(
    case: Supported, visit_id: UUID, phone: Handset, council: Council, sign_in: SignIn
) -> None:
    new = sign_in("leeds", "home-visitor", name="Nell New")
    assert phone.send(phone.thing(visit_id, "arrived")).get_json() == {"state": "sent"}
    with council("leeds"):
        change_visitor(case.episode_id, Allocate(new.id, TODAY), by=actor(case.manager), at=service_clock.now())
        db.session.commit()
    assert phone.send(phone.thing(visit_id, "left")).get_json() == {"state": "sent"}
    with council("leeds"):
        assert the_visit().left_at is not None


@pytest.mark.usefixtures("moved")
def test_what_is_kept_for_a_manager_names_no_target_of_another_child(
    case: Supported, visit_id: UUID, phone: Handset, council: Council, supported_of: SupportedOf
) -> None:
    """Neither another child's words come before the manager so, nor a page that can never be opened."""
    other = supported_of("leeds", given_name="Moss")
    with council("leeds"):
        plan = agree_plan(other.episode_id, Plan(TODAY, "Sam", "Points."), by=actor(other.visitor))
        target = add_target(add_goal(plan.id, NewGoal("Talks")).id, NewTarget("Asks", "at tea", "thrice"))
        db.session.commit()
        names = (f"target-{target.id}", f"target-{new_id()}", f"activity-{new_id()}")
    for name in names:
        assert phone.send(phone.thing(visit_id, **done(**{name: "achieved"}))).status_code == 422
    with council("leeds"):
        assert db.session.scalars(scoped(RecordConflict)).all() == []


@pytest.mark.usefixtures("moved")
def test_a_worry_about_a_child_who_has_another_visitor_now_alerts_as_any_other(
    visit_id: UUID, phone: Handset, council: Council
) -> None:
    worry = phone.thing(visit_id, "worry", what_was_seen="A bruise on the arm.")
    assert phone.send(worry).get_json()["state"] == "sent"
    there = phone.send(phone.thing(visit_id, "arrived"))
    assert there.get_json() == {"state": "sent", "why": "not-noted"}
    with council("leeds"):
        assert db.session.scalars(scoped(Concern)).one().what_was_seen == "A bruise on the arm."
        assert the_visit().arrived_at is None


def test_who_visited_the_child_long_ago_has_nothing_to_send_of_a_visit(
    case: Supported, visit_id: UUID, phone: Handset, council: Council, db_admin: psycopg.Connection
) -> None:
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update caseload set from_on = %s, until_on = %s", (TODAY - 90 * DAY, TODAY - 32 * DAY))
    assert phone.send(phone.thing(visit_id, **done())).status_code == 403
    with council("leeds"):
        assert db.session.scalars(scoped(RecordConflict)).all() == []


def test_a_visit_that_was_given_to_somebody_else_is_recorded_by_who_made_it(
    visit_id: UUID, phone: Handset, council: Council, sign_in: SignIn
) -> None:
    other = sign_in("leeds", "home-visitor", name="Olga Other")
    thing = phone.thing(visit_id, **done())
    with council("leeds"):
        the_visit().visitor_id = other.id
        db.session.commit()
    assert phone.send(thing).get_json()["state"] == "sent"


def test_a_visit_that_was_cancelled_meanwhile_is_two_records(
    case: Supported, visit_id: UUID, phone: Handset, council: Council
) -> None:
    thing, there = phone.thing(visit_id, **done(how_it_went="We played.")), phone.thing(visit_id, "arrived")
    path = f"/visits/{visit_id}/cancel"
    form = form_to(case.manager.client.get(path), path)
    assert send(case.manager.client, form, {"cancelled_by": "family", "reason": "Ill"}).status_code == 303
    assert phone.send(there).get_json() == {"state": "sent", "why": "not-noted"}
    told = phone.send(thing).get_json()
    assert (told["state"], told["why"]) == ("needs-you", "two-records")
    assert phone.fill().get_json()["unsettled"] == [told["where"]]
    page = case.visitor.client.get(told["where"])
    assert all(words in page.text for words in ("It was cancelled", "Ill", "We played."))
    assert send(case.visitor.client, form_to(page, told["where"]), {"how": "ours"}).status_code == 303
    assert phone.fill().get_json()["unsettled"] == []


@pytest.mark.parametrize("wrong", [-DAY, DAY, -3 * DAY])
def test_a_phone_whose_clock_is_a_day_wrong_says_when_its_person_came_all_the_same(
    visit_id: UUID, phone: Handset, council: Council, wrong: timedelta
) -> None:
    for kind in ("arrived", "left"):
        assert phone.send(phone.thing(visit_id, kind, written=CLOCK + wrong)).get_json() == {"state": "sent"}
    with council("leeds"):
        assert (the_visit().arrived_at, the_visit().left_at) == (CLOCK, CLOCK)


def test_the_phone_learns_what_time_it_is(phone: Handset) -> None:
    assert datetime.fromisoformat(phone.fill().get_json()["now"]) == CLOCK


def test_what_was_tried_and_seen_is_kept_though_the_plan_went_on_meanwhile(
    case: Supported, visit_id: UUID, phone: Handset, council: Council
) -> None:
    by = actor(case.visitor)
    with council("leeds"):
        plan = agree_plan(case.episode_id, Plan(TODAY, "Sam", "Points at things."), by=by)
        target = add_target(add_goal(plan.id, NewGoal("Talks")).id, NewTarget("Asks for more", "at tea", "thrice"))
        activity = add_activity(target.id, NewActivity("Wait with the spoon", "At each meal"))
        db.session.commit()
        target_id, activity_id = target.id, activity.id
    [held] = phone.fill().get_json()["visits"]
    assert [each["wording"] for each in held["activities"]] == ["Wait with the spoon"]
    with council("leeds"):
        end_activity(activity_id, version=1, on=TODAY)
        set_status(target_id, Become("put-aside", TODAY, target_here(target_id).version))
        db.session.commit()
    words = {f"target-{target_id}": "achieved", f"activity-{activity_id}": "She waited each time!"}
    thing = phone.thing(visit_id, **done(**words))
    assert phone.send(thing).get_json() == phone.send(thing).get_json() == {"state": "sent", "version": 2}
    with council("leeds"):
        assert tried_in(visit_id) == {target_id: "achieved"}
    plan_page = case.visitor.client.get(f"/episodes/{case.episode_id}/plan", follow_redirects=True).text
    assert plan_page.count("She waited each time!") == 1


def test_targets_and_activities_of_another_child_are_refused(
    visit_id: UUID, phone: Handset, council: Council, supported_of: SupportedOf
) -> None:
    other = supported_of("leeds", given_name="Moss")
    with council("leeds"):
        plan = agree_plan(other.episode_id, Plan(TODAY, "Sam", "Points."), by=actor(other.visitor))
        target = add_target(add_goal(plan.id, NewGoal("Talks")).id, NewTarget("Asks", "at tea", "thrice"))
        activity = add_activity(target.id, NewActivity("Wait", "Daily"))
        db.session.commit()
        names = (f"target-{target.id}", f"activity-{activity.id}", "activity-x", "target-x")
    statuses = [phone.send(phone.thing(visit_id, **done(**{name: "achieved"}))).status_code for name in names]
    assert statuses == [422, 422, 400, 400]
    with council("leeds"):
        assert the_visit().status == "planned"


def test_a_visit_that_nobody_recorded_stays_on_the_phone_for_a_week(
    case: Supported, council: Council, clock: Callable[[datetime], None], db_admin: psycopg.Connection
) -> None:
    with council("leeds"):
        monday, tuesday, recorded = (visit_on(case, TODAY + days * DAY) for days in (3, 4, 5))
        visit_on(case, TODAY)
        db.session.flush()
        for visit in db.session.scalars(scoped(Visit).where(Visit.id == recorded)):
            visit.status = "not-available"
        db.session.commit()
    clock(CLOCK + 8 * DAY)
    db_admin.execute("update web_session set seen_at = %s, expires_at = %s", (CLOCK + 8 * DAY, CLOCK + 9 * DAY))
    held = Handset(case.visitor.client).fill().get_json()["visits"]
    assert [each["id"] for each in held] == [str(monday), str(tuesday)]


def test_the_phone_of_somebody_who_was_disabled_is_locked_at_the_next_contact(
    case: Supported, visit_id: UUID, phone: Handset, council: Council
) -> None:
    with council("leeds"):
        disable(case.visitor.id, by=actor(case.manager), at=service_clock.now())
        db.session.commit()
    assert phone.contact()["state"] == "lock"
    assert phone.send(phone.thing(visit_id, **done())).status_code == 401
    assert phone.fill().status_code == 401


def test_signing_out_leaves_what_is_locked_where_the_app_says_that_something_is(case: Supported) -> None:
    client = case.visitor.client
    form = form_to(client.get("/today"), "/sign-out")
    answer = client.post("/sign-out", data={"_csrf": form.typed("_csrf")[0], "sealed": "kept"})
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert client.get("/today").status_code != 200


def test_a_record_of_a_volunteer_whose_family_has_somebody_else_now_goes_to_a_manager(
    supported_of: SupportedOf, sign_in: SignIn, council: Council, db_admin: psycopg.Connection
) -> None:
    volunteer = sign_in("west-northants", "volunteer", name="Vic Volunteer")
    case = supported_of("west-northants", visitor=volunteer)
    with council("west-northants"):
        own = visit_on(case, TODAY)
        db.session.commit()
    phone = Handset(volunteer.client)
    assert [each["id"] for each in phone.fill().get_json()["visits"]] == [str(own)]
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update caseload set until_on = %s where child_id = %s", (TODAY - DAY, case.child_id))
    assert phone.send(phone.thing(own, **done())).get_json() == {"state": "sent", "why": "with-manager"}
    db_admin.execute("update volunteer_check set counts_from = counts_from - 4000")
    assert phone.send(phone.thing(own, **done())).status_code == 404
