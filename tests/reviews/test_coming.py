"""A review that is due is asked for once; what is overdue stands on a manager's first page (LAN-08, LDS-07)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from flask import Flask

from portage.accounts.models import RoleGrant
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.messages.models import Alert
from portage.reviews.models import ReviewDue
from portage.reviews.operations.coming import look_at_all
from reviews.conftest import Visited, reviewed
from support.episodes import Council, Supported, episode
from support.people import Hired
from support.questions import questions
from support.volume import copies

SignIn = Callable[..., Hired]
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = AT.date()


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


def look(council: Council, slug: str, on: date) -> int:
    """The work of one morning."""
    with council(slug):
        asked = look_at_all(on)
        db.session.commit()
        return asked


def due(council: Council, slug: str) -> list[tuple[str | None, date | None]]:
    """What is kept of the reviews that come."""
    with council(slug):
        return [(row.kind, row.due_on) for row in db.session.scalars(scoped(ReviewDue))]


def test_the_end_of_a_block_is_asked_for_once_however_often_the_morning_comes_lan_08(
    visited: Visited, council: Council
) -> None:
    case = visited(done=3)
    assert look(council, "lancashire", TODAY) == 1
    assert look(council, "lancashire", TODAY) == 0
    assert look(council, "lancashire", TODAY + timedelta(days=1)) == 0
    assert due(council, "lancashire") == [("block", TODAY)]
    with council("lancashire"):
        told = db.session.scalars(scoped(Alert).where(Alert.kind == "review-due")).one()
        assert (told.person_id, told.path) == (case.visitor.id, f"/episodes/{case.episode_id}/reviews/new")
        assert "Kit" not in told.sentence


def test_a_block_that_goes_on_is_not_asked_for_yet(visited: Visited, council: Council) -> None:
    visited(done=2, planned=2)
    assert look(council, "lancashire", TODAY) == 0
    assert due(council, "lancashire") == [("block", TODAY + timedelta(weeks=4))]
    assert look(council, "lancashire", TODAY + timedelta(weeks=2)) == 1


def test_before_the_longest_support_ends_and_again_after_it_is_extended_lds_07(
    visited: Visited, council: Council
) -> None:
    case = visited("leeds", done=2)
    with council("leeds"):
        until = episode(case.episode_id).limit_on
    assert until is not None
    assert look(council, "leeds", TODAY) == 0
    assert due(council, "leeds") == [("limit", until - timedelta(days=28))]
    assert look(council, "leeds", until - timedelta(days=40)) == 1
    with council("leeds"):
        assert episode(case.episode_id).status == "open"


def test_writing_the_review_settles_it_at_once(visited: Visited, council: Council) -> None:
    case = visited(done=3)
    look(council, "lancashire", TODAY)
    with council("lancashire"):
        reviewed(case, kind="block")
        db.session.commit()
        assert db.session.scalars(scoped(Alert).where(Alert.kind == "review-due")).one().seen_at is not None
    assert due(council, "lancashire") == [(None, None)]
    assert look(council, "lancashire", TODAY + timedelta(days=30)) == 0


def test_an_overdue_review_is_red_on_the_first_page_of_manager_and_visitor_and_of_nobody_else_lan_08(
    visited: Visited, council: Council, sign_in: SignIn
) -> None:
    case = visited(done=3)
    look(council, "lancashire", TODAY)
    with council("lancashire"):
        db.session.scalars(scoped(ReviewDue)).one().due_on = TODAY - timedelta(days=15)
        db.session.commit()
    for person in (case.manager, case.visitor):
        page = person.client.get("/today").get_data(as_text=True)
        assert "Reviews: 1 overdue" in page
        assert "overdue: it was due on 15 February 2026" in page
        assert "Overdue 15 Feb 2026" in person.client.get("/reviews").get_data(as_text=True)
    other = sign_in("lancashire", "home-visitor", name="Olga Other").client
    assert "overdue" not in other.get("/today").get_data(as_text=True).partition("<main")[2]
    assert "Kit" not in other.get("/reviews").get_data(as_text=True)
    assert "Kit" not in sign_in("leeds", "service-manager").client.get("/reviews").get_data(as_text=True)


def test_where_a_volunteer_visits_the_managers_are_asked(visited: Visited, council: Council) -> None:
    case = visited("west-northants", done=1)
    with council("west-northants"):
        found = episode(case.episode_id)
        found.limit_on = TODAY + timedelta(days=20)
        granted = scoped(RoleGrant).where(RoleGrant.person_id == case.visitor.id)
        db.session.scalars(granted).one().role = "volunteer"
        db.session.commit()
    assert look(council, "west-northants", TODAY) == 1
    with council("west-northants"):
        told = db.session.scalars(scoped(Alert).where(Alert.kind == "review-due")).one()
        assert (told.person_id, told.role) == (None, "service-manager")


def test_a_thousand_overdue_reviews_ask_no_more_questions_than_one(
    app: Flask, visited: Visited, council: Council, db_admin: psycopg.Connection
) -> None:
    case: Supported = visited(done=3)
    look(council, "lancashire", TODAY + timedelta(days=60))
    asked = []
    for number in (0, 1_000):
        if number:
            ids = {"child": case.child_id, "referral": case.referral_id, "episode": case.episode_id}
            copies(db_admin, number, {**ids, "review_due": case.episode_id})
        with questions(app) as heard:
            page = case.manager.client.get("/today")
        assert page.status_code == 200
        asked.append(len(heard))
    assert asked[0] == asked[1]
    listed = case.manager.client.get("/reviews?page=2").get_data(as_text=True)
    assert "1001 reviews come" in listed
    assert listed.count("Write the review") == 50
