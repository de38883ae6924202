"""People sign in and out in a real browser, with and without scripts, and the content security policy lets them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.councils import shipped
from support.live import Live

pytestmark = pytest.mark.browser
Sound = Callable[[Page], None]


def sign_out(page: Page) -> None:
    """Sign out with the button in the header, and arrive back here after the provider was told."""
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")


@pytest.mark.parametrize("slug", shipped())
def test_somebody_signs_in_and_out_at_both_ends(live: Live, phone: Page, sound: Sound, slug: str) -> None:
    live.sign_in(phone, slug, "Tenant administrator", then="/people")
    assert phone.url == live.address(slug, "/people")
    name = phone.locator(".portage-header__who").inner_text()

    sign_out(phone)
    sound(phone)
    phone.goto(live.address(slug, "/people"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sign in to continue")
    phone.get_by_role("main").get_by_role("link", name="Sign in").or_(
        phone.get_by_role("main").get_by_role("button", name="Sign in")
    ).first.click()
    heading = phone.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Sign in")
    if heading.inner_text().strip() == "Sign in":  # a council with several providers asks which
        phone.get_by_role("main").get_by_role("button").first.click()
    expect(heading).to_contain_text("Sign in to")
    expect(phone.get_by_role("main")).not_to_contain_text("signed in now")
    expect(phone.get_by_role("main")).to_contain_text(name)


def test_signing_in_and_out_needs_no_scripts(live: Live, without_scripts: Page) -> None:
    live.sign_in(without_scripts, shipped()[0], "Service manager")
    expect(without_scripts.get_by_role("banner").get_by_role("button", name="Sign out")).to_be_visible()
    sign_out(without_scripts)


def test_cancelling_at_the_provider_leads_to_a_page_that_helps(live: Live, phone: Page, sound: Sound) -> None:
    phone.goto(live.address(shipped()[0], "/sign-in"))
    phone.get_by_role("button", name="Cancel and go back").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    expect(phone.get_by_role("main")).to_contain_text("You stopped signing in")
    phone.get_by_role("button", name="Start again").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Sign in to")


def test_the_sign_in_page_of_the_demonstration_is_accessible(live: Live, phone: Page, sound: Sound) -> None:
    phone.goto(live.address(shipped()[0], "/sign-in"))
    expect(phone.get_by_role("main")).to_contain_text("(invented)")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320


def test_an_operator_signs_in_on_a_host_of_their_own(live: Live, phone: Page) -> None:
    phone.goto(live.address("operator", "/operator/sign-in"))
    phone.get_by_role("button").filter(has_text="Operator").click()
    expect(phone).to_have_url(live.address("operator", "/operator"))
    phone.goto(live.address(shipped()[0], "/people"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sign in to continue")
