"""The pages of planning visits, of the week and month and of the calendar feed, in a real browser at both widths."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page

from portage.core import clock
from portage.core.db import db
from portage.plans.operations import NewGoal, NewTarget, Plan, add_goal, add_target, agree_plan
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


def too_small(phone: Page) -> list[str]:
    """The visible choices that a thumb would miss: touched on less than 44 pixels each way, or drawn much smaller."""
    found: list[str] = phone.evaluate(
        """() => [...document.querySelectorAll('input[type=radio], input[type=checkbox]')].filter((each) => {
            const touched = each.getBoundingClientRect();
            const drawn = parseFloat(getComputedStyle(each.labels[0], "::before").height) || touched.height;
            return each.checkVisibility() && (touched.width < 44 || touched.height < 44 || drawn < 40);
        }).map((each) => each.labels[0].innerText)"""
    )
    return found


def signed_in(phone: Page, person: Hired) -> None:
    """Let the browser be this person's."""
    phone.context.clear_cookies()
    enter(phone, "leeds", person)


def test_the_pages_of_visits_are_sound(
    phone: Page, sound: Callable[[Page], None], port: int, supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds", received_on=date(2025, 9, 30))
    with council("leeds"):
        plan_of_play = agree_plan(case.episode_id, Plan(clock.today(), "Sam", "Points."), by=actor(case.visitor))
        goal = add_goal(plan_of_play.id, NewGoal("Eat together"))
        add_target(goal.id, NewTarget("holds a spoon", "at breakfast", "three times of four"))
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
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto(f"{at}/visits/{ids[0]}/record")
    phone.get_by_label("It took place").check()
    sound(phone)
    assert phone.get_by_role("radio", name="With help", exact=True).is_visible()
    assert too_small(phone) == []
    signed_in(phone, case.manager)
    for path in ("/visits?view=week", "/visits?view=month"):
        phone.goto(f"{at}{path}")
        sound(phone)
