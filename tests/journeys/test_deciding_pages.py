"""The pages by which staff look at a request and decide on it, in a real browser at a phone's and a desk's width."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page

from portage.core import clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.families.access import give_reason
from portage.families.permissions import NewMark, record_mark
from portage.panels.operations import Planned, plan_meetings
from support import requests, served
from support.requests import CONCERNED, ELIGIBLE, OWN_WORDS, RequestOf
from support.served import enter
from support.staff import SignIn

pytestmark = pytest.mark.browser
port = served.port
request_of = requests.request_of
Council = Callable[..., AbstractContextManager[UUID]]


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
