"""The steps of the main job as people take them in a browser, from preparing a visitor to the end of support."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portage.core import clock
from support.browser import DESKTOP
from support.journey import Looking, Walker, link_in, text_of
from support.live import Live
from support.nu import Nu
from support.requests import months_ago

ADDRESS = "family.seven@post.example"
NURSERY = "office@acorns.example"
NAMES = ("Wren", "Ashgrove", "Robin", "Sam Sample")
REASON = "I spoke to the family twice and read what they wrote; playing together at home is what helps Wren now."
FAMILY: dict[str, str | list[str]] = {
    "given_name": "Wren",
    "family_name": "Ashgrove",
    "carer_name": "Robin Ashgrove",
    "carer_email": ADDRESS,
    "carer_safe": ["email", "telephone"],
    "carer_interpreter": "",
    "carer_formats": [],
    "conditions": "",
    "address": "7 Invented Row",
    "own_words": "Wren loves water and music. We find mealtimes hard.",
    "concerns": ["speech-and-language", "physical"],
}


@dataclass
class Cast:
    """Everybody of one journey: the family on a phone, the visitor on a phone, the others at a desk."""

    slug: str
    live: Live
    visitor: Callable[..., Page]
    looking: Looking

    def phone(self) -> Walker:
        """Somebody with a small telephone."""
        return Walker(self.visitor(), self.live, self.slug, self.looking)

    def desk(self) -> Walker:
        """Somebody at the office."""
        return Walker(self.visitor(**DESKTOP, has_touch=False), self.live, self.slug, self.looking)


CastOf = Callable[[str, str], Cast]


@pytest.fixture
def cast_of(live: Live, visitor: Callable[..., Page], nu: Nu) -> Iterator[CastOf]:
    """`cast_of("leeds", "parent")`; the test fails at its end with everything that was found on any of its pages."""
    casts: list[Cast] = []

    def cast(slug: str, name: str) -> Cast:
        casts.append(Cast(slug, live, visitor, Looking(nu, f"{slug}-{name}")))
        return casts[-1]

    yield cast
    found = [each for made in casts for each in made.looking.found]
    assert not found, f"{len(found)} findings:\n" + "\n".join(found)


def born(months: int) -> dict[str, str]:
    """The birthday of a child of so many months, as it is typed."""
    day = months_ago(months)
    return {"born-day": str(day.day), "born-month": str(day.month), "born-year": str(day.year)}


def days(name: str, day: date) -> dict[str, str]:
    """A day, as it is typed."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def hire(cast: Cast, role: str) -> tuple[Walker, str]:
    """A visitor signs in for the first time, and the administrator records training and HR’s check (LAN-05)."""
    visitor = cast.phone()
    name = visitor.sign_in(role)
    office = cast.desk()
    office.sign_in("Tenant administrator")
    office.go("/people")
    office.follow(name)
    if office.main.get_by_text("No Portage training is recorded").count():
        office.on("completed_on", date(2024, 3, 1))
        office.press("Record training")
    if office.main.get_by_text("Not marked as current").count():
        office.fill({"current": "yes"})
        office.on("current_until", clock.today() + timedelta(days=365))
        office.press("Mark the check")
    return visitor, name


def open_request(who: Walker, reference: str) -> str:
    """Find a request on the worklist by its reference, open it, and answer its path."""
    who.go(f"/worklist?q={reference}&area=all")
    who.follow("Wren Ashgrove")
    return who.path


def record_delay(who: Walker, area: str, percent: int) -> None:
    """Record a measured delay with its basis."""
    who.follow("Record a delay")
    who.fill(
        {
            "area": area,
            "basis": "measured",
            "form": "percent",
            "amount": str(percent),
            "assessed_by": "Pat Sample, health visitor",
            "instrument": "Invented schedule of growing skills, at 12 months",
        }
    )
    who.on("assessed_on", clock.today())
    who.press("Record and judge again")


