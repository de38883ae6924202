"""Health notifications in a browser: held first pointers, an agreement recorded, one on paper."""

from collections.abc import Callable, Iterator
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Page, expect

from portage.core import clock
from support.browser import DESKTOP
from support.journey import ASQ, Looking, Walker, link_in, text_of
from support.live import Live
from support.notifying import BORN, told_of
from support.nu import Nu

pytestmark = pytest.mark.browser


class NotLooking(Looking):
    """Walks through pages that another test looks at."""

    def at(self, page: Page, state: str = "") -> None:
        """Look at nothing."""


WalkerFor = Callable[..., Walker]


@pytest.fixture
def walker(live: Live, visitor: Callable[..., Page], nu: Nu) -> Iterator[WalkerFor]:
    """`walker("leeds", looking=False)`: somebody at a desk; what is found on their pages fails the test."""
    looks = {True: Looking(nu, "notifying"), False: NotLooking(nu, "notifying")}

    def walk(slug: str, *, looking: bool = True) -> Walker:
        return Walker(visitor(**DESKTOP, has_touch=False), live, slug, looks[looking])

    yield walk
    assert not looks[True].found, "\n".join(looks[True].found)


def notify(who: Walker, parent: str, **given: str | list[str]) -> str:
    """Send a notification about a child with an ASQ, and answer its reference."""
    told = told_of("Linnet", parent, **given)
    return who.send_form("/notify", "Send the notification", "health-professional", told, ASQ)


def open_receipt(who: Walker, reference: str) -> None:
    """Follow the link in the receipt, and press its button."""
    who.go(link_in(who.mail(reference, "We have received the notification")))
    who.press("Open my message")


def mails_to(live: Live, address: str) -> list[str]:
    """Every e-mail to an address so far."""
    mails = (message_from_bytes(file.read_bytes(), policy=policy.default) for file in live.mails)
    return [text_of(mail) for mail in mails if mail["To"] == address]  # type: ignore[arg-type]  # this policy makes these


def test_the_first_pointers_are_held_for_a_person_when_a_condition_fails(walker: WalkerFor, live: Live) -> None:
    """WNC-13; that each of the four holds it is tried without a browser, in tests/notifications."""
    visitor = walker("west-northants", looking=False)
    parent = "held@family.example"
    reference = notify(visitor, parent, safeguarding="yes")
    open_receipt(visitor, reference)
    office = walker("west-northants")
    office.sign_in("Team administrator")
    office.follow(f"Send the parents first pointers, or say why not: {reference}")
    expect(office.main.get_by_text("Does not hold")).to_have_count(1)
    expect(office.main).to_contain_text("bears a safeguarding or safe-contact mark")
    assert mails_to(live, parent) == []
    office.press("Close without sending", refused=True)
    office.fill({"reason": "The health visitor tells the mother at her next visit."})
    office.press("Close without sending")
    expect(office.main).to_contain_text("Closed without sending")
    assert mails_to(live, parent) == []


def test_a_hen_becomes_a_request_when_somebody_records_that_the_parents_agreed(walker: WalkerFor) -> None:
    """LDS-14: with the parents' agreement."""
    visitor = walker("leeds")
    reference = notify(visitor, "robin.ferngrove@family.example", agreement_parent="unknown")
    office = walker("leeds")
    office.sign_in("Team administrator")
    office.go(f"/worklist?q={reference}&area=all")
    expect(office.main).to_contain_text("Nothing was found")
    office.go("/notifications?to_do=yes")
    office.go(f"/notifications?q={reference}")
    office.follow("Linnet Ferngrove")
    expect(office.main).to_contain_text("A request begins when a yes is recorded")
    office.main.get_by_text("Record what the parents said").last.click()
    office.press("Record", refused=True)
    office.fill(
        {
            "answer": "yes",
            "agreed_by": "Robin Ferngrove",
            "agreed_relationship": "Mother",
            "agreed_how": "telephone",
        }
    )
    office.on("agreed_on", clock.today())
    office.press("Record")
    expect(office.main).to_contain_text("the request")
    assert office.path.startswith("/referrals/")
    expect(office.main).to_contain_text("Opened by a health notification")


def test_a_notification_on_paper_is_entered_with_what_it_says(walker: WalkerFor) -> None:
    office = walker("leeds")
    office.sign_in("Team administrator")
    office.go("/notifications/enter")
    office.press("Take the notification in", refused=True)
    office.fill({"arrived_known_by": "The date stamp", "arrived_how": "paper", "body_kind": "gp"})
    office.fill({"referrer_name": "Dr Sample", "given_name": "Finch", "family_name": "Ferngrove"})
    office.on("arrived_on", clock.today())
    office.on("born", BORN)
    office.press("Take the notification in")
    expect(office.main).to_contain_text("Other early years health notification", ignore_case=True)
    expect(office.main).to_contain_text("Ask the professional about the steps that are not ticked")


def test_a_council_without_notifications_has_no_page_and_no_link(walker: WalkerFor) -> None:
    stranger = walker("lancashire", looking=False)
    stranger.go("/")
    assert stranger.page.locator('a[href*="notify"]').count() == 0
    answer = stranger.page.goto(stranger.live.address("lancashire", "/notify"))
    assert answer is not None
    assert answer.status == 404
