"""Recording a visit in a few taps, correcting it, and visits that a family missed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.messages.models import Alert
from portage.plans.operations import NewTarget, Plan, add_target, agree_plan, goals_of
from portage.visits.models import TargetTried, Visit
from support.episodes import Council, SignIn, Supported, SupportedOf, actor, episode, visit_on
from support.forms import form_to, send

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


@pytest.fixture
def planned(council: Council) -> Callable[..., UUID]:
    """`planned(case, days=0)`: a visit planned so many days from today."""

    def plan(case: Supported, days: int = 0, at: time = time(10)) -> UUID:
        with council(case.slug):
            visit_id = visit_on(case, TODAY + timedelta(days), at=at)
            db.session.commit()
            return visit_id

    return plan


def record(client: FlaskClient, visit_id: UUID, **values: str | list[str]) -> TestResponse:
    """Fill in the form of a visit and send it."""
    path = f"/visits/{visit_id}/record"
    return send(client, form_to(client.get(path), path), values)


def test_a_visit_is_recorded_with_the_elements_that_the_policy_names(
    supported_of: SupportedOf, council: Council, planned: Callable[..., UUID]
) -> None:
    case = supported_of("leeds")
    visit_id = planned(case)
    page = case.visitor.client.get(f"/visits/{visit_id}/record").get_data(as_text=True)
    assert all(words in page for words in ("Structured teaching", "Child-led play", "Family focus"))
    sent = record(
        case.visitor.client,
        visit_id,
        status="done",
        elements=["structured-teaching", "family-focus"],
        how_it_went="Kit put three bricks on each other.",
        next_activity="Bricks after lunch, every day.",
    )
    assert sent.status_code == 303
    with council("leeds"):
        visit = db.session.scalars(scoped(Visit)).one()
        assert (visit.status, visit.done_on, visit.recorded_by) == ("done", TODAY, case.visitor.id)
        assert visit.elements == ["structured-teaching", "family-focus"]
        assert episode(case.episode_id).first_visit_on == TODAY
    page = case.visitor.client.get(f"/visits/{visit_id}").get_data(as_text=True)
    assert "Kit put three bricks" in page
    assert "Structured teaching" in page


def test_each_council_names_its_own_elements(supported_of: SupportedOf, planned: Callable[..., UUID]) -> None:
    case = supported_of("lancashire")
    page = case.visitor.client.get(f"/visits/{planned(case)}/record").get_data(as_text=True)
    assert page.count('name="elements"') == 3
    assert "Child-led play" not in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Choose what happened."),
        ({"status": "done", "how_it_went": ""}, "Write a sentence about how it went."),
        ({"status": "cancelled", "reason_cancelled": "Ill"}, "Choose who cancelled it."),
        ({"status": "not-available"}, "Write what you found, and what you did."),
        (
            {"status": "done", "how_it_went": "Well.", "done_on-day": "3"},
            "A visit that was done was today or before.",
        ),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(
    supported_of: SupportedOf, planned: Callable[..., UUID], values: dict[str, str], sentence: str
) -> None:
    case = supported_of("leeds")
    typed = {"next_activity": "Something that took long to type.", **values}
    sent = record(case.visitor.client, planned(case), **typed)
    assert sent.status_code == 422
    assert sentence in sent.get_data(as_text=True)
    assert "Something that took long to type." in sent.get_data(as_text=True)


def test_an_element_that_the_policy_does_not_name_is_refused(
    supported_of: SupportedOf, council: Council, planned: Callable[..., UUID]
) -> None:
    case = supported_of("leeds")
    sent = record(case.visitor.client, planned(case), status="done", how_it_went="Well.", elements=["juggling"])
    assert sent.status_code == 422
    with council("leeds"):
        assert db.session.scalars(scoped(Visit)).one().status == "planned"


def test_targets_that_were_tried_are_kept_and_can_be_corrected(
    supported_of: SupportedOf, council: Council, planned: Callable[..., UUID]
) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        plan = agree_plan(
            case.episode_id, Plan(TODAY, "Mum", "Points.", goals=("Eat together",)), by=actor(case.visitor)
        )
        goal = goals_of(plan.id)[0][0]
        target_id = add_target(goal.id, NewTarget("holds a spoon", "at breakfast", "three times of four")).id
        db.session.commit()
    visit_id = planned(case)
    done = {"status": "done", "how_it_went": "Well."}
    assert record(case.visitor.client, visit_id, **done, **{f"target-{target_id}": "with-help"}).status_code == 303
    with council("leeds"):
        assert [row.result for row in db.session.scalars(scoped(TargetTried))] == ["with-help"]
    assert "holds a spoon" in case.visitor.client.get(f"/visits/{visit_id}").get_data(as_text=True)
    assert record(case.visitor.client, visit_id, **{f"target-{target_id}": "achieved"}).status_code == 303
    with council("leeds"):
        assert [row.result for row in db.session.scalars(scoped(TargetTried))] == ["achieved"]


def test_two_people_who_record_at_once_see_both_versions(
    supported_of: SupportedOf, planned: Callable[..., UUID]
) -> None:
    case = supported_of("leeds")
    visit_id = planned(case)
    path = f"/visits/{visit_id}/record"
    old = form_to(case.manager.client.get(path), path)
    assert record(case.visitor.client, visit_id, status="done", how_it_went="The visitor's words.").status_code == 303
    late = send(case.manager.client, old, {"status": "cancelled", "cancelled_by": "family", "reason_cancelled": "Flu."})
    assert late.status_code == 409
    text = late.get_data(as_text=True)
    assert "The visitor&#39;s words." in text
    assert "Flu." in text


def test_two_missed_in_a_row_ask_the_manager_to_look_and_do_nothing_else(
    supported_of: SupportedOf, council: Council, planned: Callable[..., UUID]
) -> None:
    case = supported_of("leeds")
    first, by_us, second = (planned(case, at=time(hour)) for hour in (9, 11, 13))
    missed = {"status": "not-available", "reason_not_available": "Nobody opened; I left a card."}
    assert record(case.visitor.client, first, **missed).status_code == 303
    ours = {"status": "cancelled", "cancelled_by": "service", "reason_cancelled": "I was ill."}
    assert record(case.visitor.client, by_us, **ours).status_code == 303
    assert "missed the last" not in case.manager.client.get(f"/episodes/{case.episode_id}").get_data(as_text=True)
    theirs = {"status": "cancelled", "cancelled_by": "family", "reason_cancelled": "A birthday."}
    assert record(case.visitor.client, second, **theirs).status_code == 303
    page = case.manager.client.get(f"/episodes/{case.episode_id}").get_data(as_text=True)
    assert "The family missed the last 2 visits." in page
    assert "Two visits missed" in case.manager.client.get("/caseload").get_data(as_text=True)
    assert "missed the last" not in case.visitor.client.get(f"/episodes/{case.episode_id}").get_data(as_text=True)
    with council("leeds"):
        told = db.session.scalars(scoped(Alert).where(Alert.kind == "missed-visits")).all()
        assert [row.role for row in told] == ["service-manager"]
        assert episode(case.episode_id).status == "open"


def test_visits_are_missed_as_the_policy_counts_them(
    supported_of: SupportedOf, council: Council, planned: Callable[..., UUID]
) -> None:
    case = supported_of("lincoln-st-christophers")  # three in a row, as its page says
    missed = {"status": "not-available", "reason_not_available": "Nobody opened; I left a card."}
    path = f"/episodes/{case.episode_id}"
    for number, hour in enumerate((9, 11, 13), 1):
        assert record(case.visitor.client, planned(case, at=time(hour)), **missed).status_code == 303
        page = case.manager.client.get(path).get_data(as_text=True)
        assert ("The family missed the last 3 visits." in page) is (number == 3)
    assert "The policy lets a person consider: a letter to the family" in page
    with council("lincoln-st-christophers"):
        told = db.session.scalars(scoped(Alert).where(Alert.kind == "missed-visits")).all()
        assert [row.sentence.partition(" did")[0] for row in told] == ["Three or more visits in a row"]
        assert episode(case.episode_id).status == "open"


def test_a_visit_of_another_council_is_not_there(
    supported_of: SupportedOf, sign_in: SignIn, planned: Callable[..., UUID]
) -> None:
    case = supported_of("leeds")
    visit_id = planned(case)
    other = sign_in("lancashire", "service-manager", "home-visitor").client
    for path in (f"/visits/{visit_id}", f"/visits/{visit_id}/record", f"/visits/{visit_id}/move"):
        assert other.get(path).status_code == 404
    assert other.get(f"/visits/{new_id()}").status_code == 404


def test_a_colleague_without_a_reason_does_not_open_the_visit(
    supported_of: SupportedOf, sign_in: SignIn, planned: Callable[..., UUID]
) -> None:
    case = supported_of("leeds")
    colleague = sign_in("leeds", "home-visitor").client
    assert colleague.get(f"/visits/{planned(case)}").status_code == 303  # asked for a reason
