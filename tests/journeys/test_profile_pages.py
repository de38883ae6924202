"""The developmental profile, the play plan with its chart, and the family's own space, on a phone and at a desk."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from portage.core import clock
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.families.models import Carer
from portage.messages.links import hashed, token_of
from portage.messages.models import OneTimeLink
from support import episodes, served
from support.episodes import Council, SupportedOf
from support.served import enter

pytestmark = pytest.mark.browser
port = served.port
accepted_of, supported_of = episodes.accepted_of, episodes.supported_of
HERE = "west-northants"
Sound = Callable[[Page], None]


@pytest.fixture
def at(port: int) -> str:
    """The address of the council's site."""
    return f"http://{HERE}.localhost:{port}"


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def choose(page: Page, step: str, answer: str) -> None:
    page.get_by_role("group", name=step).get_by_label(answer).check()


def test_what_a_child_can_do_becomes_a_target_an_activity_and_a_page_for_the_week(
    phone: Page, sound: Sound, at: str, supported_of: SupportedOf, council: Council, app: Flask
) -> None:
    """WNC-06, WNC-09, LAN-04, LDS-09: from what the child can do to what the family practises."""
    case = supported_of(HERE)
    enter(phone, HERE, case.visitor)
    main = phone.get_by_role("main")
    phone.goto(f"{at}/children/{case.child_id}/profile")
    press(phone, "Begin the profile")
    sound(phone)
    follow(phone, "Communication and language")
    choose(phone, "Grows still or turns", "Can do")
    choose(phone, "Looks where you look", "Can do")
    choose(phone, "Uses a sound, a look", "Beginning to")
    sound(phone)
    press(phone, "Save")
    expect(main).to_contain_text("3 steps are marked")
    expect(main).to_contain_text("2 steps that Kit can do, 1 that are beginning")
    sound(phone)
    follow(phone, "Progress over time")
    sound(phone)
    phone.go_back()
    follow(phone, "Uses a sound, a look")
    main.get_by_text("Take this mark back").click()
    sound(phone)
    _plan(phone, at, case.episode_id, case.child_id, sound)
    _chart(phone, sound)
    with council(HERE):
        plan_id = phone.url.split("/plans/")[1].split("/")[0]
        token = _link_to(plan_id, app.extensions["portage.settings"].secret_key)
    phone.context.clear_cookies()
    phone.goto(f"{at}/l/{token}")
    main.get_by_role("button").click()
    sound(phone)
    main.get_by_label("What you saw").fill("A look at the blue cup!")
    press(phone, "Send it")
    expect(main).to_contain_text("Your visitor has not read it yet")
    follow(phone, "A chart for the week")
    sound(phone)


def _plan(phone: Page, at: str, episode_id: object, child_id: object, sound: Sound) -> None:
    main = phone.get_by_role("main")
    phone.goto(f"{at}/episodes/{episode_id}/plan/new")
    can_do = main.get_by_label("What can Kit do already?").input_value()
    assert "Looks where you look when you say something is there." in can_do
    main.get_by_label("First goal").fill("To eat together")
    main.get_by_label("Agreed with").fill("Mum")
    press(phone, "Save the play plan")
    phone.goto(f"{at}/children/{child_id}/profile")
    follow(phone, "Use as a target")
    main.get_by_label("Where, when").fill("at breakfast")
    main.get_by_label("How will you know").fill("three times of four")
    sound(phone)
    press(phone, "Add the target")
    follow(phone, "Add an activity")
    press(phone, "Add the activity")
    sound(phone)  # with its errors
    main.get_by_label("What does the family do?").fill("Hold out two cups and wait for a look")
    main.get_by_label("How often?").fill("Once a day, at breakfast")
    press(phone, "Add the activity")
    main.get_by_text("Write down what the family told you").click()
    sound(phone)


def _chart(phone: Page, sound: Sound) -> None:
    follow(phone, "Activity chart for a week")
    sound(phone)
    printed = PdfReader(BytesIO(phone.pdf(format="A4", prefer_css_page_size=True)))
    assert len(printed.pages) == 1
    assert "What we saw" in printed.pages[0].extract_text()


def _link_to(plan_id: str, secret: bytes) -> str:
    """A link to the plan for the child's carer, as an e-mail would carry it."""
    carer = db.session.scalars(scoped(Carer)).one()
    carer.email = "sam@family.example"
    link_id = new_id()
    token = token_of(link_id, secret)
    db.session.add(
        OneTimeLink(
            id=link_id, token_hash=hashed(token), purpose="plan", subject_id=UUID(plan_id), recipient_kind="carer",
            recipient_id=carer.id, expires_at=clock.now() + timedelta(days=20),
        )
    )  # fmt: skip
    db.session.commit()
    return token


def test_a_list_of_steps_is_brought_in_and_the_blank_profile_is_read_by_everybody(
    phone: Page, sound: Sound, at: str, supported_of: SupportedOf
) -> None:
    """WNC-06: parents and settings have the profile too."""
    case = supported_of(HERE)
    enter(phone, HERE, case.manager)
    main = phone.get_by_role("main")
    phone.goto(f"{at}/profiles")
    main.get_by_label("What is the list called?").fill("Our list")
    main.get_by_label("Whose words are they?").fill("Our team")
    main.get_by_label("We may use these words").check()
    wrong = {"name": "ours.csv", "mimeType": "text/csv", "buffer": b"Area,Step,From months\nPlay,,soon\n"}
    main.get_by_label("Spreadsheet").set_input_files([wrong])  # type: ignore[list-item]  # a file as Playwright takes it
    press(phone, "Read the spreadsheet")
    expect(main).to_contain_text("There are 2 problems in the file")
    sound(phone)
    right = {**wrong, "buffer": b"Area,Step\nPlay,Bangs a drum\n"}
    main.get_by_label("Spreadsheet").set_input_files([right])  # type: ignore[list-item]  # as above
    press(phone, "Read the spreadsheet")
    sound(phone)
    press(phone, "Take the list")
    expect(main).to_contain_text("“Our list”, since")
    phone.goto(f"{at}/")
    follow(phone, "Download the blank profile")
    expect(main).to_contain_text("Bangs a drum")
    sound(phone)
