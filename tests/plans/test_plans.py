"""Play plans: what the child can do, goals in the family's words, targets in three parts, and a page for the family."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from werkzeug.test import TestResponse

from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.plans.models import Goal, PlayPlan, Target
from support.episodes import Council, SignIn, Supported, SupportedOf, post_to
from support.forms import form_to, send

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
PLAN = {
    "can_do": "Kit points at the cat.",
    "goal_1": "We would like to eat together.",
    "goal_2": "Kit sleeps in the own bed.",
    "agreed_with": "Mum and Dad",
}


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


def agree(case: Supported, **changed: str) -> TestResponse:
    """Write a play plan by its form."""
    path = f"/episodes/{case.episode_id}/plan/new"
    return send(case.visitor.client, form_to(case.visitor.client.get(path), path), {**PLAN, **changed})


def test_a_plan_was_agreed_today_or_before(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    later = {"agreed_on-day": "3", "agreed_on-month": "3", "agreed_on-year": "2026"}
    refused = agree(case, **later)
    assert refused.status_code == 422
    assert "The plan was agreed today or before." in refused.text
    assert "We would like to eat together." in refused.text
    made = agree(case).headers["Location"]
    change = form_to(case.visitor.client.get(f"{made}/change"), f"{made}/change")
    assert send(case.visitor.client, change, later).status_code == 422
    with council("leeds"):
        assert [plan.agreed_on for plan in db.session.scalars(scoped(PlayPlan))] == [AT.date()]


def test_a_plan_is_agreed_with_goals_in_the_familys_words(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    sent = agree(case)
    assert sent.status_code == 303
    page = case.visitor.client.get(sent.headers["Location"]).get_data(as_text=True)
    assert "Kit points at the cat." in page
    assert "We would like to eat together." in page
    with council("leeds"):
        assert [goal.position for goal in db.session.scalars(scoped(Goal).order_by(Goal.position))] == [1, 2]


def test_the_words_about_the_work_are_the_councils_own(supported_of: SupportedOf) -> None:
    lancashire = supported_of("lancashire")
    page = lancashire.visitor.client.get(f"/episodes/{lancashire.episode_id}/plan/new").get_data(as_text=True)
    assert "built on what your child can already do" in page
    leeds = supported_of("leeds")
    page = leeds.visitor.client.get(f"/episodes/{leeds.episode_id}/plan").get_data(as_text=True)
    assert "built on what your child can already do" not in page
    assert "goals" in page


def test_a_target_has_three_parts_and_is_achieved_by_a_persons_word(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds")
    plan_path = agree(case).headers["Location"]
    client = case.visitor.client
    with council("leeds"):
        goal_id = db.session.scalars(scoped(Goal).order_by(Goal.position)).first().id  # type: ignore[union-attr]  # two
    path = f"/goals/{goal_id}/targets"
    form = form_to(client.get(path), path)
    assert send(client, form, {"does_what": "holds a spoon"}).status_code == 422
    parts = {"does_what": "holds a spoon", "conditions": "at breakfast", "success": "three times of four"}
    assert send(client, form_to(client.get(path), path), parts).status_code == 303
    with council("leeds"):
        target = db.session.scalars(scoped(Target)).one()
        target_id = target.id
        assert (target.status, target.conditions) == ("current", "at breakfast")
    form = form_to(client.get(plan_path), f"/targets/{target_id}/status")
    assert send(client, form, {"status": "achieved"}).status_code == 303
    late = send(client, form, {"status": "put-aside", "_key": str(new_id())})
    assert late.status_code == 409
    with council("leeds"):
        assert db.session.scalars(scoped(Target)).one().status == "achieved"


def test_the_family_gets_a_page_to_print(supported_of: SupportedOf) -> None:
    case = supported_of("lancashire")
    plan_path = agree(case).headers["Location"]
    page = case.visitor.client.get(f"{plan_path}/print").get_data(as_text=True)
    assert "Play plan for Kit" in page
    assert "We would like to eat together." in page
    assert "practise the activity" in page


def test_a_new_plan_ends_the_one_before(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    agree(case)
    agree(case, goal_1="Now something else.")
    with council("leeds"):
        plans = db.session.scalars(scoped(PlayPlan).order_by(PlayPlan.id)).all()
        assert [plan.ended_on is None for plan in plans] == [False, True]


def test_a_plan_can_be_corrected_and_an_old_page_shows_both_versions(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    path = agree(case).headers["Location"] + "/change"
    client = case.visitor.client
    old = form_to(client.get(path), path)
    assert send(client, form_to(client.get(path), path), {"can_do": "Kit points and waves."}).status_code == 303
    late = send(client, old, {"can_do": "Kit claps.", "_key": str(new_id())})
    assert late.status_code == 409
    assert "Kit points and waves." in late.get_data(as_text=True)
    assert "Kit claps." in late.get_data(as_text=True)


def test_a_plan_that_ends_before_it_begins_is_refused(supported_of: SupportedOf) -> None:
    day = {"until_on-day": "1", "until_on-month": "3", "until_on-year": "2026"}
    sent = agree(supported_of("leeds"), **day)
    assert sent.status_code == 422
    assert "Kit points at the cat." in sent.get_data(as_text=True)


def test_plans_of_another_council_and_of_strangers_are_closed(supported_of: SupportedOf, sign_in: SignIn) -> None:
    case = supported_of("leeds")
    path = agree(case).headers["Location"]
    other = sign_in("lancashire", "service-manager").client
    assert other.get(path).status_code == 404
    assert post_to(other, f"{path}/goals", wording="Mine.").status_code == 404
    assert sign_in("leeds", "home-visitor").client.get(path).status_code == 303  # asked for a reason
    assert sign_in("leeds", "auditor").client.get(path).status_code == 403
