"""What a phone gets, and what it sends: once each, by the doors of the pages, with nothing lost (LDS-08, LAN-06)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, time, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from offline.conftest import CLOCK, TODAY
from portage.accounts.operations.sessions import end_sessions_of
from portage.core import clock as service_clock
from portage.core.csrf import HEADER
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.lone_working.operations.noticing import unheard_of
from portage.offline.models import RecordConflict
from portage.plans.operations import NewGoal, NewTarget, Plan, add_goal, add_target, agree_plan
from portage.visits.models import Concern, Visit
from portage.visits.operations.safety import NewSafetyNote, write_safety
from support.browsers import Browser, browser
from support.councils import host
from support.episodes import Council, SignIn, Supported, SupportedOf, actor, visit_on
from support.episodes import done as recorded
from support.phones import Handset, done

pytestmark = pytest.mark.usefixtures("on_a_friday")


@pytest.fixture
def phone(case: Supported) -> Handset:
    """The visitor's phone, open."""
    made = Handset(case.visitor.client)
    assert made.fill().status_code == 200
    return made


def visit(visit_id: UUID) -> Visit:
    """The visit as it stands; the council is in scope."""
    return db.session.scalars(scoped(Visit).where(Visit.id == visit_id)).one()


def sent_rows(admin: psycopg.Connection) -> int:
    row = admin.execute("select count(*) from sent_from_phone").fetchone()
    assert row is not None
    return int(row[0])


def test_a_phone_gets_today_and_the_next_working_day_with_what_is_needed_in_the_house(
    case: Supported, council: Council
) -> None:
    with council("leeds"):
        for days in (0, 1, 3, 4):
            visit_on(case, TODAY + timedelta(days=days))
        by = actor(case.visitor)
        plan = agree_plan(case.episode_id, Plan(TODAY, "Sam", "Points at things."), by=by)
        goal = add_goal(plan.id, NewGoal("Talks with us"))
        add_target(goal.id, NewTarget("Asks for more", "at the table", "three times"))
        write_safety(case.child_id, NewSafetyNote("home-risk", "A large dog."), by=by, at=service_clock.now())
        db.session.commit()
    answer = Handset(case.visitor.client).fill()
    told = answer.get_json()
    assert [each["on"] for each in told["visits"]] == ["2026-03-06", "2026-03-09"]  # a weekend lies between
    assert (told["today"], told["after"], told["hours"]) == ("2026-03-06", "2026-03-09", 24)
    first = told["visits"][0]
    assert (first["name"], first["at"], first["address"]) == ("Kit Canarychild", "10:00", "1 Sample Street")
    assert first["carers"][0]["telephone"] == "01632 960 111"
    assert first["safety"] == [["At the home", "A large dog."]]
    assert [target["does_what"] for target in first["targets"]] == ["Asks for more"]
    assert len(first["elements"]) == 3  # LDS-08: structured teaching, child-led play, family focus
    assert answer.headers["Cache-Control"] == "no-store"


def test_reading_for_a_phone_stands_in_the_trail_for_each_child(
    case: Supported, visit_id: UUID, phone: Handset, db_admin: psycopg.Connection
) -> None:
    rows = db_admin.execute("select subject_id, detail from audit_event where action = 'visit.carried'").fetchall()
    assert [(row[0], row[1]["phone"]) for row in rows] == [(case.child_id, str(phone.id))]


def test_a_phone_gets_the_same_key_again_and_another_phone_another(case: Supported, sign_in: SignIn) -> None:
    first = Handset(case.visitor.client)
    key = first.fill().get_json()["key"]
    assert first.fill().get_json()["key"] == key
    assert Handset(case.visitor.client).fill().get_json()["key"] != key
    other = Handset(sign_in("leeds", "home-visitor", name="Olga Other").client, first.id)
    assert other.fill().status_code == 404


