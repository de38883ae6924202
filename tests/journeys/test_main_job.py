"""The main job, from a request to the first review, in each council, by real people in real browsers."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portage.core import clock
from support import main_road
from support.journey import Answers, link_in
from support.main_road import (
    FAMILY,
    CastOf,
    assess,
    born,
    days,
    decide,
    hire,
    offer_and_allocate,
    open_request,
    plan_and_record_a_visit,
    read_letter,
    record_delay,
    review_and_close,
    review_with_the_family,
    says_no_name,
    tell_the_nursery,
)

pytestmark = pytest.mark.browser
cast_of = main_road.cast_of


def test_a_leeds_parent_asks_and_the_child_gets_visits_until_support_ends(cast_of: CastOf) -> None:
    cast = cast_of("leeds", "parent")
    visitor, visitor_name = hire(cast, "Home visitor")
    family = cast.phone()
    given: Answers = {**FAMILY, **born(25), "postcode": "LS1 1AA", "lives_in_area": "yes"}
    reference = family.ask("request-form", "parent", given)
    receipt = family.mail(reference, "We have received the request")
    says_no_name(receipt)
    family.go(link_in(receipt))
    family.press("Open my message")
    expect(family.main).to_contain_text(reference)

    office = cast.desk()
    office.sign_in("Team administrator")
    path = open_request(office, reference)
    for area in ("speech-and-language", "physical"):
        record_delay(office, area, 50)

    manager = cast.desk()
    manager.sign_in("Service manager")
    manager.go(path)
    met = manager.main.locator(".portage-finding--met")
    expect(met).to_have_count(4)
    for number, rule in enumerate(("LDS-10", "LDS-11", "LDS-12", "LDS-13")):
        expect(met.nth(number)).to_contain_text(rule)
    expect(manager.main).to_contain_text("An assessment comes next; nothing is offered before it.")
    assess(manager, visitor_name)
    manager.follow("Decide")
    decide(manager)
    read_letter(family, reference)
    manager.go(path)
    offer_and_allocate(manager, visitor_name)
    plan_and_record_a_visit(visitor, elements=3)
    review_and_close(visitor, manager)


def test_a_lancashire_practitioner_asks_by_early_help_and_the_area_team_answers(cast_of: CastOf) -> None:
    cast = cast_of("lancashire", "early-help")
    visitor, visitor_name = hire(cast, "Home visitor, east area")
    practitioner = cast.phone()
    yesterday = clock.today() - timedelta(days=1)
    given: Answers = {
        **FAMILY,
        **born(30),
        **days("discussed_on", yesterday),
        **days("agreed_on", yesterday),
        "postcode": "BB9 1AA",
        "significant_need": "yes",
        "referrer_email": "practitioner@people.example",
    }
    reference = practitioner.ask("early-help", "practitioner", given)
    expect(practitioner.main).to_contain_text("Inclusion Service, East area team")
    expect(practitioner.main).to_contain_text("east-area@lancashire.example")
    receipt = practitioner.mail(reference, "We have received the request")
    says_no_name(receipt)
    practitioner.go(link_in(receipt))
    practitioner.press("Open my message")
    expect(practitioner.main).to_contain_text("east-area@lancashire.example")

    manager = cast.desk()
    manager.sign_in("Service manager, east area")
    path = open_request(manager, reference)
    expect(manager.main.locator(".portage-finding--met").first).to_be_visible()
    manager.follow("Decide")
    decide(manager)
    family = cast.phone()
    read_letter(family, reference)
    expect(family.main).to_contain_text("Inclusion Service, East area team")
    manager.go(path)
    offer_and_allocate(manager, visitor_name)
    plan_and_record_a_visit(visitor, elements=3, fortnightly=3)
    space = review_with_the_family(visitor, family, reference)
    tell_the_nursery(visitor, family, cast.phone(), space)
    review_and_close(visitor, manager)


def test_the_panel_of_west_northants_decides_and_the_child_gets_visits(cast_of: CastOf) -> None:
    """WNC-03: asked for on the online form; WNC-04 and WNC-09."""
    cast = cast_of("west-northants", "panel")
    visitor, visitor_name = hire(cast, "Home visitor")
    family = cast.phone()
    given: Answers = {**FAMILY, **born(20), "postcode": "NN1 1AA"}
    reference = family.ask("request-for-support", "parent", given)

    chair = cast.desk()
    chair.sign_in("Panel chair")
    chair.go("/panel")
    if not chair.main.get_by_role("link", name=f"Record the decision on {reference}").count():
        if not chair.main.locator("[name=first_on-day]").is_visible():
            chair.main.get_by_text("Plan meetings").click()
        chair.on("first_on", clock.today())
        chair.fill({"count": "2"})
        chair.press("Plan")
    expect(chair.main).to_contain_text(reference)
    chair.follow(f"Record the decision on {reference}")
    decide(chair, "Record what the panel decides")
    expect(chair.main).to_contain_text("Practitioner allocated")
    read_letter(family, reference)

    manager = cast.desk()
    manager.sign_in("Service manager")
    open_request(manager, reference)
    offer_and_allocate(manager, visitor_name)
    plan_and_record_a_visit(visitor, elements=0)
    review_and_close(visitor, manager)


def test_a_paper_form_that_arrived_last_week_is_entered_and_judged_by_that_day(cast_of: CastOf) -> None:
    cast = cast_of("leeds", "paper")
    office = cast.desk()
    office.sign_in("Team administrator")
    last_week = clock.today() - timedelta(days=7)
    office.go("/enter")
    office.follow("Parent or carer")
    office.press("Take the request in", refused=True)
    office.fill(
        {
            **{name: typed for name, typed in FAMILY.items() if name != "concerns"},
            **born(25),
            **days("received_on", last_week),
            "carer_relationship": "Mother",
            "carer_telephone": "01632 960 001",
            "received_known_by": "The date stamp",
            "received_how": "paper",
            "postcode": "LS1 1AA",
            "concerns": ["speech-and-language", "physical"],
        }
    )
    office.press("Take the request in")
    expect(office.main).to_contain_text("attach the form")
    office.page.set_input_files(
        "#papers", [{"name": "form.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"}]
    )
    office.main.locator("[name=kind]").select_option(index=1)
    office.press("Add")
    expect(office.main).to_contain_text("form.pdf")
    office.follow("Go to the request")
    expect(office.main).to_contain_text(f"{last_week.day} {last_week:%B %Y}")
    expect(office.main).to_contain_text("form.pdf")
