"""Everybody can read what a council's service is for and whom to call: on a phone, by keyboard, without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.browser import fetched
from support.councils import shipped
from support.live import Live

pytestmark = pytest.mark.browser
PAGES = ("/", "/privacy", "/cookies", "/accessibility", "/could-it-be-for-us")
COUNCIL = "leeds"
Sound = Callable[[Page], None]


@pytest.mark.parametrize("path", [*PAGES, "/no-such-page"])
@pytest.mark.parametrize("slug", shipped())
def test_a_public_page_is_sound_at_both_widths(live: Live, phone: Page, sound: Sound, slug: str, path: str) -> None:
    answer = phone.goto(live.address(slug, path))
    assert answer
    assert answer.status == (404 if path == "/no-such-page" else 200)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    expect(phone.get_by_role("heading", level=1)).to_have_count(1)
    sound(phone)


@pytest.mark.parametrize("slug", shipped())
def test_what_seems_to_fit_is_shown_in_words_that_are_sound_at_both_widths(
    live: Live, phone: Page, sound: Sound, slug: str
) -> None:
    phone.goto(live.address(slug, "/could-it-be-for-us"))
    main = phone.get_by_role("main")
    main.get_by_role("textbox", name="Day").fill("31")
    main.get_by_role("textbox", name="Month").fill("2")
    main.get_by_role("textbox", name="Year").fill("2025")
    main.get_by_role("button", name="Show me what seems to fit").click()
    expect(main).to_contain_text("Enter a real date")
    expect(main.get_by_role("textbox", name="Day")).to_have_value("31")
    sound(phone)
    main.get_by_role("textbox", name="Day").fill("14")
    main.get_by_role("button", name="Show me what seems to fit").click()
    expect(main).to_contain_text("Only a person decides. You can ask whatever this page says.")
    expect(phone).to_have_url(live.address(slug, "/could-it-be-for-us"))
    sound(phone)
    main.get_by_role("link", name="Start your request").click()
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert "/ask/" in phone.url


def test_the_first_page_says_aim_quality_mark_and_each_way_to_ask(live: Live, phone: Page) -> None:
    phone.goto(live.address(COUNCIL))
    main = phone.get_by_role("main")
    expect(main).to_contain_text("become teachers of their own children")
    expect(main).to_contain_text("registered with the National Portage Association (NPA)")
    expect(main).to_contain_text("999")
    for name in ("Request form", "Health to Education Notification", "One SEND Services Request"):
        expect(main.get_by_role("link", name=name)).to_be_visible()
    expect(phone.get_by_role("contentinfo")).to_contain_text("0113 378 2888")


def test_each_council_has_its_own_name_and_colour(live: Live, phone: Page) -> None:
    seen = set()
    for slug in shipped():
        phone.goto(live.address(slug))
        header = phone.locator(".portage-header")
        seen.add((header.inner_text(), header.evaluate("it => getComputedStyle(it).backgroundColor")))
    assert len({name for name, _ in seen}) == len({colour for _, colour in seen}) == len(shipped())


def test_every_link_of_the_public_pages_leads_to_a_page(live: Live, phone: Page) -> None:
    for slug in shipped():
        seen: set[str] = set()
        for path in PAGES:
            phone.goto(live.address(slug, path))
            seen |= {link.get_attribute("href") or "" for link in phone.get_by_role("link").all()}
        ours = sorted(link for link in seen if link.startswith("/"))
        assert set(PAGES) <= set(ours)
        for link in ours:
            status, _ = fetched(phone, link)
            # Where a council has several identity providers, a page asks which.
            expected = (200, 303) if link == "/sign-in" else (200,)
            assert status in expected, f"{slug} {link}: {status}"


def test_the_first_press_of_the_tab_key_offers_to_skip_to_the_content(live: Live, desktop: Page) -> None:
    desktop.goto(live.address(COUNCIL))
    desktop.keyboard.press("Tab")
    skip = desktop.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(desktop.locator("main")).to_be_focused()


def test_the_pages_read_the_same_without_scripts(live: Live, without_scripts: Page) -> None:
    for path in PAGES:
        without_scripts.goto(live.address(COUNCIL, path))
        expect(without_scripts.get_by_role("heading", level=1)).to_be_visible()


def test_whatever_is_tapped_on_a_phone_is_large_enough_for_a_thumb(live: Live, phone: Page) -> None:
    for path in PAGES:
        phone.goto(live.address(COUNCIL, path))
        small = phone.evaluate(
            "() => [...document.querySelectorAll('button, .portage-nav a, .portage-footer__list a, .portage-card')]"
            ".map(it => [it.textContent.trim(), it.getBoundingClientRect().height]).filter(it => it[1] < 44)"
        )
        assert not small, path


def test_scripts_stylesheets_and_colours_load_and_may_be_kept(live: Live, phone: Page) -> None:
    loaded = {}
    phone.on("response", lambda answer: loaded.update({answer.url.partition("?")[0].rpartition("/")[2]: answer}))
    phone.goto(live.address(COUNCIL), wait_until="networkidle")
    for name in ("govuk-frontend.min.css", "govuk-frontend.min.js", "portage.css", "portage.js"):
        assert "immutable" in loaded[name].headers["cache-control"]
    assert "max-age" in loaded["brand.css"].headers["cache-control"]
    assert phone.evaluate("document.body.classList.contains('govuk-frontend-supported')")


def test_an_unknown_host_name_is_no_council(live: Live, phone: Page) -> None:
    answer = phone.goto(live.address("nowhere"))
    assert answer
    assert answer.status == 400
    expect(phone.get_by_role("heading", level=1)).to_have_text("There is no service under this name")


def test_a_manager_signs_in_and_out(live: Live, desktop: Page, sound: Sound) -> None:
    live.sign_in(desktop, COUNCIL, "Service manager")
    sound(desktop)
    expect(desktop.get_by_role("navigation", name="Service")).to_be_visible()
    desktop.get_by_role("button", name="Sign out").click()
    desktop.goto(live.address(COUNCIL))
    expect(desktop.get_by_role("button", name="Sign out")).to_have_count(0)
