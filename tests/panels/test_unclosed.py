"""A meeting that its chair never closed neither stays in the way nor is forgotten."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import pytest

from portage.core import clock
from portage.core.db import db
from portage.panels.operations import Planned, plan_meetings
from portage.policy.dates import in_words
from support.forms import form_to, send
from support.people import Hired
from support.requests import RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
WEEK = timedelta(days=7)
SLUG = "west-northants"


@pytest.fixture
def chair(sign_in: SignIn) -> Hired:
    """The chair of the panel."""
    return sign_in(SLUG, "panel-chair", name="Cleo Chair")


@pytest.fixture
def meetings(council: Council) -> list[UUID]:
    """Meetings of eight days ago, of yesterday, and of the next two weeks; none is closed."""
    with council(SLUG):
        planned = plan_meetings(Planned(clock.today() - timedelta(days=8), 4), WEEK)
        ids = [meeting.id for meeting in planned]
        db.session.commit()
    return ids


def test_the_last_meeting_keeps_the_agenda_until_it_is_closed_and_says_so(
    chair: Hired, meetings: list[UUID], request_of: RequestOf
) -> None:
    family = request_of(SLUG, days_ago=3)
    today, page = clock.today(), chair.client.get("/panel").text
    assert f"Meeting of {in_words(today - timedelta(days=1))}" in page
    assert "This meeting is not closed." in page
    assert "Please record what it decided, then close it." in page
    assert f"What is left goes to the meeting of {in_words(today + timedelta(days=6))}" in page
    assert f"/panel/{meetings[1]}/{family.referral_id}" in page
    assert chair.client.get(f"/panel/{meetings[1]}/{family.referral_id}").status_code == 200
    assert send(chair.client, form_to(chair.client.get("/panel"), f"/panel/{meetings[1]}/close")).status_code == 303
    minutes = chair.client.get(f"/panel/{meetings[1]}").text
    assert family.reference in minutes
    assert "Left for the next meeting" in minutes


def test_an_older_one_is_listed_apart_and_closing_it_leaves_later_requests_out(
    chair: Hired, meetings: list[UUID], request_of: RequestOf
) -> None:
    then, later = request_of(SLUG, days_ago=10), request_of(SLUG, days_ago=2)
    page = chair.client.get("/panel").text
    assert "Please open each and close it." in page
    assert f'href="/panel/{meetings[0]}"' in page
    for family in (then, later):
        assert f"/panel/{meetings[0]}/{family.referral_id}" not in page
        assert f"/panel/{meetings[1]}/{family.referral_id}" in page
    old = chair.client.get(f"/panel/{meetings[0]}")
    assert "The meeting is not closed." in old.text
    assert send(chair.client, form_to(old, f"/panel/{meetings[0]}/close")).status_code == 303
    minutes = chair.client.get(f"/panel/{meetings[0]}").text
    assert then.reference in minutes
    assert later.reference not in minutes
    assert "Please open each and close it." not in chair.client.get("/panel").text


def test_todays_meeting_has_the_agenda_whatever_was_left_open(
    chair: Hired, council: Council, meetings: list[UUID], request_of: RequestOf
) -> None:
    family = request_of(SLUG, days_ago=2)
    with council(SLUG):
        (today,) = (meeting.id for meeting in plan_meetings(Planned(clock.today(), 1), WEEK))
        db.session.commit()
    page = chair.client.get("/panel").text
    assert f"/panel/{today}/{family.referral_id}" in page
    unclosed = page.split("Later meetings")[0]
    assert [f'href="/panel/{each}"' in unclosed for each in meetings] == [True, True, False, False]
    assert "This meeting is not closed." not in page


def test_members_read_that_the_chair_has_not_closed_it(sign_in: SignIn, meetings: list[UUID]) -> None:
    member = sign_in(SLUG, "panel-member").client
    page = member.get("/panel").text
    assert "The chair has not closed this meeting yet." in page
    assert "Please open each" not in page
    assert "/close" not in page + member.get(f"/panel/{meetings[0]}").text
    assert "Not closed yet." in member.get("/today").text


def test_closing_the_last_of_several_that_were_left_open_plans_the_next(chair: Hired, council: Council) -> None:
    with council(SLUG):
        _, last = [each.id for each in plan_meetings(Planned(clock.today() - timedelta(days=8), 2), WEEK)]
        db.session.commit()
    assert send(chair.client, form_to(chair.client.get("/panel"), f"/panel/{last}/close")).status_code == 303
    assert in_words(clock.today() + WEEK) in chair.client.get("/panel").text
