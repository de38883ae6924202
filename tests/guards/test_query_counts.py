"""Pages stay fast because they ask the database little: at most six questions besides council, session and trail."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask

from portage.core import clock
from portage.core.db import db
from support.cases import family_of
from support.episodes import Supported, SupportedOf, accepted_of, supported_of, visit_on
from support.people import Hired
from support.questions import questions
from support.requests import ELIGIBLE, RequestOf, request_of
from support.staff import SignIn
from support.volume import copies

__all__ = ["accepted_of", "family_of", "request_of", "supported_of"]
MOST = 6
EPISODE, CHILD = 8, 6


def asked_for(app: Flask, person: Hired, path: str) -> list[str]:
    """The questions of a page that was opened once before, so that what is kept by the process is there."""
    assert person.client.get(path).status_code == 200, path
    with questions(app) as asked:
        answer = person.client.get(path)
    assert answer.status_code == 200, path
    assert asked, "nothing was heard"
    return asked


def few(asked: list[str], most: int = MOST) -> None:
    """Fail with the questions when there are too many."""
    assert len(asked) <= most, f"{len(asked)} questions:\n" + "\n".join(each[:160] for each in asked)


def test_the_worklist_of_ten_thousand_requests_asks_little_and_answers_soon(
    app: Flask, sign_in: SignIn, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    copies(
        db_admin,
        10_000,
        {"child": family.child_id, "referral": family.referral_id, "deadline": family.referral_id},
    )
    manager = sign_in("leeds", "service-manager")
    for path in ("/worklist", "/worklist?q=Canarychild", "/worklist?overdue=yes&sort=name", "/worklist?page=150"):
        few(asked_for(app, manager, path))
    assert "10,001" in manager.client.get("/worklist").text or "10001" in manager.client.get("/worklist").text


@pytest.fixture
def supported(council: Any, supported_of: SupportedOf, db_admin: psycopg.Connection) -> Supported:
    """A visitor with fifty children, each with a visit today and one next week."""
    case = supported_of("leeds")
    with council("leeds"):
        visit_on(case, clock.today())
        visit_on(case, clock.today() + timedelta(days=7))
        db.session.commit()
    copies(
        db_admin,
        49,
        {
            "child": case.child_id,
            "referral": case.referral_id,
            "episode": case.episode_id,
            "caseload": case.child_id,
            "visit": case.episode_id,
        },
    )
    return case


@pytest.mark.parametrize("path", ["/caseload", "/visits", "/today"])
def test_a_visitors_pages_ask_little(app: Flask, supported: Supported, path: str) -> None:
    few(asked_for(app, supported.visitor, path))


@pytest.mark.parametrize("path", ["/caseload", "/today"])
def test_a_managers_pages_ask_little(app: Flask, supported: Supported, path: str) -> None:
    few(asked_for(app, supported.manager, path))


def test_one_requests_page_asks_little(app: Flask, sign_in: SignIn, supported: Supported) -> None:
    few(asked_for(app, supported.manager, f"/referrals/{supported.referral_id}"))


def test_pages_that_gather_a_childs_whole_story_ask_for_each_part_once(app: Flask, supported: Supported) -> None:
    """Each slice adds its section with a question of its own; the numbers here may fall and not rise."""
    for person in (supported.visitor, supported.manager):
        few(asked_for(app, person, f"/episodes/{supported.episode_id}"), EPISODE)
    few(asked_for(app, supported.manager, f"/children/{supported.child_id}"), CHILD)