def test_a_visitor_gets_only_visits_of_their_own_and_nothing_of_a_child_that_is_not_theirs_any_more(
    case: Supported, visit_id: UUID, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    other = sign_in("leeds", "home-visitor", name="Olga Other")
    assert Handset(other.client).fill().get_json()["visits"] == []
    assert Handset(case.manager.client).fill().get_json()["visits"] == []
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute(
        "update caseload set until_on = %s where child_id = %s", (TODAY - timedelta(days=1), case.child_id)
    )
    assert Handset(case.visitor.client).fill().get_json()["visits"] == []


def test_a_record_is_kept_with_all_that_the_form_asks(
    case: Supported, visit_id: UUID, phone: Handset, council: Council
) -> None:
    fields = done(
        who_was_there="Kit and mum", time_in="10:05", time_out="11:00", parents_words="He asked for more!",
        next_activity="Spoons in the bath.", elements=["child-led-play"],
    )  # fmt: skip
    with council("leeds"):
        first = phone.fill().get_json()["visits"][0]
    fields["elements"] = [first["elements"][1]["key"]]
    answer = phone.send(phone.thing(visit_id, **fields))
    assert (answer.status_code, answer.get_json()["state"]) == (200, "sent")
    with council("leeds"):
        kept = visit(visit_id)
        assert (kept.status, kept.who_was_there, kept.parents_words) == ("done", "Kit and mum", "He asked for more!")
        assert (kept.time_in, kept.time_out, kept.next_activity) == (time(10, 5), time(11), "Spoons in the bath.")
        assert (kept.elements, kept.recorded_by) == (fields["elements"], case.visitor.id)


def test_sent_twice_is_kept_once_and_answered_the_same(
    visit_id: UUID, phone: Handset, council: Council, db_admin: psycopg.Connection
) -> None:
    thing = phone.thing(visit_id, **done())
    first, second = phone.send(thing), phone.send(thing)
    assert first.get_json() == second.get_json() == {"state": "sent", "version": 2}
    assert sent_rows(db_admin) == 1
    with council("leeds"):
        assert visit(visit_id).version == 2
    other = phone.send({**thing, "fields": done(how_it_went="Something else.")})
    assert (other.status_code, other.get_json()["code"]) == (422, "sent-differently")


def test_a_worry_that_is_sent_eight_times_at_once_is_one_worry(
    app: Flask, case: Supported, visit_id: UUID, phone: Handset, council: Council, db_admin: psycopg.Connection
) -> None:
    thing = phone.thing(visit_id, "worry", what_was_seen="A bruise on the arm.", done_already="Rang the lead.")
    cookie = case.visitor.client.get_cookie("portage-session", domain=host("leeds"))
    assert cookie is not None

    def send(own: Browser) -> tuple[int, str]:
        own.set_cookie("portage-session", cookie.value, domain=own.host)
        answer = Handset(own, phone.id, phone.token).send(thing)
        return answer.status_code, answer.get_json().get("state")

    browsers = [browser(app, host("leeds")) for _ in range(8)]
    stopped = [copy_context() for _ in browsers]  # the test's clock is not the other threads'
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda context, own: context.run(send, own), stopped, browsers))
    assert answers == [(200, "sent")] * 8
    assert sent_rows(db_admin) == 1
    with council("leeds"):
        worries = db.session.scalars(scoped(Concern)).all()
        assert [(each.what_was_seen, each.visit_id) for each in worries] == [("A bruise on the arm.", visit_id)]


def missed() -> list[UUID]:
    """The visits of which nobody has heard by now."""
    return [row.id for row, _ in unheard_of(service_clock.now(), None)]


def test_arriving_and_leaving_without_signal_count_by_the_phones_clock_and_both_times_are_kept(
    visit_id: UUID, phone: Handset, council: Council, clock: Callable[[datetime], None], db_admin: psycopg.Connection
) -> None:
    arrived, left = CLOCK + timedelta(minutes=35), CLOCK + timedelta(minutes=88)
    clock(CLOCK + timedelta(minutes=25))
    things = [phone.thing(visit_id, "arrived", written=arrived), phone.thing(visit_id, "left", written=left)]
    clock(CLOCK + timedelta(hours=7))
    db_admin.execute("update web_session set seen_at = %s", (service_clock.now(),))  # they signed in again
    with council("leeds"):
        assert missed() == [visit_id]  # no signal counts as not out, also where nobody said that they arrived
    assert phone.send(things[0]).get_json() == {"state": "sent"}
    with council("leeds"):
        assert missed() == [visit_id]  # no word of leaving has come
    assert phone.send(things[1]).get_json() == {"state": "sent"}
    with council("leeds"):
        kept = visit(visit_id)
        assert (kept.arrived_at, kept.left_at, kept.version) == (arrived, left, 1)
        assert missed() == []
    rows = db_admin.execute("select written_at, created_at from sent_from_phone order by written_at").fetchall()
    assert rows == [(arrived, service_clock.now()), (left, service_clock.now())]


