"""Support in a setting: the child is observed there first, always; then assess, plan, do, review (WNC-08)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from werkzeug.test import TestResponse

from portage.core import clock
from portage.core.db import db
from portage.plans.operations import Plan, agree_plan
from portage.reviews.operations import WriteReview, write_review
from portage.support.refusals import FirstThingsFirst
from portage.visits.operations import PlanVisits, Record, plan_visits, record_visit
from support.episodes import Supported, SupportedOf, actor, done, visit_on
from support.forms import form_to, send

Council = Callable[..., AbstractContextManager[UUID]]
HERE = "west-northants"
SEEN = "Plays beside others; needs time to change rooms."


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def do(case: Supported, part: str, **typed: str) -> TestResponse:
    """Fill in one form of the setting's page, as the practitioner."""
    here = f"/episodes/{case.episode_id}/setting"
    page = case.visitor.client.get(here)
    assert page.status_code == 200, page.text
    return send(case.visitor.client, form_to(page, f"{here}/{part}" if part else here), typed)


def became(case: Supported, help_id: UUID, **typed: str) -> TestResponse:
    """Say what became of an offer to the staff."""
    address = f"/episodes/{case.episode_id}/setting/help/{help_id}"
    return send(case.visitor.client, form_to(case.visitor.client.get(address), address), typed)


def page_of(case: Supported) -> str:
    return case.visitor.client.get(f"/episodes/{case.episode_id}/setting").text


def observe(case: Supported, on: date | None = None) -> TestResponse:
    do(case, "", setting_name="Acorns Nursery")
    typed = {"observed_at": "9:30", "minutes": "45", "seen": SEEN, **day("observed_on", on or clock.today())}
    return do(case, "observation", **typed)


def test_from_the_observation_to_the_review_and_the_next_round(
    case: Supported, council: Council, db_admin: psycopg.Connection
) -> None:
    today = clock.today()
    assert f"/episodes/{case.episode_id}/setting" in case.visitor.client.get(f"/episodes/{case.episode_id}").text
    assert "Every child is observed in the setting first" not in page_of(case)  # the setting itself comes before
    assert observe(case).status_code == 303
    observed = db_admin.execute("select mode, status, how_it_went, minutes, visitor_id from visit").fetchall()
    assert observed == [("setting", "done", SEEN, 45, case.visitor.id)]
    with council(HERE):
        steps = Plan(today, "Sol Senco and Sam Canarychild", "Plays beside others", goals=("Play together",))
        agree_plan(case.episode_id, steps, by=actor(case.visitor))
        done(case, visit_on(case, today, at=time(14), mode="setting"), today, mode="setting")
        db.session.commit()
    help_ = {"kind": "modelling", "what": "A now and next board", "for_whom": "Kim, the key person"}
    assert do(case, "help", **help_, **day("offered_on", today)).status_code == 303
    (help_id,) = db_admin.execute("select id from setting_help").fetchone() or ()
    went = {"answer": "accepted", "how_it_went": "Kim tried it at once.", **day("done_on", today)}
    assert became(case, help_id, **went).status_code == 303
    when = {"review_at": "15:00", "review_place": "Acorns Nursery", **day("review_on", today)}
    assert do(case, "review", **when).status_code == 303
    assert do(case, "invite").status_code == 303
    (letter,) = db_admin.execute("select content from letter where kind = 'invitation'").fetchone() or ()
    for said in ("We would like you to be part of the review.", "3pm, Acorns Nursery", "Dear Sam Canarychild"):
        assert said in str(letter)
    with council(HERE):
        review = WriteReview("block", today, "Sol Senco, Sam Canarychild", "Takes turns", next_focus="Larger groups")
        write_review(case.episode_id, review, by=actor(case.visitor), on=today)
        db.session.commit()
    shown = page_of(case)
    for said in (SEEN, "Next steps agreed on", "1 visit.", "Review on", "A now and next board", "It took place on"):
        assert said in shown, said


def test_nothing_goes_on_before_the_observation(case: Supported, council: Council) -> None:
    today = clock.today()
    with council(HERE):
        visit_id = visit_on(case, today, mode="setting")
        db.session.commit()
    with council(HERE), pytest.raises(FirstThingsFirst, match="observed in the setting first"):
        done(case, visit_id, today, mode="setting")
    with council(HERE), pytest.raises(FirstThingsFirst):
        agree_plan(case.episode_id, Plan(today, "Sol", "Plays"), by=actor(case.visitor))
    with council(HERE), pytest.raises(FirstThingsFirst):
        write_review(case.episode_id, WriteReview("block", today, "Sol", "Well"), by=actor(case.visitor), on=today)
    with council(HERE):  # what did not happen can be written down all the same
        record_visit(visit_id, Record("cancelled", 1, cancelled_by="family", reason="Ill"), by=actor(case.visitor),
                     at=clock.now())  # fmt: skip
        db.session.commit()