def assess(manager: Walker, visitor_name: str) -> None:
    """Book the assessment with a visitor and record what it showed."""
    manager.follow("Book the assessment")
    manager.main.locator("[name=assessor_id]").select_option(label=visitor_name)
    manager.on("booked_for", clock.today())
    manager.fill({"booked_time": "9:30", "place": "At home"})
    manager.press("Book")
    manager.follow("Record what it showed")
    manager.fill(
        {
            "what_the_child_can_do": "Points at the cat and laughs.",
            "summary": "Wren understands more than Wren says.",
            "visits_would_help": "yes",
        }
    )
    manager.press("Record")


def decide(who: Walker, button: str = "Record my decision") -> None:
    """Accept in one's own words; the first try without a reason is refused and loses nothing."""
    who.fill({"outcome": "accepted"})
    who.press(button, refused=True)
    assert who.main.locator("[name=outcome][value=accepted]").is_checked()
    who.fill({"reason": REASON})
    who.press(button)


def offer_and_allocate(manager: Walker, visitor_name: str) -> None:
    """Offer home visits, write down the yes, and give the child to the visitor."""
    manager.follow("Make the offer")
    manager.fill({"kinds": "home-visits", "explanation": "A visitor comes to your home."})
    manager.press("Record the offer")
    manager.fill({"answer": "accepted"})
    manager.press("Save the answer")
    manager.follow("waiting list")
    manager.go("/waiting-list?area=all")
    manager.follow("Wren Ashgrove")
    manager.main.get_by_label(visitor_name).check()
    manager.fill({"handover": "Telephone before you come."})
    manager.press("Give to this person")


def plan_and_record_a_visit(visitor: Walker, elements: int, *, fortnightly: int = 1) -> None:
    """Plan visits from today on, record today's with each part that the policy names, and agree a play plan."""
    visitor.go("/caseload")
    visitor.follow("Wren Ashgrove")
    support = visitor.path
    visitor.follow("Plan visits")
    visitor.on("starts_on", clock.today())
    visitor.fill({"at": "10:00", "in_school_holidays": "yes"})
    if visitor.main.locator("[name=extent]").count():  # a policy with blocks offers a whole one first
        visitor.fill({"extent": "number"})
    if fortnightly > 1:
        visitor.fill({"visits": str(fortnightly), "every_weeks": "2"})
    visitor.press("See the dates")
    visitor.press("Plan this visit" if fortnightly == 1 else "Plan these visits")
    visitor.follow("Play plan")
    visitor.follow("Write the first play plan")
    visitor.fill(
        {
            "can_do": "Points at the cat and laughs.",
            "goal_1": "We would like to eat together at the table.",
            "agreed_with": "Robin Ashgrove",
        }
    )
    visitor.press("Save the play plan")
    visitor.follow("Add a small target")
    visitor.fill({"does_what": "picks up a spoon", "conditions": "at breakfast", "success": "three times of four"})
    visitor.press("Add the target")
    visitor.follow("Print the plan for the family")
    visitor.go("/visits")
    visitor.open(visitor.main.get_by_role("link").filter(has_text="Wren Ashgrove"))
    visitor.press("Save the record", refused=True)
    visitor.fill({"status": "done"})
    visitor.looking.at(visitor.page, "what took place")
    parts = visitor.main.locator("[name=elements]")
    assert parts.count() == elements
    for number in range(elements):
        parts.nth(number).check()
    visitor.fill({"how_it_went": "We played with water and spoons.", "next_activity": "Spoons in the bath."})
    visitor.main.get_by_label("Not tried").first.check()
    visitor.press("Save the record")
    expect(visitor.main).to_contain_text("It took place")
    visitor.follow("Worried about")
    visitor.go(support)


def review_and_close(visitor: Walker, manager: Walker) -> None:
    """The visitor writes the review, and the manager ends the support with a reason."""
    support = visitor.path
    visitor.open(visitor.main.get_by_role("link", name="Write a review"))
    visitor.fill(
        {
            "kind": "leaving",
            "who_was_there": "Robin and the visitor",
            "celebrate": "Wren brings the spoon to the mouth.",
            "recommendation": "End: nursery goes on with it.",
        }
    )
    visitor.press("Save the review")
    manager.go(support)
    manager.follow("End the support")
    manager.press("End the support", refused=True)
    manager.main.locator("[name=reason]").first.check()
    manager.press("End the support")
    expect(manager.main).to_contain_text("Support ended on")


