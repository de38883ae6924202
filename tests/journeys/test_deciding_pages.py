"""The pages by which staff look at a request and decide on it, in a real browser at a phone's and a desk's width."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from portage.core import clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.families.access import give_reason
from portage.families.permissions import NewMark, record_mark
from portage.panels.operations import Planned, plan_meetings
from support import councils, requests
from support.people import Hired
from support.requests import CONCERNED, ELIGIBLE, OWN_WORDS, RequestOf
from support.staff import SignIn

pytestmark = pytest.mark.browser
request_of = requests.request_of
Council = Callable[..., AbstractContextManager[UUID]]


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """The application over this test's own database, for browsers."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()


def enter(page: Page, slug: str, person: Hired) -> None:
    """Give a browser the session of a person who signed in."""
    cookie = person.client.get_cookie("portage-session", domain=councils.host(slug))
    assert cookie is not None
    page.context.add_cookies(
        [{"name": "portage-session", "value": cookie.value, "domain": councils.host(slug), "path": "/"}]
    )


def test_pages_of_a_request_are_sound(
    phone: Page,
    sound: Callable[[Page], None],
    port: int,
    sign_in: SignIn,
    request_of: RequestOf,
    council: Council,
) -> None:
    asked = request_of("leeds", facts=CONCERNED)
    request_of("leeds", facts=ELIGIBLE, given_name="Bea")
    request_of("leeds", days_ago=20, given_name="Ned", months=20)
    manager, visitor = sign_in("leeds", "service-manager"), sign_in("leeds", "home-visitor", name="Vi Visitor")
    with council("leeds"):
        record_mark(asked.child_id, NewMark("social-worker", date(2026, 1, 5), None, "Nia Example"), by=SYSTEM)
        give_reason(asked.child_id, visitor.id, "The family telephoned me.", at=clock.now())
        db.session.commit()
    enter(phone, "leeds", manager)
    one, child = f"/referrals/{asked.referral_id}", f"/children/{asked.child_id}"
    for path in (
        "/today", "/worklist", "/worklist?q=canary&stage=all", one, f"{one}/delay", f"{one}/facts",
        f"{one}/assessment", f"{one}/decide", f"{one}/second-look", f"{one}/withdraw",
        child, f"{child}/carers/{asked.carer_id}",
        f"{child}/permissions", f"{child}/marks", f"{child}/reason", "/access-reasons",
    ):  # fmt: skip
        phone.goto(f"http://leeds.localhost:{port}{path}")
        sound(phone)
    for path in ("delay", "assessment", "decide"):
        phone.goto(f"http://leeds.localhost:{port}{one}/{path}")
        phone.locator("main form button[type=submit]").last.click()
        assert phone.get_by_role("heading", name="There is a problem").is_visible()
        sound(phone)


def test_the_panel_is_sound_and_decides(
    phone: Page,
    sound: Callable[[Page], None],
    port: int,
    sign_in: SignIn,
    request_of: RequestOf,
    council: Council,
) -> None:
    request_of("west-northants")
    enter(phone, "west-northants", sign_in("west-northants", "panel-chair"))
    phone.goto(f"http://west-northants.localhost:{port}/panel")
    sound(phone)
    with council("west-northants"):
        plan_meetings(Planned(clock.today(), 2), timedelta(days=7))
        db.session.commit()
    phone.goto(f"http://west-northants.localhost:{port}/panel")
    sound(phone)
    phone.get_by_role("link", name="Record the decision").click()
    sound(phone)
    phone.get_by_label("Allocate a practitioner").check()
    phone.get_by_label("Why, in your own words").fill(OWN_WORDS)
    phone.get_by_role("button", name="Record what the panel decides").click()
    assert phone.get_by_text("decision on", exact=False).first.is_visible()
    sound(phone)