def test_the_pages_say_what_comes_first_and_lose_nothing(case: Supported, council: Council) -> None:
    with council(HERE):
        visit_id = visit_on(case, clock.today(), mode="setting")
        db.session.commit()
    client, today = case.visitor.client, clock.today()
    address = f"/visits/{visit_id}/record"
    typed = {"status": "done", "mode": "setting", "how_it_went": "We met Kim.", **day("done_on", today)}
    answer = send(client, form_to(client.get(address), address), typed)
    assert answer.status_code == 422
    assert "The child is observed in the setting first." in answer.text
    assert "We met Kim." in answer.text
    address = f"/episodes/{case.episode_id}/plan/new"
    typed = {"agreed_with": "Sol", "can_do": "Plays with water", "goal_1": "Play together", **day("agreed_on", today)}
    answer = send(client, form_to(client.get(address), address), typed)
    assert answer.status_code == 422
    assert "The child is observed in the setting first." in answer.text
    assert "Plays with water" in answer.text
    address = f"/episodes/{case.episode_id}/reviews/new"
    typed = {"kind": "block", "who_was_there": "Sol", "celebrate": "Much", **day("held_on", today)}
    answer = send(client, form_to(client.get(address), address), typed)
    assert answer.status_code == 422
    assert "The child is observed in the setting first." in answer.text


def test_an_observation_that_was_planned_is_that_very_visit(
    case: Supported, council: Council, db_admin: psycopg.Connection
) -> None:
    with council(HERE):
        visit_id = visit_on(case, clock.today(), mode="setting")
        db.session.commit()
    assert observe(case).status_code == 303
    assert db_admin.execute("select id, status from visit").fetchall() == [(visit_id, "done")]
    again = do(case, "help", kind="training", what="Signs", for_whom="All", **day("offered_on", clock.today()))
    assert again.status_code == 303


def test_an_observation_that_turns_out_not_to_have_been_holds_everything_up_again(
    case: Supported, council: Council, db_admin: psycopg.Connection
) -> None:
    observe(case)
    (visit_id, version) = db_admin.execute("select id, version from visit").fetchone() or ()
    with council(HERE):
        said = Record("cancelled", version, cancelled_by="service", reason="It was another child")
        record_visit(visit_id, said, by=actor(case.visitor), at=clock.now())
        db.session.commit()
    with council(HERE), pytest.raises(FirstThingsFirst):
        agree_plan(case.episode_id, Plan(clock.today(), "Sol", "Plays"), by=actor(case.visitor))
    assert "Not yet: this comes first" in page_of(case)
    assert observe_again(case).status_code == 303


def observe_again(case: Supported) -> TestResponse:
    typed = {"observed_at": "11:00", "minutes": "30", "seen": SEEN, **day("observed_on", clock.today())}
    return do(case, "observation", **typed)


@pytest.mark.parametrize(("days", "says"), [(1, "until today"), (-1, "until today")])
def test_an_observation_lies_within_the_support(case: Supported, days: int, says: str) -> None:
    answer = observe(case, clock.today() + timedelta(days=days))
    assert answer.status_code == 422
    assert says in answer.text
    assert SEEN in answer.text


def test_help_that_was_declined_did_not_take_place_and_a_past_review_is_not_planned(
    case: Supported, db_admin: psycopg.Connection
) -> None:
    observe(case)
    today = clock.today()
    do(case, "help", kind="training", what="Signs", for_whom="All staff", **day("offered_on", today))
    (help_id,) = db_admin.execute("select id from setting_help").fetchone() or ()
    wrong = became(case, help_id, answer="declined", how_it_went="Kept", **day("done_on", today))
    assert "Kept" in wrong.text
    assert wrong.status_code == 422
    assert "What was declined did not take place." in wrong.text
    past = {"review_at": "15:00", "review_place": "Acorns", **day("review_on", today - timedelta(days=1))}
    assert "This day is in the past." in do(case, "review", **past).text
    here = f"/episodes/{case.episode_id}/setting"
    old = form_to(case.visitor.client.get(here), f"{here}/review")
    now = {"review_at": "15:00", "review_place": "Acorns", **day("review_on", today)}
    assert do(case, "review", **now).status_code == 303
    assert send(case.visitor.client, old, {**now, "_key": str(uuid4())}).status_code == 409


def test_support_at_home_has_no_such_page_and_needs_no_observation(supported_of: SupportedOf, council: Council) -> None:
    for slug in (HERE, "leeds"):
        case = supported_of(slug)
        assert case.visitor.client.get(f"/episodes/{case.episode_id}/setting").status_code == 404
        assert "Support in the setting" not in case.visitor.client.get(f"/episodes/{case.episode_id}").text
        with council(slug):
            planned = plan_visits(
                case.episode_id, PlanVisits(clock.today(), time(10), 60, "home", in_school_holidays=True),
                by=actor(case.visitor), on=clock.today(),
            )  # fmt: skip
            assert done(case, planned[0].id, clock.today()).status == "done"
            db.session.commit()
