"""No list grows without end: with a thousand rows of everything, each page shows some of them and asks little.

The pages are those of the application itself, so that a list that comes later is seen too.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from portage.accounts.models import ROLES
from portage.core import clock
from portage.core.access import Audience
from portage.core.db import db
from portage.core.ids import new_id
from portage.editions.operations import edition_on
from portage.families.models import AccessReason
from portage.messages.models import Alert, Letter, Message
from portage.notifications.models import Notification, NotificationTask
from portage.panels.models import PanelMeeting
from portage.panels.operations import Planned, plan_meetings
from portage.support.models import WaitingEntry
from portage.visits.models import Concern
from support.episodes import SupportedOf, accepted_of, supported_of, visit_on
from support.forms import form_to, send
from support.people import Hired
from support.prober import doors
from support.questions import questions
from support.requests import RequestOf, request_of
from support.staff import SignIn
from support.volume import copies

__all__ = ["accepted_of", "request_of", "supported_of"]
Council = Callable[..., AbstractContextManager[UUID]]
SLUG = "west-northants"  # a council with a panel
MANY, MOST_ROWS, MOST_QUESTIONS = 1_000, 500, 14
LONG = {
    "/access-reasons", "/caseload", "/concerns", "/letters", "/notifications", "/panel", "/people", "/today", "/trail",
    "/visits", "/waiting-list", "/worklist",
}  # fmt: skip
PAGED = (
    "/people", "/panel", "/caseload", "/concerns", "/notifications", "/waiting-list", "/worklist", "/letters",
    "/access-reasons",
)  # fmt: skip


@pytest.fixture
def everybody(
    council: Council, sign_in: SignIn, request_of: RequestOf, supported_of: SupportedOf, db_admin: psycopg.Connection
) -> Hired:
    """Somebody with every role, at a council with a thousand rows for each list."""
    everybody = sign_in(SLUG, *ROLES, name="Evan Everybody")
    case, asked, today = supported_of(SLUG, visitor=everybody), request_of(SLUG), clock.today()
    with council(SLUG):
        visit_on(case, today)
        visit_on(case, today + timedelta(days=7))
        plan_meetings(Planned(today, 2), timedelta(days=7))
        child, by, at = asked.child_id, everybody.id, clock.now()
        listed = {
            "concern": Concern(child_id=child, raised_by=by, raised_at=at, what_was_seen="A bruise", done_already="-"),
            "access_reason": AccessReason(child_id=child, person_id=by, reason="Covering", until=at),
            "alert": Alert(kind="concern", role="service-manager", path="/concerns", sentence="A worry was noted."),
            "waiting_entry": WaitingEntry(referral_id=asked.referral_id, child_id=child, since=today),
            "letter": Letter(
                kind="outcome", child_id=child, referral_id=asked.referral_id, dated_on=today, content={"sections": []}
            ),
            "message": Message(
                kind="receipt", recipient_kind="carer", recipient_id=asked.carer_id, referral_id=asked.referral_id,
                child_id=child, status="failed",
            ),
            "panel_meeting": PanelMeeting(held_on=today - timedelta(days=3), status="held", closed_at=at),
        }  # fmt: skip
        listed["notification"] = told = Notification(
            id=new_id(), reference="2222-2222", child_id=child, edition_id=edition_on(today)[1].id, kind="early-years",
            body_kind="gp", body="Sample Surgery", professional="Dr Sample", arrived_on=today, arrived_how="paper",
            parent_informed=True, discussion_offered=True, safeguarding=False, facts={}, state="kept",
        )  # fmt: skip
        listed["notification_task"] = NotificationTask(notification_id=told.id, kind="read", due_on=today)
        db.session.add_all(listed.values())
        db.session.commit()
        ids = {table: row.id for table, row in listed.items()}
    families = {
        "child": child,
        "referral": asked.referral_id,
        "episode": case.episode_id,
        "caseload": case.child_id,
        "visit": case.episode_id,
    }
    copies(db_admin, MANY, {**families, **ids, "person": by})
    return everybody


def test_every_page_of_a_large_council_shows_a_part_and_asks_little(app: Flask, everybody: Hired) -> None:
    pages = [
        door.rule
        for door in doors(app)
        if door.method == "GET" and door.declared.audience is Audience.STAFF and not door.parameters
    ]
    assert set(pages) >= LONG
    found, wrong = {}, []
    for path in pages:
        everybody.client.get(path)  # what the process keeps is there from now on
        with questions(app) as asked:
            answer = everybody.client.get(path)
        assert answer.status_code in (200, 303, 404), (path, answer.status_code)  # one wants to be told of what
        rows = sum(answer.text.count(part) for part in ("<tr", "<li")) if answer.mimetype == "text/html" else 0
        found[path] = rows
        if rows > MOST_ROWS or len(asked) > MOST_QUESTIONS:
            wrong.append(f"{path}: {rows} rows, {len(asked)} questions")
    assert wrong == []
    assert {path for path in LONG if found[path] < 20} == set()


def test_the_rest_of_a_long_list_is_on_further_pages(everybody: Hired) -> None:
    wrong = []
    for path in PAGED:
        first, second = everybody.client.get(path).text, everybody.client.get(f"{path}?page=2").text
        beyond = everybody.client.get(f"{path}?page=9999")
        if not ("Page 1 of " in first and "Page 2 of " in second and beyond.status_code == 200):
            wrong.append(path)
    assert wrong == []


def test_letters_and_e_mails_have_pages_of_their_own(everybody: Hired) -> None:
    page = everybody.client.get("/letters?page=2&mails=3").text
    assert "Page 2 of " in page
    assert "Page 3 of " in page
    assert "/letters?page=2&amp;mails=4#mails" in page


def test_a_reason_on_a_later_page_is_read_like_any_other(everybody: Hired) -> None:
    page = everybody.client.get("/access-reasons?page=9")
    address = page.text.split('action="/access-reasons/')[1].split('"')[0]
    assert send(everybody.client, form_to(page, f"/access-reasons/{address}")).status_code == 303


def test_older_meetings_of_the_panel_are_on_further_pages_and_open(everybody: Hired) -> None:
    page = everybody.client.get("/panel?earlier=20").text
    assert "Page 20 of " in page
    address = page.split('id="held"')[1].split('href="')[1].split('"')[0]
    assert everybody.client.get(address).status_code == 200


def test_a_person_is_found_by_a_part_of_their_name(sign_in: SignIn, everybody: Hired) -> None:
    sign_in(SLUG, "home-visitor", name="Zoe 100% Invented")
    found = everybody.client.get("/people?q=100%25").text
    assert "1 person" in found
    assert "Zoe 100% Invented" in found
    assert "Nobody’s name holds" in everybody.client.get("/people?q=nobody+of+that+name").text
