"""Everybody can read what a council's service is for and whom to call: on a phone, by keyboard, without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.browser import fetched
from support.councils import COUNCILS
from support.live import Live

pytestmark = pytest.mark.browser
PAGES = ("/", "/privacy", "/cookies", "/accessibility")
Sound = Callable[[Page], None]


@pytest.mark.parametrize("path", [*PAGES, "/no-such-page"])
def test_a_public_page_is_sound_at_both_widths(live: Live, phone: Page, sound: Sound, path: str) -> None:
    answer = phone.goto(live.address(COUNCILS[0], path))
    assert answer
    assert answer.status == (404 if path == "/no-such-page" else 200)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    expect(phone.get_by_role("heading", level=1)).to_have_count(1)
    sound(phone)


def test_every_link_of_the_public_pages_leads_to_a_page(live: Live, phone: Page) -> None:
    seen: set[str] = set()
    for path in PAGES:
        phone.goto(live.address(COUNCILS[0], path))
        seen |= {link.get_attribute("href") or "" for link in phone.get_by_role("link").all()}
    ours = sorted(link for link in seen if link.startswith("/"))
    assert set(PAGES) <= set(ours)
    for link in ours:
        status, _ = fetched(phone, link)
        assert status == 200, f"{link}: {status}"


def test_the_first_press_of_the_tab_key_offers_to_skip_to_the_content(live: Live, desktop: Page) -> None:
    desktop.goto(live.address(COUNCILS[0]))
    desktop.keyboard.press("Tab")
    skip = desktop.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(desktop.locator("main")).to_be_focused()


def test_the_pages_read_the_same_without_scripts(live: Live, without_scripts: Page) -> None:
    for path in PAGES:
        without_scripts.goto(live.address(COUNCILS[0], path))
        expect(without_scripts.get_by_role("heading", level=1)).to_be_visible()


def test_scripts_stylesheets_and_colours_load_and_may_be_kept(live: Live, phone: Page) -> None:
    loaded = {}
    phone.on("response", lambda answer: loaded.update({answer.url.partition("?")[0].rpartition("/")[2]: answer}))
    phone.goto(live.address(COUNCILS[0]), wait_until="networkidle")
    for name in ("govuk-frontend.min.css", "govuk-frontend.min.js", "portage.css", "portage.js"):
        assert "immutable" in loaded[name].headers["cache-control"]
    assert "max-age" in loaded["brand.css"].headers["cache-control"]
    assert phone.evaluate("document.body.classList.contains('govuk-frontend-supported')")


def test_an_unknown_host_name_is_no_council(live: Live, phone: Page, watch: object) -> None:
    answer = phone.goto(live.address("nowhere"))
    assert answer
    assert answer.status == 400
    expect(phone.get_by_role("heading", level=1)).to_have_text("There is no service under this name")
