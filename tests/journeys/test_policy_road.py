"""The road of a new policy in a real browser: drafted, previewed, published by another, withdrawn, corrected."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Page, expect

from portage.core import clock as portage_clock
from support import background, councils, requests, served
from support.background import WorkOff
from support.judged_rows import seed
from support.previews import plainly
from support.requests import ELIGIBLE, RequestOf
from support.served import enter
from support.staff import SignIn

pytestmark = pytest.mark.browser
port = served.port
request_of = requests.request_of
mail_server, work_off = background.mail_server, background.work_off
worker_app, worker_app_of_process = background.worker_app, background.worker_app_of_process
Within = Callable[..., AbstractContextManager[UUID]]
CASES = 5_000
DAY = portage_clock.today() + timedelta(days=40)


def draft_with_limit(page: Page, at: str, months: int, name: str, copy_of: str = "") -> str:
    """Begin a draft as a copy, change the age limit in it, and hand it over; answers its number."""
    page.goto(f"{at}/policy/drafts?copy_of={copy_of}" if copy_of else f"{at}/policy/drafts")
    page.get_by_label("What this draft is called").fill(name)
    page.get_by_role("button", name="Begin the draft").click()
    address = page.url
    page.get_by_role("link", name="Eligibility").or_(page.get_by_role("link", name="conditions")).first.click()
    page.get_by_label("Oldest age", exact=True).fill(str(months))
    page.locator("button:visible", has_text="Save in the draft").last.click()
    page.goto(address)
    expect(page.locator("ins").filter(has_text="old")).to_have_count(1)
    return address.rpartition("/")[2]


def publish(page: Page, at: str, draft: str) -> None:
    """Answer everything that publishing asks."""
    page.goto(f"{at}/policy/drafts/{draft}/publish")
    for name, day in (("effective_from", DAY), ("decided_on", portage_clock.today())):
        for part in ("day", "month", "year"):
            page.locator(f"[name={name}-{part}]").fill(str(getattr(day, part)))
    for name, value in (("decided_body", "committee"), ("call_in", "none"), ("local_offer", "updated")):
        page.locator(f"[name={name}][value={value}]").check()
    page.locator("[name=kind][value=ordinary]").check()
    for name, value in (("decided_by", "Invented committee"), ("minute_reference", "27"),
                        ("equality_assessment", "EIA 3"), ("source", f"Leaflet {draft[-4:]}")):  # fmt: skip
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Publish this edition").click()
    expect(page.get_by_text("The edition is published")).to_be_visible()


def test_a_draft_is_previewed_published_by_another_withdrawn_corrected_and_holds_from_its_day(
    desktop: Page, phone: Page, port: int, sign_in: SignIn, council: Within, work_off: WorkOff, request_of: RequestOf,
    shipped: dict[str, UUID], db_admin: psycopg.Connection, clock: Callable[[datetime], None],
) -> None:  # fmt: skip
    seed(db_admin, "leeds", shipped["leeds"], CASES, today=portage_clock.today())
    at = f"http://{councils.host('leeds')}:{port}"
    author = sign_in("leeds", "tenant-administrator", name="Ada Author")
    manager = sign_in("leeds", "service-manager", name="Mo Manager")
    enter(desktop, "leeds", author)
    enter(phone, "leeds", manager)

    # An administrator drafts an edition with another age limit, and previews it on five thousand requests.
    first = draft_with_limit(desktop, at, 36, "Changes for the spring")
    desktop.get_by_role("link", name="Preview this draft").click()
    desktop.get_by_role("button", name="Start the preview").click()
    expect(desktop.get_by_role("progressbar")).to_be_visible()
    work_off()
    with council("leeds"):
        would_change = len([each for each in plainly(UUID(first)).values() if each[0] != each[1]])
    assert would_change > 50
    told = f"{would_change} of {CASES} requests would have another outcome"
    expect(desktop.get_by_text(told)).to_be_visible(timeout=20_000)

    # Nobody publishes their own draft: a second person does, for a day to come.
    desktop.goto(f"{at}/policy/drafts/{first}")
    desktop.get_by_role("button", name="Ready for a second person").click()
    expect(desktop.get_by_text("another person has to publish it")).to_be_visible()
    desktop.goto(f"{at}/policy/drafts/{first}/publish")
    desktop.get_by_role("button", name="Publish this edition").click()
    expect(desktop.get_by_text("You drafted or changed this edition")).to_be_visible()
    publish(phone, at, first)

    # It is withdrawn before its day, corrected, and published again.
    phone.goto(f"{at}/policy/editions/{first}/withdraw")
    phone.get_by_label("Why it is withdrawn").fill("The committee meant 35 months.")
    phone.get_by_role("button", name="Withdraw this edition").click()
    expect(phone.get_by_text("The committee meant 35 months.").first).to_be_visible()
    second = draft_with_limit(desktop, at, 35, "Changes for the spring, corrected", first)
    desktop.get_by_role("button", name="Ready for a second person").click()
    publish(phone, at, second)

    # A request received the day before, and one received on the day, are found differently.
    clock(datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=portage_clock.LONDON))
    before = request_of("leeds", months=33, facts=ELIGIBLE, days_ago=1)
    on_the_day = request_of("leeds", months=33, facts=ELIGIBLE)
    for family, words in ((before, "does not meet"), (on_the_day, "meets")):
        phone.goto(f"{at}/referrals/{family.referral_id}")
        expect(phone.get_by_text(f"The request {words} the published conditions.").first).to_be_visible()
    expect(phone.get_by_text("2 years and 11 months old").first).to_be_visible()

    # The trail says who did what.
    auditor = sign_in("leeds", "auditor").client
    for action, name, number in (
        ("draft.begun", "Ada Author", 2), ("preview.asked", "Ada Author", 1), ("edition.published", "Mo Manager", 2),
        ("edition.withdrawn", "Mo Manager", 1),
    ):  # fmt: skip
        page = auditor.get(f"/trail?action={action}").text
        assert page.count(f">{action}<") == number, action
        assert name in page
