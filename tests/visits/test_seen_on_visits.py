"""What the family saw of the week's activities comes back on the visit: to the plan, the chart, the copy, the review.

LAN-07 and WNC-09: families practise between visits, and what they saw leads on.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape
from uuid import UUID

import pytest

from portage.core.db import db
from portage.core.tenancy import scoped
from portage.plans.models import FamilyNote
from portage.plans.operations import (
    NewActivity,
    NewGoal,
    NewTarget,
    Plan,
    add_activity,
    add_goal,
    add_target,
    agree_plan,
)
from support.episodes import Council, Supported, SupportedOf, actor, visit_on
from support.episodes import done as recorded
from support.forms import form_to, send

TODAY = date(2026, 3, 2)
WORDS = "He held out his cup twice."


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file happens on 2 March 2026."""
    clock(datetime(2026, 3, 2, 10, tzinfo=UTC))


@pytest.fixture
def case(supported_of: SupportedOf) -> Supported:
    """A child of a home visitor."""
    return supported_of("lancashire")


@pytest.fixture
def asked(case: Supported, council: Council) -> tuple[UUID, UUID]:
    """A visit of today, and an activity that the family practises."""
    with council("lancashire"):
        visit_id = visit_on(case, TODAY)
        plan = agree_plan(case.episode_id, Plan(TODAY, "Sam", "Points at things."), by=actor(case.visitor))
        target = add_target(add_goal(plan.id, NewGoal("Talks with us")).id, NewTarget("Asks for more", "at tea", "3"))
        activity = add_activity(target.id, NewActivity("Wait with the spoon", "At each meal"))
        db.session.commit()
        return visit_id, activity.id


def saved(case: Supported, visit_id: UUID, **values: str) -> int:
    """Fill in the form of the visit and send it; answers the status."""
    path, client = f"/visits/{visit_id}/record", case.visitor.client
    told = {"status": "done", "how_it_went": "We played.", **values}
    return send(client, form_to(client.get(path), path), told).status_code


def test_the_familys_words_on_an_activity_show_wherever_they_are_looked_for(
    case: Supported, asked: tuple[UUID, UUID]
) -> None:
    visit_id, activity_id = asked
    client = case.visitor.client
    assert "What did they see: Wait with the spoon" in client.get(f"/visits/{visit_id}/record").text
    assert saved(case, visit_id, **{f"activity-{activity_id}": WORDS}) == 303
    plan = client.get(f"/episodes/{case.episode_id}/plan").location
    for path in (
        f"/visits/{visit_id}", f"/visits/{visit_id}/record", f"/visits/{visit_id}/copy", plan,
        f"{plan}/chart?week=2026-03-02", f"/episodes/{case.episode_id}/reviews/new",
    ):  # fmt: skip
        assert WORDS in unescape(client.get(path).text), path
    assert WORDS not in client.get(f"{plan}/chart?week=2026-03-09").text
    assert f'href="/visits/{visit_id}"' in client.get(plan).text


def test_a_corrected_record_corrects_the_words_and_never_doubles_them(
    case: Supported, asked: tuple[UUID, UUID], council: Council
) -> None:
    visit_id, activity_id = asked
    name = f"activity-{activity_id}"

    def notes() -> list[str]:
        with council("lancashire"):
            return [note.words for note in db.session.scalars(scoped(FamilyNote))]

    assert saved(case, visit_id, **{name: WORDS}) == 303
    assert saved(case, visit_id, **{name: "Three times."}) == 303
    assert notes() == ["Three times."]
    assert saved(case, visit_id, **{name: ""}) == 303
    assert notes() == []
    assert saved(case, visit_id, **{name: WORDS}) == 303
    assert saved(case, visit_id, status="not-available", reason_not_available="Nobody opened.") == 303
    assert notes() == []


def test_the_form_offers_what_was_so_last_time(case: Supported, asked: tuple[UUID, UUID], council: Council) -> None:
    visit_id, _ = asked
    with council("lancashire"):
        before = visit_on(case, TODAY)
        visit = recorded(case, before, TODAY)
        visit.who_was_there, visit.next_activity = "Kit and Gran", "Bubbles after lunch."
        db.session.commit()
    page = case.visitor.client.get(f"/visits/{visit_id}/record").text
    assert 'Last time: <span data-offered="who_was_there">Kit and Gran</span>' in page
    assert "Bubbles after lunch." in page
