"""The pages of previews in a real browser, at a phone's and a desk's width, with and without scripts."""

from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Page, expect

from portage.core import clock
from support import background, previews, requests, served
from support.background import WorkOff
from support.judged_rows import seed
from support.previews import DraftOf, PreviewOf
from support.requests import ELIGIBLE, RequestOf
from support.served import enter
from support.staff import SignIn

pytestmark = pytest.mark.browser
port = served.port
request_of, draft_of, preview_of = requests.request_of, previews.draft_of, previews.preview_of
mail_server, work_off = background.mail_server, background.work_off
worker_app, worker_app_of_process = background.worker_app, background.worker_app_of_process


def test_pages_of_previews_are_sound_and_the_bar_moves_by_itself(
    phone: Page, sound: Callable[[Page], None], port: int, sign_in: SignIn, draft_of: DraftOf, preview_of: PreviewOf,
    work_off: WorkOff, request_of: RequestOf, db_admin: psycopg.Connection, shipped: dict[str, UUID],
) -> None:  # fmt: skip
    seed(db_admin, "lancashire", shipped["lancashire"], 600, today=clock.today())
    family = request_of("leeds", months=33, facts=ELIGIBLE)
    draft = draft_of("lancashire", {"eligibility.age.until.birthday": 2})
    at = f"http://lancashire.localhost:{port}/policy/previews"
    manager = sign_in("lancashire", "service-manager")
    enter(phone, "lancashire", manager)
    phone.goto(at)
    sound(phone)
    phone.get_by_role("button", name="Start the preview").click()
    expect(phone.get_by_role("progressbar")).to_be_visible()
    sound(phone)
    work_off()
    expect(phone.get_by_text("would have another outcome")).to_be_visible(timeout=10_000)  # without a click
    sound(phone)
    phone.locator("td[data-label=Requests] a").first.click()
    assert "was=" in phone.url
    sound(phone)
    stopped = preview_of("lancashire", draft, from_on=clock.today().replace(year=2027), carry_out=False)
    phone.goto(f"{at}/{stopped}")
    phone.get_by_role("button", name="Stop the preview").focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("was stopped before it was finished")).to_be_visible()
    sound(phone)
    enter(phone, "leeds", sign_in("leeds", "service-manager"))
    phone.goto(f"http://leeds.localhost:{port}/referrals/{family.referral_id}/what-if?on-day=1&on-month=6&on-year=2026")
    expect(phone.get_by_text("The outcome would have been another one")).to_be_visible()
    sound(phone)
    phone.goto(
        f"http://leeds.localhost:{port}/referrals/{family.referral_id}/what-if?on-day=32&on-month=6&on-year=2026"
    )
    expect(phone.get_by_role("heading", name="There is a problem")).to_be_visible()
    sound(phone)
