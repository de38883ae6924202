"""Between the weekly meetings: the chair's action that the next one ratifies, and weeks without a meeting (WNC-04)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest

from portage.core import clock as portage_clock
from portage.core.db import db
from portage.panels.operations import Planned, plan_ahead, plan_meetings
from support.cases import Family
from support.forms import form_to, send
from support.panels import INSTEAD, SLUG, closed, decided, deed, item_at, meeting_on, plan
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
WEEK = timedelta(days=7)
MONDAY = date(2026, 3, 2)
URGENT = "The family moves on Friday, and the visits can begin where they go."
SAYS = {"reason": "We agree with the chair.", "ratified": "yes"}


@pytest.fixture
def chair(on_day: Callable[[date], None], sign_in: SignIn) -> Hired:
    """The chair, on the Monday on which the panel met, with four meetings planned."""
    on_day(MONDAY)
    found = sign_in(SLUG, "panel-chair", name="Cleo Chair")
    plan(found)
    return found


def acted(chair: Hired, family: Family, **typed: str) -> str:
    """Decide as chair on a day between meetings; answers the address of the item that the next meeting looks at."""
    address = f"/panel/action/{family.referral_id}"
    said = {"because": URGENT, "outcome": "accepted", "reason": OWN_WORDS, **typed}
    answer = deed(chair, address, address, said)
    assert answer.status_code == 303, answer.text
    return address


def action_at(db_admin: psycopg.Connection, day: date) -> str:
    """The address of the chair's action on the agenda of a day."""
    (meeting, item) = db_admin.execute(
        "select m.id, i.id from panel_item i join panel_meeting m on m.id = i.meeting_id "
        "where i.kind = 'chairs-action' and m.held_on = %s",
        (day,),
    ).fetchone() or ("", "")
    return f"/panel/{meeting}/actions/{item}"


def test_a_chairs_action_starts_its_clocks_that_day_and_the_next_meeting_ratifies_it_as_an_item(
    chair: Hired,
    sign_in: SignIn,
    request_of: RequestOf,
    on_day: Callable[[date], None],
    db_admin: psycopg.Connection,
) -> None:
    closed(chair, meeting_on(db_admin, MONDAY))
    wednesday = MONDAY + timedelta(days=2)
    on_day(wednesday)
    family = request_of(SLUG, given_name="Ada")
    request = f"/referrals/{family.referral_id}"
    assert f"/panel/action/{family.referral_id}" in chair.client.get(request).text
    address = f"/panel/action/{family.referral_id}"
    assert deed(chair, address, address, {"outcome": "accepted", "reason": OWN_WORDS}).status_code == 422
    acted(chair, family)
    clocks = "select key, started_on, due_on from deadline where key <> 'panel' order by key"
    assert db_admin.execute(clocks).fetchall() == [
        (key, wednesday, wednesday + WEEK) for key in ("after-panel", "introductory-visit")
    ]
    following = MONDAY + WEEK
    item = action_at(db_admin, following)
    assert "The meeting of 9 March 2026 ratifies it or does not." in chair.client.get(item).text
    member = sign_in(SLUG, "panel-member")
    assert item in member.client.get("/panel").text
    on_day(following)
    assert "Record it" not in member.client.get(item).text
    assert deed(chair, item, item, {**SAYS, "reason": ""}).status_code == 422
    assert deed(chair, item, item, SAYS).status_code == 303
    assert closed(chair, meeting_on(db_admin, following)).status_code == 303
    minutes = chair.client.get(f"/panel/{meeting_on(db_admin, following)}").text
    for said in ("Chair’s action between meetings", "Chair’s action ratified", "We agree with the chair."):
        assert said in minutes


def test_one_that_is_not_ratified_comes_back_to_the_panel_where_nothing_has_begun(
    chair: Hired, request_of: RequestOf, on_day: Callable[[date], None], db_admin: psycopg.Connection
) -> None:
    family = request_of(SLUG, given_name="Ada")
    on_day(MONDAY + timedelta(days=1))
    acted(chair, family)
    on_day(MONDAY + WEEK)
    item = action_at(db_admin, MONDAY + WEEK)
    assert deed(chair, item, item, {"reason": "We want to see the report first.", "ratified": "no"}).status_code == 303
    assert db_admin.execute("select stage from referral").fetchone() == ("panel",)
    meeting_id = meeting_on(db_admin, MONDAY + WEEK)
    assert decided(chair, item_at(meeting_id, family), outcome="deferred", reason="For the report.").status_code == 303
    assert db_admin.execute("select kind, outcome from panel_item order by kind").fetchall() == [
        ("chairs-action", "not-ratified"),
        ("request", "deferred"),
    ]


def test_where_support_was_begun_the_managers_look_at_it(
    chair: Hired,
    sign_in: SignIn,
    request_of: RequestOf,
    on_day: Callable[[date], None],
    db_admin: psycopg.Connection,
) -> None:
    family = request_of(SLUG)
    on_day(MONDAY + timedelta(days=1))
    acted(chair, family)
    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update referral set stage = 'waiting'")
    on_day(MONDAY + WEEK)
    item = action_at(db_admin, MONDAY + WEEK)
    assert deed(chair, item, item, {"reason": "We would have signposted.", "ratified": "no"}).status_code == 303
    assert "the panel did not ratify the chair’s action" in sign_in(SLUG, "service-manager").client.get("/today").text
    assert db_admin.execute("select stage from referral").fetchone() == ("waiting",)