def review_with_the_family(visitor: Walker, family: Walker, reference: str) -> str:
    """At the end of a block the visitor writes a review and the family agrees in its own space; answers where that is.

    The visitor is on the page of the support, before and after (LAN-08).
    """
    support = visitor.path
    visitor.open(visitor.main.get_by_role("link", name="Write a review"))
    visitor.press("Save the review", refused=True)
    celebrated = "Wren holds the spoon alone."
    visitor.fill({"kind": "block", "who_was_there": "Robin and the visitor", "celebrate": celebrated})
    visitor.fill({"next_focus": "Two spoons of porridge."})
    visitor.press("Save the review")
    review = visitor.path
    visitor.press("I agree: send the family a link")
    mail = family.mail(reference, "There is something new for you to read")
    says_no_name(mail)
    family.go(link_in(mail))
    family.press("Open my message")
    space = family.path
    expect(family.main).to_contain_text(celebrated)
    family.press("Send to my visitor", refused=True)
    family.fill({"view": "We laugh at breakfast now.", "agrees": "yes"})
    family.press("Send to my visitor")
    visitor.go(review)
    for words in ("Agreed by both.", "We laugh at breakfast now."):
        expect(visitor.main).to_contain_text(words)
    visitor.go(support)
    expect(visitor.main).to_contain_text("Two spoons of porridge.")
    return space


def tell_the_nursery(visitor: Walker, family: Walker, nursery: Walker, space: str) -> None:
    """The nursery is told what the family agreed to, and not what they did not (LAN-09, LAN-10)."""
    support = visitor.path
    visitor.follow("Put together what the next setting is told")
    visitor.follow("Record a permission")
    visitor.fill({"question": "leaving-setting", "answer": "yes", "answered_by": "Robin Ashgrove", "how": "At home"})
    visitor.on("answered_on", clock.today())
    visitor.press("Record the answer")
    visitor.go(f"{support}/packs/new")
    visitor.press("Put it together", refused=True)
    visitor.fill(
        {
            "question": "leaving-setting",
            "recipient_name": "Acorns Nursery",
            "parts": ["can-do", "plan", "review", "family"],
            "what_works": "Sing before you sit down.",
            "recipient_email": NURSERY,
            "address_checked_how": "I rang the number of the council’s list.",
        }
    )
    visitor.press("Put it together")
    pack = visitor.path
    visitor.press("Send the family a link")
    family.go(space)
    family.press("Send my answers", refused=True)
    parts = family.main.locator("form[action*='/packs/'] fieldset")
    assert parts.count() == 5
    for number, answer in enumerate(("Yes", "No", "Yes", "No", "Yes")):
        parts.nth(number).get_by_label(answer, exact=True).check()
    family.press("Send my answers")
    visitor.go(pack)
    visitor.fill({"how": "link"})
    visitor.press("Issue what the family agreed to")
    mail = nursery.mail(NURSERY, "There is information for you to read")
    says_no_name(mail)
    nursery.go(link_in(mail))
    nursery.press("Open my message")
    for agreed in ("Points at the cat and laughs.", "Wren holds the spoon alone.", "Sing before you sit down."):
        expect(nursery.main).to_contain_text(agreed)
    for kept in ("picks up a spoon", "eat together at the table", "Robin Ashgrove"):
        expect(nursery.main).not_to_contain_text(kept)
    family.go(space)
    expect(family.main).to_contain_text("What the child can do, Last review, What works. Nothing else.")
    visitor.go(support)
    visitor.follow("What was shared, with whom and why")
    expect(visitor.main).to_contain_text("Acorns Nursery (Nursery or other setting)")
    visitor.go(support)


def says_no_name(mail: Any) -> None:
    """An e-mail holds a reference, a stage and a link, and no name."""
    text = text_of(mail)
    assert not [name for name in NAMES if name in text], text


def read_letter(family: Walker, reference: str) -> None:
    """The family opens the letter behind the link of the outcome's e-mail, once, in its own browser."""
    mail = family.mail(reference, "We have written you a letter")
    says_no_name(mail)
    family.go(link_in(mail))
    family.press("Open my message")
    for words in ("Wren", REASON, reference):
        expect(family.main).to_contain_text(words)