def test_a_phone_whose_clock_runs_ahead_is_not_believed(visit_id: UUID, phone: Handset, council: Council) -> None:
    phone.send(phone.thing(visit_id, "arrived", written=CLOCK + timedelta(hours=5)))
    with council("leeds"):
        assert visit(visit_id).arrived_at == CLOCK


def test_a_record_that_somebody_else_changed_meanwhile_is_kept_beside_the_other(
    case: Supported, visit_id: UUID, phone: Handset, council: Council
) -> None:
    thing = phone.thing(visit_id, **done(how_it_went="Ours: he stacked three cups."))
    with council("leeds"):
        recorded(case, visit_id, TODAY)
        db.session.commit()
    answer = phone.send(thing)
    told = answer.get_json()
    assert (answer.status_code, told["state"], told["why"]) == (200, "needs-you", "two-records")
    assert phone.send(thing).get_json() == told
    with council("leeds"):
        assert visit(visit_id).how_it_went == "We played."
        both = db.session.scalars(scoped(RecordConflict)).one()
        assert both.ours["how_it_went"] == "Ours: he stacked three cups."
        assert both.theirs["how_it_went"] == "We played."


def test_a_visit_that_was_only_moved_meanwhile_is_recorded(
    case: Supported, visit_id: UUID, phone: Handset, council: Council
) -> None:
    thing = phone.thing(visit_id, **done())
    with council("leeds"):
        visit(visit_id).planned_at = time(9)
        db.session.commit()
    assert phone.send(thing).get_json() == {"state": "sent", "version": 3}


