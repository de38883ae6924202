"""The panel in a real browser at both widths: agenda, item, minutes, the chair's action."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Page

from portage.core import clock
from portage.core.db import db
from portage.panels.operations import Planned, plan_meetings
from support import requests, served
from support.panels import INSTEAD, RATIONALE, SLUG, closed, item_at, meeting_on, paper_of
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.served import enter
from support.staff import SignIn

pytestmark = pytest.mark.browser
port = served.port
request_of = requests.request_of
Council = Callable[..., AbstractContextManager[UUID]]
Sound = Callable[[Page], None]


@pytest.fixture
def opens(port: int) -> Callable[[Page, Hired, str], None]:
    """`opens(page, person, path)`: the page as that person sees it."""

    def goes(page: Page, person: Hired, path: str) -> None:
        page.context.clear_cookies()
        enter(page, SLUG, person)
        page.goto(f"http://{SLUG}.localhost:{port}{path}")

    return goes


def press(page: Page, name: str) -> None:
    """Press a button of the page's main part."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def unfold(page: Page, words: str) -> None:
    """Open what is folded away, unless it stands open."""
    details = page.locator("details", has_text=words)
    if details.get_attribute("open") is None:
        details.locator("summary").click()


def test_a_meeting_from_the_agenda_to_its_minutes(
    phone: Page,
    sound: Sound,
    opens: Callable[[Page, Hired, str], None],
    sign_in: SignIn,
    request_of: RequestOf,
    council: Council,
    db_admin: psycopg.Connection,
) -> None:
    ada, bea, cal, deb = (request_of(SLUG, given_name=name, days_ago=9) for name in ("Ada", "Bea", "Cal", "Deb"))
    chair, other = sign_in(SLUG, "panel-chair", name="Cleo Chair"), sign_in(SLUG, "panel-chair", name="Ola Other")
    sign_in(SLUG, "home-visitor", name="Pia Practitioner")
    with council(SLUG):
        plan_meetings(Planned(clock.today(), 2), timedelta(days=7))
        paper_of(ada)
        db.session.commit()
    meeting_id = meeting_on(db_admin)
    opens(phone, chair, "/panel")
    sound(phone)
    opens(phone, chair, f"/panel/{meeting_id}")
    unfold(phone, "Record who is there")
    phone.get_by_label("Cleo Chair").check()
    phone.get_by_label("Also present (optional)").fill("A note taker")
    press(phone, "Record who is there")
    assert phone.get_by_text("Also present: A note taker").is_visible()
    sound(phone)

    opens(phone, chair, item_at(meeting_id, ada))
    press(phone, "Record what the panel decides")
    assert phone.get_by_role("heading", name="There is a problem").is_visible()
    sound(phone)
    phone.get_by_label("Signpost to other services").check()
    phone.get_by_label("Why, in your own words").fill(OWN_WORDS)
    phone.get_by_label("What may help instead, or meanwhile", exact=False).fill(INSTEAD)
    press(phone, "Record what the panel decides")
    assert phone.get_by_role("link", name="Say why other services are right").is_visible()
    phone.get_by_label("Why other services, and not a practitioner", exact=False).fill(RATIONALE)
    press(phone, "Record what the panel decides")
    assert phone.get_by_text("Signposted to other services").is_visible()

    opens(phone, chair, item_at(meeting_id, bea))
    unfold(phone, "I know this child or family")
    phone.get_by_label("What your tie is").fill("My neighbour's child")
    phone.get_by_label("Who chairs this item instead", exact=False).select_option(label="Ola Other")
    press(phone, "Declare the conflict of interest")
    assert phone.get_by_text("You declared a conflict of interest: this item is closed to you").is_visible()
    opens(phone, other, item_at(meeting_id, bea))
    assert phone.get_by_text("Cleo Chair declared a conflict of interest").is_visible()
    sound(phone)

    opens(phone, chair, "/panel")
    for family in (cal, deb):
        phone.get_by_label(f"Choose {family.reference}").check()
    press(phone, "Defer the chosen items")
    sound(phone)
    phone.get_by_label(f"Why, for {cal.reference}").fill("The report comes on Monday.")
    press(phone, "Defer them")
    assert phone.get_by_role("heading", name="There is a problem").is_visible()
    sound(phone)
    phone.get_by_label(f"Why, for {deb.reference}").fill("The parents asked for time.")
    press(phone, "Defer them")
    assert phone.get_by_text("Deferred 2 items, each with its reason.").is_visible()
    press(phone, "Close this meeting")
    sound(phone)
    unfold(phone, "Append a correction")
    phone.get_by_label("What is right").fill("Two of us were there.")
    phone.get_by_label("Why the minutes are corrected").fill("A name was left out.")
    press(phone, "Append the correction")
    assert phone.get_by_text("Two of us were there.").is_visible()
    sound(phone)


def test_a_chairs_action_is_taken_and_ratified(
    phone: Page,
    sound: Sound,
    opens: Callable[[Page, Hired, str], None],
    sign_in: SignIn,
    request_of: RequestOf,
    council: Council,
    db_admin: psycopg.Connection,
) -> None:
    family = request_of(SLUG, given_name="Ada")
    chair = sign_in(SLUG, "panel-chair", name="Cleo Chair")
    sign_in(SLUG, "home-visitor", name="Pia Practitioner")
    with council(SLUG):
        plan_meetings(Planned(clock.today() + timedelta(days=1), 2), timedelta(days=7))
        db.session.commit()
    opens(phone, chair, f"/referrals/{family.referral_id}")
    sound(phone)
    phone.get_by_role("link", name="Decide as chair before the next meeting").click()
    sound(phone)
    phone.get_by_label("Why this cannot wait for the next meeting").fill("The family moves on Friday.")
    phone.get_by_label("Allocate a practitioner").check()
    phone.get_by_label("Practitioner (optional)", exact=True).select_option(label="Pia Practitioner")
    phone.get_by_label("Why, in your own words").fill(OWN_WORDS)
    press(phone, "Record my action")
    assert phone.get_by_text("Your action is recorded.").is_visible()

    db_admin.execute("set session_replication_role = replica")
    db_admin.execute("update panel_meeting set held_on = held_on - 1")
    db_admin.execute("set session_replication_role = origin")
    opens(phone, chair, "/panel")
    sound(phone)
    phone.get_by_role("link", name=f"{family.reference}, Ada Canarychild").click()
    sound(phone)
    phone.get_by_label("Yes").check()
    phone.get_by_label("What the panel says to it").fill("We agree with the chair.")
    press(phone, "Record it")
    assert phone.get_by_text("Chair’s action ratified").is_visible()
    assert closed(chair, meeting_on(db_admin)).status_code == 303
    opens(phone, chair, f"/panel/{meeting_on(db_admin)}")
    sound(phone)