def test_an_action_that_a_meeting_did_not_reach_is_an_item_of_the_next(
    chair: Hired, request_of: RequestOf, on_day: Callable[[date], None], db_admin: psycopg.Connection
) -> None:
    family = request_of(SLUG)
    on_day(MONDAY + timedelta(days=1))
    acted(chair, family)
    stale = form_to(chair.client.get("/panel"), "/panel/meetings")
    assert stale
    on_day(MONDAY + WEEK)
    assert closed(chair, meeting_on(db_admin, MONDAY + WEEK)).status_code == 303
    on_day(MONDAY + 2 * WEEK)
    item = action_at(db_admin, MONDAY + 2 * WEEK)
    assert item in chair.client.get("/panel").text
    assert deed(chair, item, item, SAYS).status_code == 303


def test_without_a_planned_meeting_there_is_no_action(
    sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    found, family = sign_in(SLUG, "panel-chair"), request_of(SLUG)
    address = f"/panel/action/{family.referral_id}"
    said = {"because": URGENT, "outcome": "accepted", "reason": OWN_WORDS}
    refused = deed(found, address, address, said)
    assert refused.status_code == 422
    assert "Plan the next meeting first" in refused.text
    assert db_admin.execute("select count(*) from decision").fetchone() == (0,)


def test_a_cancelled_week_moves_its_items_and_says_so_on_the_page_and_to_the_members(
    chair: Hired, sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family, member = request_of(SLUG, given_name="Ada"), sign_in(SLUG, "panel-member")
    meeting_id = meeting_on(db_admin, MONDAY)
    page = f"/panel/{meeting_id}"
    assert deed(chair, page, f"{page}/cancel", {"because": ""}).status_code == 422
    assert deed(chair, page, f"{page}/cancel", {"because": "The building is closed."}).status_code == 303
    for person in (chair, member):
        agenda = person.client.get("/panel").text
        assert "The panel does not meet on 2 March 2026." in agenda
        assert "The building is closed. What was to be looked at is on the agenda of 9 March 2026." in agenda
        assert item_at(meeting_on(db_admin, MONDAY + WEEK), family) in agenda
        assert "The panel of 2 March 2026 does not meet." in person.client.get("/today").text
    assert member.client.get(item_at(meeting_id, family)).status_code == 404
    assert "The meeting was cancelled." in member.client.get(page).text


def test_a_meeting_that_has_decided_is_closed_and_not_cancelled(
    chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of(SLUG)
    meeting_id = meeting_on(db_admin, MONDAY)
    page = f"/panel/{meeting_id}"
    form = form_to(chair.client.get(page), f"{page}/cancel")
    said = {"outcome": "signposted", "rationale": "A group is what they asked for.", "may_help_instead": INSTEAD}
    assert decided(chair, item_at(meeting_id, family), **said).status_code == 303
    refused = send(chair.client, form, {"because": "The building is closed."})
    assert refused.status_code == 422
    assert "Close it instead." in refused.text


@pytest.mark.parametrize(
    ("first", "closed_on", "because"),
    [
        (date(2026, 12, 21), date(2026, 12, 28), "Boxing Day"),  # it falls on a Saturday: the Monday after is free
        (date(2027, 3, 22), date(2027, 3, 29), "Easter Monday"),
    ],
)
def test_the_panel_does_not_meet_on_a_bank_holiday(
    council: Council,
    on_day: Callable[[date], None],
    sign_in: SignIn,
    db_admin: psycopg.Connection,
    first: date,
    closed_on: date,
    because: str,
) -> None:
    on_day(first)
    with council(SLUG):
        plan_meetings(Planned(first, 1), WEEK)
        plan_ahead(WEEK, on=first)
        db.session.commit()
    days = dict(db_admin.execute("select held_on, status from panel_meeting").fetchall())
    assert (days[first], days[closed_on], days[closed_on + WEEK]) == ("planned", "cancelled", "planned")
    page = sign_in(SLUG, "panel-member").client.get("/panel").text
    assert f"The panel does not meet on {closed_on.day} {closed_on:%B %Y}." in page
    assert because in page


def test_the_panel_does_not_meet_when_the_council_is_closed_unless_a_person_says_so(
    council: Council, on_day: Callable[[date], None], db_admin: psycopg.Connection
) -> None:
    closure = date(2026, 6, 1)  # a Monday, in the council's own calendar
    on_day(closure - WEEK)
    with council(SLUG):
        plan_meetings(Planned(closure - WEEK, 1), WEEK)
        plan_ahead(WEEK, on=portage_clock.today())
        db.session.commit()
    status = "select status, cancelled_because from panel_meeting where held_on = %s"
    assert db_admin.execute(status, (closure,)).fetchone() == ("cancelled", "The council is closed.")
    with council(SLUG):
        plan_meetings(Planned(date(2026, 12, 25), 1), WEEK)
        db.session.commit()
    assert db_admin.execute(status, (date(2026, 12, 25),)).fetchone() == ("planned", None)
