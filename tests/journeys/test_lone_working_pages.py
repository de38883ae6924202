"""The pages of lone working in a real browser at both widths; the list for the wall prints on one page."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from portage.core import clock
from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.core.tenancy import scoped
from portage.lone_working.models import OverdueVisit
from portage.lone_working.operations.answering import Numbers, keep_numbers
from portage.lone_working.operations.telling import OVERDUE, look_round
from portage.lone_working.operations.watch import Watch, name_watch
from portage.messages.models import TextMessage
from portage.visits.models import Visit
from support import episodes, served
from support.episodes import SignIn, Supported, SupportedOf
from support.people import Hired
from support.served import enter

pytestmark = pytest.mark.browser
port = served.port
accepted_of, supported_of = episodes.accepted_of, episodes.supported_of
Council = Callable[..., AbstractContextManager[UUID]]


def nobody_hears(case: Supported, second: Hired) -> None:
    """A visit that began a hundred minutes ago and took an hour; the council is in scope."""
    began = (clock.now() - timedelta(minutes=100)).astimezone(clock.LONDON).replace(second=0, microsecond=0)
    name_watch(Watch(case.manager.id, second.id, 30, second.id, case.manager.id), by=SYSTEM)
    for number, person in enumerate((case.manager, second, case.visitor)):
        keep_numbers(person.id, Numbers(f"07700 90011{number}", f"01632 96011{number}"))
    db.session.add(
        Visit(
            episode_id=case.episode_id, child_id=case.child_id, visitor_id=case.visitor.id, planned_on=began.date(),
            planned_at=began.time(), minutes=60, mode="home", elements=[],
        )
    )  # fmt: skip
    db.session.flush()
    assert look_round(began.astimezone(UTC) + timedelta(minutes=90)) == 1
    overdue = db.session.scalars(scoped(OverdueVisit)).one()
    db.session.add(
        TextMessage(
            kind=OVERDUE, person_id=second.id, reference=overdue.reference, path="/overdue-visits",
            about_id=overdue.id, status="held", because="The key for GOV.UK Notify is not there.",
        )
    )  # fmt: skip
    db.session.commit()


def test_the_pages_of_lone_working_are_sound(
    phone: Page,
    sound: Callable[[Page], None],
    port: int,
    supported_of: SupportedOf,
    sign_in: SignIn,
    council: Council,
) -> None:
    case = supported_of("leeds")
    second = sign_in("leeds", "team-administrator", name="Sol Second")
    with council("leeds"):
        nobody_hears(case, second)
    at = f"http://leeds.localhost:{port}"
    enter(phone, "leeds", case.manager)
    for path in ("/overdue-visits", "/lone-working", "/telephone-list", "/telephone-numbers"):
        phone.goto(f"{at}{path}")
        assert "This is not an emergency service." in phone.inner_text("main")
        sound(phone)
    (sheet,) = PdfReader(BytesIO(printed(phone, f"{at}/telephone-list"))).pages
    assert "07700 900110" in sheet.extract_text()
    assert "/telephone-numbers/" not in sheet.extract_text(), "on a wall nobody can follow a link"
    phone.goto(f"{at}/telephone-numbers")
    phone.get_by_label("Mobile number").fill("07700 90")
    phone.get_by_role("button", name="Save").click()
    assert phone.get_by_label("Mobile number").input_value() == "07700 90"
    sound(phone)
    phone.goto(f"{at}/overdue-visits")
    assert "Do not rely on a text to these people." in phone.inner_text("main")
    sound(phone)
    phone.get_by_role("button", name="I take this on").click()
    sound(phone)
    phone.get_by_role("button", name="Save the call").click()
    assert phone.get_by_role("heading", name="There is a problem").is_visible()
    sound(phone)
    phone.get_by_label("Answered: safe and out").check()
    phone.get_by_role("button", name="Save the call").click()
    assert "Settled" in phone.inner_text("main")
    sound(phone)
    phone.context.clear_cookies()
    enter(phone, "leeds", case.visitor)
    phone.goto(f"{at}/out-and-safe")
    sound(phone)
    phone.get_by_role("button", name="I am out and safe").click()
    assert "Nobody waits to hear from you" in phone.inner_text("main")


def printed(page: Page, address: str) -> bytes:
    """A page as the browser prints it on A4."""
    page.goto(address)
    return page.pdf(format="A4")
