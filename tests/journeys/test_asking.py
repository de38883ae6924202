"""A parent asks on a small phone without scripts, a health professional notifies, and staff enter a paper form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from support.live import Live

pytestmark = pytest.mark.browser
Sound = Callable[[Page], None]
TYPED = {
    "-day": "14",
    "-month": "3",
    "-year": "2025",
    "email": "robin@family.example",
    "telephone": "01632 960 001",
    "postcode": "ZZ1 1ZZ",
    "hours": "15",
}
SKIPPED = ("website", "other_", "note", "form_other")


def fill_in(page: Page) -> None:
    """Answer every question of a page: the first of several answers, invented words elsewhere."""
    for control in page.locator("main form:not(.portage-inline-form)").locator("input, textarea").all():
        name, kind = control.get_attribute("name") or "", control.get_attribute("type") or "textarea"
        if kind in ("hidden", "file") or any(part in name for part in SKIPPED):
            continue
        if kind in ("radio", "checkbox"):
            choose_first(page.locator(f"[name='{name}']"))
        elif not control.input_value():
            control.fill(next((text for part, text in TYPED.items() if part in name), "Robin Invented"))


def choose_first(options: Locator) -> None:
    if not any(option.is_checked() for option in options.all()):
        options.first.check()


def go_through(page: Page, sound: Sound) -> list[str]:
    """Answer page after page, looking at each, and send; answers the names of the pages."""
    seen = []
    while not page.url.endswith("/done"):
        here = page.url.rsplit("/", 1)[1]
        seen.append(here)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        sound(page)
        if here == "papers":
            add_a_paper(page, sound)
        elif here != "check":
            fill_in(page)
        sends = "Send the notification" if "/notify/" in page.url else "Send the request"
        page.get_by_role("button", name=sends if here == "check" else "Continue", exact=True).click()
    sound(page)
    return seen


def a_pdf(name: str) -> FilePayload:
    return FilePayload(name=name, mimeType="application/pdf", buffer=b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")


def add_a_paper(page: Page, sound: Sound) -> None:
    page.get_by_label("What kind of paper is it?").select_option("diagnosis-letter")
    page.get_by_label("Choose one or more files").set_input_files(a_pdf("letter.pdf"))
    page.get_by_role("button", name="Add these files").click()
    expect(page.get_by_role("main")).to_contain_text("letter.pdf")
    sound(page)


def test_a_parent_asks_on_a_phone_without_scripts(live: Live, without_scripts: Page, phone: Page, sound: Sound) -> None:
    page = without_scripts
    page.goto(live.address("leeds", "/ask/request-form"))
    page.get_by_role("button", name="Start now").click()
    seen = go_through(page, lambda _: None)
    assert seen[0] == "who"
    assert seen[-2:] == ["papers", "check"]
    expect(page.get_by_role("heading", level=1)).to_have_text("Request sent")
    assert len(page.locator("#reference").inner_text()) == 9
    phone.goto(live.address("leeds", "/ask/request-form"))
    sound(phone)


def test_each_page_of_a_notification_is_sound_at_both_widths(live: Live, phone: Page, sound: Sound) -> None:
    phone.goto(live.address("west-northants", "/notify"))
    sound(phone)
    phone.get_by_role("button", name="Start now").click()
    phone.get_by_role("button", name="Continue", exact=True).click()
    expect(phone.get_by_role("alert")).to_contain_text("Enter your name.")
    sound(phone)
    assert "told-parents" in go_through(phone, sound)


def test_staff_enter_a_paper_form_and_attach_it(live: Live, desktop: Page, sound: Sound) -> None:
    live.sign_in(desktop, "leeds", "Team administrator")
    desktop.goto(live.address("leeds", "/enter"))
    sound(desktop)
    desktop.get_by_role("main").get_by_role("link", name="Parent or carer").click()
    sound(desktop)
    desktop.get_by_role("button", name="Take the request in").click()
    expect(desktop.get_by_role("alert")).to_contain_text("Enter the day on which the request reached the council.")
    sound(desktop)
    fill_in(desktop)
    desktop.get_by_role("button", name="Take the request in").click()
    expect(desktop.get_by_role("alert")).to_contain_text("The request is taken in.")
    sound(desktop)
    desktop.get_by_label("What kind of paper is it?").select_option(label="The form as it came")
    desktop.get_by_label("Choose one or more files").set_input_files(a_pdf("scan.pdf"))
    desktop.get_by_role("button", name="Add", exact=True).click()
    with desktop.expect_download() as download:
        desktop.get_by_role("link", name="scan.pdf").click()
    assert download.value.suggested_filename == "scan.pdf"
    sound(desktop)