def test_a_phone_that_corrects_its_own_record_before_it_had_an_answer_is_in_no_conflict(
    visit_id: UUID, phone: Handset, council: Council
) -> None:
    assert phone.send(phone.thing(visit_id, **done(how_it_went="First."))).status_code == 200
    again = phone.send(phone.thing(visit_id, **done(how_it_went="Second.")))
    assert again.get_json() == {"state": "sent", "version": 3}
    with council("leeds"):
        assert visit(visit_id).how_it_went == "Second."


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"status": "done", "done_on": "2026-03-06", "version": 1}, "how_it_went"),
        (done(done_on="2026-03-07"), "done_on"),
        (done(done_on="soon"), "done_on"),
        (done(elements=["magic"]), "elements"),
        (done(time_in="11:00", time_out="10:00"), "time_out"),
        ({"status": "cancelled", "version": 1, "reason_cancelled": "Ill"}, "cancelled_by"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field_and_can_be_mended_under_the_same_id(
    visit_id: UUID, phone: Handset, fields: dict[str, object], field: str, db_admin: psycopg.Connection
) -> None:
    thing = phone.thing(visit_id, **{**fields, "done_on": fields.get("done_on", "")})
    answer = phone.send(thing)
    assert (answer.status_code, answer.get_json()["code"], list(answer.get_json()["errors"])) == (
        422,
        "not-accepted",
        [field],
    )
    assert sent_rows(db_admin) == 0
    assert phone.send({**thing, "fields": done()}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{", b'"x"', b"\xff", b'{"key": 1}', b'{"key": "x", "fields": []}',
        b'{"key": "0190163d-8694-739b-aea5-966c26f8ad91", "phone": "0190163d-8694-739b-aea5-966c26f8ad91", '
        b'"visit": "0190163d-8694-739b-aea5-966c26f8ad91", "kind": "record", "written": "2026-03-06", "fields": {}}',
    ],
)  # fmt: skip
def test_what_is_no_json_of_ours_gets_a_clear_error(phone: Handset, body: bytes) -> None:
    for path in ("/app/records", "/app/phones"):
        answer = phone.client.post(path, data=body, headers={HEADER: phone.token}, content_type="application/json")
        assert (answer.status_code, answer.get_json()["code"]) == (400, "unreadable")


def test_odd_values_in_the_fields_are_no_fault_of_the_service(visit_id: UUID, phone: Handset) -> None:
    for odd in ({"a": 1}, [[1]], True, 1.5):
        answer = phone.send(phone.thing(visit_id, **done(how_it_went=odd)))
        assert (answer.status_code, answer.get_json()["code"]) == (400, "unreadable")
    assert phone.send(phone.thing(visit_id, **done(how_it_went="a\0b\ud800"))).status_code == 200


def test_without_the_sessions_token_nothing_is_taken(visit_id: UUID, phone: Handset) -> None:
    thing = phone.thing(visit_id, **done())
    for token in ("", "0" * 64):
        answer = Handset(phone.client, phone.id, token).send(thing)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "form-expired")
    foreign = phone.client.post(
        "/app/records", json=thing, headers={"X-Portage-Token": phone.token, "Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403
    as_form = phone.client.post("/app/records", data={"_csrf": phone.token})
    assert (as_form.status_code, as_form.get_json()["code"]) == (400, "unreadable")


def test_another_councils_visit_and_phone_are_not_there(
    visit_id: UUID, phone: Handset, sign_in: SignIn, app: Flask
) -> None:
    elsewhere = Handset(sign_in("lancashire", "home-visitor", "service-manager").client)
    elsewhere.fill()
    nobodys = elsewhere.send(elsewhere.thing(new_id(), **done()))
    theirs = elsewhere.send(elsewhere.thing(visit_id, **done()))
    assert (theirs.status_code, theirs.get_json()) == (nobodys.status_code, nobodys.get_json())
    assert theirs.status_code == 404
    stolen = Handset(elsewhere.client, phone.id, elsewhere.token)
    assert stolen.send(stolen.thing(visit_id, **done())).status_code == 404
    assert stolen.contact()["state"] == "forget"  # there is no such phone in that council


def test_a_visit_to_a_child_beyond_ones_own_cases_is_refused_as_on_its_page(
    visit_id: UUID, sign_in: SignIn, council: Council
) -> None:
    other = Handset(sign_in("leeds", "home-visitor", name="Olga Other").client)
    other.fill()
    answer = other.send(other.thing(visit_id, **done()))
    assert (answer.status_code, answer.get_json()["code"]) == (403, "reason-needed")
    with council("leeds"):
        assert visit(visit_id).status == "planned"


def test_a_session_that_lay_idle_asks_to_sign_in_and_one_that_was_ended_locks_the_phone(
    case: Supported, visit_id: UUID, phone: Handset, council: Council, clock: Callable[[datetime], None]
) -> None:
    assert phone.contact()["state"] == "signed-in"
    thing = phone.thing(visit_id, **done())
    clock(CLOCK + timedelta(hours=2))
    assert phone.contact()["state"] == "sign-in"
    assert phone.send(thing).status_code == 401
    with council("leeds"):
        end_sessions_of(case.visitor.id, reason="disabled", at=service_clock.now())
        db.session.commit()
    assert phone.contact()["state"] == "lock"


def test_a_volunteer_gets_what_their_own_pages_show_and_no_more(
    supported_of: SupportedOf, sign_in: SignIn, council: Council, db_admin: psycopg.Connection
) -> None:
    volunteer = sign_in("west-northants", "volunteer", name="Vic Volunteer")
    case = supported_of("west-northants", visitor=volunteer)
    other = supported_of("west-northants", given_name="Moss")
    with council("west-northants"):
        own, theirs = visit_on(case, TODAY), visit_on(other, TODAY)
        write_safety(case.child_id, NewSafetyNote("home-risk", "Not released."), by=actor(other.manager), at=CLOCK)
        db.session.commit()
    phone = Handset(volunteer.client)
    answer = phone.fill()
    [shown] = answer.get_json()["visits"]
    assert (shown["id"], shown["name"], shown["short"], shown["safety"]) == (str(own), "Kit", True, [])
    assert "Canarychild" not in answer.text
    assert phone.send(phone.thing(theirs, **done())).status_code == 404
    assert phone.send(phone.thing(own, **done())).get_json()["state"] == "sent"
    worry = phone.send(phone.thing(own, "worry", what_was_seen="He was very tired."))
    assert worry.get_json()["state"] == "sent"
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update volunteer_check set counts_from = counts_from - 4000")
    assert phone.fill().get_json()["visits"] == []  # lapsed: the phone replaces what it held by nothing
    assert phone.send(phone.thing(own, **done(2))).status_code == 404
