"""The pages of planning visits, of the week and month and of the calendar feed, in a real browser at both widths."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page

from portage.core import clock
from portage.core.db import db
from portage.support.models import VisitorAbsence
from portage.visits.operations import CancelVisits, PlanVisits, cancel_visits, plan_visits
from support import episodes, served
from support.episodes import Supported, SupportedOf, actor
from support.people import Hired
from support.served import enter

pytestmark = pytest.mark.browser
port = served.port
accepted_of, supported_of = episodes.accepted_of, episodes.supported_of
Council = Callable[..., AbstractContextManager[UUID]]


def a_fortnight(case: Supported) -> list[UUID]:
    """Six visits from today on, the third cancelled, and two days away; the council is in scope."""
    by, today = actor(case.visitor), clock.today()
    command = PlanVisits(today, time(10), 60, "home", 1, 6, in_school_holidays=True)
    ids = [visit.id for visit in plan_visits(case.episode_id, command, by=by, on=today)]
    why = CancelVisits("family", "They are with a grandparent, and will tell us when they are back.", 1)
    cancel_visits(ids[2], why, by=by, at=clock.now(), on=today)
    away = VisitorAbsence(
        person_id=case.visitor.id, from_on=today + timedelta(days=2), until_on=today + timedelta(days=3)
    )
    db.session.add(away)
    db.session.commit()
    return ids


def signed_in(phone: Page, person: Hired) -> None:
    """Let the browser be this person's."""
    phone.context.clear_cookies()
    enter(phone, "leeds", person)


def test_the_pages_of_visits_are_sound(
    phone: Page, sound: Callable[[Page], None], port: int, supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds", received_on=date(2025, 9, 30))
    with council("leeds"):
        ids = a_fortnight(case)
    at = f"http://leeds.localhost:{port}"
    signed_in(phone, case.visitor)
    plan = f"/episodes/{case.episode_id}/visits/plan"
    day = clock.today() + timedelta(days=7)
    typed = (
        f"?starts_on-day={day.day}&starts_on-month={day.month}&starts_on-year={day.year}&at=10%3A30&minutes=60"
        "&mode=home&every_weeks=2&visits=26&in_school_holidays=yes"
    )
    for path in (
        plan, f"{plan}{typed}", f"/visits/{ids[1]}/move", f"/visits/{ids[1]}/cancel",
        "/visits?view=week", "/visits?view=month", "/visits/calendar",
    ):  # fmt: skip
        phone.goto(f"{at}{path}")
        sound(phone)
    phone.get_by_role("button", name="Make an address").click()
    assert "/calendar/" in phone.locator("#feed-link").inner_text()
    sound(phone)
    phone.goto(f"{at}/visits/{ids[1]}/cancel")
    phone.get_by_role("button", name="Cancel").click()
    assert phone.get_by_role("heading", name="There is a problem").is_visible()
    sound(phone)
    signed_in(phone, case.manager)
    for path in ("/visits?view=week", "/visits?view=month"):
        phone.goto(f"{at}{path}")
        sound(phone)
